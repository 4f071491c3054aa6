/** A contender in a process of its own; its arguments are the contender's id and its settings. */
import { performance } from "node:perf_hooks"
import { contenders, type Settings } from "./contenders.js"

export type Question =
  | { readonly ask: "calibrate"; readonly batch: number; readonly warmUp: number; readonly concurrency: number }
  | { readonly ask: "measure"; readonly calls: number; readonly concurrency: number }

/** Microseconds a call. */
export interface Sample {
  readonly calls: number
  readonly time: number
  readonly cpu: number
}

const [, , id, argument = ""] = process.argv
const contender = contenders.find((one) => one.id === id)
if (contender === undefined) throw new Error(`no such contender: ${id}`)
const settings: Settings = JSON.parse(argument)
const session = contender.open(settings)

/**
 * One batch. No collection of garbage is forced before it: that also throws away compiled code, and what was measured then would be
 * mostly compiling.
 */
const measure = async (calls: number, concurrency: number): Promise<Sample> => {
  const cpu = process.cpuUsage()
  const start = performance.now()
  await session.batch(calls, concurrency)
  const time = performance.now() - start
  const { system, user } = process.cpuUsage(cpu)
  return { calls, time: (time * 1000) / calls, cpu: (user + system) / calls }
}

/** As many calls as take the time of a batch, when the code is warm. */
const calibrate = async (batch: number, warmUp: number, concurrency: number): Promise<Sample> => {
  const end = performance.now() + warmUp
  let sample = await measure(32, concurrency)
  while (performance.now() < end) sample = await measure(Math.max(32, Math.round(10_000 / sample.time)), concurrency)
  return { ...sample, calls: Math.max(32, Math.round((batch * 1000) / sample.time)) }
}

process.on("message", async (question: Question) => {
  const { concurrency } = question
  process.send?.(
    question.ask === "measure"
      ? await measure(question.calls, concurrency)
      : await calibrate(question.batch, question.warmUp, concurrency)
  )
})
// Peers keep connections and timers; whoever asks no more has no need of them.
process.on("disconnect", () => process.exit())
