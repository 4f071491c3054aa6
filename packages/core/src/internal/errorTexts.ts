import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { Issue, Outcome, TransportReason } from "../CertifierError.js"
import type { Group } from "../Group.js"

const outcomes: { readonly [K in Outcome]: string } = {
  NotSent: "Nothing was sent.",
  NotApplied: "Nothing was changed.",
  MaybeApplied: "It may have taken effect."
}

const transport: { readonly [K in TransportReason]: string } = {
  Dns: "host not found",
  Connect: "no connection",
  Tls: "the TLS handshake failed",
  Certificate: "the certificate is not trusted",
  Disconnected: "the connection broke",
  Encode: "the request cannot be sent",
  Unknown: "the transport failed"
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

/** The prefix and suffix of every message. */
const message = (self: Common, text: string): string =>
  `${self.operation}: ${sentence(text)}` +
  optional(self.retryAfter, (wait) => `Retry after ${Duration.format(wait)}.`) +
  ` ${outcomes[self.outcome]}` +
  optional(self.requestId, (id) => `(request id ${id})`)

export interface ApiError extends Common {
  readonly status: number
  readonly code: string
  readonly apiMessage: Option.Option<string>
  readonly excerpt: string
}

export const api = (self: ApiError, advice: string): string =>
  message(
    self,
    self.excerpt !== ""
      ? `the ${self.status} response is not from the API: check proxies and baseUrl`
      : `the API returned ${self.status} ${self.code}: ${sentence(Option.getOrElse(self.apiMessage, () => "no message"))} ${advice}`
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
      ? `the API returned ${self.status}, a redirect${optional(self.location, (to) => `to ${to}`)}, which is not followed: check baseUrl`
      : `the API returned ${self.status} ${Option.getOrElse(self.code, () => "without a code")}${optional(self.apiMessage, (text) => `(${text})`)}`
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
  message(self, `no response within ${Duration.format(self.limit)}`)

export const invalidRequest = (self: Common & { readonly issues: ReadonlyArray<Issue> }): string =>
  message(self, self.issues.join("; "))

export const rejected = (self: Common & { readonly reason: string }): string =>
  message({ ...self, retryAfter: Option.none() }, `rejected by this client: ${self.reason}`)

export const concurrentModification = (self: Common & { readonly current: Group }): string =>
  message(
    self,
    `group ${self.current.id}, updated at ${DateTime.formatIso(self.current.updatedAt)}, is neither unchanged nor as requested`
  )
