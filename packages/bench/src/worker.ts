/** A contender in a process of its own; its arguments are the contender's id and its settings. */
import { performance } from "node:perf_hooks"
import { contenders, type Settings } from "./contenders.js"
import { collectGarbage } from "./heap.js"

export type Question =
  | { readonly ask: "calibrate"; readonly batch: number; readonly concurrency: number }
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

/** One batch, after whatever the one before has left behind has been collected. */
const measure = async (calls: number, concurrency: number): Promise<Sample> => {
  collectGarbage()
  const cpu = process.cpuUsage()
  const start = performance.now()
  await session.batch(calls, concurrency)
  const time = performance.now() - start
  const { system, user } = process.cpuUsage(cpu)
  return { calls, time: (time * 1000) / calls, cpu: (user + system) / calls }
}

/** As many calls as take the time of a batch, found by doubling: the code is warm by then. */
const calibrate = async (batch: number, concurrency: number): Promise<Sample> => {
  for (let calls = 64; ; calls *= 2) {
    const sample = await measure(calls, concurrency)
    const took = (sample.time * calls) / 1000
    if (took >= batch) return { ...sample, calls: Math.max(32, Math.round((calls * batch) / took)) }
  }
}

process.on("message", async (question: Question) => {
  const { concurrency } = question
  process.send?.(
    question.ask === "measure"
      ? await measure(question.calls, concurrency)
      : await calibrate(question.batch, concurrency)
  )
})
// Peers keep connections and timers; whoever asks no more has no need of them.
process.on("disconnect", () => process.exit())
