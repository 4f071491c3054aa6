import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as SqlClient from "@effect/sql/SqlClient"
import { Chunk, Deferred, Effect, Exit, Fiber, Layer, Schema, Scope, Stream, TestClock } from "effect"
import { JobOperation, JobRunner, Jobs } from "../src/index.js"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as JobEngine from "../src/JobEngine.js"

/** Lets the database continue, which is asynchronous in real time. */
const tick = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))

const until = <E, R>(holds: Effect.Effect<boolean, E, R>) =>
  Effect.repeat(Effect.zipRight(tick, holds), { until: (value) => value })

describe("a runner that closes", () => {
  it.scoped("starts no further item, and waits for items in flight, no longer than grace", () =>
    Effect.gen(function* () {
      const begun = yield* Effect.all([Deferred.make<void>(), Deferred.make<void>()])
      const sent: Array<number> = []
      const operation = JobOperation.make({
        name: "close",
        item: Schema.Int,
        success: Schema.Void,
        key: String,
        send: (n) =>
          Effect.gen(function* () {
            sent.push(n)
            yield* Effect.forEach(begun.slice(n, n + 1), (one) => Deferred.succeed(one, undefined))
            yield* n === 0 ? Effect.never : Effect.sleep("5 seconds")
          })
      })
      const sql = yield* SqlClient.SqlClient
      const states = Effect.map(sql`SELECT state FROM certifier_job_items ORDER BY seq`, (rows) =>
        rows.map(({ state }) => state)
      )
      yield* Jobs.createTables
      yield* Jobs.submit(operation, { id: "a", items: Stream.range(0, 2) })
      const scope = yield* Scope.make()
      const runner = JobRunner.layer([operation], { perChunk: 2, grace: "12 seconds" })
      yield* Layer.buildWithScope(runner, scope)
      yield* Effect.forEach(begun, Deferred.await)
      const closing = yield* Effect.fork(Scope.close(scope, Exit.void))
      yield* until(Effect.map(TestClock.sleeps(), Chunk.contains(12_000)))
      yield* TestClock.adjust("5 seconds")
      yield* until(Effect.map(states, ([, second]) => second === "done"))
      yield* TestClock.adjust("6 seconds")
      strictEqual(closing.unsafePoll(), null)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(closing)
      deepStrictEqual(
        [yield* states, sent],
        [
          ["sent", "done", "pending"],
          [0, 1]
        ]
      )
    }).pipe(Effect.provide(JobEngine.layerMemory))
  )

  it.scopedLive("starts no further chunk, for which the engine would wait 15 seconds", () =>
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "certifier-jobs-"))),
        (path) => Effect.sync(() => rmSync(path, { recursive: true }))
      )
      const file = join(folder, "jobs.db")
      const [begun, gate] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const operation = JobOperation.make({
        name: "close",
        item: Schema.Int,
        success: Schema.Void,
        key: String,
        send: () => Effect.zipRight(Deferred.succeed(begun, undefined), Deferred.await(gate))
      })
      const runner = JobRunner.layer([operation], { chunks: 1, every: "20 millis" }).pipe(
        Layer.provideMerge(JobEngine.layerEmbedded({ file }))
      )
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(runner, scope)
      // Two chunks.
      yield* Effect.provide(Jobs.submit(operation, { id: "a", items: Stream.range(0, 500) }), context)
      yield* Deferred.await(begun)
      const closing = yield* Effect.fork(Scope.close(scope, Exit.void))
      yield* Effect.yieldNow()
      yield* Deferred.succeed(gate, undefined)
      yield* Effect.timeout(Fiber.join(closing), "5 seconds")
    })
  )
})
