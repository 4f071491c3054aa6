/** A process that runs jobs of this library: updates of groups, with responses from memory. Its argument is `Settings`. */
import { Groups } from "@effect-certifier/core"
import { JobOperation, JobRunner, Jobs } from "@effect-certifier/jobs"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { engineOf } from "./engine.js"
import { costOf, inFlight, report, type Settings, used } from "./measured.js"
import * as Stub from "./stub.js"

const submit = (id: string, items: number) =>
  Jobs.submit(JobOperation.updateGroup, { id, items: Stream.map(Stream.range(0, items - 1), Stub.update) })

const over = (id: string) => Jobs.await(id, { every: "5 seconds" })

/** The same calls without a job. */
const calls = (items: number) =>
  Stream.range(0, items - 1).pipe(
    Stream.map(Stub.update),
    Stream.mapEffect(({ id, patch }) => Groups.update(id, patch), { concurrency: inFlight }),
    Stream.runDrain
  )

const main = (settings: Settings) =>
  Effect.gen(function* () {
    const { items, warmUp } = settings
    yield* calls(warmUp)
    yield* submit("warm-up", warmUp)
    yield* over("warm-up")
    const alone = yield* used(calls(warmUp))
    const load = yield* used(submit("measured", items))
    const run = yield* used(over("measured"))
    if (run.value.done !== items) return yield* Effect.dieMessage(`${run.value.done} of ${items} are done`)
    return { ...costOf(items, run), load: load.seconds, loadCpu: load.cpu / 1e6, call: alone.cpu / warmUp }
  }).pipe(
    Effect.provide(Layer.provideMerge(JobRunner.layer([JobOperation.updateGroup]), engineOf(settings))),
    Effect.provide(Stub.client)
  )

report(main)
