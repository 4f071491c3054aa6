import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import * as MetricKey from "effect/MetricKey"

/** The bucket bounds recommended by OpenTelemetry for HTTP durations in seconds. */
const seconds = MetricBoundaries.fromIterable([
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10
])

const calls = MetricKey.counter("certifier.client.calls", {
  description: "Finished calls",
  incremental: true
})

const durations = MetricKey.histogram("certifier.client.call.duration", seconds, "Duration of calls, in seconds")

/**
 * The two metrics of one operation; the counter of each outcome is created on first use. They are created from keys, because a
 * metric that is tagged afterwards looks up its key on every update.
 */
export const make = (operation: string) => {
  const ofOperation = MetricKey.tagged(calls, "operation", operation)
  const counters: Record<string, Metric.Metric.Counter<number>> = {}
  return {
    calls: (outcome: string): Metric.Metric.Counter<number> =>
      (counters[outcome] ??= Metric.fromMetricKey(MetricKey.tagged(ofOperation, "outcome", outcome))),
    duration: Metric.fromMetricKey(MetricKey.tagged(durations, "operation", operation))
  }
}
