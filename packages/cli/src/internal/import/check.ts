import type * as Credential from "@effect-certifier/core/Credential"
import * as Issuance from "@effect-certifier/core/Issuance"
import * as Either from "effect/Either"
import { printable, type View } from "../output.js"
import { type Column, titleOf, toFields } from "./columns.js"
import type { Row } from "./csvFile.js"

/** What is wrong at one place of the file. */
export interface Fault {
  readonly line: number
  readonly column: string
  readonly value: string
  readonly problem: string
}

export const faultView: View<Fault> = {
  columns: [
    { title: "LINE", value: ({ line }) => String(line) },
    { title: "COLUMN", value: ({ column }) => column },
    { title: "VALUE", value: ({ value }) => value },
    { title: "PROBLEM", value: ({ problem }) => problem }
  ],
  toJson: (fault) => fault
}

/** A fault as a sentence, which a narrow terminal wraps. */
export const sentence = ({ column, line, problem, value }: Fault): string =>
  `Line ${line}: ${[column, ...(value === "" ? [] : [JSON.stringify(value)])].map(printable).join(" ")} ${problem}.\n`

/** Two rows with the same one are the same person. */
export const keyOf = ({ recipient }: Credential.CreateInput): string =>
  (recipient.email ?? recipient.name).normalize().trim().toLowerCase()

export interface Checks {
  readonly groupId: string
  readonly columns: ReadonlyArray<Column>
  readonly send: boolean
}

/** The rows that were seen: the line of each person, and the line of each item of the job by its position. */
export class Seen {
  readonly lineOf = new Map<string, number>()
  readonly lines: Array<number> = []
}

/** Everything that is wrong with a row by itself, or with it and those above. */
export const row = ({ columns, groupId, send }: Checks, { cells, line }: Row, seen: Seen): ReadonlyArray<Fault> => {
  const fields = toFields(groupId, columns, cells)
  const cellOf = (title: string) => cells[columns.findIndex((column) => column.title === title)] ?? ""
  const faults: Array<Fault> = []
  for (let at = 0; at < cells.length; at += 1) {
    const value = (cells[at] ?? "").trim()
    if (value !== "" && (columns[at]?.title ?? "") === "") {
      faults.push({ line, column: String(at + 1), value, problem: "is a cell of a column that has no title" })
    }
  }
  const started = Issuance.start(fields, { send })
  if (Either.isLeft(started)) {
    for (const issue of started.left.issues) {
      const column = titleOf(columns, issue.field)
      const value = cellOf(column)
      faults.push({ line, column, value, problem: value === "" ? "is empty" : issue.problem })
    }
  }
  const { email, name } = fields.recipient
  const key = keyOf(fields)
  const other = seen.lineOf.get(key)
  if (other === undefined) seen.lineOf.set(key, line)
  else if (key !== "") {
    const column = titleOf(columns, email === undefined ? "recipient.name" : "recipient.email")
    faults.push({ line, column, value: email ?? name, problem: `is the same person as in line ${other}` })
  }
  seen.lines.push(line)
  return faults
}

/** A person of the file who has a credential of the group. */
export const existing = (
  credential: Credential.Credential,
  columns: ReadonlyArray<Column>,
  seen: Seen
): Fault | undefined => {
  const { id, recipient, status } = credential
  const email = recipient.email._tag === "Some" ? recipient.email.value : undefined
  const line = seen.lineOf.get(keyOf({ groupId: credential.groupId, recipient: { name: recipient.name, email } }))
  if (line === undefined) return undefined
  const column = titleOf(columns, email === undefined ? "recipient.name" : "recipient.email")
  return { line, column, value: email ?? recipient.name, problem: `has one in this group already: ${id} (${status})` }
}
