/**
 * The errors of a call to the Certifier API: one tagged error for each code of the API's error table, and seven for failures
 * that the API does not report. All of them are `Schema`s, so they can cross a worker or RPC boundary, and none contains the
 * access token or the request's headers. `apiMessage`, `details` and `excerpt` quote the response, which can repeat values of
 * the request.
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
 * Whether a failed call may have changed something on the server.
 *
 * - `NotSent`: the request was rejected before sending, or no connection was established. Nothing changed.
 * - `NotApplied`: the API received the request and rejected it with 3xx or 4xx. Nothing changed.
 * - `MaybeApplied`: a 5xx, a timeout, a broken connection, or a success with an invalid body. Read the object to find out.
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
 * One problem with one value: where it is, what is wrong, and what was expected. It never contains the value.
 *
 * `field` is a path such as `learningEventUrl` or `designIds[1]`; it is empty if the whole value is invalid.
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

/** Optional in the constructor, always present on the error. */
const defaulted = <A, I>(schema: Schema.Schema<A, I>, value: A) =>
  Schema.propertySignature(schema).pipe(Schema.withConstructorDefault(() => value))

const optional = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalWith(schema, { as: "Option", exact: true }).pipe(Schema.withConstructorDefault(() => Option.none<A>()))

/** The fields of every error that describe its operation. */
const operationFields = {
  /** The name of the operation, such as `updateGroup`. */
  operation: Schema.String,
  /** Whether the operation is declared as idempotent; `false` if unknown. */
  idempotent: defaulted<boolean, boolean>(Schema.Boolean, false)
}

/** Finite, because JSON has no infinity. Milliseconds when encoded. */
const FiniteDuration = Schema.DurationFromMillis.pipe(
  Schema.filter((duration) => Duration.isFinite(duration), {
    arbitrary: () => (fc) => fc.nat().map((millis) => Duration.millis(millis))
  })
)

/** The fields that any response can have, whatever its status. */
const responseFields = {
  ...operationFields,
  /** `error.message` of the response; at most 1024 characters. */
  apiMessage: optional(Schema.String),
  /** The `x-request-id` or a similar header, if sent; at most 128 characters. */
  requestId: optional(Schema.String),
  /** The fields of the response's `error` object other than `code` and `message`. */
  details: Schema.optionalWith(Schema.Record({ key: Schema.String, value: Schema.Unknown }), { default: () => ({}) }),
  /** How long to wait, from `Retry-After` (RFC 9110, section 10.2.3), relative to when the response arrived. */
  retryAfter: optional(FiniteDuration),
  /** The rate limit headers of the response (`ratelimit…`, `x-ratelimit-…`), with lower-case names. */
  rateLimitHeaders: Schema.optionalWith(Schema.Record({ key: Schema.String, value: Schema.String }), {
    default: () => ({})
  }),
  /** The beginning of a body that is not in the format of the API, such as the page of a proxy; at most 512 characters. */
  excerpt: defaulted<string, string>(Schema.String, "")
}

const tagged =
  <Self>() =>
  <const Name extends string, Fields extends Schema.Struct.Fields>(name: Name, fields: Fields) =>
    Schema.TaggedError<Self>(`@effect-certifier/core/CertifierError/${name}`)(`Certifier${name}` as const, fields)

/** An error of the API's table: its code is its name in snake case, and `advice` suggests what to do. */
const apiWith =
  <const Fields extends Schema.Struct.Fields>(fields: Fields) =>
  <Self>() =>
  <const Name extends string>(name: Name, status: number, advice: string, retryable = false) => {
    const Base = tagged<Self>()(name, {
      ...responseFields,
      ...fields,
      status: defaulted<number, number>(Schema.Int, status),
      /** `error.code` of the response, or the code that the table assigns to its status. */
      code: defaulted<string, string>(Schema.String, name.replaceAll(/\B[A-Z]/g, "_$&").toLowerCase()),
      outcome: defaulted(Outcome, status < 500 ? "NotApplied" : "MaybeApplied")
    })
    // The type also covers a forgotten `Self`, which is a string type.
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
 * 400 `invalid_version`: the API does not support the value of `Certifier-Version`.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidVersion extends api<InvalidVersion>()("InvalidVersion", 400, "Check the apiVersion option.") {}

/**
 * 400 `invalid_json`: the API could not parse the request body as JSON.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidJson extends api<InvalidJson>()("InvalidJson", 400, "A proxy changed the body.") {}

/**
 * 400 `validation_error`: the API rejected a parameter that passed the client's validation. `issues` lists the fields known to
 * be invalid: currently each custom attribute of a credential that does not exist in the workspace, such as
 * `customAttributes.mentor`, with the key used in the call.
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
 * 403 `forbidden`: the access token is valid, but has no access.
 *
 * @since 0.1.0
 * @category errors
 */
export class Forbidden extends api<Forbidden>()("Forbidden", 403, "The token has no access.") {}

/**
 * 404 `not_found`: no such object, or no such method and path, because the API has no 405.
 *
 * @since 0.1.0
 * @category errors
 */
export class NotFound extends api<NotFound>()("NotFound", 404, "Check the id, and the workspace of the token.") {}

/**
 * 409 `conflict`: the change conflicts with stored data.
 *
 * @since 0.1.0
 * @category errors
 */
export class Conflict extends api<Conflict>()("Conflict", 409, "Read the object, then decide.") {}

/**
 * 429 `rate_limited`: the rate limit is exceeded. `retryAfter` is the requested wait, if the API sends one.
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
 * 500 `internal_server_error`: a failure on the server. The change may or may not have been applied.
 *
 * @since 0.1.0
 * @category errors
 */
export class InternalServerError extends api<InternalServerError>()("InternalServerError", 500, "Retry later.", true) {}

/**
 * The API, or a proxy in front of it, returned a code and a status outside the table, such as another 5xx, an HTML page or a
 * redirect (redirects are never followed). The status, code, message and beginning of the body are kept.
 *
 * @since 0.1.0
 * @category errors
 */
export class UnknownApiError extends tagged<UnknownApiError>()("UnknownApiError", {
  ...responseFields,
  /** 0 for a redirect in a browser, because browsers hide redirects that they do not follow. */
  status: Schema.Int,
  /** `error.code` of the response, if present; at most 64 characters. */
  code: optional(Schema.String),
  /** The target of a redirect, without its query; at most 256 characters. */
  location: optional(Schema.String),
  outcome: Outcome
}) {
  override get message(): string {
    return Texts.unknown(this)
  }
}

/**
 * A success with an invalid body: not UTF-8, not JSON, larger than the limit, or not the expected object. A change was probably
 * applied: read the object before retrying.
 *
 * @since 0.1.0
 * @category errors
 */
export class ResponseDecodeError extends tagged<ResponseDecodeError>()("ResponseDecodeError", {
  ...operationFields,
  status: Schema.Int,
  requestId: optional(Schema.String),
  /** What is invalid, and where in the body. */
  issues: Schema.NonEmptyArray(Issue),
  /** The beginning of the body; at most 512 characters. */
  excerpt: defaulted(Schema.String, ""),
  outcome: defaulted(Outcome, "MaybeApplied")
}) {
  override get message(): string {
    return Texts.undecodable(this)
  }
}

/**
 * How the connection failed.
 *
 * - `Dns`: the host name could not be resolved.
 * - `Connect`: no connection was established (refused, unreachable, or timed out while connecting).
 * - `Tls`: the TLS handshake failed.
 * - `Certificate`: the server's certificate is not trusted.
 * - `Disconnected`: the connection was reset or ended before the response was complete.
 * - `Encode`: the transport cannot send this request, for example because of an invalid header or a port that `fetch` blocks.
 * - `Unknown`: the transport gives no reason.
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
 * No complete response arrived. `systemCode` is the code of the operating system, the TLS library or the transport, such as
 * `ECONNREFUSED`, if there is one. The original error of the transport is not kept, because it contains the request.
 *
 * @since 0.1.0
 * @category errors
 */
export class TransportError extends tagged<TransportError>()("TransportError", {
  ...operationFields,
  reason: TransportReason,
  systemCode: optional(Schema.String),
  /** The origin of the request, such as `https://api.certifier.io`. */
  origin: optional(Schema.String),
  /** The status, if the connection broke while the body was read. */
  status: optional(Schema.Int),
  outcome: Outcome
}) {
  override get message(): string {
    return Texts.transportFailure(this)
  }
}

/**
 * The complete response did not arrive within the time limit of one attempt (`timeout`) or of the whole call (`callTimeout`).
 *
 * @since 0.1.0
 * @category errors
 */
export class Timeout extends tagged<Timeout>()("Timeout", {
  ...operationFields,
  /** The limit that was exceeded. */
  limit: FiniteDuration,
  outcome: defaulted(Outcome, "MaybeApplied")
}) {
  override get message(): string {
    return Texts.timeout(this)
  }
}

/**
 * The input is invalid, and nothing was sent. `issues` names each field, what is wrong with it and what was expected.
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
 * A policy rejected the request before it was sent, for example a rate limiter whose queue is full. The client itself never
 * fails with this error: it exists for client transforms, so that their rejections are typed as well.
 *
 * @since 0.1.0
 * @category errors
 */
export class RateLimiterRejected extends tagged<RateLimiterRejected>()("RateLimiterRejected", {
  ...operationFields,
  operation: defaulted(Schema.String, ""),
  /** Which policy rejected the request and why, as a phrase: `the queue of the rate limiter is longer than 30s`. */
  reason: Schema.String,
  /** How long until the policy would admit the request, if known. */
  retryAfter: optional(FiniteDuration),
  outcome: defaulted(Outcome, "NotSent")
}) {
  override get message(): string {
    return Texts.rejected(this)
  }
}

/**
 * The group has neither its original nor its desired state, so the update was not sent or not retried: it could overwrite the
 * change of another writer. (The API may also store a value differently from how it was sent: compare the two groups.) Only
 * updates by `Groups.withConcurrencyCheck` and `Groups.modify` fail with it. `outcome` is that of the update; if it is
 * `MaybeApplied`, the other change came either after the update or instead of it.
 *
 * @since 0.1.0
 * @category errors
 */
export class ConcurrentModification extends tagged<ConcurrentModification>()("ConcurrentModification", {
  ...operationFields,
  /** The group that the update is based on. */
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
 * The error table of the vendor's documentation. It maps `error.code` to an error class, which has the `status` of the response
 * and `retryable`: whether the same request can succeed later. Classification, guards and documentation are derived from this
 * table.
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
 * The documented values of `error.code` in a response.
 *
 * @since 0.1.0
 * @category models
 */
export type Code = keyof typeof table

/**
 * One of the eleven errors in the API's table.
 *
 * @since 0.1.0
 * @category models
 */
export type ApiError = InstanceType<(typeof table)[Code]>

/**
 * The union of all errors of this client, as a `Schema` (to send errors across a worker or RPC boundary) and as a type: the
 * errors that any operation can fail with. Operations that only read never fail with the `outcome` `MaybeApplied`.
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
// Written out, so that the compiler shows calls with this name instead of the union.
export type CertifierError =
  | ApiError
  | UnknownApiError
  | ResponseDecodeError
  | TransportError
  | Timeout
  | InvalidRequest
  | RateLimiterRejected
  | ConcurrentModification

/** By tag rather than by class, because a program can have two copies of this library. */
const tags: ReadonlySet<unknown> = new Set(CertifierError.members.map((member) => member._tag))

/**
 * Whether a value is an error of this client.
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
 * Transient statuses outside the table: 408, if the request did not arrive in time; 502 to 504, from gateways; and 520 to 524,
 * if the vendor's CDN cannot reach the API or receives no response. Its 525 and 526 report an invalid certificate, which is not
 * transient.
 */
const retryableStatuses: ReadonlyArray<number> = [408, 502, 503, 504, 520, 521, 522, 523, 524]

/** Transport failures that a retry cannot resolve. */
const permanentReasons: ReadonlyArray<TransportReason> = ["Certificate", "Encode"]

/**
 * Whether the same request can succeed later: true for 429 and 500 (by the table), for 408, 502, 503, 504 and 520 to 524 (by
 * status), for timeouts, and for transport failures other than `Certificate` and `Encode`.
 *
 * A retryable error is not necessarily safe to retry: also check `outcome`, the effect of the failed attempt, and `idempotent`,
 * whether repeating the operation leads to the same state. False for errors of other libraries, such as the `ConfigError` of a
 * layer.
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
 * The wait requested by the API, or by a policy of this client, from any error.
 *
 * @since 0.1.0
 * @category combinators
 */
export const retryAfter = (error: CertifierError): Option.Option<Duration.Duration> =>
  "retryAfter" in error ? error.retryAfter : Option.none()
