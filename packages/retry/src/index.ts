/**
 * A rate limiter for all calls of a client: it keeps them within the rate limit of the API, and after a 429 it delays all of them
 * for the requested time.
 *
 * @since 0.1.0
 */
export * as RateLimiter from "./RateLimiter.js"

/**
 * A limit for the load that retries add to a service that is down: a token bucket that all calls of a client share. A retry
 * withdraws tokens before it waits, a success deposits some, and without tokens there is no retry.
 *
 * @since 0.1.0
 */
export * as RetryBudget from "./RetryBudget.js"

/**
 * The pure part of a retry policy: whether to retry after a failure, and how long to wait.
 *
 * @since 0.1.0
 */
export * as RetryDecision from "./RetryDecision.js"

/**
 * Policies that decide when to retry a request, with `RetryDecision.decide`. A policy can be used as a `Schedule` for
 * `Effect.retry`, with the combinator `retry`, or for all calls of a client with `toClientTransform`.
 *
 * @since 0.1.0
 */
export * as RetryPolicy from "./RetryPolicy.js"
