/**
 * Everything that can go wrong with a call of the Certifier API, as data: one tagged error for each code of the API's
 * error table, and seven for what the API can't know about. All of them are `Schema`s, so they survive a worker or RPC
 * boundary, and none of them ever holds the access token, the request's headers or the request's body.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { Group } from "./Group.js"

/**
 * What is known about the effect that a failed call had on the service.
 *
 * - `NotSent`: refused before sending, or no connection was made. Nothing happened.
 * - `NotApplied`: the service answered 3xx or 4xx. It received the request and refused it.
 * - `MaybeApplied`: 5xx, a time-out, a broken connection, or a success whose body can't be read. Read the object to know.
 *
 * @since 0.1.0
 * @category models
 */
export const Outcome = Schema.Literal("NotSent", "NotApplied", "MaybeApplied")

/**
 * @since 0.1.0
 * @category models
 */
export type Outcome = typeof Outcome.Type

/**
 * One fault of one value: where it is, what is wrong with it, and what was expected. It never holds the value.
 *
 * `field` is a path such as `learningEventUrl` or `designIds[1]`; it is empty when the whole value is at fault.
 *
 * @since 0.1.0
 * @category models
 */
export class Issue extends Schema.Class<Issue>("@effect-certifier/core/CertifierError/Issue")({
  field: Schema.String,
  problem: Schema.String,
  expected: Schema.String
}) {
  override toString(): string {
    return `${this.field === "" ? "it" : this.field} ${this.problem}, expected ${this.expected}`
  }
}

/**
 * The error table of the vendor's documentation: what each `error.code` means. `advice` says what to do about it;
 * `retryable` says whether sending the same request again later can help.
 */
const codes = {
  missing_version: {
    status: 400,
    retryable: false,
    advice: "Something between this client and the service removed the Certifier-Version header."
  },
  invalid_version: {
    status: 400,
    retryable: false,
    advice: "Check the apiVersion option: the service does not know this version."
  },
  invalid_json: {
    status: 400,
    retryable: false,
    advice: "Something between this client and the service changed the request's body."
  },
  validation_error: {
    status: 400,
    retryable: false,
    advice: "Correct the value that the service names and send again."
  },
  unauthorized: {
    status: 401,
    retryable: false,
    advice: "Check the access token: it is missing, mistyped or revoked."
  },
  payment_required: {
    status: 402,
    retryable: false,
    advice: "The workspace's plan does not include this object or this change."
  },
  forbidden: { status: 403, retryable: false, advice: "The access token is valid, but not for this object." },
  not_found: {
    status: 404,
    retryable: false,
    advice: "Check the id: the object was deleted, never existed, or belongs to another workspace."
  },
  conflict: { status: 409, retryable: false, advice: "Read the object again: it collides with what is stored." },
  rate_limited: { status: 429, retryable: true, advice: "Wait, then send again; a retry policy does this for you." },
  internal_server_error: { status: 500, retryable: true, advice: "The service failed; try again later." }
} as const

/**
 * The value of `error.code` in an answer of the API, as far as the vendor documents it.
 *
 * @since 0.1.0
 * @category models
 */
export type Code = keyof typeof codes

const optional = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalWith(schema, { as: "Option", exact: true }).pipe(Schema.withConstructorDefault(() => Option.none<A>()))

const operation = Schema.String

/** Finite, because JSON has no infinity. Milliseconds when encoded. */
const FiniteDuration = Schema.DurationFromMillis.pipe(
  Schema.filter((duration) => Duration.isFinite(duration), {
    arbitrary: () => (fc) => fc.nat().map((millis) => Duration.millis(millis))
  })
)

/** What every answer of the service can tell, whatever its status. */
const answerFields = {
  operation,
  /** The API's own words, `error.message`; at most 1024 characters. */
  apiMessage: optional(Schema.String),
  /** `x-request-id` or the like, when the service sent one; at most 128 characters. */
  requestId: optional(Schema.String),
  /** Members of the answer's `error` object other than `code` and `message`. */
  details: Schema.optionalWith(Schema.Record({ key: Schema.String, value: Schema.Unknown }), { default: () => ({}) }),
  /** How long to wait, from `Retry-After` (RFC 9110, section 10.2.3) at the time the answer arrived. */
  retryAfter: optional(FiniteDuration),
  /** The answer's headers that speak of a rate limit (`ratelimit…`, `x-ratelimit-…`), lower case; others are not kept. */
  rateLimitHeaders: Schema.optionalWith(Schema.Record({ key: Schema.String, value: Schema.String }), {
    default: () => ({})
  })
}

/** A field that a caller may leave out of the constructor, but that is always there. */
const defaulted = <A, I>(schema: Schema.Schema<A, I>, value: A) =>
  Schema.propertySignature(schema).pipe(Schema.withConstructorDefault(() => value))

const apiFields = (code: Code) => ({
  ...answerFields,
  status: defaulted<number, number>(Schema.Int, codes[code].status),
  /** `error.code` of the answer; the table's code for its status when the answer named none. */
  code: defaulted<string, string>(Schema.String, code),
  outcome: defaulted(Outcome, codes[code].status < 500 ? "NotApplied" : "MaybeApplied")
})

const afterwards: { readonly [K in Outcome]: string } = {
  NotSent: "Nothing was sent.",
  NotApplied: "Nothing was changed.",
  MaybeApplied: "The request may or may not have taken effect."
}

const parts = (...texts: ReadonlyArray<string>): string => texts.filter((text) => text !== "").join(" ")

const sentence = (text: string): string => (text === "" || /[.!?]$/.test(text) ? text : `${text}.`)

const requestIdText = (self: { readonly requestId: Option.Option<string> }): string =>
  Option.match(self.requestId, { onNone: () => "", onSome: (id) => `(request id ${id})` })

const retryAfterText = (self: { readonly retryAfter: Option.Option<Duration.Duration> }): string =>
  Option.match(self.retryAfter, {
    onNone: () => "",
    onSome: (wait) => `The service asks to wait ${Duration.format(wait)}.`
  })

const describe = (
  code: Code,
  self: {
    readonly operation: string
    readonly status: number
    readonly code: string
    readonly apiMessage: Option.Option<string>
    readonly retryAfter: Option.Option<Duration.Duration>
    readonly requestId: Option.Option<string>
    readonly outcome: Outcome
  }
): string =>
  parts(
    `${self.operation}: the service answered ${self.status} ${self.code}:`,
    sentence(Option.getOrElse(self.apiMessage, () => "no message")),
    codes[code].advice,
    retryAfterText(self),
    afterwards[self.outcome],
    requestIdText(self)
  )

/**
 * 400 `missing_version`: the request arrived without its `Certifier-Version` header.
 *
 * @since 0.1.0
 * @category errors
 */
export class MissingVersion extends Schema.TaggedError<MissingVersion>(
  "@effect-certifier/core/CertifierError/MissingVersion"
)("CertifierMissingVersion", apiFields("missing_version")) {
  override get message(): string {
    return describe("missing_version", this)
  }
}

/**
 * 400 `invalid_version`: the service does not know the value of `Certifier-Version`.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidVersion extends Schema.TaggedError<InvalidVersion>(
  "@effect-certifier/core/CertifierError/InvalidVersion"
)("CertifierInvalidVersion", apiFields("invalid_version")) {
  override get message(): string {
    return describe("invalid_version", this)
  }
}

/**
 * 400 `invalid_json`: the service could not read the request's body as JSON.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidJson extends Schema.TaggedError<InvalidJson>("@effect-certifier/core/CertifierError/InvalidJson")(
  "CertifierInvalidJson",
  apiFields("invalid_json")
) {
  override get message(): string {
    return describe("invalid_json", this)
  }
}

/**
 * 400 `validation_error`: the service refused a parameter that this client let pass.
 *
 * @since 0.1.0
 * @category errors
 */
export class ValidationError extends Schema.TaggedError<ValidationError>(
  "@effect-certifier/core/CertifierError/ValidationError"
)("CertifierValidationError", apiFields("validation_error")) {
  override get message(): string {
    return describe("validation_error", this)
  }
}

/**
 * 401 `unauthorized`: no valid access token.
 *
 * @since 0.1.0
 * @category errors
 */
export class Unauthorized extends Schema.TaggedError<Unauthorized>(
  "@effect-certifier/core/CertifierError/Unauthorized"
)("CertifierUnauthorized", apiFields("unauthorized")) {
  override get message(): string {
    return describe("unauthorized", this)
  }
}

/**
 * 402 `payment_required`: the workspace's plan does not include the object or the change.
 *
 * @since 0.1.0
 * @category errors
 */
export class PaymentRequired extends Schema.TaggedError<PaymentRequired>(
  "@effect-certifier/core/CertifierError/PaymentRequired"
)("CertifierPaymentRequired", apiFields("payment_required")) {
  override get message(): string {
    return describe("payment_required", this)
  }
}

/**
 * 403 `forbidden`: the access token is valid, the access is refused.
 *
 * @since 0.1.0
 * @category errors
 */
export class Forbidden extends Schema.TaggedError<Forbidden>("@effect-certifier/core/CertifierError/Forbidden")(
  "CertifierForbidden",
  apiFields("forbidden")
) {
  override get message(): string {
    return describe("forbidden", this)
  }
}

/**
 * 404 `not_found`: no such object (or, as the API has no 405, no such method and path).
 *
 * @since 0.1.0
 * @category errors
 */
export class NotFound extends Schema.TaggedError<NotFound>("@effect-certifier/core/CertifierError/NotFound")(
  "CertifierNotFound",
  apiFields("not_found")
) {
  override get message(): string {
    return describe("not_found", this)
  }
}

/**
 * 409 `conflict`: the change collides with stored data.
 *
 * @since 0.1.0
 * @category errors
 */
export class Conflict extends Schema.TaggedError<Conflict>("@effect-certifier/core/CertifierError/Conflict")(
  "CertifierConflict",
  apiFields("conflict")
) {
  override get message(): string {
    return describe("conflict", this)
  }
}

/**
 * 429 `rate_limited`: over the rate limit. `retryAfter` says how long the service asks to wait, when it said so.
 *
 * @since 0.1.0
 * @category errors
 */
export class RateLimited extends Schema.TaggedError<RateLimited>("@effect-certifier/core/CertifierError/RateLimited")(
  "CertifierRateLimited",
  apiFields("rate_limited")
) {
  override get message(): string {
    return describe("rate_limited", this)
  }
}

/**
 * 500 `internal_server_error`: a problem on the vendor's side. The change may or may not have been made.
 *
 * @since 0.1.0
 * @category errors
 */
export class InternalServerError extends Schema.TaggedError<InternalServerError>(
  "@effect-certifier/core/CertifierError/InternalServerError"
)("CertifierInternalServerError", apiFields("internal_server_error")) {
  override get message(): string {
    return describe("internal_server_error", this)
  }
}

/**
 * The service, or something in front of it, answered with a code and a status outside the table: another 5xx, a page of
 * HTML, a redirect (which is never followed). Status, code and message are kept, and the beginning of the body.
 *
 * @since 0.1.0
 * @category errors
 */
export class UnknownApiError extends Schema.TaggedError<UnknownApiError>(
  "@effect-certifier/core/CertifierError/UnknownApiError"
)("CertifierUnknownApiError", {
  ...answerFields,
  /** 0 for a redirect in a browser, which hides what it was told not to follow. */
  status: Schema.Int,
  /** `error.code` of the answer, when it has one; at most 64 characters. */
  code: optional(Schema.String),
  /** Where a redirect points to, without its query; at most 256 characters. */
  location: optional(Schema.String),
  /** The beginning of the body, at most 512 characters. */
  excerpt: defaulted(Schema.String, ""),
  outcome: Outcome
}) {
  override get message(): string {
    const redirected = this.status === 0 || (this.status >= 300 && this.status < 400)
    return parts(
      `${this.operation}: the service answered`,
      redirected
        ? `with a redirect${Option.match(this.location, { onNone: () => "", onSome: (to) => ` to ${to}` })} (status ${this.status}), which is not followed. Check the baseUrl option.`
        : sentence(
            parts(
              `${this.status}`,
              Option.getOrElse(this.code, () => "without a known code"),
              Option.match(this.apiMessage, { onNone: () => "", onSome: (text) => `(${text})` })
            )
          ),
      retryAfterText(this),
      afterwards[this.outcome],
      requestIdText(this)
    )
  }
}

/**
 * The status said success, but the body can't be used: not UTF-8, not JSON, larger than the limit, or not the expected
 * object. The update was probably applied: read the object before sending again.
 *
 * @since 0.1.0
 * @category errors
 */
export class ResponseDecodeError extends Schema.TaggedError<ResponseDecodeError>(
  "@effect-certifier/core/CertifierError/ResponseDecodeError"
)("CertifierResponseDecodeError", {
  operation,
  status: Schema.Int,
  requestId: optional(Schema.String),
  /** What is wrong, and where in the body. */
  issues: Schema.NonEmptyArray(Issue),
  /** The beginning of the body, at most 512 characters. */
  excerpt: defaulted(Schema.String, ""),
  outcome: defaulted(Outcome, "MaybeApplied")
}) {
  override get message(): string {
    return parts(
      `${this.operation}: the service answered ${this.status}, but the body can't be used:`,
      `${this.issues.join("; ")}.`,
      afterwards[this.outcome],
      requestIdText(this)
    )
  }
}

/**
 * How a connection failed.
 *
 * - `Dns`: the host's name could not be resolved.
 * - `Connect`: no connection was made (refused, unreachable, timed out while connecting).
 * - `Tls`: the server's certificate or the TLS handshake was not accepted.
 * - `Cut`: the connection was reset or ended before the answer was complete.
 * - `Encode`: the request could not be put on the wire.
 * - `Unknown`: the transport did not say.
 *
 * @since 0.1.0
 * @category models
 */
export const TransportReason = Schema.Literal("Dns", "Connect", "Tls", "Cut", "Encode", "Unknown")

/**
 * @since 0.1.0
 * @category models
 */
export type TransportReason = typeof TransportReason.Type

const transportTexts: { readonly [K in TransportReason]: string } = {
  Dns: "the host's name could not be resolved",
  Connect: "no connection could be made",
  Tls: "the TLS handshake failed",
  Cut: "the connection broke before the answer was complete",
  Encode: "the request could not be put on the wire",
  Unknown: "the transport failed without saying why"
}

/**
 * No complete answer arrived. `systemCode` is the operating system's, TLS library's or transport's code, such as
 * `ECONNREFUSED`, when there is one. The transport's own error is not kept: it holds the request.
 *
 * @since 0.1.0
 * @category errors
 */
export class TransportError extends Schema.TaggedError<TransportError>(
  "@effect-certifier/core/CertifierError/TransportError"
)("CertifierTransportError", {
  operation,
  reason: TransportReason,
  systemCode: optional(Schema.String),
  /** The origin that was called, such as `https://api.certifier.io`. */
  origin: optional(Schema.String),
  /** The status, when the connection broke within the body of an answer. */
  status: optional(Schema.Int),
  outcome: Outcome
}) {
  override get message(): string {
    return parts(
      `${this.operation}: ${transportTexts[this.reason]}`,
      sentence(
        parts(
          Option.match(this.origin, { onNone: () => "", onSome: (origin) => `at ${origin}` }),
          Option.match(this.systemCode, { onNone: () => "", onSome: (code) => `(${code})` })
        )
      ),
      afterwards[this.outcome]
    )
  }
}

/**
 * The time limit of one attempt passed before the answer, its whole body included, was there.
 *
 * @since 0.1.0
 * @category errors
 */
export class Timeout extends Schema.TaggedError<Timeout>("@effect-certifier/core/CertifierError/Timeout")(
  "CertifierTimeout",
  {
    operation,
    /** The limit that passed. */
    limit: FiniteDuration,
    outcome: defaulted(Outcome, "MaybeApplied")
  }
) {
  override get message(): string {
    return parts(
      `${this.operation}: no complete answer within ${Duration.format(this.limit)}.`,
      afterwards[this.outcome]
    )
  }
}

/**
 * The input was refused before anything was sent. `issues` names each field, what is wrong with it and what was expected.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidRequest extends Schema.TaggedError<InvalidRequest>(
  "@effect-certifier/core/CertifierError/InvalidRequest"
)("CertifierInvalidRequest", {
  operation,
  issues: Schema.NonEmptyArray(Issue),
  outcome: defaulted(Outcome, "NotSent")
}) {
  override get message(): string {
    return parts(`${this.operation}: ${this.issues.join("; ")}.`, afterwards[this.outcome])
  }
}

/**
 * A policy of this client (a rate limit whose queue is full, say) refused to send. Core never fails with it by itself:
 * it is the one error that a client transform adds, so that a policy's refusal is typed as everything else is.
 *
 * @since 0.1.0
 * @category errors
 */
export class Throttled extends Schema.TaggedError<Throttled>("@effect-certifier/core/CertifierError/Throttled")(
  "CertifierThrottled",
  {
    /** A transform is told it when it is applied. */
    operation: defaulted(operation, ""),
    /** Which policy refused and why, as a phrase: `the rate limit's queue is longer than 30s`. */
    reason: Schema.String,
    /** When a place would be free, if the policy knows. */
    retryAfter: optional(FiniteDuration),
    outcome: defaulted(Outcome, "NotSent")
  }
) {
  override get message(): string {
    return parts(`${this.operation}: held back by this client: ${this.reason}.`, afterwards[this.outcome])
  }
}

/**
 * Somebody else has changed the group since it was read, so an update was not sent, or not sent again: it could have
 * overwritten their change. Only an update with `withReconcile`, or of `modifyGroup`, can fail so. `outcome` is what is
 * known of the update; after `MaybeApplied` the change of somebody else came after it, or in its place.
 *
 * @since 0.1.0
 * @category errors
 */
export class GroupChanged extends Schema.TaggedError<GroupChanged>(
  "@effect-certifier/core/CertifierError/GroupChanged"
)("CertifierGroupChanged", {
  operation,
  /** The group as the update knew it. */
  before: Group,
  /** The group as it is now. */
  current: Group,
  outcome: Outcome
}) {
  override get message(): string {
    const at = DateTime.formatIso(this.current.updatedAt)
    return parts(
      `${this.operation}: somebody else has changed group ${this.current.id} at ${at}, after it was read.`,
      "Look at the group as it is now, then decide.",
      afterwards[this.outcome]
    )
  }
}

/**
 * The table of the API's codes: `error.code` -> the status it comes with, whether sending again can help, and its class.
 * Classification, guards and documentation all read this one table.
 *
 * @since 0.1.0
 * @category models
 */
export const table = {
  missing_version: { ...codes.missing_version, error: MissingVersion },
  invalid_version: { ...codes.invalid_version, error: InvalidVersion },
  invalid_json: { ...codes.invalid_json, error: InvalidJson },
  validation_error: { ...codes.validation_error, error: ValidationError },
  unauthorized: { ...codes.unauthorized, error: Unauthorized },
  payment_required: { ...codes.payment_required, error: PaymentRequired },
  forbidden: { ...codes.forbidden, error: Forbidden },
  not_found: { ...codes.not_found, error: NotFound },
  conflict: { ...codes.conflict, error: Conflict },
  rate_limited: { ...codes.rate_limited, error: RateLimited },
  internal_server_error: { ...codes.internal_server_error, error: InternalServerError }
} as const

/**
 * One of the eleven errors that the API's table names.
 *
 * @since 0.1.0
 * @category models
 */
export type ApiError = InstanceType<(typeof table)[Code]["error"]>

/**
 * Every error of this client, as a `Schema` (to send one over a worker or RPC boundary) and as a type: what each of its
 * operations can fail with. Reading changes nothing, however it ends, so there `outcome` is never `MaybeApplied`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const CertifierError = Schema.Union(
  MissingVersion,
  InvalidVersion,
  InvalidJson,
  ValidationError,
  Unauthorized,
  PaymentRequired,
  Forbidden,
  NotFound,
  Conflict,
  RateLimited,
  InternalServerError,
  UnknownApiError,
  ResponseDecodeError,
  TransportError,
  Timeout,
  InvalidRequest,
  Throttled,
  GroupChanged
)

/**
 * @since 0.1.0
 * @category models
 */
// Written out, so that the compiler calls it by its name where it shows a call.
export type CertifierError =
  | ApiError
  | UnknownApiError
  | ResponseDecodeError
  | TransportError
  | Timeout
  | InvalidRequest
  | Throttled
  | GroupChanged

const classes: ReadonlySet<unknown> = new Set(CertifierError.members)

/**
 * Whether an unknown value is an error of this client.
 *
 * @since 0.1.0
 * @category guards
 */
export const isCertifierError = (u: unknown): u is CertifierError => Predicate.isObject(u) && classes.has(u.constructor)

const retryableTags: ReadonlySet<string> = new Set([
  "CertifierTimeout",
  ...Object.values(table).flatMap((row) => (row.retryable ? [row.error._tag] : []))
])

/** Statuses outside the table that mean "not now": a gateway's word for what `internal_server_error` says. */
const retryableStatuses: ReadonlyArray<number> = [502, 503, 504]

/**
 * Whether sending the same request again, later, can help: 429 and 500 by the table, 502, 503 and 504 by status,
 * time-outs, and every transport failure other than a request that can't be put on the wire.
 *
 * It does not say that sending again is harmless; `outcome` tells whether the first try may have taken effect. Of what is
 * no error of this client, a `ConfigError` of its layer, say, the answer is no.
 *
 * @since 0.1.0
 * @category guards
 */
export const isRetryable = (error: unknown): boolean => {
  if (!isCertifierError(error)) return false
  switch (error._tag) {
    case "CertifierUnknownApiError":
      return retryableStatuses.includes(error.status)
    case "CertifierTransportError":
      return error.reason !== "Encode"
    default:
      return retryableTags.has(error._tag)
  }
}

/**
 * Whether the service said that its rate limit was passed.
 *
 * @since 0.1.0
 * @category guards
 */
export const isRateLimited = (error: unknown): error is RateLimited => error instanceof RateLimited

/**
 * How long the service (or a policy of this client) asked to wait, read from any error.
 *
 * @since 0.1.0
 * @category combinators
 */
export const retryAfter = (error: CertifierError): Option.Option<Duration.Duration> =>
  "retryAfter" in error ? error.retryAfter : Option.none()
