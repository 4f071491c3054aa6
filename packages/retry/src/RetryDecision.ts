/**
 * The pure part of a retry policy: whether to retry after a failure, and how long to wait.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as Decide from "./internal/retry/decide.js"
import * as Describe from "./internal/retry/describe.js"
import type { RetryPolicy } from "./RetryPolicy.js"

/**
 * The part of a failure that a decision depends on.
 *
 * - `RateLimited`: 429.
 * - `Transient`: all other errors that `CertifierError.isRetryable` accepts.
 * - `Permanent`: all other errors; a retry would fail again, or the request may already have been applied.
 *
 * @since 0.1.0
 * @category models
 */
export const Failure = Schema.Struct({
  kind: Schema.Literal("RateLimited", "Transient", "Permanent"),
  /** The error's tag. */
  error: Schema.String,
  /** The wait that the service requested. */
  retryAfter: Schema.optionalWith(Schema.DurationFromMillis, { as: "Option", exact: true })
})

/**
 * @since 0.1.0
 * @category models
 */
export type Failure = typeof Failure.Type

/**
 * The state of a call so far.
 *
 * @since 0.1.0
 * @category models
 */
export const History = Schema.Struct({
  /** The number of failed attempts before the current one. */
  attempts: Schema.NonNegativeInt,
  /** The time since the start of the call. */
  elapsed: Schema.DurationFromMillis
})

/**
 * @since 0.1.0
 * @category models
 */
export type History = typeof History.Type

/**
 * The history of a call that has just started.
 *
 * @since 0.1.0
 * @category constructors
 */
export const start: History = { attempts: 0, elapsed: Duration.zero }

/**
 * What determined the minimum wait: the policy's back-off, or `Retry-After`.
 *
 * @since 0.1.0
 * @category models
 */
export const Source = Schema.Literal("Backoff", "RetryAfter")

/**
 * @since 0.1.0
 * @category models
 */
export type Source = typeof Source.Type

/**
 * Retry after `delay`.
 *
 * @since 0.1.0
 * @category models
 */
export const Wait = Schema.TaggedStruct("Wait", {
  /** The number of the next attempt, 2 for the first retry. */
  attempt: Schema.Int,
  delay: Schema.DurationFromMillis,
  source: Source,
  reason: Schema.Literal("RateLimited", "Transient")
})

/**
 * @since 0.1.0
 * @category models
 */
export type Wait = typeof Wait.Type

/**
 * Why there is no further attempt.
 *
 * - `NotRetryable`: the failure is permanent, or this policy does not retry its kind or its error.
 * - `AttemptsExhausted`: this was the last attempt.
 * - `RetryAfterTooLong`: the API requested a wait of more than `maxRetryAfter`.
 * - `DeadlineExceeded`: the wait would end after the deadline.
 * - `BudgetExhausted`: the shared retry budget is empty. Not returned by `decide`.
 * - `ConcurrencyUnchecked`: the policy has a `concurrencyCheck`, which a `Schedule` can't perform. Not returned by `decide`.
 *
 * @since 0.1.0
 * @category models
 */
export const StopReason = Schema.Literal(
  "NotRetryable",
  "AttemptsExhausted",
  "RetryAfterTooLong",
  "DeadlineExceeded",
  "BudgetExhausted",
  "ConcurrencyUnchecked"
)

/**
 * @since 0.1.0
 * @category models
 */
export type StopReason = typeof StopReason.Type

/**
 * Don't retry: the call fails with the error of the last attempt.
 *
 * @since 0.1.0
 * @category models
 */
export const Stop = Schema.TaggedStruct("Stop", {
  /** The number of the last attempt. */
  attempt: Schema.Int,
  reason: StopReason
})

/**
 * @since 0.1.0
 * @category models
 */
export type Stop = typeof Stop.Type

/**
 * The result of `decide`. Like `Failure` and `History` it is a `Schema`, so decisions can be logged and replayed.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Decision = Schema.Union(Wait, Stop)

/**
 * @since 0.1.0
 * @category models
 */
export type Decision = typeof Decision.Type

/**
 * Decides whether to retry, and returns the decision and the history at the end of the wait. Pure: the same arguments give the
 * same result.
 *
 * - The back-off of the n-th retry is `min(maxDelay, base * factor ^ (n - 1))`; `base` depends on the kind of the last
 *   failure.
 * - The wait is `max(retryAfter, fixed) + random * (backoff - fixed)`; `fixed` is none, half or all of the back-off,
 *   depending on `jitter`. A retry is therefore never earlier than `retryAfter`, and jitter is added to it. A `retryAfter` of
 *   zero counts as absent. Waits are whole milliseconds, plus one with a `retryAfter`, because timers may fire one early.
 * - It stops if the failure is not retryable, after the last attempt, if `retryAfter` is longer than `maxRetryAfter`, and if
 *   the wait would end after the deadline.
 *
 * `random` is at least 0 and below 1. Without `Retry-After`, the waits are those of the standard retry mode of the AWS SDKs.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 (`Retry-After`)
 *
 * @example
 * ```ts
 * import { RetryDecision, RetryPolicy } from "@effect-certifier/retry"
 * import { Duration, Option } from "effect"
 *
 * const failure = { kind: "RateLimited", error: "CertifierRateLimited", retryAfter: Option.some(Duration.seconds(2)) } as const
 * const [decision] = RetryDecision.decide(RetryPolicy.rateLimited(), RetryDecision.start, failure, 0.5)
 * // { _tag: "Wait", attempt: 2, delay: Duration.millis(2501), source: "RetryAfter", reason: "RateLimited" }
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const decide: (
  policy: RetryPolicy,
  history: History,
  failure: Failure,
  random: number
) => readonly [decision: Decision, history: History] = Decide.decide

/**
 * Converts an error to a `Failure`. Errors that are not a `CertifierError` are `Permanent`, and so are failures of operations that
 * are not idempotent, such as `createGroup`, if they may have been applied.
 *
 * @since 0.1.0
 * @category combinators
 */
export const toFailure: (policy: RetryPolicy, error: unknown) => Failure = Decide.toFailure

/**
 * Formats the waits of a policy as a table. Policies with many attempts are abbreviated.
 *
 * @example
 * ```ts
 * import { RetryDecision, RetryPolicy } from "@effect-certifier/retry"
 *
 * console.log(RetryDecision.describe(RetryPolicy.transient()))
 * // attempt  after a rate limit  after a transient failure
 * //       2  0 to 1s             0 to 200ms
 * //       3  0 to 2s             0 to 400ms
 * //       4  0 to 4s             0 to 800ms
 * // At most 4 attempts, none later than 1m after the start of the call.
 * // Never before Retry-After; a Retry-After of more than 30s ends the call.
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const describe: (policy: RetryPolicy) => string = Describe.describe
