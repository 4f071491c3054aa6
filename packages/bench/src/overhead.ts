/** What one call costs, in time and in CPU. */
import { performance } from "node:perf_hooks"
import { type Contender, contenders, type Session } from "./contenders.js"
import { collectGarbage } from "./heap.js"
import type { Service } from "./service.js"
import { spread, type Spread } from "./stats.js"

export interface Size {
  readonly rounds: number
  /** How long a batch is to take, in milliseconds. */
  readonly batch: number
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

interface Sample {
  readonly time: number
  readonly cpu: number
}

/** One batch, after whatever the one before has left behind has been collected. */
const measure = async (session: Session, calls: number, concurrency: number): Promise<Sample> => {
  collectGarbage()
  const cpu = process.cpuUsage()
  const start = performance.now()
  await session.batch(calls, concurrency)
  const time = performance.now() - start
  const { system, user } = process.cpuUsage(cpu)
  return { time: (time * 1000) / calls, cpu: (user + system) / calls }
}

/** As many calls as take the time of a batch, found by doubling: the code is warm by then. */
const calibrate = async (session: Session, batch: number, concurrency: number): Promise<number> => {
  let calls = 16
  for (;;) {
    const start = performance.now()
    await session.batch(calls, concurrency)
    const took = performance.now() - start
    if (took >= batch) return Math.max(16, Math.round((calls * batch) / took))
    calls *= 2
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
    .map((contender) => ({
      contender,
      session: contender.open({ baseUrl: server.url, stub, retries: true }),
      samples: new Array<Sample>(),
      calls: 0
    }))
  for (const one of taking) one.calls = await calibrate(one.session, size.batch, concurrency)
  // Interleaved, and each round begins with another one, so that a slow minute of the machine is everybody's.
  for (let round = 0; round < size.rounds; round++) {
    for (let turn = 0; turn < taking.length; turn++) {
      const one = taking[(turn + round) % taking.length]
      if (one !== undefined) one.samples.push(await measure(one.session, one.calls, concurrency))
    }
  }
  for (const { session } of taking) await session.close()
  await server.stop()
  return {
    transport,
    concurrency,
    rows: taking.map(({ calls, contender, samples }) => {
      const reference = taking.find((other) => other.contender.id === referenceOf(contender, stub))?.samples ?? []
      const ratio = (of: (sample: Sample) => number) =>
        spread(
          samples.map((sample, round) => of(sample) / of(reference[round] ?? { time: Number.NaN, cpu: Number.NaN }))
        )
      return {
        id: contender.id,
        calls,
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
