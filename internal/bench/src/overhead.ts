/** The cost of one call, in time and in CPU. */
import { once } from "node:events"
import { type Contender, contenders, sdks, type Settings } from "./contenders/index.js"
import { forkModule } from "./fork.js"
import { progress } from "./progress.js"
import type { Service } from "./service.js"
import { median, spread, type Spread } from "./stats.js"
import type { Question, Sample } from "./worker.js"

export interface Size {
  /** The numbers of concurrent calls. */
  readonly concurrency: ReadonlyArray<number>
  /** The number of SDKs that the client is paired with. */
  readonly sdks: number
  /** The number of processes per contender, because the engine compiles the same code better or worse by chance. */
  readonly processes: number
  /** The same for each pair. */
  readonly pairProcesses: number
  /** The number of rounds with each of the processes. */
  readonly rounds: number
  /** The intended duration of a batch, in milliseconds. */
  readonly batch: number
  /** The number of calls before the measurement. It is not a time, because the engine compiles by the number of calls. */
  readonly warmUp: { readonly turns: number; readonly calls: number }
}

export interface Row {
  readonly id: string
  /** The number of calls in a batch. */
  readonly calls: number
  /** Microseconds per call. */
  readonly time: Spread
  readonly cpu: Spread
  /** The ratio to the hand-written pipeline in the same round, on the same transport. */
  readonly timeRatio: Spread
  readonly cpuRatio: Spread
}

export interface Scenario {
  readonly transport: "stub" | "loopback"
  readonly concurrency: number
  readonly rows: ReadonlyArray<Row>
}

/** The cost of a call, compared with a call of another contender. */
export interface Difference {
  /** Microseconds. */
  readonly more: Spread
  readonly ratio: Spread
}

/** Two contenders that take turns, without others. */
export interface Pair {
  readonly id: string
  readonly than: string
  readonly transport: Scenario["transport"]
  readonly concurrency: number
  readonly time: Difference
  readonly cpu: Difference
}

type Ask = (question: Question) => Promise<Sample>

/** Runs one contender after the other, while the others are idle. */
const enlist = async (ids: string, settings: Settings) => {
  const child = forkModule("worker", [ids, JSON.stringify(settings)])
  await once(child, "spawn")
  const ask: Ask = async (question) => {
    child.send(question)
    const [answer]: Array<Sample> = await once(child, "message", { signal: AbortSignal.timeout(120_000) })
    if (answer === undefined) throw new Error(`${ids} returned no result`)
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
 * The number of calls in a batch of each contender, once their code is warm. They are warmed up in turns, because a process that
 * waits for long loses its compiled code, and so does the first contender of a process when the second one begins.
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
    // Contenders are interleaved, and each round begins with another one, so that a slow minute of the machine affects all of them.
    for (let round = 0; round < size.rounds; round++) {
      progress(
        `overhead: ${transport}, ${concurrency} at a time, process ${begun + 1} of ${size.processes}, round ${round + 1} of ${size.rounds}`
      )
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
    for (const concurrency of size.concurrency) scenarios.push(await scenario(service, transport, concurrency, size))
  }
  return scenarios
}

const difference = (
  processes: ReadonlyArray<ReadonlyArray<readonly [Sample, Sample]>>,
  of: (sample: Sample) => number
): Difference => {
  const by = (compare: (one: number, other: number) => number) =>
    spread(processes.map((rounds) => median(rounds.map(([one, other]) => compare(of(one), of(other))))))
  return { more: by((one, other) => one - other), ratio: by((one, other) => one / other) }
}

/**
 * With responses from memory, both contenders run in one process: they share most of their code, which is then compiled in the same
 * way for both. Peers share little code, and run in their own processes, as in production.
 */
const enlistBoth = async (id: string, than: string, settings: Settings) => {
  if (settings.stub) {
    const { ask, close } = await enlist(`${id},${than}`, settings)
    return {
      both: [
        { ask, turn: 0 },
        { ask, turn: 1 }
      ] as const,
      close
    }
  }
  const [one, other] = await Promise.all([enlist(id, settings), enlist(than, settings)])
  return {
    both: [
      { ask: one.ask, turn: 0 },
      { ask: other.ask, turn: 0 }
    ] as const,
    close: async () => {
      await one.close()
      await other.close()
    }
  }
}

/** The additional cost of one of two contenders that take turns. The spread is that of the processes. */
const pair = async (
  { concurrency, id, than, transport }: Omit<Pair, "time" | "cpu">,
  baseUrl: string,
  size: Size
): Promise<Pair> => {
  const processes: Array<ReadonlyArray<readonly [Sample, Sample]>> = []
  for (let begun = 0; begun < size.pairProcesses; begun++) {
    const { both, close } = await enlistBoth(id, than, { baseUrl, stub: transport === "stub", retries: true })
    const calls = await warmUp(both, size, concurrency)
    const sample = (index: 0 | 1) => {
      const { ask, turn } = both[index]
      return ask({ ask: "measure", turn, calls: calls[index] ?? Number.NaN, concurrency })
    }
    const rounds: Array<readonly [Sample, Sample]> = []
    for (let round = 0; round < size.rounds; round++) {
      progress(
        `pairs: ${id} and ${than}, ${concurrency} at a time, process ${begun + 1} of ${size.pairProcesses}, round ${round + 1} of ${size.rounds}`
      )
      rounds.push([await sample(0), await sample(1)])
      const other = await sample(1)
      rounds.push([await sample(0), other])
    }
    await close()
    processes.push(rounds)
  }
  return {
    id,
    than,
    transport,
    concurrency,
    time: difference(processes, ({ time }) => time),
    cpu: difference(processes, ({ cpu }) => cpu)
  }
}

/** The client compared with the hand-written pipeline, with its policies compared with none, and compared with each SDK. */
export const pairs = async (service: Service, size: Size): Promise<ReadonlyArray<Pair>> => {
  const server = await service.start({ kind: "ok" })
  const wanted: ReadonlyArray<Omit<Pair, "time" | "cpu">> = [
    { id: "ours-undici", than: "hand-undici", transport: "stub", concurrency: 1 },
    { id: "ours-policies", than: "ours-undici", transport: "stub", concurrency: 1 },
    ...size.concurrency.flatMap((concurrency) =>
      sdks.slice(0, size.sdks).map((than) => ({ id: "ours-undici", than, transport: "loopback" as const, concurrency }))
    )
  ]
  const found: Array<Pair> = []
  for (const one of wanted) found.push(await pair(one, server.url, size))
  await server.stop()
  return found
}
