/**
 * The sandbox's rate limit: what it allows, and how a refusal says when to come back.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as Wait from "./internal/wait.js"

/**
 * How `Retry-After` is written: whole seconds (what the vendor documents), an HTTP-date (the other form of RFC 9110,
 * section 10.2.3), or not at all.
 *
 * @since 0.1.0
 * @category models
 */
export const RetryAfter = Schema.Literal("Seconds", "Date", "Absent")

/**
 * @since 0.1.0
 * @category models
 */
export type RetryAfter = typeof RetryAfter.Type

const Count = Schema.Int.pipe(Schema.between(1, 1_000_000))

/**
 * A rate limit: `limit` requests per `interval` on average, `burst` of them at once.
 *
 * @since 0.1.0
 * @category models
 */
export const RateLimit = Schema.Struct({
  limit: Count,
  interval: Wait.Wait.pipe(Schema.greaterThanDuration(0, { message: () => "is not a duration above zero" })),
  burst: Count,
  retryAfter: RetryAfter
})

/**
 * @since 0.1.0
 * @category models
 */
export type RateLimit = typeof RateLimit.Type

/**
 * A rate limit as a caller writes it; what is left out is as `standard` has it, `burst` as `limit`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Requests per `interval`; 1 to 1 000 000. Default 3. */
  readonly limit?: number | undefined
  /** Default 1 second. */
  readonly interval?: Duration.DurationInput | undefined
  /** How many requests a caller that has been quiet may send at once. Default: `limit`. */
  readonly burst?: number | undefined
  /** Default `Seconds`. */
  readonly retryAfter?: RetryAfter | undefined
}

/**
 * What the vendor documents: about 3 requests a second, `Retry-After` in whole seconds. The burst is not published.
 *
 * @since 0.1.0
 * @category models
 */
export const standard = { limit: 3, interval: "1 second", retryAfter: "Seconds" } as const
