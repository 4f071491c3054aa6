/**
 * When to send a request again, and when not to. One pure decision, `decide`, and three ways to use it: as a `Schedule`
 * for `Effect.retry`, as the combinator `retry`, and as a transform of a whole client, `transformer`.
 *
 * @since 0.1.0
 */
import * as CertifierClient from "@effect-certifier/core/CertifierClient"
import * as CertifierError from "@effect-certifier/core/CertifierError"
import * as Operation from "@effect-certifier/core/Operation"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import { constTrue, dual } from "effect/Function"
import { globalValue } from "effect/GlobalValue"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import type * as Predicate from "effect/Predicate"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as ScheduleDecision from "effect/ScheduleDecision"
import * as ScheduleInterval from "effect/ScheduleInterval"
import * as Schema from "effect/Schema"
import * as Metrics from "./internal/retryMetrics.js"
import * as Check from "./internal/settings.js"
import { spanEvent } from "./internal/spanEvent.js"
import * as RetryBudget from "./RetryBudget.js"

/**
 * @since 0.1.0
 * @category models
 */
export const TypeId: unique symbol = Symbol.for("@effect-certifier/retry/RetryPolicy")

/**
 * @since 0.1.0
 * @category models
 */
export type TypeId = typeof TypeId

/**
 * How the back-off is spread at random, so that calls that failed together don't come back together.
 *
 * - `full`: anywhere from nothing to the whole back-off.
 * - `equal`: half of the back-off, and at random up to the other half.
 * - `none`: the whole back-off.
 *
 * Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
 *
 * @since 0.1.0
 * @category models
 */
export type Jitter = "full" | "equal" | "none"

/**
 * A policy as data.
 *
 * @since 0.1.0
 * @category models
 */
export interface Settings {
  /** How often a request is sent at most, the first time included. */
  readonly attempts: number
  /** The back-off of the first retry after a 429. */
  readonly rateLimitedDelay: Duration.Duration
  /** The back-off of the first retry after any other failure that can pass by itself. */
  readonly transientDelay: Duration.Duration
  /** What the back-off is multiplied by with each retry. */
  readonly factor: number
  /** The back-off never gets longer than this. */
  readonly maxDelay: Duration.Duration
  readonly jitter: Jitter
  /** No attempt starts later than this after the start of the call. An attempt that has started is not cut off. */
  readonly deadline: Duration.Duration
  /** The longest `Retry-After` to wait for. A longer one ends the call at once. */
  readonly maxRetryAfter: Duration.Duration
  /** Whether an update that may have been applied is reconciled before it is sent again. */
  readonly reconcile: boolean
  /** Which kinds of failure are retried at all. */
  readonly kinds: ReadonlyArray<RetryBudget.Kind>
}

/**
 * What `make` takes. A field that is not given has its value of `defaults`. All times are above zero and at most 12 days.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** How often a request is sent at most, the first time included; 1 is never to retry. */
  readonly attempts?: number | undefined
  /** The back-off of the first retry after a 429. */
  readonly rateLimitedDelay?: Duration.DurationInput | undefined
  /** The back-off of the first retry after any other failure that can pass by itself. */
  readonly transientDelay?: Duration.DurationInput | undefined
  /** What the back-off is multiplied by with each retry; at least 1. */
  readonly factor?: number | undefined
  /** The back-off never gets longer than this. */
  readonly maxDelay?: Duration.DurationInput | undefined
  readonly jitter?: Jitter | undefined
  /** No attempt starts later than this after the start of the call. An attempt that has started is not cut off. */
  readonly deadline?: Duration.DurationInput | undefined
  /** The longest `Retry-After` to wait for. A longer one ends the call at once. */
  readonly maxRetryAfter?: Duration.DurationInput | undefined
  /**
   * Which errors to retry, out of those that sending again can help (`CertifierError.isRetryable`); default all of them.
   * It narrows that set and can't widen it.
   */
  readonly retryable?: Predicate.Predicate<CertifierError.CertifierError> | undefined
  /**
   * Whether `updateGroup` reads the group first, and again before it is sent again: it is sent again only if nobody has
   * changed the group in between, see `CertifierClient.withReconcile`. Costs a request more for each update. Default
   * `false`.
   *
   * `retry` and `transformer` see to it. A `Schedule` can't: there, what may have been applied is not sent again unless
   * the `Effect.retry` is inside of a `CertifierClient.withReconcile`.
   */
  readonly reconcile?: boolean | undefined
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
  reconcile: false,
  kinds: ["RateLimited", "Transient"]
}

/**
 * A failure, as far as a decision needs it.
 *
 * - `RateLimited`: 429.
 * - `Transient`: it can pass by itself: transport failures, time-outs, 500, 502, 503, 504.
 * - `Permanent`: everything else; the same request would fail again, or may have been applied already.
 *
 * @since 0.1.0
 * @category models
 */
export const Failure = Schema.Struct({
  kind: Schema.Literal("RateLimited", "Transient", "Permanent"),
  /** The error's tag. */
  error: Schema.String,
  /** How long the service asked to wait. */
  retryAfter: Schema.optionalWith(Schema.DurationFromMillis, { as: "Option", exact: true })
})

/**
 * @since 0.1.0
 * @category models
 */
export type Failure = typeof Failure.Type

/**
 * What has happened in a call so far.
 *
 * @since 0.1.0
 * @category models
 */
export const History = Schema.Struct({
  /** How many attempts have failed before the one that is being judged. */
  attempts: Schema.NonNegativeInt,
  /** How long ago the call started. */
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
 * Where the shortest possible wait came from: the policy's own back-off, or what the service asked for.
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
 * Send again after `delay`.
 *
 * @since 0.1.0
 * @category models
 */
export const Wait = Schema.TaggedStruct("Wait", {
  /** The number of the attempt that follows, 2 for the first retry. */
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
 * - `RetryAfterTooLong`: the service asked for more than `maxRetryAfter`.
 * - `DeadlineExceeded`: the wait would end after the deadline.
 * - `BudgetExhausted`: too many retries of all calls together have failed. `decide` never says so by itself.
 * - `NotReconciled`: the policy is to reconcile, but as a `Schedule` it can't. `decide` never says so by itself.
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
  "NotReconciled"
)

/**
 * @since 0.1.0
 * @category models
 */
export type StopReason = typeof StopReason.Type

/**
 * Don't send again: the error of the last attempt is the result.
 *
 * @since 0.1.0
 * @category models
 */
export const Stop = Schema.TaggedStruct("Stop", {
  /** The number of the attempt that failed last. */
  attempt: Schema.Int,
  reason: StopReason
})

/**
 * @since 0.1.0
 * @category models
 */
export type Stop = typeof Stop.Type

/**
 * What `decide` says. A `Schema`, as `Failure` and `History` are, so that a log can be written and replayed.
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
 * A retry policy. It is a `Schedule` that reads errors and answers decisions, so it goes wherever a `Schedule` goes:
 * `Effect.retry`, `Schedule.intersect`, `Schedule.tapOutput`, … An error that is not a `CertifierError` ends it.
 *
 * A `Schedule` is first asked when the first attempt has failed: there `deadline` counts from the first failure. `retry`
 * and `transformer` count it from the start of the call.
 *
 * @since 0.1.0
 * @category models
 */
export interface RetryPolicy extends Schedule.Schedule<Decision> {
  readonly [TypeId]: TypeId
  readonly settings: Settings
  readonly retryable: Predicate.Predicate<CertifierError.CertifierError>
}

/** A timer of JavaScript may fire up to a millisecond before its time, which here would be before the server's. */
const timerGrain = 1

/** The next wait in milliseconds: at least `least`, and up to `spread` more at random. */
const range = (
  settings: Settings,
  attempts: number,
  kind: RetryBudget.Kind,
  retryAfter: Option.Option<Duration.Duration>
): { readonly least: number; readonly spread: number; readonly source: Source } => {
  const base = kind === "RateLimited" ? settings.rateLimitedDelay : settings.transientDelay
  const backoff = Math.min(Duration.toMillis(base) * settings.factor ** attempts, Duration.toMillis(settings.maxDelay))
  const fixed = { full: 0, equal: backoff / 2, none: backoff }[settings.jitter]
  const asked = Option.match(retryAfter, {
    onNone: () => 0,
    onSome: (wait) => (Duration.greaterThan(wait, Duration.zero) ? Math.ceil(Duration.toMillis(wait)) + timerGrain : 0)
  })
  return { least: Math.max(fixed, asked), spread: backoff - fixed, source: asked > fixed ? "RetryAfter" : "Backoff" }
}

/**
 * The decision, and the history at the end of its wait. Pure: the same arguments, from a log for example, give the same
 * answer.
 *
 * - The back-off of the n-th retry is `min(maxDelay, base * factor ^ (n - 1))`, with the base of the last failure's kind.
 * - The wait is `max(retryAfter, fixed) + random * (backoff - fixed)`, where `fixed` is nothing, half or all of the
 *   back-off, by `jitter`. So it is never earlier than the server said and the jitter comes on top; and a `retryAfter` of
 *   zero is the back-off. Whole milliseconds, and with a `retryAfter` one more, as timers fire up to one early.
 * - It stops when the failure is not retryable, at the last attempt, when `retryAfter` is longer than `maxRetryAfter`, and
 *   when the wait would end after the deadline.
 *
 * `random` is at least 0 and below 1. Without a `Retry-After` the numbers are those of the AWS SDKs' standard retry mode.
 *
 * Source: RFC 9110, section 10.2.3 (`Retry-After`).
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

/** After a failure that may have taken effect, only what leaves the same state when it is done twice is sent again. */
const isHarmless = (error: CertifierError.CertifierError): boolean =>
  error.outcome !== "MaybeApplied" || Operation.isIdempotent(error.operation)

/**
 * An error as `decide` sees it. Anything that is not a `CertifierError` is `Permanent`, and so is a failure that may have
 * taken effect of an operation that is not idempotent, such as `createGroup`.
 *
 * @since 0.1.0
 * @category combinators
 */
export const toFailure = (policy: RetryPolicy, error: unknown): Failure =>
  CertifierError.isCertifierError(error)
    ? {
        kind:
          !CertifierError.isRetryable(error) || !isHarmless(error) || !policy.retryable(error)
            ? "Permanent"
            : CertifierError.isRateLimited(error)
              ? "RateLimited"
              : "Transient",
        error: error._tag,
        retryAfter: CertifierError.retryAfter(error)
      }
    : { kind: "Permanent", error: "unknown", retryAfter: Option.none() }

const operationOf = (error: unknown): string =>
  CertifierError.isCertifierError(error) && error.operation !== "" ? error.operation : "call"

/** Tells the current span, the log and the metrics. */
const observe = (decision: Decision, error: unknown, failure: Failure): Effect.Effect<void> => {
  const operation = operationOf(error)
  const attributes = {
    "certifier.retry.attempt": decision.attempt,
    "certifier.retry.reason": decision.reason,
    "error.type": failure.error
  }
  const count = (metric: Metric.Metric.Counter<number>) =>
    Metric.increment(Metric.tagged(Metric.tagged(metric, "operation", operation), "reason", decision.reason))
  if (decision._tag === "Stop") {
    // Nothing was given up where there was nothing to try.
    if (decision.reason === "NotRetryable") return Effect.void
    return Effect.all(
      [
        spanEvent("retry.give_up", attributes),
        Effect.logDebug(
          `${operation}: no retry after attempt ${decision.attempt} (${failure.error}): ${decision.reason}`
        ),
        count(Metrics.giveUps)
      ],
      { discard: true }
    )
  }
  const seconds = Duration.toSeconds(decision.delay)
  return Effect.all(
    [
      spanEvent("retry", {
        ...attributes,
        "certifier.retry.delay": seconds,
        "certifier.retry.delay.source": decision.source
      }),
      Effect.logDebug(
        `${operation}: attempt ${decision.attempt} in ${Duration.format(decision.delay)} (${failure.error}, ${decision.source})`
      ),
      count(Metrics.retries),
      Metric.update(Metric.tagged(Metrics.waits, "operation", operation), seconds)
    ],
    { discard: true }
  )
}

/** `decide` with the fiber's clock and random numbers. The clock is the one that never steps. */
const decideNow = (policy: RetryPolicy, attempts: number, since: bigint, failure: Failure) =>
  Effect.map(Effect.zip(Clock.currentTimeNanos, Random.next), ([now, random]) =>
    decide(policy, { attempts, elapsed: Duration.nanos(now - since) }, failure, random)
  )

interface ScheduleState {
  readonly attempts: number
  readonly since: Option.Option<bigint>
}

const fromSettings = (
  settings: Settings,
  retryable: Predicate.Predicate<CertifierError.CertifierError>
): RetryPolicy => {
  const initial: ScheduleState = { attempts: 0, since: Option.none() }
  const policy: RetryPolicy = Object.assign(
    Schedule.makeWithState(initial, (now, error: unknown, state) =>
      Effect.gen(function* () {
        const failure = toFailure(policy, error)
        const since = Option.isSome(state.since) ? state.since.value : yield* Clock.currentTimeNanos
        const [decided, { attempts }] = yield* decideNow(policy, state.attempts, since, failure)
        const isBlind =
          settings.reconcile &&
          CertifierError.isCertifierError(error) &&
          error.outcome === "MaybeApplied" &&
          !(yield* CertifierClient.isReconciling)
        const decision =
          decided._tag === "Wait" && isBlind ? Stop.make({ attempt: attempts, reason: "NotReconciled" }) : decided
        yield* observe(decision, error, failure)
        return [
          { attempts, since: Option.some(since) },
          decision,
          decision._tag === "Wait"
            ? ScheduleDecision.continueWith(ScheduleInterval.after(now + Duration.toMillis(decision.delay)))
            : ScheduleDecision.done
        ] as const
      })
    ),
    { [TypeId]: TypeId, settings, retryable } as const
  )
  return policy
}

const fromOptions = (
  name: string,
  kinds: ReadonlyArray<RetryBudget.Kind>,
  { retryable, ...options }: Options = {}
): RetryPolicy => {
  const where = `RetryPolicy.${name}`
  const time = (field: "rateLimitedDelay" | "transientDelay" | "maxDelay" | "deadline" | "maxRetryAfter") =>
    Check.duration(where, field, options[field] ?? defaults[field])
  return fromSettings(
    {
      attempts: Check.attempts(where, "attempts", options.attempts ?? defaults.attempts),
      rateLimitedDelay: time("rateLimitedDelay"),
      transientDelay: time("transientDelay"),
      factor: Check.atLeast(where, "factor", options.factor ?? defaults.factor, 1),
      maxDelay: time("maxDelay"),
      jitter: Check.oneOf(where, "jitter", options.jitter ?? defaults.jitter, ["full", "equal", "none"]),
      deadline: time("deadline"),
      maxRetryAfter: time("maxRetryAfter"),
      reconcile: options.reconcile ?? defaults.reconcile,
      kinds
    },
    retryable ?? constTrue
  )
}

/**
 * A policy of your own. Without options it is `transient()`.
 *
 * 400, 401, 402, 403, 404, 409, unknown codes other than on 502, 503 and 504, successes that can't be read, requests that
 * were refused before sending, and errors that are not of this client are never retried, nor is an operation that is not
 * idempotent (`createGroup`) after a failure that may have taken effect.
 *
 * Throws `IllegalArgumentException`, naming the option, when an option can't be used: a time that is not above zero or
 * longer than 12 days, attempts that are not a whole number of at least 1, a factor below 1, an unknown jitter.
 *
 * @example
 * ```ts
 * import { RetryPolicy } from "@effect-certifier/retry"
 *
 * const patient = RetryPolicy.make({ attempts: 10, deadline: "10 minutes", maxRetryAfter: "2 minutes" })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options?: Options): RetryPolicy => fromOptions("make", defaults.kinds, options)

/**
 * Retries 429 and nothing else: a request that the rate limit refused was not applied, so sending it again is always
 * safe. Throws as `make` does.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { RetryPolicy } from "@effect-certifier/retry"
 * import { Effect } from "effect"
 *
 * const program = CertifierClient.updateGroup("01g90279gp5sbmfek7wymcsvec", { name: "Financial Markets" }).pipe(
 *   Effect.retry(RetryPolicy.rateLimited())
 * )
 * ```
 *
 * @since 0.1.0
 * @category policies
 */
export const rateLimited = (options?: Options): RetryPolicy => fromOptions("rateLimited", ["RateLimited"], options)

/**
 * Retries 429, transport failures, time-outs, 500, 502, 503 and 504. Throws as `make` does.
 *
 * After all but 429 the first try may have been applied. An update sets absolute values, so sending it again reaches the
 * same state. It is still wrong when somebody else writes to the same group: their change, made between the two tries,
 * is overwritten. Use `reconcile: true` there, with `retry` or `transformer`. A `createGroup` that may have been applied
 * is not sent again.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { RetryPolicy } from "@effect-certifier/retry"
 *
 * const CertifierLive = CertifierClient.layerConfig({
 *   transformClient: RetryPolicy.transformer(RetryPolicy.transient())
 * })
 * ```
 *
 * @since 0.1.0
 * @category policies
 */
export const transient = (options?: Options): RetryPolicy => fromOptions("transient", defaults.kinds, options)

/**
 * Never retries: one attempt. Useful with `withPolicy`, to leave out the retries of a client for some calls.
 *
 * @since 0.1.0
 * @category policies
 */
export const never: RetryPolicy = /* #__PURE__ */ fromOptions("never", defaults.kinds, { attempts: 1 })

/**
 * Runs `attempt` until it succeeds or the decision is to stop, which leaves its last failure as it is.
 * `attempt` is told how often it was sent before.
 */
const run = <A, E, R>(
  attempt: (resends: number) => Effect.Effect<A, E, R>,
  policy: RetryPolicy,
  budget: RetryBudget.RetryBudget,
  clock: Clock.Clock
): Effect.Effect<A, E, R> => {
  const since = clock.unsafeCurrentTimeNanos()

  /** `putBack` is what the attempt gives the budget when it succeeds. */
  const loop = (attempts: number, putBack: Effect.Effect<void>, self: Effect.Effect<A, E, R>) =>
    Effect.matchCauseEffect(self, {
      onSuccess: (value) => Effect.as(putBack, value),
      onFailure: (cause): Effect.Effect<A, E, R> =>
        Option.match(Cause.failureOption(cause), {
          onNone: () => Effect.failCause(cause),
          onSome: (error) => afterFailure(attempts, cause, error)
        })
    })

  // Not `Effect.fnUntraced`: making that takes half a microsecond of every call, and next to none is retried.
  const afterFailure = (attempts: number, cause: Cause.Cause<E>, error: E) =>
    Effect.gen(function* () {
      const failure = toFailure(policy, error)
      const [decision, next] = yield* decideNow(policy, attempts, since, failure)
      const stop = (outcome: Stop) => Effect.zipRight(observe(outcome, error, failure), Effect.failCause(cause))
      if (decision._tag === "Stop") return yield* stop(decision)
      const { delay, reason } = decision
      const refund = budget.refund(reason)
      let sent = false
      const resend = Effect.suspend(() => {
        sent = true
        return attempt(next.attempts)
      })
      const waiting = Effect.zipRight(observe(decision, error, failure), Effect.sleep(delay))
      // In one piece, so that nothing can come between the tokens and their return.
      return yield* Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(budget.tryWithdraw(reason), (granted) =>
          granted
            ? Effect.onInterrupt(restore(Effect.zipRight(waiting, loop(next.attempts, refund, resend))), () =>
                sent ? Effect.void : refund
              )
            : restore(stop(Stop.make({ attempt: attempts + 1, reason: "BudgetExhausted" })))
        )
      )
    })

  return loop(0, budget.reward, attempt(0))
}

/** OpenTelemetry, semantic conventions for HTTP client spans: the ordinal number of the resend, absent on the first try. */
const annotateResends = (resends: number): Effect.Effect<void> =>
  Effect.annotateCurrentSpan("http.request.resend_count", resends)

const reconciled = <A, E, R>({ settings }: RetryPolicy, calls: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  settings.reconcile ? CertifierClient.withReconcile(calls) : calls

/**
 * Runs an effect again and again as the policy says. The error is the last one, unchanged. The deadline counts from the
 * start of the effect, waiting ends at once when the fiber is interrupted, and each retry of an operation has
 * `http.request.resend_count` on its span. The event of a retry is on the caller's span: the operation's own has ended.
 *
 * Without a `budget` every call has the policy's attempts to itself.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { RetryPolicy } from "@effect-certifier/retry"
 *
 * const update = CertifierClient.updateGroup("01g90279gp5sbmfek7wymcsvec", { name: "Financial Markets" })
 *
 * const dataFirst = RetryPolicy.retry(update, RetryPolicy.transient())
 * const dataLast = update.pipe(RetryPolicy.retry(RetryPolicy.transient()))
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const retry: {
  (
    policy: RetryPolicy,
    options?: { readonly budget?: RetryBudget.RetryBudget | undefined }
  ): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(
    self: Effect.Effect<A, E, R>,
    policy: RetryPolicy,
    options?: { readonly budget?: RetryBudget.RetryBudget | undefined }
  ): Effect.Effect<A, E, R>
} = /* #__PURE__ */ dual(
  (args) => Effect.isEffect(args[0]),
  <A, E, R>(
    self: Effect.Effect<A, E, R>,
    policy: RetryPolicy,
    options?: { readonly budget?: RetryBudget.RetryBudget | undefined }
  ): Effect.Effect<A, E, R> =>
    reconciled(
      policy,
      Effect.clockWith((clock) =>
        run(
          (resends) =>
            resends === 0
              ? self
              : CertifierClient.withClientTransform(
                  self,
                  HttpClient.tapRequest(() => annotateResends(resends))
                ),
          policy,
          options?.budget ?? RetryBudget.unlimited,
          clock
        )
      )
    )
)

const currentPolicy = globalValue("@effect-certifier/retry/RetryPolicy/currentPolicy", () =>
  FiberRef.unsafeMake(Option.none<RetryPolicy>())
)

/**
 * A transform that retries every call of a client, for its `transformClient` option; it fits any other `HttpClient` that
 * fails with a `CertifierError` as well. Everything that is inside of it (a rate limit) sees each attempt.
 *
 * All calls share one `RetryBudget`, so that a service that is down does not get a multiple of its load: by default one
 * with `RetryBudget.defaults`, made when `transformer` is called. `RetryBudget.unlimited` switches that off.
 *
 * Each retry is an event `retry` on the operation's span, which also has `http.request.resend_count`. The reading that
 * reconciles is a part of an attempt and is not retried by itself. A call that a transform of yours makes inside of an
 * attempt is: run it with `withPolicy(never)`, or retries multiply.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { RetryPolicy } from "@effect-certifier/retry"
 *
 * const CertifierLive = CertifierClient.layerConfig({
 *   transformClient: RetryPolicy.transformer(RetryPolicy.transient({ deadline: "20 seconds" }))
 * })
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const transformer = (
  policy: RetryPolicy,
  options?: { readonly budget?: RetryBudget.RetryBudget | undefined }
): (<E, R>(client: HttpClient.HttpClient.With<E, R>) => HttpClient.HttpClient.With<E, R>) => {
  const budget = options?.budget ?? RetryBudget.unsafeMake()
  return HttpClient.transformResponse((send) =>
    Effect.withFiberRuntime((fiber) => {
      const effective = Option.getOrElse(fiber.getFiberRef(currentPolicy), () => policy)
      const calls = run(
        (resends) => (resends === 0 ? send : Effect.zipRight(annotateResends(resends), send)),
        effective,
        budget,
        Context.get(fiber.currentDefaultServices, Clock.Clock)
      )
      return Effect.flatMap(CertifierClient.isReconciling, (isReconciling) =>
        isReconciling || effective.settings.reconcile
          ? // The reading that reconciles is a part of the attempt: retries don't multiply.
            withPolicy(CertifierClient.withReconcile(calls), never)
          : calls
      )
    })
  )
}

/**
 * Runs an effect whose calls, on clients that have a `transformer`, are retried by this policy and not by the client's.
 * The client's budget stays. Clients without a `transformer` don't take notice of it.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { RetryPolicy } from "@effect-certifier/retry"
 *
 * const once = CertifierClient.updateGroup("01g90279gp5sbmfek7wymcsvec", { name: "Financial Markets" }).pipe(
 *   RetryPolicy.withPolicy(RetryPolicy.never)
 * )
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const withPolicy: {
  (policy: RetryPolicy): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, policy: RetryPolicy): Effect.Effect<A, E, R>
} = /* #__PURE__ */ dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, policy: RetryPolicy): Effect.Effect<A, E, R> =>
  Effect.locally(self, currentPolicy, Option.some(policy))
)

/**
 * The waits of a policy as a small table for a person. Long policies are shown in part.
 *
 * @example
 * ```ts
 * import { RetryPolicy } from "@effect-certifier/retry"
 *
 * console.log(RetryPolicy.describe(RetryPolicy.transient()))
 * // attempt  after a rate limit  after a transient failure
 * //       2  0 to 1s             0 to 200ms
 * //       3  0 to 2s             0 to 400ms
 * //       4  0 to 4s             0 to 800ms
 * // At most 4 attempts, none later than 1m after the start of the call.
 * // Never earlier than Retry-After says; one of more than 30s ends the call.
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const describe = ({ settings }: RetryPolicy): string => {
  if (settings.attempts === 1) return "Never retries."
  const cell = (kind: RetryBudget.Kind, attempts: number): string => {
    if (!settings.kinds.includes(kind)) return "not retried"
    const { least, spread } = range(settings, attempts, kind, Option.none())
    const ends = spread === 0 ? [least] : [least, least + spread]
    return ends.map((millis) => Duration.format(Duration.millis(Math.floor(millis)))).join(" to ")
  }
  const row = (attempt: number) =>
    [String(attempt), cell("RateLimited", attempt - 2), cell("Transient", attempt - 2)] as const
  const all = settings.attempts - 1
  const shown = all <= 12 ? all : 10
  const rows = [
    ["attempt", "after a rate limit", "after a transient failure"] as const,
    ...Array.from({ length: shown }, (_, index) => row(index + 2)),
    ...(shown < all ? [["…", "…", "…"] as const, row(settings.attempts)] : [])
  ]
  const width = (column: 0 | 1) => Math.max(...rows.map((cells) => cells[column].length))
  return [
    ...rows.map(
      ([attempt, limited, failed]) => `${attempt.padStart(width(0))}  ${limited.padEnd(width(1))}  ${failed}`
    ),
    `At most ${settings.attempts} attempts, none later than ${Duration.format(settings.deadline)} after the start of the call.`,
    `Never earlier than Retry-After says; one of more than ${Duration.format(settings.maxRetryAfter)} ends the call.`
  ].join("\n")
}
