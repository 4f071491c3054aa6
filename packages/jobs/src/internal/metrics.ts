import type * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { Settled } from "./item.js"

const outcome = Metric.counter("certifier.jobs.outcomes", {
  description: "Stored outcomes of items, by operation and state; pending items are retried",
  incremental: true
})

/** Counts an outcome of an operation, by its state. */
export const outcomes = (operation: string): Readonly<Record<Settled["state"], Effect.Effect<void>>> => {
  const ofOperation = Metric.tagged(outcome, "operation", operation)
  const counted = (state: Settled["state"]) => Metric.increment(Metric.tagged(ofOperation, "state", state))
  return { pending: counted("pending"), done: counted("done"), failed: counted("failed"), unknown: counted("unknown") }
}

const items = Metric.gauge("certifier.jobs.items", {
  description: "Items of running jobs, by operation and state, as last counted"
})

export const count = (operation: string, state: string, value: number): Effect.Effect<void> =>
  Metric.set(Metric.tagged(Metric.tagged(items, "operation", operation), "state", state), value)
