import * as Credential from "@effect-certifier/core/Credential"
import type * as JobOperation from "@effect-certifier/jobs/JobOperation"
import type * as Jobs from "@effect-certifier/jobs/Jobs"
import type { Failure } from "@effect-certifier/jobs/JobError"
import * as Option from "effect/Option"
import { stringify } from "csv-stringify/sync"

export type Result = Jobs.Result<typeof Credential.Create.Encoded, JobOperation.CredentialResult>

export const header = ["line", "name", "email", "state", "credential_id", "public_link", "problem", "what_to_do"]

/** The id of the credential in an error, if it has one. */
const idOf = (error: Failure): string =>
  error._tag === "CertifierIssuanceUncertain" && "credentialId" in error.step ? error.step.credentialId : ""

const adviceOf = (job: string, { error, state }: Result): string => {
  if (state === "done") return ""
  if (state === "pending" || state === "sent") return `To resume: certifier jobs resume ${job}`
  if (state === "failed") return `Nothing was mailed. Correct the cause, then: certifier jobs retry ${job} --failed`
  const mailed = Option.exists(
    error,
    (failure) => failure._tag === "CertifierIssuanceUncertain" && failure.step._tag === "Send"
  )
  return mailed
    ? `Ask the recipient whether the mail arrived. To mail once more: certifier jobs retry ${job} --unknown`
    : `Check whether the credential exists. To resume: certifier jobs retry ${job} --unknown`
}

/** The cells of a row. */
export const cells = (options: {
  readonly job: string
  readonly result: Result
  readonly line: number
  readonly publicBase: string | undefined
  /** Adds options to the commands in a text. */
  readonly hint: (text: string) => string
}): ReadonlyArray<string> => {
  const { hint, job, line, publicBase, result } = options
  const { email, name } = result.item.recipient
  return [
    String(line),
    name,
    email ?? "",
    result.state,
    Option.match(result.result, {
      onNone: () => Option.match(result.error, { onNone: () => "", onSome: idOf }),
      onSome: ({ id }) => id
    }),
    Option.match(result.result, { onNone: () => "", onSome: (kept) => Credential.publicUrl(kept, publicBase) }),
    Option.match(result.error, { onNone: () => "", onSome: ({ message }) => message }),
    hint(adviceOf(job, result))
  ]
}

/**
 * CSV that a spreadsheet opens as text: every cell is quoted, and a cell that starts like a formula is prefixed with an apostrophe,
 * as OWASP recommends against CSV injection.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export const toCsv = (rows: ReadonlyArray<ReadonlyArray<string>>, delimiter: string): string =>
  stringify(
    rows.map((row) => [...row]),
    { delimiter, escape_formulas: true, quoted: true, record_delimiter: "windows" }
  )
