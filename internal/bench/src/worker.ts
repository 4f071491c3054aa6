/** A process that runs contenders. Its arguments are their ids, separated by commas, and their settings. */
import { performance } from "node:perf_hooks"
import { contenders, type Session, type Settings } from "./contenders/index.js"

export type Question = (
  | { readonly ask: "calibrate"; readonly batch: number; readonly calls: number }
  | { readonly ask: "measure"; readonly calls: number }
) & {
  /** The index of the contender whose turn it is. */
  readonly turn: number
  readonly concurrency: number
}

/** Microseconds per call. */
export interface Sample {
  readonly calls: number
  readonly time: number
  readonly cpu: number
}

const [, , ids = "", argument = ""] = process.argv
const settings: Settings = JSON.parse(argument)
const sessions = ids.split(",").map((id) => {
  const contender = contenders.find((one) => one.id === id)
  if (contender === undefined) throw new Error(`no such contender: ${id}`)
  return contender.open(settings)
})

/**
 * Runs one batch. Garbage collection is not forced before it, because that would also discard compiled code, and the batch would
 * mostly measure compilation.
 */
const measure = async (session: Session, calls: number, concurrency: number): Promise<Sample> => {
  const cpu = process.cpuUsage()
  const start = performance.now()
  await session.batch(calls, concurrency)
  const time = performance.now() - start
  const { system, user } = process.cpuUsage(cpu)
  return { calls, time: (time * 1000) / calls, cpu: (user + system) / calls }
}

/** The number of calls that take the time of a batch, estimated from the warm-up calls. */
const calibrate = async (session: Session, batch: number, calls: number, concurrency: number): Promise<Sample> => {
  const sample = await measure(session, calls, concurrency)
  return { ...sample, calls: Math.max(32, Math.round((batch * 1000) / sample.time)) }
}

process.on("message", async (question: Question) => {
  const { concurrency, turn } = question
  const session = sessions[turn]
  if (session === undefined) throw new Error(`no contender has turn ${turn}`)
  process.send?.(
    question.ask === "measure"
      ? await measure(session, question.calls, concurrency)
      : await calibrate(session, question.batch, question.calls, concurrency)
  )
})
// Peers keep connections and timers open.
process.on("disconnect", () => process.exit())
