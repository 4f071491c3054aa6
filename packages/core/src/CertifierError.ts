/**
 * Everything that can go wrong with a call of the Certifier API, as data: one tagged error for each code of the API's
 * error table, and seven for what the API can't know about. All of them are `Schema`s, so they survive a worker or RPC
 * boundary, and none of them ever holds the access token or the request's headers. `apiMessage`, `details`
 * and `excerpt` quote the response, which can repeat values of the request.
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

/** A field that a caller may leave out of the constructor, but that is always there. */
const defaulted = <A, I>(schema: Schema.Schema<A, I>, value: A) =>
  Schema.propertySignature(schema).pipe(Schema.withConstructorDefault(() => value))

const optional = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalWith(schema, { as: "Option", exact: true }).pipe(Schema.withConstructorDefault(() => Option.none<A>()))

/** What every error says of its operation. */
const operationFields = {
  /** The operation's name, such as `updateGroup`. */
  operation: Schema.String,
  /** Whether the operation is declared as idempotent; `false` if that is not known. */
  idempotent: defaulted<boolean, boolean>(Schema.Boolean, false)
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
  }),
  /** The beginning of a body that is not in the API's own format, such as a proxy's page; at most 512 characters. */
  excerpt: defaulted<string, string>(Schema.String, "")
}

const tagged =
  <Self>() =>
  <const Name extends string, Fields extends Schema.Struct.Fields>(name: Name, fields: Fields) =>
    Schema.TaggedError<Self>(`@effect-certifier/core/CertifierError/${name}`)(`Certifier${name}` as const, fields)

/** An error of the API's table: its code is its name in snake case, and `advice` says what to do about it. */
const apiWith =
  <const Fields extends Schema.Struct.Fields>(fields: Fields) =>
  <Self>() =>
  <const Name extends string>(name: Name, status: number, advice: string, retryable = false) => {
    const Base = tagged<Self>()(name, {
      ...responseFields,
      ...fields,
      status: defaulted<number, number>(Schema.Int, status),
      /** `error.code` of the response, or the code that the table has for its status. */
      code: defaulted<string, string>(Schema.String, name.replaceAll(/\B[A-Z]/g, "_$&").toLowerCase()),
      outcome: defaulted(Outcome, status < 500 ? "NotApplied" : "MaybeApplied")
    })
    // The type also allows for a forgotten `Self`, which would be a text.
    if (Predicate.isFunction(Base)) {
      Object.defineProperty(Base.prototype, "message", {
        get(this: Texts.ApiError) {
          return Texts.api(this, advice)
        }
      })
    }
    return Object.assign(Base, { status, retryable })
  }

const api = apiWith({})

/**
 * 400 `missing_version`: the request arrived without its `Certifier-Version` header.
 *
 * @since 0.1.0
 * @category errors
 */
export class MissingVersion extends api<MissingVersion>()("MissingVersion", 400, "A proxy removed the header.") {}

/**
 * 400 `invalid_version`: the service does not know the value of `Certifier-Version`.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidVersion extends api<InvalidVersion>()("InvalidVersion", 400, "Check the apiVersion option.") {}

/**
 * 400 `invalid_json`: the service could not read the request's body as JSON.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidJson extends api<InvalidJson>()("InvalidJson", 400, "A proxy changed the body.") {}

/**
 * 400 `validation_error`: the service refused a parameter that this client let pass. `issues` are the fields that are known to
 * be at fault: for now each custom attribute of a credential that the workspace does not have, such as
 * `customAttributes.mentor`, as the call has written it.
 *
 * @since 0.1.0
 * @category errors
 */
export class ValidationError extends apiWith({
  issues: Schema.optionalWith(Schema.Array(Issue), { default: () => [] })
})<ValidationError>()("ValidationError", 400, "Correct the value.") {}

/**
 * 401 `unauthorized`: no valid access token.
 *
 * @since 0.1.0
 * @category errors
 */
export class Unauthorized extends api<Unauthorized>()("Unauthorized", 401, "Check the access token.") {}

/**
 * 402 `payment_required`: the workspace's plan does not include the object or the change.
 *
 * @since 0.1.0
 * @category errors
 */
export class PaymentRequired extends api<PaymentRequired>()(
  "PaymentRequired",
  402,
  "The plan does not include this."
) {}

/**
 * 403 `forbidden`: the access token is valid, the access is refused.
 *
 * @since 0.1.0
 * @category errors
 */
export class Forbidden extends api<Forbidden>()("Forbidden", 403, "The token has no access.") {}

/**
 * 404 `not_found`: no such object (or, as the API has no 405, no such method and path).
 *
 * @since 0.1.0
 * @category errors
 */
export class NotFound extends api<NotFound>()("NotFound", 404, "Check the id, and the workspace of the token.") {}

/**
 * 409 `conflict`: the change collides with stored data.
 *
 * @since 0.1.0
 * @category errors
 */
export class Conflict extends api<Conflict>()("Conflict", 409, "Read the object, then decide.") {}

/**
 * 429 `rate_limited`: over the rate limit. `retryAfter` is how long the API asks to wait, if it says so.
 *
 * @since 0.1.0
 * @category errors
 */
export class RateLimited extends api<RateLimited>()(
  "RateLimited",
  429,
  "Use a rate limiter or a retry policy.",
  true
) {}

/**
 * 500 `internal_server_error`: a problem on the vendor's side. The change may or may not have been made.
 *
 * @since 0.1.0
 * @category errors
 */
export class InternalServerError extends api<InternalServerError>()("InternalServerError", 500, "Retry later.", true) {}

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
 * - `Tls`: the TLS handshake failed.
 * - `Certificate`: the server's certificate is not trusted.
 * - `Disconnected`: the connection was reset or ended before the response was complete.
 * - `Encode`: the transport cannot send this request: a header that HTTP does not allow, a port that `fetch` blocks.
 * - `Unknown`: the transport did not say.
 *
 * @since 0.1.0
 * @category models
 */
export const TransportReason = Schema.Literal(
  "Dns",
  "Connect",
  "Tls",
  "Certificate",
  "Disconnected",
  "Encode",
  "Unknown"
)

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
 * The time limit of one attempt passed before the response, its whole body included, had arrived; or `callTimeout`, the limit
 * of the whole call.
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
 * The group is neither as it was read nor as the update wants it, so the update was not sent, or not retried: it could
 * overwrite the change of another writer. (Or the API stores a value differently from how it was sent: compare the two.)
 * Only an update with `Groups.withConcurrencyCheck`, or of `Groups.modify`, fails with it. `outcome` is what is known of the
 * update; after `MaybeApplied` the other change came after it, or instead of it.
 *
 * @since 0.1.0
 * @category errors
 */
export class ConcurrentModification extends tagged<ConcurrentModification>()("ConcurrentModification", {
  ...operationFields,
  /** The group as the update knew it. */
  before: Group,
  /** The current group. */
  current: Group,
  outcome: Outcome
}) {
  override get message(): string {
    return Texts.concurrentModification(this)
  }
}

/**
 * The error table of the vendor's documentation: `error.code` -> its class, which has the `status` it comes with, and whether
 * repeating the same request later can help (`retryable`). Classification, guards and documentation read this table.
 *
 * @since 0.1.0
 * @category models
 */
export const table = {
  missing_version: MissingVersion,
  invalid_version: InvalidVersion,
  invalid_json: InvalidJson,
  validation_error: ValidationError,
  unauthorized: Unauthorized,
  payment_required: PaymentRequired,
  forbidden: Forbidden,
  not_found: NotFound,
  conflict: Conflict,
  rate_limited: RateLimited,
  internal_server_error: InternalServerError
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
export type ApiError = InstanceType<(typeof table)[Code]>

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

/** By tag and not by class: a program can have two copies of this library. */
const tags: ReadonlySet<unknown> = new Set(CertifierError.members.map((member) => member._tag))

/**
 * Whether an unknown value is an error of this client.
 *
 * @since 0.1.0
 * @category guards
 */
export const isCertifierError = (u: unknown): u is CertifierError =>
  Predicate.hasProperty(u, "_tag") && tags.has(u._tag) && Predicate.hasProperty(u, "outcome")

const retryableTags: ReadonlySet<string> = new Set([
  "CertifierTimeout",
  ...Object.values(table).flatMap((error) => (error.retryable ? [error._tag] : []))
])

/**
 * Statuses outside the table that can pass: 408, which a server sends when the request did not arrive in time; 502 to 504 of
 * gateways; and 520 to 524, with which the vendor's CDN reports that it can't reach the API or got no response from it. Its
 * 525 and 526 report a wrong certificate, which does not pass.
 */
const retryableStatuses: ReadonlyArray<number> = [408, 502, 503, 504, 520, 521, 522, 523, 524]

/** Transport failures that a retry can't help. */
const permanentReasons: ReadonlyArray<TransportReason> = ["Certificate", "Encode"]

/**
 * Whether repeating the same request later can help: 429 and 500 by the table, 408, 502, 503, 504 and 520 to 524 by status,
 * timeouts, and transport failures other than a certificate that is not trusted and a request that can't be sent.
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
      return !permanentReasons.includes(error.reason)
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
export const isRateLimited = (error: unknown): error is RateLimited =>
  isCertifierError(error) && error._tag === "CertifierRateLimited"

/**
 * How long the API (or a policy of this client) asks to wait, read from any error.
 *
 * @since 0.1.0
 * @category combinators
 */
export const retryAfter = (error: CertifierError): Option.Option<Duration.Duration> =>
  "retryAfter" in error ? error.retryAfter : Option.none()
