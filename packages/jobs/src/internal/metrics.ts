import type * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { Settled } from "./item.js"

const outcomes = Metric.counter("certifier.jobs.outcomes", {
  description: "Stored outcomes of items, by operation and state; pending items are retried",
  incremental: true
})

export const outcome = (operation: string, state: Settled["state"]): Effect.Effect<void> =>
  Metric.increment(Metric.tagged(Metric.tagged(outcomes, "operation", operation), "state", state))

const items = Metric.gauge("certifier.jobs.items", {
  description: "Items of running jobs, by operation and state, as last counted"
})

export const count = (operation: string, state: string, value: number): Effect.Effect<void> =>
  Metric.set(Metric.tagged(Metric.tagged(items, "operation", operation), "state", state), value)
