/** The obvious alternative on the same engine: one workflow, with one activity for each item. Its argument is `Settings`. */
import { Groups } from "@effect-certifier/core"
import * as Activity from "@effect/workflow/Activity"
import * as Workflow from "@effect/workflow/Workflow"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { type Cost, costOf, inFlight, report, type Settings, used } from "./measured.js"
import { engineOf } from "./engine.js"
import * as Stub from "./stub.js"

const Updates = Workflow.make({
  name: "Bench/Updates",
  payload: { job: Schema.String, items: Schema.Int },
  idempotencyKey: ({ job }) => job
})

const UpdatesLive = Updates.toLayer(({ items }) =>
  Effect.forEach(
    Array.from({ length: items }, (_, n) => Stub.update(n)),
    ({ id, patch }, n) =>
      Activity.make({ name: `update ${n}`, execute: Effect.asVoid(Effect.orDie(Groups.update(id, patch))) }),
    { concurrency: inFlight, discard: true }
  )
)

const main = (settings: Settings) =>
  Effect.gen(function* () {
    const { items, warmUp } = settings
    yield* Updates.execute({ job: "warm-up", items: warmUp })
    const run = yield* used(Updates.execute({ job: "measured", items }))
    const cost: Cost = costOf(items, run)
    return cost
  }).pipe(Effect.provide(Layer.provideMerge(Layer.provide(UpdatesLive, Stub.free), engineOf(settings))))

report(main)
