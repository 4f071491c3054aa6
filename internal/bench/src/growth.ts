/** How the cost grows with the number of concurrent fibers, groups in a stream, and calls since the start. */
import { CertifierClient, Groups } from "@effect-certifier/core"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Work from "./group.js"
import { held } from "./heap.js"
import { progress } from "./progress.js"
import { median } from "./stats.js"

export interface Point {
  readonly count: number
  /** Microseconds per call. */
  readonly time: number
  readonly cpu: number
  /** Bytes per call: for fibers while all of them wait for their responses, for streams after all calls have ended. */
  readonly memory: number
}

export interface Growth {
  readonly fibers: ReadonlyArray<Point>
  readonly groups: ReadonlyArray<Point>
  /** Bytes in use after a number of calls. */
  readonly held: ReadonlyArray<{ readonly calls: number; readonly bytes: number }>
}

export interface Size {
  readonly fibers: ReadonlyArray<number>
  readonly groups: ReadonlyArray<number>
  readonly held: ReadonlyArray<number>
  /** The minimum number of measured calls; the measurement is repeated until it is reached. */
  readonly calls: number
}

const response = () => new Response(Work.answer, { headers: Work.answerHeaders })

/** Calls `arrived` for each request, then responds in another turn of the event loop, like a socket. */
const transport = (arrived: (release: () => void) => void) =>
  Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request) =>
      Effect.async((resume) =>
        arrived(() => resume(Effect.sync(() => HttpClientResponse.fromWeb(request, response()))))
      )
    )
  )

const clientOn = (layer: Layer.Layer<HttpClient.HttpClient>) =>
  Layer.provide(CertifierClient.layer({ accessToken: Redacted.make(Work.token) }), layer)

const immediately = clientOn(transport((release) => void setImmediate(release)))

const update = CertifierClient.updateGroup(Work.id, Work.patch)

const timed = async (calls: number, run: () => Promise<unknown>) => {
  const cpu = process.cpuUsage()
  const start = performance.now()
  await run()
  const time = performance.now() - start
  const { system, user } = process.cpuUsage(cpu)
  return { time: (time * 1000) / calls, cpu: (user + system) / calls }
}

const together = (count: number) =>
  Effect.all(
    Array.from({ length: count }, () => update),
    { concurrency: "unbounded", discard: true }
  )

/** The memory of a fiber that waits for its response: all requests are sent before the first response. */
const waiting = async (count: number): Promise<number> => {
  let before = 0
  let most = 0
  const releases: Array<() => void> = []
  const client = clientOn(
    transport((release) => {
      releases.push(release)
      if (releases.length < count) return
      setImmediate(() => {
        most = held()
        for (const one of releases) one()
      })
    })
  )
  const measured = Effect.suspend(() => {
    // The client exists already, so its memory does not count.
    before = held()
    return together(count)
  })
  await Effect.runPromise(Effect.provide(measured, client))
  return (most - before) / count
}

const fibers = async (count: number, calls: number): Promise<Point> => {
  const repetitions = Math.max(3, Math.ceil(calls / count))
  const measured = await timed(repetitions * count, () =>
    together(count).pipe(Effect.repeatN(repetitions - 1), Effect.provide(immediately), Effect.runPromise)
  )
  const memory: Array<number> = []
  for (let turn = 0; turn < 5; turn++) memory.push(await waiting(count))
  return { count, ...measured, memory: median(memory) }
}

const streamed = (count: number) =>
  Stream.range(1, count).pipe(
    Stream.map(() => ({ id: Work.id, patch: Work.patch })),
    Groups.updateMany({ concurrency: 8 }),
    Groups.progress,
    Stream.runDrain,
    Effect.provide(immediately),
    Effect.runPromise
  )

const groups = async (count: number, calls: number): Promise<Point> => {
  const repetitions = Math.max(1, Math.ceil(calls / count))
  const before = held()
  const measured = await timed(repetitions * count, async () => {
    for (let turn = 0; turn < repetitions; turn++) await streamed(count)
  })
  return { count, ...measured, memory: (held() - before) / (repetitions * count) }
}

const heldAfter = async (counts: ReadonlyArray<number>) => {
  const found: Array<Growth["held"][number]> = []
  let done = 0
  await Effect.gen(function* () {
    for (const calls of counts) {
      yield* Effect.repeatN(update, calls - done - 1)
      done = calls
      found.push({ calls, bytes: held() })
    }
  }).pipe(Effect.provide(immediately), Effect.runPromise)
  return found
}

export const run = async (size: Size): Promise<Growth> => {
  const growth = { fibers: new Array<Point>(), groups: new Array<Point>() }
  // Warm-up before the measurement.
  await streamed(size.calls)
  for (const count of size.fibers) {
    progress(`growth: ${count} concurrent fibers`)
    growth.fibers.push(await fibers(count, size.calls))
  }
  for (const count of size.groups) {
    progress(`growth: ${count} groups in a stream`)
    growth.groups.push(await groups(count, size.calls))
  }
  return { ...growth, held: await heldAfter(size.held) }
}
