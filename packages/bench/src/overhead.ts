/** What one call costs, in time and in CPU. */
import { once } from "node:events"
import { type Contender, contenders, type Settings } from "./contenders.js"
import { forkModule } from "./fork.js"
import type { Service } from "./service.js"
import { median, spread, type Spread } from "./stats.js"
import type { Question, Sample } from "./worker.js"

export interface Size {
  /** How often each contender begins again in a new process: the engine compiles the same code better or worse by chance. */
  readonly processes: number
  /** With each of the processes. */
  readonly rounds: number
  /** How long a batch is to take, in milliseconds. */
  readonly batch: number
  /** How long a contender works before anything is measured, in milliseconds. */
  readonly warmUp: number
}

export interface Row {
  readonly id: string
  /** Calls in a batch. */
  readonly calls: number
  /** Microseconds a call. */
  readonly time: Spread
  readonly cpu: Spread
  /** Times what the hand-written pipeline took in the same round, on the same transport. */
  readonly timeRatio: Spread
  readonly cpuRatio: Spread
}

export interface Scenario {
  readonly transport: "stub" | "loopback"
  readonly concurrency: number
  readonly rows: ReadonlyArray<Row>
}

/** One after the other: whoever is not asked has no work. */
const enlist = async (contender: Contender, settings: Settings) => {
  const child = forkModule("worker", [contender.id, JSON.stringify(settings)])
  await once(child, "spawn")
  const ask = async (question: Question): Promise<Sample> => {
    child.send(question)
    const [answer]: Array<Sample> = await once(child, "message", { signal: AbortSignal.timeout(120_000) })
    if (answer === undefined) throw new Error(`${contender.id} gave no answer`)
    return answer
  }
  return {
    ask,
    close: async () => {
      const exit = once(child, "exit")
      child.disconnect()
      await exit
    }
  }
}

const referenceOf = ({ transport }: Contender, stub: boolean): string =>
  transport === "fetch" && !stub ? "hand-fetch" : "hand-undici"

const scenario = async (
  service: Service,
  transport: Scenario["transport"],
  concurrency: number,
  size: Size
): Promise<Scenario> => {
  const stub = transport === "stub"
  const server = await service.start({ kind: "ok" })
  const taking = contenders
    .filter(({ measured, stub: takesStub }) => measured.overhead && (takesStub || !stub))
    .map((contender) => ({ contender, samples: new Array<Sample>() }))
  for (let begun = 0; begun < size.processes; begun++) {
    const running = await Promise.all(
      taking.map(async ({ contender, samples }) => ({
        samples,
        ...(await enlist(contender, { baseUrl: server.url, stub, retries: true }))
      }))
    )
    const calls: Array<number> = []
    for (const { ask } of running) {
      calls.push((await ask({ ask: "calibrate", batch: size.batch, warmUp: size.warmUp, concurrency })).calls)
    }
    // Interleaved, and each round begins with another one, so that a slow minute of the machine is everybody's.
    for (let round = 0; round < size.rounds; round++) {
      for (let turn = 0; turn < running.length; turn++) {
        const index = (turn + round) % running.length
        const one = running[index]
        one?.samples.push(await one.ask({ ask: "measure", calls: calls[index] ?? Number.NaN, concurrency }))
      }
    }
    for (const { close } of running) await close()
  }
  await server.stop()
  return {
    transport,
    concurrency,
    rows: taking.map(({ contender, samples }) => {
      const reference = taking.find((other) => other.contender.id === referenceOf(contender, stub))?.samples ?? []
      const ratio = (of: (sample: Sample) => number) =>
        spread(
          samples.map(
            (sample, round) => of(sample) / of(reference[round] ?? { calls: 0, time: Number.NaN, cpu: Number.NaN })
          )
        )
      return {
        id: contender.id,
        calls: Math.round(median(samples.map((sample) => sample.calls))),
        time: spread(samples.map(({ time }) => time)),
        cpu: spread(samples.map(({ cpu }) => cpu)),
        timeRatio: ratio(({ time }) => time),
        cpuRatio: ratio(({ cpu }) => cpu)
      }
    })
  }
}

export const run = async (service: Service, size: Size): Promise<ReadonlyArray<Scenario>> => {
  const scenarios: Array<Scenario> = []
  for (const transport of ["stub", "loopback"] as const) {
    for (const concurrency of [1, 32]) scenarios.push(await scenario(service, transport, concurrency, size))
  }
  return scenarios
}
