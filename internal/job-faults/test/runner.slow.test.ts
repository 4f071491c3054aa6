import { JobOperation, JobRunner, Jobs } from "@effect-certifier/jobs"
import * as JobEngine from "@effect-certifier/jobs/JobEngine"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as SqlClient from "@effect/sql/SqlClient"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Context, Deferred, Effect, Fiber, Layer, Logger, LogLevel, Redacted, Schema, Stream } from "effect"
import * as Network from "./support/network.js"
import * as Store from "./support/store.js"

const missing = await Store.missing()
if (missing.length > 0) process.stderr.write(`No ${missing.join(" and no ")}: a runner is not tested here.\n`)

/** A new database, and a runner on it. */
const start = <R>(operation: JobOperation.Any<R>) =>
  Effect.gen(function* () {
    const { database, reader } = yield* Store.postgres
    const port = yield* Network.freePort
    const runner = yield* JobRunner.layer([operation], { every: "50 millis", chunks: 4 }).pipe(
      Layer.provide(JobEngine.layerRunner({ port, rateLimit: "shared", lockExpiration: "3 seconds" })),
      Layer.provide(PgClient.layer({ url: Redacted.make(database), maxConnections: 4 })),
      Layer.provide(Logger.minimumLogLevel(LogLevel.None)),
      Layer.build
    )
    return { address: `127.0.0.1:${port}`, context: Context.merge(yield* Layer.build(reader), runner) }
  })

/** The end of each execution is stored. */
const idle = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.repeat(sql`SELECT 1 FROM certifier_engine_messages WHERE NOT processed`, {
    until: (rows) => rows.length === 0
  })
)

/** All rows that belong to jobs. */
const rows = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.all({
    jobs: sql`SELECT id FROM certifier_jobs ORDER BY id`,
    items: sql`SELECT job, count(*) AS n FROM certifier_job_items GROUP BY job ORDER BY job`,
    messages: sql`SELECT id, entity_id FROM certifier_engine_messages ORDER BY id`,
    replies: sql`SELECT id, request_id FROM certifier_engine_replies ORDER BY id`
  })
)

const every = "1 millis"

const timeout = 120_000

describe.skipIf(missing.length > 0)("a runner over PostgreSQL", () => {
  it.scopedLive(
    "leaves no row of a removed job, also if calls are in flight, and all rows of other jobs",
    () =>
      Effect.gen(function* () {
        const begun = yield* Deferred.make<void>()
        const gate = yield* Deferred.make<void>()
        const operation = JobOperation.make({
          name: "wait",
          item: Schema.Struct({ n: Schema.Int, waits: Schema.Boolean }),
          success: Schema.Void,
          key: ({ n }) => String(n),
          send: ({ waits }) =>
            waits ? Effect.zipRight(Deferred.succeed(begun, undefined), Deferred.await(gate)) : Effect.void
        })
        const submit = (id: string, waits = false) =>
          Jobs.submit(operation, { id, items: Stream.map(Stream.range(0, 1200), (n) => ({ n, waits })) })
        const { context } = yield* start(operation)
        yield* Effect.gen(function* () {
          yield* submit("kept")
          yield* Jobs.await("kept", { every })
          yield* idle
          const before = yield* rows
          strictEqual(before.messages.length > 3 && before.replies.length > 3, true)

          // The engine still has to store the end of the run.
          yield* submit("done")
          yield* Jobs.await("done", { every })
          yield* Jobs.remove("done")

          yield* submit("paused", true)
          yield* Deferred.await(begun)
          yield* Jobs.pause("paused")
          yield* Jobs.resume("paused")
          const sql = yield* SqlClient.SqlClient
          const begunAgain = sql`SELECT 1 FROM certifier_jobs j JOIN certifier_engine_messages m
            ON m.payload LIKE '%"run":' || j.run || '%' WHERE j.id = 'paused'`
          yield* Effect.repeat(begunAgain, { until: (rows) => rows.length > 0 })
          yield* Jobs.cancel("paused")
          const removing = yield* Effect.fork(Jobs.remove("paused"))
          yield* Effect.yieldNow()
          yield* Deferred.succeed(gate, undefined)
          yield* Fiber.join(removing)

          // Work of a later job ends after that of the removed ones.
          yield* submit("last")
          yield* Jobs.await("last", { every })
          yield* Jobs.remove("last")
          deepStrictEqual(yield* rows, before)
        }).pipe(Effect.provide(context))
      }),
    timeout
  )

  it.scopedLive(
    "fails when the engine has lost its locks and gets no others",
    () =>
      Effect.gen(function* () {
        const nothing = JobOperation.make({
          name: "nothing",
          item: Schema.Int,
          success: Schema.Void,
          key: String,
          send: () => Effect.void
        })
        const { address, context } = yield* start(nothing)
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* Effect.repeat(sql`SELECT 1 FROM certifier_engine_locks WHERE address = ${address}`, {
            until: (rows) => rows.length > 0
          })
          yield* sql`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`
          yield* sql`CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON certifier_engine_locks
            FOR EACH ROW EXECUTE FUNCTION refuse()`
          yield* sql`DELETE FROM certifier_engine_locks`
          const error = yield* Effect.flip(JobRunner.stalled)
          strictEqual(
            error.message.replace(/\d+ s/, "9 s"),
            `The runner ${address} has held no locks of the engine for 9 s. Restart this process.`
          )
          strictEqual(error._tag, "RunnerLost")
        }).pipe(Effect.provide(context))
      }),
    timeout
  )
})
