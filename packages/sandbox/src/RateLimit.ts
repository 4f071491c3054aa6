/**
 * The sandbox's rate limit, and the form of `Retry-After` in a 429.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as Wait from "./internal/wait.js"

/**
 * The form of `Retry-After`: whole seconds (as the vendor documents), an HTTP-date (the other form of RFC 9110,
 * section 10.2.3), or absent.
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
 * A rate limit: `limit` requests per `interval` on average, at most `burst` at once.
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
 * Options of a rate limit. Defaults come from `standard` and from the quirks `rateLimitBurst` and `retryAfter`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Requests per `interval`; 1 to 1 000 000. Default 3. */
  readonly limit?: number | undefined
  /** Default 1 second. */
  readonly interval?: Duration.DurationInput | undefined
  /** The number of requests that are admitted at once after a pause. Default: `limit`, by the quirk `rateLimitBurst`. */
  readonly burst?: number | undefined
  /** Default `Seconds`, by the quirk `retryAfter`. */
  readonly retryAfter?: RetryAfter | undefined
}

/**
 * The rate limit that the vendor documents: about 3 requests per second, `Retry-After` in whole seconds. The burst is
 * not documented.
 *
 * @since 0.1.0
 * @category models
 */
export const standard = { limit: 3, interval: "1 second", retryAfter: "Seconds" } as const
