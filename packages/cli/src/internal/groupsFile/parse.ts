import * as Array from "effect/Array"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Yaml from "yaml"
import * as File from "./schema.js"

/** A fault in the file, and its position. Lines and columns are counted from 1. */
export interface Fault {
  readonly line: number
  readonly column: number
  readonly problem: string
}

/** A group in the file. */
export interface Entry {
  readonly fields: File.Entry
  /** Its position in the list. */
  readonly index: number
  /** Creates a fault at a field of the group or, without one, at its first line. */
  readonly fault: (problem: string, field?: File.Field) => Fault
}

export type Faults = Array.NonEmptyReadonlyArray<Fault>

type Path = ReadonlyArray<PropertyKey>

const maxLength = 4 * 1024 * 1024

/** Reads every value as text. With YAML's full schema, a name such as `2026` or `No` would need quotes. */
const options = { schema: "failsafe", prettyErrors: false, logLevel: "error" } as const

/** The offset of the key or the list item at a path, or of its nearest existing parent. */
const offsetOf = (root: Yaml.Document.Parsed, path: Path): number => {
  let node: unknown = root.contents
  let offset = 0
  const settle = (next: unknown) => {
    if (Yaml.isNode(next) && next.range) offset = next.range[0]
    node = next
  }
  settle(node)
  for (const step of path) {
    if (Yaml.isMap(node)) {
      const pair = node.items.find(({ key }) => Yaml.isScalar(key) && String(key.value) === step)
      if (pair === undefined) break
      settle(pair.key)
      node = pair.value
    } else if (Yaml.isSeq(node)) {
      settle(node.items[Number(step)])
    } else break
  }
  return offset
}

const kindOf = (value: unknown): string => {
  if (globalThis.Array.isArray(value)) return "a list"
  if (value === "" || value === null || value === undefined) return "empty"
  return typeof value === "string" ? "a text" : "a list of fields"
}

/** A readable name for a path such as `groups[3].designIds[0]`. It omits the group, which the line identifies. */
const nameOf = (path: Path): string =>
  path[0] !== "groups" || path.length === 1
    ? path.map(String).join(".") || "the file"
    : path.length === 2
      ? "this group"
      : path
          .slice(2)
          .map((step) => (typeof step === "number" ? `[${step + 1}]` : String(step)))
          .join("")

const wanted = (path: Path): string => {
  if (path.length === 0) return 'a line "groups:" with a list under it'
  if (path.length === 1) return 'a list: lines that begin with "- "'
  if (path.length === 2) return 'fields, such as "name: First Aid"'
  return path[2] === "designIds" && path.length === 3 ? "a list of design ids" : "a text"
}

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (held, step) =>
      typeof held === "object" && held !== null && typeof step !== "symbol"
        ? Object.getOwnPropertyDescriptor(held, step)?.value
        : undefined,
    value
  )

const problemOf = (issue: ParseResult.ArrayFormatterIssue, value: unknown): string => {
  const name = nameOf(issue.path)
  if (issue._tag === "Missing") return `${name} is missing`
  if (issue._tag === "Unexpected") {
    const known = issue.path.length === 1 ? "that is groups" : `those are ${Object.keys(File.fields).join(", ")}`
    return `${JSON.stringify(String(issue.path.at(-1)))} is not a known field; ${known}`
  }
  const held = at(value, issue.path)
  if (kindOf(held) === "empty" && issue.path.length > 2) {
    return `${name} is empty: remove the line to keep the current value; the API has no way to clear a field`
  }
  return issue.message.startsWith("Expected ")
    ? `${name} is ${kindOf(held)}, expected ${wanted(issue.path)}`
    : `${name} ${issue.message}`
}

/** Finds duplicates, which the schema of one entry can't detect: equal ids, and equal names where a group is new. */
const repeated = (entries: ReadonlyArray<Entry>): ReadonlyArray<Fault> => {
  const ids = new Map<string, Entry>()
  const names = new Map<string, Entry>()
  return entries.flatMap((entry) => {
    const { id, name } = entry.fields
    const sameId = id === undefined ? undefined : ids.get(id)
    const sameName = names.get(name)
    if (id !== undefined) ids.set(id, entry)
    names.set(name, entry)
    if (sameId !== undefined) return [entry.fault(`the id is also that of line ${sameId.fault("").line}`, "id")]
    return sameName === undefined || (id !== undefined && sameName.fields.id !== undefined)
      ? []
      : [
          entry.fault(
            `the name is also that of line ${sameName.fault("").line}: a new group needs a unique name`,
            "name"
          )
        ]
  })
}

const checkEntries = Schema.decodeUnknownEither(File.File, { errors: "all", onExcessProperty: "error" })

/** The groups of the file, or all of its faults. */
export const parse = (text: string): Either.Either<ReadonlyArray<Entry>, Faults> => {
  if (text.length > maxLength) {
    return Either.left([{ line: 1, column: 1, problem: "the file has more than 4 MiB" }])
  }
  const lines = new Yaml.LineCounter()
  const document = Yaml.parseDocument(text, { ...options, lineCounter: lines })
  const fault = (offset: number, problem: string): Fault => {
    const { col, line } = lines.linePos(offset)
    return { line, column: col, problem }
  }
  const syntax = document.errors.map(({ code, message, pos }) =>
    fault(
      pos[0],
      code === "MULTIPLE_DOCS" ? "a second document starts here, but a file has one list of groups" : message
    )
  )
  Yaml.visit(document, {
    Alias: (_, { range, source }) => {
      syntax.push(fault(range?.[0] ?? 0, `*${source} is an alias, which is not supported: write its lines instead`))
    }
  })
  if (Array.isNonEmptyReadonlyArray(syntax)) return Either.left(syntax)

  return Either.gen(function* () {
    const value: unknown = document.toJS()
    const { groups } = yield* Either.mapLeft(checkEntries(value ?? {}), (error): Faults => {
      const faults = ParseResult.ArrayFormatter.formatErrorSync(error)
        // For an optional field, the schema also expects `undefined`, which would only confuse.
        .filter(({ message }) => !message.startsWith("Expected undefined"))
        .map((issue) => fault(offsetOf(document, issue.path), problemOf(issue, value)))
        .toSorted((one, other) => one.line - other.line)
      return Array.isNonEmptyReadonlyArray(faults) ? faults : [fault(0, error.message)]
    })
    const entries = groups.map((fields, index): Entry => ({
      fields,
      index,
      fault: (problem, field) =>
        fault(offsetOf(document, ["groups", index, ...(field === undefined ? [] : [field])]), problem)
    }))
    const faults = repeated(entries)
    return yield* Array.isNonEmptyReadonlyArray(faults) ? Either.left(faults) : Either.right(entries)
  })
}
