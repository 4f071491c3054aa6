/** A process that submits and runs the jobs, and ends when all of them are over. Its argument is `Settings`. */
import { CertifierClient } from "@effect-certifier/core"
import { JobRunner, Jobs } from "@effect-certifier/jobs"
import * as JobEngine from "@effect-certifier/jobs/JobEngine"
import { RateLimiter } from "@effect-certifier/retry"
import * as RedisRateLimiter from "@effect-certifier/retry/RedisRateLimiter"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import * as PgClient from "@effect/sql-pg/PgClient"
import type { SqlClient } from "@effect/sql/SqlClient"
import type { WorkflowEngine } from "@effect/workflow/WorkflowEngine"
import { Cause, Clock, Console, Effect, Exit, Layer, Redacted, Schedule, Schema } from "effect"
import * as Death from "./death.js"
import { lockExpiration, pausedCode, Settings } from "./settings.js"
import { kinds, operations, submits } from "./work.js"

const settings = Schema.decodeUnknownSync(Schema.parseJson(Settings))(process.argv[2])

/** Repeats calls of `Jobs` while the database is unavailable, as recommended in `docs/guides/jobs.md`. */
const patiently = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.retry(effect, { schedule: Schedule.spaced("200 millis"), while: ({ _tag }) => _tag === "SqlError" })

const main = Effect.gen(function* () {
  yield* Effect.forEach(Object.values(submits(settings.sizes)), patiently, { discard: true })
  yield* Console.log("submitted")
  if (settings.resumes) {
    yield* Effect.forEach(kinds, (kind) => patiently(Effect.catchTag(Jobs.resume(kind), "JobState", () => Effect.void)))
  }
  const over = yield* Effect.forEach(kinds, (kind) => patiently(Jobs.await(kind, { every: "100 millis" })), {
    concurrency: "unbounded"
  })
  if (over.some(({ phase }) => phase === "paused")) process.exitCode = pausedCode
  else yield* Console.log("over")
})

const limiter =
  settings.redis === null
    ? RateLimiter.layer({ limit: settings.limit, margin: "500 millis" })
    : RedisRateLimiter.layer({
        redis: { host: "127.0.0.1", port: settings.redis },
        limit: settings.limit,
        margin: "500 millis",
        onUnavailable: "fail",
        timeout: "2 seconds"
      })

/** Adds the time of sending, because a busy service receives requests late, and closer together than they were sent. */
const transport = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(
    HttpClient.HttpClient,
    HttpClient.mapRequestEffect((request) =>
      Effect.map(Clock.currentTimeMillis, (now) =>
        HttpClientRequest.setHeaders(request, { "x-runner": String(process.pid), "x-sent-at": String(now) })
      )
    )
  )
).pipe(Layer.provide(FetchHttpClient.layer))

const client = RateLimiter.clientLayer(CertifierClient.layer, {
  accessToken: Redacted.make("any"),
  baseUrl: settings.api
}).pipe(Layer.provide(limiter), Layer.provide(transport))

const engine: Layer.Layer<WorkflowEngine | SqlClient, unknown> =
  "file" in settings.store
    ? JobEngine.layerEmbedded(settings.store)
    : Layer.provideMerge(
        JobEngine.layerRunner({ port: settings.store.port, rateLimit: "shared", lockExpiration }),
        PgClient.layer({ url: Redacted.make(settings.store.database), maxConnections: 6 })
      )

const runner = JobRunner.layer(operations(settings.settle), {
  every: "200 millis",
  restartAfter: "15 seconds",
  stalledAfter: settings.stalledAfter,
  grace: "2 seconds"
}).pipe(Layer.provide(client), Layer.provideMerge(engine), Layer.provide(Death.layer(settings)))

// Standard input closes when the parent process ends, even if that is killed.
process.stdin.on("end", () => process.kill(process.pid, "SIGKILL")).resume()
process.stdin.unref()

main.pipe(
  Effect.raceFirst(JobRunner.stalled),
  Effect.provide(runner),
  NodeRuntime.runMain({
    teardown: (exit) =>
      process.exit(Exit.isFailure(exit) && !Cause.isInterruptedOnly(exit.cause) ? 1 : process.exitCode)
  })
)
