import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"

/** Tagged `operation` and `reason`: the kind of the failure before the retry. */
export const retries = Metric.counter("certifier.client.retries", {
  description: "Retries",
  incremental: true
})

/** Tagged `operation` and `reason`: why a retryable failure was not retried. */
export const giveUps = Metric.counter("certifier.client.retry.give_ups", {
  description: "Retryable failures not retried",
  incremental: true
})

export const refusals = Metric.counter("certifier.client.retry.budget.refusals", {
  description: "Retries rejected by a retry budget",
  incremental: true
})

/** Tagged `operation`. */
export const waits = Metric.histogram(
  "certifier.client.retry.wait",
  MetricBoundaries.fromIterable([0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]),
  "Waits before retries, in seconds"
)
