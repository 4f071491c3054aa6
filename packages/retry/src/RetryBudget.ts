/**
 * A limit for the load that retries add to a service that is down: a token bucket that all calls of a client share. A retry
 * withdraws tokens before it waits, a success deposits some, and without tokens there is no retry.
 *
 * @since 0.1.0
 */
import * as Check from "@effect-certifier/core/Options"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Ref from "effect/Ref"
import * as Metrics from "./internal/retry/metrics.js"

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
 * The kind of failure that is retried; it determines the cost.
 *
 * @since 0.1.0
 * @category models
 */
export type Kind = "RateLimited" | "Transient"

/**
 * The settings of a budget, in tokens.
 *
 * @since 0.1.0
 * @category models
 */
export interface Settings {
  /** The initial and maximum number of tokens. */
  readonly capacity: number
  /** The cost of a retry after a transient failure. */
  readonly transientCost: number
  /** The cost of a retry after a 429. It is lower, because the service is not down. */
  readonly rateLimitedCost: number
  /** The deposit of a call that succeeded without a retry. A retry that succeeded deposits its own cost. */
  readonly successRefund: number
}

/**
 * Options of `make` and `unsafeMake`; `defaults` has their default values.
 *
 * @since 0.1.0
 * @category models
 */
export type Options = { readonly [K in keyof Settings]?: Settings[K] | undefined }

/**
 * A token bucket. It is a plain value: pass the same one to share it.
 *
 * @since 0.1.0
 * @category models
 */
export interface RetryBudget {
  readonly [TypeId]: TypeId
  readonly settings: Settings
  /** The number of tokens left. */
  readonly balance: Effect.Effect<number>
  /** Withdraws the cost of one retry and returns true, or returns false and counts a refusal if there are too few tokens. */
  readonly tryWithdraw: (kind: Kind) => Effect.Effect<boolean>
  /** Deposits the cost of a retry that succeeded or was not sent. */
  readonly refund: (kind: Kind) => Effect.Effect<void>
  /** Deposits `successRefund`, for a call that succeeded without a retry. */
  readonly reward: Effect.Effect<void>
}

/**
 * The values of the AWS SDKs' standard retry mode since November 2026: 500 tokens, 14 for a transient failure, 5 for a rate
 * limit, and a deposit of 1 for each success. If the service is down, all calls share 35 retries: 100 calls send 135
 * requests, not 400.
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
 * Creates a full budget, synchronously like `Ref.unsafeMake`.
 *
 * Throws an `IllegalArgumentException` if an option is not a finite number, the capacity or a cost is below 1, or the refund
 * is below 0.
 *
 * @example
 * ```ts
 * import { RetryBudget, RetryPolicy } from "@effect-certifier/retry"
 *
 * const budget = RetryBudget.unsafeMake({ capacity: 100, transientCost: 10 })
 * const transformClient = RetryPolicy.toClientTransform(RetryPolicy.transient(), { budget })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const unsafeMake = (options: Options = {}): RetryBudget => {
  const check = (name: keyof Settings, least: number) =>
    Check.getOrThrow("RetryBudget", Check.number(name, options[name] ?? defaults[name], { min: least }))
  return fromSettings({
    capacity: check("capacity", 1),
    transientCost: check("transientCost", 1),
    rateLimitedCost: check("rateLimitedCost", 1),
    successRefund: check("successRefund", 0)
  })
}

/**
 * Creates a full budget each time it runs. Dies if an option is invalid.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options?: Options): Effect.Effect<RetryBudget> => Effect.sync(() => unsafeMake(options))

/**
 * A budget that allows every retry. Each call to a service that is down then sends as many requests as the policy has attempts.
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
