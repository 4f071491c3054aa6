/**
 * A bound on how much retries may add to the load of a service that is down: a token bucket that all calls of a client
 * share. A retry takes tokens before it waits, a success puts some back, and without tokens there is no retry.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Ref from "effect/Ref"
import * as Metrics from "./internal/retryMetrics.js"
import * as Check from "./internal/settings.js"

/**
 * @since 0.1.0
 * @category models
 */
export const TypeId: unique symbol = Symbol.for("@effect-certifier/retry/RetryBudget")

/**
 * @since 0.1.0
 * @category models
 */
export type TypeId = typeof TypeId

/**
 * What a retry is paid for: the kind of the failure before it.
 *
 * @since 0.1.0
 * @category models
 */
export type Kind = "RateLimited" | "Transient"

/**
 * Sizes of a budget, in tokens.
 *
 * @since 0.1.0
 * @category models
 */
export interface Settings {
  /** How many tokens there are at the start, and at most. */
  readonly capacity: number
  /** What a retry costs after a failure of the service or of the way to it. */
  readonly transientCost: number
  /** What a retry costs after a rate limit: less, as a service that answers 429 is not down. */
  readonly rateLimitedCost: number
  /** What a call that succeeded without a retry puts back. A retry that succeeded puts its own cost back. */
  readonly successRefund: number
}

/**
 * What `make` takes; a field that is not given has its value of `defaults`.
 *
 * @since 0.1.0
 * @category models
 */
export type Options = { readonly [K in keyof Settings]?: Settings[K] | undefined }

/**
 * A token bucket. It is a plain value; hand it to all that shall share it.
 *
 * @since 0.1.0
 * @category models
 */
export interface RetryBudget {
  readonly [TypeId]: TypeId
  readonly settings: Settings
  /** How many tokens are left. */
  readonly balance: Effect.Effect<number>
  /** Takes the cost of one retry, all of it or nothing; answers whether it did. Counted as a refusal if not. */
  readonly tryWithdraw: (kind: Kind) => Effect.Effect<boolean>
  /** Puts back what `tryWithdraw` took for a retry: it succeeded, or was never sent. */
  readonly refund: (kind: Kind) => Effect.Effect<void>
  /** Puts back `successRefund`, for a call that succeeded without a retry. */
  readonly reward: Effect.Effect<void>
}

/**
 * The sizes that the standard retry mode of the AWS SDKs has had since November 2026: 500 tokens, 14 for a transient
 * failure, 5 for a rate limit, 1 back for each success. With the service down, 35 retries are left to all calls together:
 * 100 calls make 135 requests, not 400.
 *
 * @since 0.1.0
 * @category models
 */
export const defaults: Settings = { capacity: 500, transientCost: 14, rateLimitedCost: 5, successRefund: 1 }

const fromSettings = (settings: Settings): RetryBudget => {
  const tokens = Ref.unsafeMake(settings.capacity)
  const costs = { RateLimited: settings.rateLimitedCost, Transient: settings.transientCost }
  const deposit = (amount: number) => Ref.update(tokens, (left) => Math.min(settings.capacity, left + amount))
  return {
    [TypeId]: TypeId,
    settings,
    balance: Ref.get(tokens),
    tryWithdraw: (kind) =>
      Effect.tap(
        Ref.modify(tokens, (left): [boolean, number] =>
          left >= costs[kind] ? [true, left - costs[kind]] : [false, left]
        ),
        (granted) => (granted ? Effect.void : Metric.increment(Metric.tagged(Metrics.refusals, "reason", kind)))
      ),
    refund: (kind) => deposit(costs[kind]),
    reward: deposit(settings.successRefund)
  }
}

/**
 * A new, full budget. It is made at once, as `Ref.unsafeMake` does, so that a client can be described in one expression;
 * each call of it makes another budget.
 *
 * Throws `IllegalArgumentException` when an option is not a finite number, the capacity or a cost is below 1, or the
 * refund below 0.
 *
 * @example
 * ```ts
 * import { RetryBudget, RetryPolicy } from "@effect-certifier/retry"
 *
 * const budget = RetryBudget.unsafeMake({ capacity: 100, transientCost: 10 })
 * const transformClient = RetryPolicy.transformer(RetryPolicy.transient(), { budget })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const unsafeMake = (options: Options = {}): RetryBudget => {
  const check = (name: keyof Settings, least: number) =>
    Check.atLeast("RetryBudget", name, options[name] ?? defaults[name], least)
  return fromSettings({
    capacity: check("capacity", 1),
    transientCost: check("transientCost", 1),
    rateLimitedCost: check("rateLimitedCost", 1),
    successRefund: check("successRefund", 0)
  })
}

/**
 * A new, full budget for each run of the effect. Options that `unsafeMake` would refuse make it die.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options?: Options): Effect.Effect<RetryBudget> => Effect.sync(() => unsafeMake(options))

/**
 * The budget that never refuses. With it a service that is down gets as many requests from each call as the policy has
 * attempts.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unlimited: RetryBudget = /* #__PURE__ */ fromSettings({
  capacity: Number.POSITIVE_INFINITY,
  transientCost: 0,
  rateLimitedCost: 0,
  successRefund: 0
})
