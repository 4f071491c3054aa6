/** The shared code of measuring processes: one argument, one result, and the measurement. */
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"

import type { Store } from "./store.js"

/** The settings of a process that measures a cost. */
export interface Settings {
  readonly store: Store
  /** The loopback port of a runner. */
  readonly port: number
  readonly items: number
  /** The number of items before the measurement. */
  readonly warmUp: number
  /** Whether our jobs make calls. */
  readonly calls?: boolean
  /** The variant of DBOS. */
  readonly shape?: "queue" | "steps"
}

/** The items of a job that are in flight by default: two chunks with four items each. */
export const inFlight = 8

export interface Cost {
  readonly items: number
  /** Microseconds per item, of all threads of the process. */
  readonly cpu: number
  readonly perSecond: number
  /** The maximum resident memory, in bytes. */
  readonly memory: number
}

/** The cost of jobs of this library. */
export interface JobCost extends Cost {
  /** Seconds of wall time, and of CPU, until all items are stored. */
  readonly load: number
  readonly loadCpu: number
}

/** The cost of a job and its calls. */
export interface CallsCost extends JobCost {
  /** Microseconds of CPU of a call alone, in the same process. */
  readonly call: number
}

interface Used {
  readonly cpu: number
  readonly seconds: number
}

export const costOf = (items: number, { cpu, seconds }: Used): Cost => ({
  items,
  cpu: cpu / items,
  perSecond: items / seconds,
  memory: process.resourceUsage().maxRSS * 1024
})

/** Measures an effect: microseconds of CPU, and seconds of wall time. */
export const used = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const cpu = process.cpuUsage()
    const start = performance.now()
    return Effect.map(effect, (value) => {
      const { system, user } = process.cpuUsage(cpu)
      return { value, cpu: system + user, seconds: (performance.now() - start) / 1000 }
    })
  })

const start = <Settings, A, E>(main: (settings: Settings) => Effect.Effect<A, E>, over: (result: A) => void): void => {
  const settings: Settings = JSON.parse(process.argv[2] ?? "")
  process.on("disconnect", () => process.exit(1))
  Effect.runPromise(main(settings).pipe(Logger.withMinimumLogLevel(LogLevel.Error))).then(over, (error: unknown) => {
    console.error(error)
    process.exit(1)
  })
}

/** Runs a program with the argument of the process, and sends the result to the parent process. */
export const report = <Settings, A, E>(main: (settings: Settings) => Effect.Effect<A, E>): void =>
  start(main, (result) => process.send?.(result, () => process.exit(0)))

/** Runs a program that does not end by itself. */
export const runForever = <Settings, E>(main: (settings: Settings) => Effect.Effect<never, E>): void =>
  start(main, () => undefined)
