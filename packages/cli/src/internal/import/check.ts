import type * as Credential from "@effect-certifier/core/Credential"
import * as Issuance from "@effect-certifier/core/Issuance"
import * as Either from "effect/Either"
import { printable, type View } from "../output.js"
import { type Column, titleOf, toFields } from "./columns.js"
import type { Row } from "./csvFile.js"

/** A fault in a cell of the file. */
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

/** A fault as a sentence, which wraps on a narrow terminal. */
export const sentence = ({ column, line, problem, value }: Fault): string =>
  `Line ${line}: ${[column, ...(value === "" ? [] : [JSON.stringify(value)])].map(printable).join(" ")} ${problem}.\n`

/** Identifies a person: the email address or, without one, the name. */
export const keyOf = ({ recipient }: Credential.CreateInput): string =>
  (recipient.email ?? recipient.name).normalize().trim().toLowerCase()

export interface Checks {
  readonly groupId: string
  readonly columns: ReadonlyArray<Column>
  readonly send: boolean
}

/** The checked rows: the line of each person, and the lines of the items of the job in their order. */
export class Seen {
  readonly lineOf = new Map<string, number>()
  readonly lines: Array<number> = []
}

/** The faults of a row, including duplicates of earlier rows. */
export const row = ({ columns, groupId, send }: Checks, { cells, line }: Row, seen: Seen): ReadonlyArray<Fault> => {
  const fields = toFields(groupId, columns, cells)
  const cellOf = (title: string) => cells[columns.findIndex((column) => column.title === title)] ?? ""
  const faults: Array<Fault> = []
  for (let at = 0; at < cells.length; at += 1) {
    const value = (cells[at] ?? "").trim()
    if (value !== "" && (columns[at]?.title ?? "") === "") {
      faults.push({ line, column: String(at + 1), value, problem: "is in a column without a title" })
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

/** A fault if the recipient of a credential of the group is in the file. */
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
  return {
    line,
    column,
    value: email ?? recipient.name,
    problem: `already has a credential in this group: ${id} (${status})`
  }
}
