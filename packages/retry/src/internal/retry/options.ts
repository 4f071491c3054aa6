import type * as CertifierError from "@effect-certifier/core/CertifierError"
import * as Check from "@effect-certifier/core/Options"
import * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Predicate from "effect/Predicate"
import type * as RetryBudget from "../../RetryBudget.js"

/**
 * How the back-off is randomized, so that calls that failed together are not retried together.
 *
 * - `full`: between zero and the whole back-off.
 * - `equal`: half of the back-off, plus up to the other half at random.
 * - `none`: the whole back-off.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @since 0.1.0
 * @category models
 */
export type Jitter = "full" | "equal" | "none"

/**
 * A check for concurrent changes, such as `Groups.withConcurrencyCheck()`. It is passed as a function, so that only programs that
 * use it have it in their bundle.
 *
 * @since 0.1.0
 * @category models
 */
export type ConcurrencyCheck = <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/**
 * A policy as data.
 *
 * @since 0.1.0
 * @category models
 */
export interface Settings {
  /** The maximum number of requests, including the first. */
  readonly attempts: number
  /** The back-off of the first retry after a 429. */
  readonly rateLimitedDelay: Duration.Duration
  /** The back-off of the first retry after any other transient failure. */
  readonly transientDelay: Duration.Duration
  /** The back-off is multiplied by this with each retry. */
  readonly factor: number
  /** The longest back-off. */
  readonly maxDelay: Duration.Duration
  readonly jitter: Jitter
  /** No attempt starts later than this after the start of the call. A running attempt is not interrupted. */
  readonly deadline: Duration.Duration
  /** The longest `Retry-After` to wait for. A longer one ends the call at once. */
  readonly maxRetryAfter: Duration.Duration
  /** Whether to check for concurrent changes before retrying an update that may have been applied. */
  readonly concurrencyCheck: boolean
  /** The kinds of failure that are retried. */
  readonly kinds: ReadonlyArray<RetryBudget.Kind>
}

/**
 * Options of `make`, `rateLimited` and `transient`; `defaults` has their default values. All times are above zero and at
 * most 12 days.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The maximum number of requests, including the first; 1 disables retries. */
  readonly attempts?: number | undefined
  /** The back-off of the first retry after a 429. */
  readonly rateLimitedDelay?: Duration.DurationInput | undefined
  /** The back-off of the first retry after any other transient failure. */
  readonly transientDelay?: Duration.DurationInput | undefined
  /** The back-off is multiplied by this with each retry; at least 1. */
  readonly factor?: number | undefined
  /** The longest back-off. */
  readonly maxDelay?: Duration.DurationInput | undefined
  readonly jitter?: Jitter | undefined
  /** No attempt starts later than this after the start of the call. A running attempt is not interrupted. */
  readonly deadline?: Duration.DurationInput | undefined
  /** The longest `Retry-After` to wait for. A longer one ends the call at once. */
  readonly maxRetryAfter?: Duration.DurationInput | undefined
  /**
   * Which of the retryable errors (`CertifierError.isRetryable`) to retry; default: all. It can only narrow that set.
   */
  readonly retryable?: Predicate.Predicate<CertifierError.CertifierError> | undefined
  /**
   * `Groups.withConcurrencyCheck()`: an update reads the group first, and is retried only if no other writer has changed it
   * in between. This adds one request per update. Default: no check.
   *
   * It works with `retry` and `toClientTransform`, but not with a `Schedule`: with `Effect.retry`, an update that may have
   * been applied is not retried unless the `Effect.retry` is inside a `Groups.withConcurrencyCheck`.
   */
  readonly concurrencyCheck?: ConcurrencyCheck | undefined
}

/**
 * The settings of `transient()` and `make()`. The package's README gives the reason for each.
 *
 * @since 0.1.0
 * @category models
 */
export const defaults: Settings = {
  attempts: 4,
  rateLimitedDelay: Duration.seconds(1),
  transientDelay: Duration.millis(200),
  factor: 2,
  maxDelay: Duration.seconds(20),
  jitter: "full",
  deadline: Duration.minutes(1),
  maxRetryAfter: Duration.seconds(30),
  concurrencyCheck: false,
  kinds: ["RateLimited", "Transient"]
}

/** Two waits of this length fit into one JavaScript timer, whose maximum is 24.8 days. */
const days = 12

/** Throws if an option is invalid; `where` is the name of the constructor. */
export const settings = (where: string, kinds: ReadonlyArray<RetryBudget.Kind>, options: Options): Settings => {
  const value = <K extends keyof Options & keyof Settings>(name: K) => options[name] ?? defaults[name]
  const time = (name: "rateLimitedDelay" | "transientDelay" | "maxDelay" | "deadline" | "maxRetryAfter") =>
    Check.duration(name, value(name), { days })
  const checked = Either.all({
    attempts: Check.integer("attempts", value("attempts"), { min: 1 }),
    rateLimitedDelay: time("rateLimitedDelay"),
    transientDelay: time("transientDelay"),
    factor: Check.number("factor", value("factor"), { min: 1 }),
    maxDelay: time("maxDelay"),
    jitter: Check.oneOf("jitter", value("jitter"), ["full", "equal", "none"]),
    deadline: time("deadline"),
    maxRetryAfter: time("maxRetryAfter")
  })
  return { ...Check.getOrThrow(where, checked), concurrencyCheck: options.concurrencyCheck !== undefined, kinds }
}
