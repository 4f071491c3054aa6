import * as CertifierError from "@effect-certifier/core/CertifierError"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type * as RetryBudget from "../../RetryBudget.js"
import type { Decision, Failure, History, Source, StopReason } from "../../RetryDecision.js"
import type { RetryPolicy } from "../../RetryPolicy.js"
import type { Settings } from "./options.js"

/** Added to `Retry-After`, because JavaScript timers may fire up to a millisecond early. */
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

/** See `RetryDecision.decide`. */
export const decide = (
  policy: RetryPolicy,
  history: History,
  failure: Failure,
  random: number
): readonly [decision: Decision, history: History] => {
  const { settings } = policy
  const attempt = history.attempts + 1
  const stop = (reason: StopReason) =>
    [
      { _tag: "Stop", attempt, reason },
      { ...history, attempts: attempt }
    ] as const
  const { kind, retryAfter } = failure
  if (kind === "Permanent" || !settings.kinds.includes(kind)) return stop("NotRetryable")
  if (attempt >= settings.attempts) return stop("AttemptsExhausted")
  if (Option.exists(retryAfter, Duration.greaterThan(settings.maxRetryAfter))) return stop("RetryAfterTooLong")
  const { least, source, spread } = range(settings, history.attempts, kind, retryAfter)
  const delay = Duration.millis(Math.floor(least + random * spread))
  const elapsed = Duration.sum(history.elapsed, delay)
  return Duration.greaterThan(elapsed, settings.deadline)
    ? stop("DeadlineExceeded")
    : [
        { _tag: "Wait", attempt: attempt + 1, delay, source, reason: kind },
        { attempts: attempt, elapsed }
      ]
}

/** A request that may have been applied is retried only if its operation is idempotent. */
const isSafeToRetry = (error: CertifierError.CertifierError): boolean =>
  error.outcome !== "MaybeApplied" || error.idempotent

/** See `RetryDecision.toFailure`. */
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
