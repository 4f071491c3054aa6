import { it } from "@effect/vitest"
import * as SqlClient from "@effect/sql/SqlClient"
import { assertLeft, deepStrictEqual } from "@effect/vitest/utils"
import { Deferred, Effect, Layer, Schema, Stream } from "effect"
import { JobOperation, JobRunner, Jobs } from "../src/index.js"
import * as JobEngine from "../src/JobEngine.js"

it.live(
  "a job that is submitted again after it was removed sends its own items, and not those of the removed one",
  () =>
    Effect.gen(function* () {
      const sent: Array<string> = []
      const begun = yield* Deferred.make<void>()
      const gate = yield* Deferred.make<void>()
      const operation = JobOperation.make({
        name: "again",
        item: Schema.Struct({ n: Schema.Int, version: Schema.String }),
        success: Schema.Void,
        key: ({ n }) => String(n),
        send: ({ n, version }) =>
          Effect.sync(() => sent.push(`${n}${version}`)).pipe(
            Effect.zipRight(Deferred.succeed(begun, undefined)),
            Effect.zipRight(version === "old" ? Deferred.await(gate) : Effect.void)
          )
      })
      const submit = (version: string) =>
        Jobs.submit(operation, { id: "a", items: Stream.map(Stream.range(0, 9), (n) => ({ n, version })) })
      yield* Effect.gen(function* () {
        yield* submit("old")
        yield* Deferred.await(begun)
        yield* Jobs.cancel("a")
        yield* Jobs.remove("a")
        yield* submit("new")
        yield* Deferred.succeed(gate, undefined)
        yield* Jobs.await("a", { every: "5 millis" })
        deepStrictEqual(
          sent.filter((one) => one.endsWith("new")).toSorted(),
          Array.from({ length: 10 }, (_, n) => `${n}new`)
        )
      }).pipe(
        Effect.provide(
          JobRunner.layer([operation], { every: "20 millis" }).pipe(Layer.provideMerge(JobEngine.layerMemory))
        )
      )
    })
)

it.live("a submit whose job is removed fails, and leaves no items", () =>
  Effect.gen(function* () {
    const operation = JobOperation.make({
      name: "again",
      item: Schema.Int,
      success: Schema.Void,
      key: String,
      send: () => Effect.void
    })
    // The items of the first batch are stored when the last one is read.
    const items = Stream.concat(
      Stream.range(0, 1499),
      Stream.fromEffect(Effect.as(Effect.orDie(Jobs.remove("a")), 1500))
    )
    const submitted = Effect.mapError(Jobs.submit(operation, { id: "a", items }), ({ message }) => message)
    assertLeft(yield* Effect.either(submitted), 'The job "a" was removed while it was submitted. Use another id.')
    const sql = yield* SqlClient.SqlClient
    deepStrictEqual(yield* sql`SELECT seq FROM certifier_job_items`, [])
  }).pipe(Effect.provide(Layer.tap(JobEngine.layerMemory, (context) => Effect.provide(Jobs.createTables, context))))
)
