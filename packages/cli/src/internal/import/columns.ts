import * as Attribute from "@effect-certifier/core/Attribute"
import type * as Credential from "@effect-certifier/core/Credential"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

/** The field of a column. */
export type Field = "name" | "email" | "issue_date" | "expiry_date" | `custom.${string}`

export interface Column {
  /** The trimmed title in the header. */
  readonly title: string
  /** `undefined` if the column is ignored. */
  readonly field: Field | undefined
}

export interface HeaderFault {
  readonly column: string
  readonly problem: string
}

/** The titles that are recognized without `--map`, normalized by `toKey`. */
const known = {
  name: ["name", "full_name", "recipient", "recipient_name"],
  email: ["email", "e_mail", "mail", "email_address", "recipient_email"],
  issue_date: ["issue_date", "issued_on"],
  expiry_date: ["expiry_date", "expires_on", "expiration_date"]
} as const

const isFixed = (field: string): field is keyof typeof known => field in known

/** Normalizes a title: `Issue Date`, `issueDate` and `issue-date` are equal. */
const toKey = (title: string): string =>
  title
    .trim()
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1_$2")
    .toLowerCase()
    .replaceAll(/[\s.-]+/g, "_")

const isCustom = (key: string): key is `custom.${string}` => key.startsWith("custom.")

/** All fields by their normalized names. */
const fieldsOf = (attributes: ReadonlyArray<Attribute.Attribute>): ReadonlyMap<string, Field> => {
  const fields = new Map<string, Field>()
  // Fixed fields are added last, so that they take precedence over attributes.
  for (const attribute of attributes) {
    const key = Attribute.key(attribute)
    if (!isCustom(key)) continue
    for (const name of [attribute.name, key.slice("custom.".length), key]) fields.set(toKey(name), key)
  }
  for (const field of Object.keys(known)) {
    if (isFixed(field)) for (const name of known[field]) fields.set(name, field)
  }
  return fields
}

/** The value after `=` in `--map` for a column that is ignored. */
const leftOut = "-"

export interface Options {
  readonly header: ReadonlyArray<string>
  /** The attributes of the workspace. `None` if the service does not have this undocumented list. */
  readonly attributes: Option.Option<ReadonlyArray<Attribute.Attribute>>
  /** The fields of `--map` by the titles of columns. */
  readonly map: ReadonlyMap<string, string>
  readonly send: boolean
}

const attributeList = (attributes: Options["attributes"]): string => {
  if (Option.isNone(attributes)) return "An attribute of the workspace is written with custom. in front of its tag."
  const names = attributes.value.map(Attribute.key).filter(isCustom)
  return names.length === 0 ? "The workspace has no attributes." : `The attributes are: ${names.join(", ")}.`
}

/** The field of each column, or all faults of the header. */
export const fromHeader = (options: Options): Either.Either<ReadonlyArray<Column>, ReadonlyArray<HeaderFault>> => {
  const { attributes, header, map, send } = options
  const fields = fieldsOf(Option.getOrElse(attributes, () => []))
  const fieldOf = (text: string): Field | undefined =>
    fields.get(toKey(text)) ?? (Option.isNone(attributes) && isCustom(text) ? text : undefined)
  const faults: Array<HeaderFault> = []
  const titles = header.map((title) => title.trim())
  const given = new Map([...map].map(([title, field]) => [toKey(title), field]))
  const seen = new Map<string, string>()
  const columns = titles.map((title): Column => {
    const named = given.get(toKey(title))
    if (named === leftOut || title === "") return { title, field: undefined }
    const field = fieldOf(named ?? title)
    if (field === undefined) {
      const problem =
        named === undefined
          ? `is not a known field. ${attributeList(attributes)} To ignore the column: --map "${title}=-"`
          : `is mapped to ${named}, which is not a known field. ${attributeList(attributes)}`
      faults.push({ column: title, problem })
      return { title, field }
    }
    const other = seen.get(field)
    if (other !== undefined)
      faults.push({ column: title, problem: `maps to ${field}, and so does the column ${other}` })
    seen.set(field, title)
    return { title, field }
  })
  for (const title of map.keys()) {
    if (!titles.some((other) => toKey(other) === toKey(title))) {
      faults.push({ column: title, problem: "is in --map, but the file has no such column" })
    }
  }
  for (const field of send ? (["name", "email"] as const) : (["name"] as const)) {
    if (!seen.has(field)) {
      faults.push({ column: field, problem: `is missing. If it has another title: --map "TITLE=${field}"` })
    }
  }
  return faults.length > 0 ? Either.left(faults) : Either.right(columns)
}

/** The fields of the file by the paths in a request. */
const pathOf: Readonly<Record<string, Field>> = {
  "recipient.name": "name",
  "recipient.email": "email",
  issueDate: "issue_date",
  expiryDate: "expiry_date"
}

/** The title of the column for a path in a request. */
export const titleOf = (columns: ReadonlyArray<Column>, path: string): string => {
  const field = pathOf[path] ?? path.replace(/^customAttributes\./, "")
  return columns.find((column) => column.field === field)?.title ?? field
}

/** The request for a row. Empty cells are omitted. */
export const toFields = (
  groupId: string,
  columns: ReadonlyArray<Column>,
  cells: ReadonlyArray<string>
): Credential.CreateInput => {
  const values = new Map<Field, string>()
  columns.forEach(({ field }, at) => {
    const value = (cells[at] ?? "").trim()
    if (field !== undefined && value !== "") values.set(field, value)
  })
  const custom = [...values].filter(([field]) => isCustom(field))
  const optional = (key: string, field: Field) => {
    const value = values.get(field)
    return value === undefined ? {} : { [key]: value }
  }
  return {
    groupId,
    recipient: { name: values.get("name") ?? "", ...optional("email", "email") },
    ...optional("issueDate", "issue_date"),
    ...optional("expiryDate", "expiry_date"),
    ...(custom.length === 0 ? {} : { customAttributes: Object.fromEntries(custom) })
  }
}
