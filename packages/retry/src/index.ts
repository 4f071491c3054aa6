/**
 * A rate limiter for all calls of a client: it keeps them within the service's rate limit, and after a 429 it delays all of
 * them for as long as the service requested.
 *
 * @since 0.1.0
 */
export * as RateLimiter from "./RateLimiter.js"

/**
 * A bound on the load that retries add to a service that is down: a token bucket that all calls of a client share. A retry
 * withdraws tokens before it waits, a success deposits some, and without tokens there is no retry.
 *
 * @since 0.1.0
 */
export * as RetryBudget from "./RetryBudget.js"

/**
 * The pure part of a retry policy: whether to retry after a failure, and after which wait.
 *
 * @since 0.1.0
 */
export * as RetryDecision from "./RetryDecision.js"

/**
 * When to retry a request, and when not to. The decision is `RetryDecision.decide`; a policy is used as a `Schedule` for
 * `Effect.retry`, with the combinator `retry`, or for all calls of a client with `toClientTransform`.
 *
 * @since 0.1.0
 */
export * as RetryPolicy from "./RetryPolicy.js"
