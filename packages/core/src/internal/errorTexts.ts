import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { Issue, Outcome, TransportReason } from "../CertifierError.js"
import type { Group } from "../Group.js"

/** What to do about a code of the API. */
const advice: { readonly [Tag in string]?: string } = {
  CertifierMissingVersion: "A proxy removed the Certifier-Version header.",
  CertifierInvalidVersion: "Check the apiVersion option.",
  CertifierInvalidJson: "A proxy changed the request body.",
  CertifierValidationError: "Correct the value that the message names.",
  CertifierUnauthorized: "Check the access token: it is missing, mistyped or revoked.",
  CertifierPaymentRequired: "The plan of the workspace does not include this object or change.",
  CertifierForbidden: "The access token is valid, but not for this object.",
  CertifierNotFound: "Check the id: the object was deleted, never existed, or belongs to another workspace.",
  CertifierConflict: "Read the object: the request conflicts with what is stored.",
  CertifierRateLimited: "Slow down; a rate limiter or a retry policy does this for you.",
  CertifierInternalServerError: "The API failed; retry later."
}

const outcomes: { readonly [K in Outcome]: string } = {
  NotSent: "Nothing was sent.",
  NotApplied: "Nothing was changed.",
  MaybeApplied: "The request may or may not have taken effect."
}

const transport: { readonly [K in TransportReason]: string } = {
  Dns: "the host name could not be resolved",
  Connect: "no connection could be made",
  Tls: "the TLS handshake failed",
  Disconnected: "the connection broke before the response was complete",
  Encode: "the request could not be encoded",
  Unknown: "the transport failed without a reason"
}

interface Common {
  readonly operation: string
  readonly outcome: Outcome
  readonly requestId?: Option.Option<string>
  readonly retryAfter?: Option.Option<Duration.Duration>
}

const optional = <A>(option: Option.Option<A> | undefined, text: (value: A) => string): string =>
  option?._tag === "Some" ? ` ${text(option.value)}` : ""

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

/** What every message begins and ends with. */
const message = (self: Common, text: string): string =>
  `${self.operation}: ${sentence(text)}` +
  optional(self.retryAfter, (wait) => `Retry after ${Duration.format(wait)}.`) +
  ` ${outcomes[self.outcome]}` +
  optional(self.requestId, (id) => `(request id ${id})`)

export const api = (
  self: Common & {
    readonly _tag: string
    readonly status: number
    readonly code: string
    readonly apiMessage: Option.Option<string>
  }
): string =>
  message(
    self,
    `the API returned ${self.status} ${self.code}: ${sentence(Option.getOrElse(self.apiMessage, () => "no message"))} ${advice[self._tag]}`
  )

export const unknown = (
  self: Common & {
    readonly status: number
    readonly code: Option.Option<string>
    readonly apiMessage: Option.Option<string>
    readonly location: Option.Option<string>
  }
): string =>
  message(
    self,
    self.status === 0 || (self.status >= 300 && self.status < 400)
      ? `the API returned a redirect${optional(self.location, (to) => `to ${to}`)} (status ${self.status}), which is not followed. Check the baseUrl option.`
      : `the API returned ${self.status} ${Option.getOrElse(self.code, () => "without a known code")}${optional(self.apiMessage, (text) => `(${text})`)}`
  )

export const undecodable = (
  self: Common & { readonly status: number; readonly issues: ReadonlyArray<Issue> }
): string => message(self, `the API returned ${self.status} with an invalid body: ${self.issues.join("; ")}`)

export const transportFailure = (
  self: Common & {
    readonly reason: TransportReason
    readonly origin: Option.Option<string>
    readonly systemCode: Option.Option<string>
  }
): string =>
  message(
    self,
    transport[self.reason] +
      optional(self.origin, (origin) => `at ${origin}`) +
      optional(self.systemCode, (code) => `(${code})`)
  )

export const timeout = (self: Common & { readonly limit: Duration.Duration }): string =>
  message(self, `no complete response within ${Duration.format(self.limit)}`)

export const invalidRequest = (self: Common & { readonly issues: ReadonlyArray<Issue> }): string =>
  message(self, self.issues.join("; "))

export const rejected = (self: Common & { readonly reason: string }): string =>
  message({ ...self, operation: self.operation, retryAfter: Option.none() }, `rejected by this client: ${self.reason}`)

export const concurrentModification = (self: Common & { readonly current: Group }): string =>
  message(
    self,
    `another writer changed group ${self.current.id} at ${DateTime.formatIso(self.current.updatedAt)}, after it was read. Read the group, then decide.`
  )
