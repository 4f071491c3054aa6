import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"

/** Tagged `operation` and `reason`: what the attempt before the retry failed with. */
export const retries = Metric.counter("certifier.client.retries", {
  description: "Retries of calls of the Certifier API, by operation and the kind of failure",
  incremental: true
})

/** Tagged `operation` and `reason`: why a failure that is worth a retry was not retried. */
export const giveUps = Metric.counter("certifier.client.retry.give_ups", {
  description: "Failures that could be retried and were not, by operation and reason",
  incremental: true
})

export const refusals = Metric.counter("certifier.client.retry.budget.refusals", {
  description: "Retries that a retry budget refused, by the kind of failure",
  incremental: true
})

/** Tagged `operation`. */
export const waits = Metric.histogram(
  "certifier.client.retry.wait",
  MetricBoundaries.fromIterable([0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]),
  "Time waited before a retry, in seconds"
)
