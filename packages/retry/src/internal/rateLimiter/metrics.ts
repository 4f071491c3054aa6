import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"

/** Tagged `operation` and `reason`: `CoolDown` or `Limit`. */
export const waits = Metric.histogram(
  "certifier.client.rate_limit.wait",
  MetricBoundaries.fromIterable([0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]),
  "Time that attempts waited for the rate limiter, in seconds"
)

/** Tagged `operation` and `source`: `RetryAfter`, `Headers` or `Default`. */
export const coolDowns = Metric.counter("certifier.client.rate_limit.cool_downs", {
  description: "Responses that started or extended a pause of all calls",
  incremental: true
})

/** Tagged `operation` and `reason`: `CoolDown`, `Limit` or `Redis`. */
export const throttled = Metric.counter("certifier.client.rate_limit.throttled", {
  description: "Attempts that the rate limiter rejected",
  incremental: true
})

export const redisFailures = Metric.counter("certifier.client.rate_limit.redis.failures", {
  description: "Failures of the rate limiter's Redis",
  incremental: true
})
