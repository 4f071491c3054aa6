import * as JobOperation from "@effect-certifier/jobs/JobOperation"
import * as Option from "effect/Option"

/** What a job of this command does, as the name of its operation says. */
export interface Kind {
  readonly send: boolean
  /** The service that it talks to, unless it is Certifier's own. */
  readonly baseUrl: Option.Option<string>
}

const names = { send: "issueAndSend", issue: "issueOnly" } as const

const separator = " "

/** A job of one service is never run against another one: its operation has another name. */
export const nameOf = ({ baseUrl, send }: Kind): string =>
  [send ? names.send : names.issue, ...Option.toArray(baseUrl)].join(separator)

/** Nothing, if the job is of another program. */
export const kindOf = (operation: string): Option.Option<Kind> => {
  const [name, baseUrl] = operation.split(separator)
  if (name !== names.send && name !== names.issue) return Option.none()
  return Option.some({ send: name === names.send, baseUrl: Option.fromNullable(baseUrl) })
}

/** A sandbox shows at once what was created, so there is nothing to wait for. */
const settleOf = (isSandbox: boolean) => (isSandbox ? "1 second" : "2 minutes")

export const make = (kind: Kind, isSandbox: boolean): JobOperation.IssueCredential =>
  JobOperation.issueCredentialWith({ name: nameOf(kind), send: kind.send, settle: settleOf(isSandbox) })

/** All that a runner of this service does. */
export const all = (baseUrl: Option.Option<string>, isSandbox: boolean): ReadonlyArray<JobOperation.IssueCredential> =>
  [true, false].map((send) => make({ send, baseUrl }, isSandbox))
