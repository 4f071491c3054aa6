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
  /** What a contender does before anything is measured, by calls and not by time, as the engine compiles by calls. */
  readonly warmUp: { readonly turns: number; readonly calls: number }
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

/** Two of the rows in the same process. */
export interface Pair {
  readonly id: string
  readonly than: string
  /** How much more CPU one call takes, in microseconds. */
  readonly more: Spread
  readonly ratio: Spread
}

type Ask = (question: Question) => Promise<Sample>

/** One after the other: whoever is not asked has no work. */
const enlist = async (ids: string, settings: Settings) => {
  const child = forkModule("worker", [ids, JSON.stringify(settings)])
  await once(child, "spawn")
  const ask: Ask = async (question) => {
    child.send(question)
    const [answer]: Array<Sample> = await once(child, "message", { signal: AbortSignal.timeout(120_000) })
    if (answer === undefined) throw new Error(`${ids} gave no answer`)
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

/**
 * How many calls make a batch of each, when their code is warm. In turns: whoever waits for long loses what was compiled, and so
 * does, in one process, whoever was alone when the other begins.
 */
const warmUp = async (
  each: ReadonlyArray<{ readonly ask: Ask; readonly turn: number }>,
  { batch, warmUp: { calls, turns } }: Size,
  concurrency: number
): Promise<ReadonlyArray<number>> => {
  const enough: Array<number> = []
  for (let round = 0; round < turns; round++) {
    for (const [index, { ask, turn }] of each.entries()) {
      enough[index] = (await ask({ ask: "calibrate", turn, batch, calls, concurrency })).calls
    }
  }
  return enough
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
        ...(await enlist(contender.id, { baseUrl: server.url, stub, retries: true }))
      }))
    )
    const calls = await warmUp(
      running.map(({ ask }) => ({ ask, turn: 0 })),
      size,
      concurrency
    )
    // Interleaved, and each round begins with another one, so that a slow minute of the machine is everybody's.
    for (let round = 0; round < size.rounds; round++) {
      for (let turn = 0; turn < running.length; turn++) {
        const index = (turn + round) % running.length
        const one = running[index]
        one?.samples.push(await one.ask({ ask: "measure", turn: 0, calls: calls[index] ?? Number.NaN, concurrency }))
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

/**
 * What one of two rows takes more than the other, answers from memory, one call after the other. Both are in one process and
 * take turns, so that the engine's luck in compiling what they share is both's; the spread is that of the processes.
 */
const pair = async (id: string, than: string, size: Size): Promise<Pair> => {
  const concurrency = 1
  const more: Array<number> = []
  const ratios: Array<number> = []
  for (let begun = 0; begun < 4 * size.processes; begun++) {
    const { ask, close } = await enlist(`${id},${than}`, { baseUrl: "http://127.0.0.1:1", stub: true, retries: true })
    const both = [0, 1].map((turn) => ({ ask, turn }))
    const calls = Math.min(...(await warmUp(both, size, concurrency)))
    const rounds: Array<readonly [number, number]> = []
    for (let round = 0; round < 2 * size.rounds; round++) {
      const cpu = async (turn: number) => (await ask({ ask: "measure", turn, calls, concurrency })).cpu
      const first = await cpu(round % 2)
      const second = await cpu(1 - (round % 2))
      rounds.push(round % 2 === 0 ? [first, second] : [second, first])
    }
    await close()
    more.push(median(rounds.map(([one, other]) => one - other)))
    ratios.push(median(rounds.map(([one, other]) => one / other)))
  }
  return { id, than, more: spread(more), ratio: spread(ratios) }
}

/** The client beside the pipeline, and with its policies beside itself without. */
export const pairs = async (size: Size): Promise<ReadonlyArray<Pair>> => [
  await pair("ours-undici", "hand-undici", size),
  await pair("ours-policies", "ours-undici", size)
]
