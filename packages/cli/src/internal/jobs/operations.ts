import * as JobOperation from "@effect-certifier/jobs/JobOperation"
import * as Option from "effect/Option"

/** The kind of a job, which the name of its operation encodes. */
export interface Kind {
  readonly send: boolean
  /** The URL of the service. `None` is Certifier. */
  readonly baseUrl: Option.Option<string>
}

const names = { send: "issueAndSend", issue: "issueOnly" } as const

const separator = " "

/** The name contains the service, so that a job is never run against another service. */
export const nameOf = ({ baseUrl, send }: Kind): string =>
  [send ? names.send : names.issue, ...Option.toArray(baseUrl)].join(separator)

/** `None` if the job belongs to another program. */
export const kindOf = (operation: string): Option.Option<Kind> => {
  const [name, baseUrl] = operation.split(separator)
  if (name !== names.send && name !== names.issue) return Option.none()
  return Option.some({ send: name === names.send, baseUrl: Option.fromNullable(baseUrl) })
}

/** A sandbox lists created credentials immediately. */
const settleOf = (isSandbox: boolean) => (isSandbox ? "1 second" : "2 minutes")

export const make = (kind: Kind, isSandbox: boolean): JobOperation.IssueCredential =>
  JobOperation.issueCredentialWith({ name: nameOf(kind), send: kind.send, settle: settleOf(isSandbox) })

/** All operations of a runner for this service. */
export const all = (baseUrl: Option.Option<string>, isSandbox: boolean): ReadonlyArray<JobOperation.IssueCredential> =>
  [true, false].map((send) => make({ send, baseUrl }, isSandbox))
