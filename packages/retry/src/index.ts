/**
 * Keeps all calls of a client together under the service's rate limit: it sends them no faster than the limit, and after
 * a 429 it holds all of them back until the time that the service named.
 *
 * @since 0.1.0
 */
export * as RateLimit from "./RateLimit.js"

/**
 * A bound on how much retries may add to the load of a service that is down: a token bucket that all calls of a client
 * share. A retry takes tokens before it waits, a success puts some back, and without tokens there is no retry.
 *
 * @since 0.1.0
 */
export * as RetryBudget from "./RetryBudget.js"

/**
 * When to send a request again, and when not to. One pure decision, `decide`, and three ways to use it: as a `Schedule`
 * for `Effect.retry`, as the combinator `retry`, and as a transform of a whole client, `transformer`.
 *
 * @since 0.1.0
 */
export * as RetryPolicy from "./RetryPolicy.js"
