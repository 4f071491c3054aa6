/**
 * A process that runs jobs of this library: updates of groups, without calls, and with the calls of a client whose responses come from
 * memory. Its argument is `Settings`.
 */
import { Groups } from "@effect-certifier/core"
import { JobOperation, JobRunner, Jobs } from "@effect-certifier/jobs"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { engineOf } from "./engine.js"
import { type CallsCost, costOf, inFlight, report, type Settings, used } from "./measured.js"
import * as Stub from "./stub.js"

const submit = (id: string, items: number) =>
  Jobs.submit(JobOperation.updateGroup, { id, items: Stream.map(Stream.range(0, items - 1), Stub.update) })

/** Counting a million items takes a quarter of a second, so the interval grows with their number. */
const over = (id: string, items: number) => Jobs.await(id, { every: Math.max(200, items / 200) })

/** The same calls without a job. */
const calls = (items: number) =>
  Stream.range(0, items - 1).pipe(
    Stream.map(Stub.update),
    Stream.mapEffect(({ id, patch }) => Groups.update(id, patch), { concurrency: inFlight }),
    Stream.runDrain
  )

const job = (id: string, items: number) =>
  Effect.gen(function* () {
    const load = yield* used(submit(id, items))
    const run = yield* used(over(id, items))
    if (run.value.done !== items) return yield* Effect.dieMessage(`${run.value.done} of ${items} are done`)
    return { ...costOf(items, run), load: load.seconds, loadCpu: load.cpu / 1e6 }
  })

const main = (settings: Settings) =>
  Effect.gen(function* () {
    const { calls: hasCalls, items, warmUp } = settings
    yield* job("warm-up", warmUp)
    if (!hasCalls) return yield* job("measured", items)
    yield* calls(warmUp)
    const alone = yield* used(calls(items))
    const cost: CallsCost = { ...(yield* job("measured", items)), call: alone.cpu / items }
    return cost
  }).pipe(
    Effect.provide(Layer.provideMerge(JobRunner.layer([JobOperation.updateGroup]), engineOf(settings))),
    Effect.provide(settings.calls ? Stub.client : Stub.free)
  )

report(main)
