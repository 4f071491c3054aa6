/**
 * Policies that decide when to retry a request, with `RetryDecision.decide`. A policy can be used as a `Schedule` for
 * `Effect.retry`, with the combinator `retry`, or for all calls of a client with `toClientTransform`.
 *
 * @since 0.1.0
 */
import * as CertifierClient from "@effect-certifier/core/CertifierClient"
import * as CertifierError from "@effect-certifier/core/CertifierError"
import * as Groups from "@effect-certifier/core/Groups"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { constTrue, dual, identity } from "effect/Function"
import * as Option from "effect/Option"
import type * as Predicate from "effect/Predicate"
import * as Schedule from "effect/Schedule"
import * as ScheduleDecision from "effect/ScheduleDecision"
import * as ScheduleInterval from "effect/ScheduleInterval"
import { toFailure } from "./internal/retry/decide.js"
import { observe } from "./internal/retry/observe.js"
import {
  type ConcurrencyCheck,
  defaults,
  type Options,
  settings as settingsOf,
  type Settings
} from "./internal/retry/options.js"
import { decideNow, run } from "./internal/retry/run.js"
import * as RetryBudget from "./RetryBudget.js"
import type { Decision } from "./RetryDecision.js"

export { type ConcurrencyCheck, defaults, type Jitter, type Options, type Settings } from "./internal/retry/options.js"

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
 * A retry policy. It is a `Schedule` from errors to decisions, so it can be used wherever a `Schedule` can: `Effect.retry`,
 * `Schedule.intersect`, `Schedule.tapOutput`, … It stops at an error that is not a `CertifierError`.
 *
 * A `Schedule` first runs after the first failure, so with `Effect.retry` the `deadline` counts from there. With `retry`
 * and `toClientTransform` it counts from the start of the call.
 *
 * @since 0.1.0
 * @category models
 */
export interface RetryPolicy extends Schedule.Schedule<Decision> {
  readonly [TypeId]: TypeId
  readonly settings: Settings
  readonly retryable: Predicate.Predicate<CertifierError.CertifierError>
  /** The option `concurrencyCheck`, or `undefined`. */
  readonly check: ConcurrencyCheck
}

interface ScheduleState {
  readonly attempts: number
  readonly since: Option.Option<bigint>
}

const fromSettings = (
  settings: Settings,
  { concurrencyCheck: check = identity, retryable = constTrue }: Options
): RetryPolicy => {
  const initial: ScheduleState = { attempts: 0, since: Option.none() }
  const policy: RetryPolicy = Object.assign(
    Schedule.makeWithState(initial, (now, error: unknown, state) =>
      Effect.gen(function* () {
        const failure = toFailure(policy, error)
        const since = Option.isSome(state.since) ? state.since.value : yield* Clock.currentTimeNanos
        const [decided, { attempts }] = yield* decideNow(policy, state.attempts, since, failure)
        const isUnchecked =
          settings.concurrencyCheck &&
          CertifierError.isCertifierError(error) &&
          error.outcome === "MaybeApplied" &&
          !(yield* Groups.hasConcurrencyCheck)
        const decision: Decision =
          decided._tag === "Wait" && isUnchecked
            ? { _tag: "Stop", attempt: attempts, reason: "ConcurrencyUnchecked" }
            : decided
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
    { [TypeId]: TypeId, settings, retryable, check } as const
  )
  return policy
}

const fromOptions = (name: string, kinds: ReadonlyArray<RetryBudget.Kind>, options: Options = {}): RetryPolicy =>
  fromSettings(settingsOf(`RetryPolicy.${name}`, kinds, options), options)

/**
 * Creates a policy. Without options it is `transient()`.
 *
 * These are never retried: 400, 401, 402, 403, 404, 409, other statuses that `CertifierError.isRetryable` does not accept, responses
 * that can't be decoded, requests that were rejected before sending, errors of other libraries, and operations that are not
 * idempotent (such as `createGroup`) if they may have been applied.
 *
 * Throws an `IllegalArgumentException` that names the option if one is invalid: a time that is not above zero or is longer
 * than 12 days, attempts that are not a whole number of at least 1, a factor below 1, an unknown jitter.
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
 * Retries only 429: a request that the rate limit rejected was not applied, so a retry is always safe. Throws like
 * `make`.
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
 * Retries 429 and every other error that `CertifierError.isRetryable` accepts. Throws like `make`.
 *
 * Except after 429, the failed attempt may have been applied. An update sets absolute values, so a retry reaches the same
 * state, but it overwrites a change that another writer made between the two attempts. If the group has other writers, use
 * `concurrencyCheck: Groups.withConcurrencyCheck()` with `retry` or `toClientTransform`. A `createGroup` that may have been
 * applied is not retried.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { RetryPolicy } from "@effect-certifier/retry"
 *
 * const CertifierLive = CertifierClient.layerConfig({
 *   transformClient: RetryPolicy.toClientTransform(RetryPolicy.transient())
 * })
 * ```
 *
 * @since 0.1.0
 * @category policies
 */
export const transient = (options?: Options): RetryPolicy => fromOptions("transient", defaults.kinds, options)

/**
 * A policy that never retries. Use it with `withPolicy` to disable the retries of a client for some calls.
 *
 * @since 0.1.0
 * @category policies
 */
export const never: RetryPolicy = /* #__PURE__ */ fromOptions("never", defaults.kinds, { attempts: 1 })

/** OpenTelemetry, semantic conventions for HTTP client spans: the number of the retry, absent on the first attempt. */
const annotateRetries = (retries: number): Effect.Effect<void> =>
  Effect.annotateCurrentSpan("http.request.resend_count", retries)

/**
 * Retries an effect according to the policy. It fails with the last error, unchanged. The deadline counts from the start
 * of the effect, an interruption ends a wait at once, and the span of each retried operation has
 * `http.request.resend_count`. The `retry` events are on the span of the caller, because the span of the operation has ended by
 * then.
 *
 * Without a `budget`, the retries of different calls are independent.
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
  ): Effect.Effect<A, E, R> => {
    const calls = Effect.clockWith((clock) =>
      run(
        (retries) =>
          retries === 0
            ? self
            : CertifierClient.withClientTransform(
                self,
                HttpClient.tapRequest(() => annotateRetries(retries))
              ),
        policy,
        options?.budget ?? RetryBudget.unlimited,
        clock
      )
    )
    return policy.check(calls)
  }
)

/** The policy that replaces that of the client. A constant, because bundlers keep a class that extends a call. */
const OverridePolicy = /* #__PURE__ */ Context.Reference<"@effect-certifier/retry/RetryPolicy/OverridePolicy">()(
  "@effect-certifier/retry/RetryPolicy/OverridePolicy",
  { defaultValue: () => Option.none<RetryPolicy>() }
)

/**
 * A transform that retries every call of a client, for its `transformClient` option; it also fits any other `HttpClient`
 * that fails with a `CertifierError`. Transforms inside it, such as a rate limiter, apply to each attempt.
 *
 * All calls share one `RetryBudget`, which bounds the load of retries on a service that is down: by default a budget with
 * `RetryBudget.defaults`, created when `toClientTransform` is called. `RetryBudget.unlimited` disables it.
 *
 * Each retry is an event `retry` on the span of the operation, which also has `http.request.resend_count`. Calls that your own
 * transforms make inside an attempt are retried as well: run them with `withPolicy(never)`, otherwise retries multiply.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { RetryPolicy } from "@effect-certifier/retry"
 *
 * const CertifierLive = CertifierClient.layerConfig({
 *   transformClient: RetryPolicy.toClientTransform(RetryPolicy.transient({ deadline: "20 seconds" }))
 * })
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const toClientTransform = (
  policy: RetryPolicy,
  options?: { readonly budget?: RetryBudget.RetryBudget | undefined }
): (<E, R>(client: HttpClient.HttpClient.With<E, R>) => HttpClient.HttpClient.With<E, R>) => {
  const budget = options?.budget ?? RetryBudget.unsafeMake()
  return HttpClient.transformResponse((send) =>
    Effect.withFiberRuntime((fiber) => {
      const effective = Option.getOrElse(Context.get(fiber.currentContext, OverridePolicy), () => policy)
      const calls = run(
        (retries) => (retries === 0 ? send : Effect.zipRight(annotateRetries(retries), send)),
        effective,
        budget,
        Context.get(fiber.currentDefaultServices, Clock.Clock)
      )
      return effective.check(calls)
    })
  )
}

/**
 * Replaces the policy of the clients that the effect uses, but not their budgets. It has no effect on clients without
 * `toClientTransform`.
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
  Effect.provideService(self, OverridePolicy, Option.some(policy))
)
