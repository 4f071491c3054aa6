import * as CertifierError from "@effect-certifier/core/CertifierError"
import * as Operation from "@effect-certifier/core/Operation"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as RetryBudget from "../../RetryBudget.js"
import type { RetryPolicy } from "../../RetryPolicy.js"
import type { Settings } from "./options.js"

/**
 * The part of a failure that a decision depends on.
 *
 * - `RateLimited`: 429.
 * - `Transient`: transport failures, timeouts, 500, 502, 503 and 504.
 * - `Permanent`: everything else; a retry would fail again, or the request may already have been applied.
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
 * Why there is no other attempt.
 *
 * - `NotRetryable`: the failure is permanent, or of a kind or an error that this policy does not retry.
 * - `AttemptsExhausted`: this was the last attempt.
 * - `RetryAfterTooLong`: the service requested a wait of more than `maxRetryAfter`.
 * - `DeadlineExceeded`: the wait would end after the deadline.
 * - `BudgetExhausted`: the retry budget that the calls share is empty. Not returned by `decide`.
 * - `ConcurrencyUnchecked`: the policy has `concurrencyCheck`, which a `Schedule` can't do. Not returned by `decide`.
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
 * Don't retry: the call fails with the last attempt's error.
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

/** JavaScript timers may fire up to a millisecond early, which would be before `Retry-After` ends. */
const timerGrain = 1

/** The next wait in milliseconds: at least `least`, plus up to `spread` at random. */
export const range = (
  settings: Settings,
  attempts: number,
  kind: RetryBudget.Kind,
  retryAfter: Option.Option<Duration.Duration>
): { readonly least: number; readonly spread: number; readonly source: Source } => {
  const base = kind === "RateLimited" ? settings.rateLimitedDelay : settings.transientDelay
  const backoff = Math.min(Duration.toMillis(base) * settings.factor ** attempts, Duration.toMillis(settings.maxDelay))
  const fixed = { full: 0, equal: backoff / 2, none: backoff }[settings.jitter]
  const requested = Option.match(retryAfter, {
    onNone: () => 0,
    onSome: (wait) => (Duration.greaterThan(wait, Duration.zero) ? Math.ceil(Duration.toMillis(wait)) + timerGrain : 0)
  })
  return {
    least: Math.max(fixed, requested),
    spread: backoff - fixed,
    source: requested > fixed ? "RetryAfter" : "Backoff"
  }
}

/**
 * Decides whether to retry, and returns the history at the end of the wait. Pure: the same arguments give the same
 * result.
 *
 * - The back-off of the n-th retry is `min(maxDelay, base * factor ^ (n - 1))`; `base` depends on the kind of the last
 *   failure.
 * - The wait is `max(retryAfter, fixed) + random * (backoff - fixed)`; `fixed` is none, half or all of the back-off,
 *   depending on `jitter`. So a retry is never earlier than `retryAfter`, and jitter is added to it. A `retryAfter` of
 *   zero counts as absent. Waits are whole milliseconds, plus one with a `retryAfter`, as timers may fire one early.
 * - It stops if the failure is not retryable, at the last attempt, if `retryAfter` is longer than `maxRetryAfter`, and if
 *   the wait would end after the deadline.
 *
 * `random` is at least 0 and below 1. Without `Retry-After` the waits are those of the AWS SDKs' standard retry mode.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 (`Retry-After`)
 *
 * @example
 * ```ts
 * import { RetryPolicy } from "@effect-certifier/retry"
 * import { Duration, Option } from "effect"
 *
 * const failure = { kind: "RateLimited", error: "CertifierRateLimited", retryAfter: Option.some(Duration.seconds(2)) } as const
 * const [decision] = RetryPolicy.decide(RetryPolicy.rateLimited(), RetryPolicy.start, failure, 0.5)
 * // { _tag: "Wait", attempt: 2, delay: Duration.millis(2501), source: "RetryAfter", reason: "RateLimited" }
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const decide = (
  policy: RetryPolicy,
  history: History,
  failure: Failure,
  random: number
): readonly [decision: Decision, history: History] => {
  const { settings } = policy
  const attempt = history.attempts + 1
  const stop = (reason: StopReason) => [Stop.make({ attempt, reason }), { ...history, attempts: attempt }] as const
  const { kind, retryAfter } = failure
  if (kind === "Permanent" || !settings.kinds.includes(kind)) return stop("NotRetryable")
  if (attempt >= settings.attempts) return stop("AttemptsExhausted")
  if (Option.exists(retryAfter, Duration.greaterThan(settings.maxRetryAfter))) return stop("RetryAfterTooLong")
  const { least, source, spread } = range(settings, history.attempts, kind, retryAfter)
  const delay = Duration.millis(Math.floor(least + random * spread))
  const elapsed = Duration.sum(history.elapsed, delay)
  return Duration.greaterThan(elapsed, settings.deadline)
    ? stop("DeadlineExceeded")
    : [Wait.make({ attempt: attempt + 1, delay, source, reason: kind }), { attempts: attempt, elapsed }]
}

/** A request that may have been applied is retried only if its operation is idempotent. */
const isSafeToRetry = (error: CertifierError.CertifierError): boolean =>
  error.outcome !== "MaybeApplied" || Operation.isIdempotent(error.operation)

/**
 * Converts an error to a `Failure`. `Permanent` are all errors that are not a `CertifierError`, and failures of
 * operations that are not idempotent, such as `createGroup`, if they may have been applied.
 *
 * @since 0.1.0
 * @category combinators
 */
export const toFailure = (policy: RetryPolicy, error: unknown): Failure =>
  CertifierError.isCertifierError(error)
    ? {
        kind:
          !CertifierError.isRetryable(error) || !isSafeToRetry(error) || !policy.retryable(error)
            ? "Permanent"
            : CertifierError.isRateLimited(error)
              ? "RateLimited"
              : "Transient",
        error: error._tag,
        retryAfter: CertifierError.retryAfter(error)
      }
    : { kind: "Permanent", error: "unknown", retryAfter: Option.none() }
