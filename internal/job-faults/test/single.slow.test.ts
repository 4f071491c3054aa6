import { JobOperation, JobRunner } from "@effect-certifier/jobs"
import * as JobEngine from "@effect-certifier/jobs/JobEngine"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as SqlClient from "@effect/sql/SqlClient"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Exit, Layer, Logger, LogLevel, Redacted, Schema, Scope } from "effect"
import * as Network from "./support/network.js"
import * as Store from "./support/store.js"

const missing = await Store.missing()
if (missing.length > 0) process.stderr.write(`No ${missing.join(" and no ")}: two runners are not tested here.\n`)

const operation = JobOperation.make({
  name: "nothing",
  item: Schema.Int,
  success: Schema.Void,
  key: String,
  send: () => Effect.void
})

const runnerOf = (database: string, port: number, rateLimit: "shared" | "single") =>
  JobRunner.layer([operation]).pipe(
    Layer.provide(JobEngine.layerRunner({ port, rateLimit, lockExpiration: "6 seconds" })),
    Layer.provide(PgClient.layer({ url: Redacted.make(database), maxConnections: 4 })),
    Layer.provide(Logger.minimumLogLevel(LogLevel.None))
  )

/** A database, and two runners that have not been started. */
const two = Effect.gen(function* () {
  const { database, reader } = yield* Store.postgres
  const [one, other] = yield* Effect.all([Network.freePort, Network.freePort])
  const isAtWork = (port: number) =>
    SqlClient.SqlClient.pipe(
      Effect.flatMap((sql) => sql`SELECT 1 FROM certifier_engine_locks WHERE address = ${`127.0.0.1:${port}`} LIMIT 1`),
      Effect.repeat({ until: (rows) => rows.length > 0 }),
      Effect.provide(reader)
    )
  return { database, one, other, isAtWork }
})

const timeout = 120_000

describe.skipIf(missing.length > 0)("a runner whose rate limit is not shared", () => {
  it.scopedLive(
    "is rejected while another one runs, and starts after the other one has ended",
    () =>
      Effect.gen(function* () {
        const { database, isAtWork, one, other } = yield* two
        const scope = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
        yield* Layer.buildWithScope(runnerOf(database, one, "shared"), scope)
        yield* isAtWork(one)
        const single = runnerOf(database, other, "single")
        const error = yield* Effect.flip(Effect.scoped(Layer.build(single)))
        deepStrictEqual([error._tag, "other" in error && error.other], ["RateLimitNotShared", `127.0.0.1:${one}`])
        yield* Scope.close(scope, Exit.void)
        yield* Layer.build(single)
        yield* isAtWork(other)
      }),
    timeout
  )

  it.scopedLive(
    "fails when another one starts",
    () =>
      Effect.gen(function* () {
        const { database, isAtWork, one, other } = yield* two
        const single = yield* Layer.build(runnerOf(database, one, "single"))
        yield* isAtWork(one)
        yield* Layer.build(runnerOf(database, other, "shared"))
        const error = yield* Effect.flip(Effect.provide(JobRunner.stalled, single))
        deepStrictEqual([error._tag, "other" in error && error.other], ["RateLimitNotShared", `127.0.0.1:${other}`])
      }),
    timeout
  )
})
