/**
 * Everything that can go wrong with a call of the Certifier API, as data: one tagged error for each code of the API's
 * error table, and seven for what the API can't know about. All of them are `Schema`s, so they survive a worker or RPC
 * boundary, and none of them ever holds the access token, the request's headers or the request's body.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { Group } from "./Group.js"
import * as Texts from "./internal/errorTexts.js"

/**
 * What is known about the effect that a failed call had on the service.
 *
 * - `NotSent`: refused before sending, or no connection was made. Nothing happened.
 * - `NotApplied`: the API returned 3xx or 4xx: it received the request and refused it.
 * - `MaybeApplied`: 5xx, a timeout, a broken connection, or a success with an invalid body. Read the object to find out.
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

const optional = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalWith(schema, { as: "Option", exact: true }).pipe(Schema.withConstructorDefault(() => Option.none<A>()))

/** What every error says of its operation. */
const operationFields = {
  /** The operation's name, such as `updateGroup`. */
  operation: Schema.String,
  /** Whether the operation is declared as idempotent; `false` if that is not known. */
  idempotent: Schema.optionalWith(Schema.Boolean, { default: () => false })
}

/** Finite, because JSON has no infinity. Milliseconds when encoded. */
const FiniteDuration = Schema.DurationFromMillis.pipe(
  Schema.filter((duration) => Duration.isFinite(duration), {
    arbitrary: () => (fc) => fc.nat().map((millis) => Duration.millis(millis))
  })
)

/** What every response of the service can contain, whatever its status. */
const responseFields = {
  ...operationFields,
  /** The API's own words, `error.message`; at most 1024 characters. */
  apiMessage: optional(Schema.String),
  /** `x-request-id` or the like, when the service sent one; at most 128 characters. */
  requestId: optional(Schema.String),
  /** Members of the response's `error` object other than `code` and `message`. */
  details: Schema.optionalWith(Schema.Record({ key: Schema.String, value: Schema.Unknown }), { default: () => ({}) }),
  /** How long to wait, from `Retry-After` (RFC 9110, section 10.2.3) when the response arrived. */
  retryAfter: optional(FiniteDuration),
  /** The response's rate limit headers (`ratelimit…`, `x-ratelimit-…`), in lower case. */
  rateLimitHeaders: Schema.optionalWith(Schema.Record({ key: Schema.String, value: Schema.String }), {
    default: () => ({})
  })
}

/** A field that a caller may leave out of the constructor, but that is always there. */
const defaulted = <A, I>(schema: Schema.Schema<A, I>, value: A) =>
  Schema.propertySignature(schema).pipe(Schema.withConstructorDefault(() => value))

const apiFields = (status: number, code: string) => ({
  ...responseFields,
  status: defaulted<number, number>(Schema.Int, status),
  /** `error.code` of the response, or the code that the table has for its status. */
  code: defaulted<string, string>(Schema.String, code),
  outcome: defaulted(Outcome, status < 500 ? "NotApplied" : "MaybeApplied")
})

const tagged =
  <Self>() =>
  <const Name extends string, Fields extends Schema.Struct.Fields>(name: Name, fields: Fields) =>
    Schema.TaggedError<Self>(`@effect-certifier/core/CertifierError/${name}`)(`Certifier${name}` as const, fields)

/**
 * 400 `missing_version`: the request arrived without its `Certifier-Version` header.
 *
 * @since 0.1.0
 * @category errors
 */
export class MissingVersion extends tagged<MissingVersion>()("MissingVersion", apiFields(400, "missing_version")) {
  override get message(): string {
    return Texts.api(this)
  }
}

/**
 * 400 `invalid_version`: the service does not know the value of `Certifier-Version`.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidVersion extends tagged<InvalidVersion>()("InvalidVersion", apiFields(400, "invalid_version")) {
  override get message(): string {
    return Texts.api(this)
  }
}

/**
 * 400 `invalid_json`: the service could not read the request's body as JSON.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidJson extends tagged<InvalidJson>()("InvalidJson", apiFields(400, "invalid_json")) {
  override get message(): string {
    return Texts.api(this)
  }
}

/**
 * 400 `validation_error`: the service refused a parameter that this client let pass.
 *
 * @since 0.1.0
 * @category errors
 */
export class ValidationError extends tagged<ValidationError>()("ValidationError", apiFields(400, "validation_error")) {
  override get message(): string {
    return Texts.api(this)
  }
}

/**
 * 401 `unauthorized`: no valid access token.
 *
 * @since 0.1.0
 * @category errors
 */
export class Unauthorized extends tagged<Unauthorized>()("Unauthorized", apiFields(401, "unauthorized")) {
  override get message(): string {
    return Texts.api(this)
  }
}

/**
 * 402 `payment_required`: the workspace's plan does not include the object or the change.
 *
 * @since 0.1.0
 * @category errors
 */
export class PaymentRequired extends tagged<PaymentRequired>()("PaymentRequired", apiFields(402, "payment_required")) {
  override get message(): string {
    return Texts.api(this)
  }
}

/**
 * 403 `forbidden`: the access token is valid, the access is refused.
 *
 * @since 0.1.0
 * @category errors
 */
export class Forbidden extends tagged<Forbidden>()("Forbidden", apiFields(403, "forbidden")) {
  override get message(): string {
    return Texts.api(this)
  }
}

/**
 * 404 `not_found`: no such object (or, as the API has no 405, no such method and path).
 *
 * @since 0.1.0
 * @category errors
 */
export class NotFound extends tagged<NotFound>()("NotFound", apiFields(404, "not_found")) {
  override get message(): string {
    return Texts.api(this)
  }
}

/**
 * 409 `conflict`: the change collides with stored data.
 *
 * @since 0.1.0
 * @category errors
 */
export class Conflict extends tagged<Conflict>()("Conflict", apiFields(409, "conflict")) {
  override get message(): string {
    return Texts.api(this)
  }
}

/**
 * 429 `rate_limited`: over the rate limit. `retryAfter` is how long the API asks to wait, if it says so.
 *
 * @since 0.1.0
 * @category errors
 */
export class RateLimited extends tagged<RateLimited>()("RateLimited", apiFields(429, "rate_limited")) {
  override get message(): string {
    return Texts.api(this)
  }
}

/**
 * 500 `internal_server_error`: a problem on the vendor's side. The change may or may not have been made.
 *
 * @since 0.1.0
 * @category errors
 */
export class InternalServerError extends tagged<InternalServerError>()(
  "InternalServerError",
  apiFields(500, "internal_server_error")
) {
  override get message(): string {
    return Texts.api(this)
  }
}

/**
 * The API, or a proxy in front of it, returned a code and a status outside the table: another 5xx, a page of
 * HTML, a redirect (which is never followed). Status, code and message are kept, and the beginning of the body.
 *
 * @since 0.1.0
 * @category errors
 */
export class UnknownApiError extends tagged<UnknownApiError>()("UnknownApiError", {
  ...responseFields,
  /** 0 for a redirect in a browser, which hides a redirect that it does not follow. */
  status: Schema.Int,
  /** `error.code` of the response, if it has one; at most 64 characters. */
  code: optional(Schema.String),
  /** Where a redirect points to, without its query; at most 256 characters. */
  location: optional(Schema.String),
  /** The beginning of the body, at most 512 characters. */
  excerpt: defaulted(Schema.String, ""),
  outcome: Outcome
}) {
  override get message(): string {
    return Texts.unknown(this)
  }
}

/**
 * A success with an invalid body: not UTF-8, not JSON, larger than the limit, or not the expected
 * object. A change was probably applied: read the object before repeating it.
 *
 * @since 0.1.0
 * @category errors
 */
export class ResponseDecodeError extends tagged<ResponseDecodeError>()("ResponseDecodeError", {
  ...operationFields,
  status: Schema.Int,
  requestId: optional(Schema.String),
  /** What is wrong, and where in the body. */
  issues: Schema.NonEmptyArray(Issue),
  /** The beginning of the body, at most 512 characters. */
  excerpt: defaulted(Schema.String, ""),
  outcome: defaulted(Outcome, "MaybeApplied")
}) {
  override get message(): string {
    return Texts.undecodable(this)
  }
}

/**
 * How a connection failed.
 *
 * - `Dns`: the host's name could not be resolved.
 * - `Connect`: no connection was made (refused, unreachable, timed out while connecting).
 * - `Tls`: the server's certificate or the TLS handshake was not accepted.
 * - `Disconnected`: the connection was reset or ended before the response was complete.
 * - `Encode`: the request could not be encoded.
 * - `Unknown`: the transport did not say.
 *
 * @since 0.1.0
 * @category models
 */
export const TransportReason = Schema.Literal("Dns", "Connect", "Tls", "Disconnected", "Encode", "Unknown")

/**
 * @since 0.1.0
 * @category models
 */
export type TransportReason = typeof TransportReason.Type

/**
 * No complete response arrived. `systemCode` is the operating system's, TLS library's or transport's code, such as
 * `ECONNREFUSED`, when there is one. The transport's own error is not kept: it holds the request.
 *
 * @since 0.1.0
 * @category errors
 */
export class TransportError extends tagged<TransportError>()("TransportError", {
  ...operationFields,
  reason: TransportReason,
  systemCode: optional(Schema.String),
  /** The origin that was called, such as `https://api.certifier.io`. */
  origin: optional(Schema.String),
  /** The status, if the connection broke within the body of a response. */
  status: optional(Schema.Int),
  outcome: Outcome
}) {
  override get message(): string {
    return Texts.transportFailure(this)
  }
}

/**
 * The time limit of one attempt passed before the response, its whole body included, had arrived.
 *
 * @since 0.1.0
 * @category errors
 */
export class Timeout extends tagged<Timeout>()("Timeout", {
  ...operationFields,
  /** The limit that passed. */
  limit: FiniteDuration,
  outcome: defaulted(Outcome, "MaybeApplied")
}) {
  override get message(): string {
    return Texts.timeout(this)
  }
}

/**
 * The input was refused before anything was sent. `issues` names each field, what is wrong with it and what was expected.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidRequest extends tagged<InvalidRequest>()("InvalidRequest", {
  ...operationFields,
  issues: Schema.NonEmptyArray(Issue),
  outcome: defaulted(Outcome, "NotSent")
}) {
  override get message(): string {
    return Texts.invalidRequest(this)
  }
}

/**
 * A policy of this client refused to send the request: a rate limiter whose queue is full, for instance. The client itself
 * never fails with it; it is the error for client transforms, so that their refusals are typed as well.
 *
 * @since 0.1.0
 * @category errors
 */
export class RateLimiterRejected extends tagged<RateLimiterRejected>()("RateLimiterRejected", {
  ...operationFields,
  operation: defaulted(Schema.String, ""),
  /** Which policy refused and why, as a phrase: `the queue of the rate limiter is longer than 30s`. */
  reason: Schema.String,
  /** How long until the policy would admit it, if known. */
  retryAfter: optional(FiniteDuration),
  outcome: defaulted(Outcome, "NotSent")
}) {
  override get message(): string {
    return Texts.rejected(this)
  }
}

/**
 * Another writer has changed the group since it was read, so an update was not sent, or not retried: it could have
 * overwritten that change. Only an update with `Groups.withConcurrencyCheck`, or of `Groups.modify`, fails with it. `outcome`
 * is what is known of the update; after `MaybeApplied` the other change came after it, or instead of it.
 *
 * @since 0.1.0
 * @category errors
 */
export class ConcurrentModification extends tagged<ConcurrentModification>()("ConcurrentModification", {
  ...operationFields,
  /** The group as the update knew it. */
  before: Group,
  /** The group as it is now. */
  current: Group,
  outcome: Outcome
}) {
  override get message(): string {
    return Texts.concurrentModification(this)
  }
}

const row = <E>(error: E, status: number, retryable = false) => ({ error, status, retryable })

/**
 * The error table of the vendor's documentation: `error.code` -> its class, the status it comes with, and whether repeating
 * the same request later can help. Classification, guards and documentation read this table.
 *
 * @since 0.1.0
 * @category models
 */
export const table = {
  missing_version: row(MissingVersion, 400),
  invalid_version: row(InvalidVersion, 400),
  invalid_json: row(InvalidJson, 400),
  validation_error: row(ValidationError, 400),
  unauthorized: row(Unauthorized, 401),
  payment_required: row(PaymentRequired, 402),
  forbidden: row(Forbidden, 403),
  not_found: row(NotFound, 404),
  conflict: row(Conflict, 409),
  rate_limited: row(RateLimited, 429, true),
  internal_server_error: row(InternalServerError, 500, true)
} as const

/**
 * The value of `error.code` in a response of the API, as far as the vendor documents it.
 *
 * @since 0.1.0
 * @category models
 */
export type Code = keyof typeof table

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
  RateLimiterRejected,
  ConcurrentModification
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
  | RateLimiterRejected
  | ConcurrentModification

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
 * Whether repeating the same request later can help: 429 and 500 by the table, 502, 503 and 504 by status,
 * timeouts, and every transport failure other than a request that can't be encoded.
 *
 * That does not make a retry harmless: `outcome` is what is known of the first attempt, and `idempotent` whether repeating
 * the operation leaves the same state. False for errors of others, such as the `ConfigError` of a layer.
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
 * Whether the API rejected a request because of its rate limit.
 *
 * @since 0.1.0
 * @category guards
 */
export const isRateLimited = (error: unknown): error is RateLimited => error instanceof RateLimited

/**
 * How long the API (or a policy of this client) asks to wait, read from any error.
 *
 * @since 0.1.0
 * @category combinators
 */
export const retryAfter = (error: CertifierError): Option.Option<Duration.Duration> =>
  "retryAfter" in error ? error.retryAfter : Option.none()
