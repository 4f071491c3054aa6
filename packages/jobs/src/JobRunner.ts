/**
 * Runs jobs: registers the two workflows with a `WorkflowEngine`, starts each job that is submitted, and watches that it moves.
 *
 * @since 0.1.0
 */
import * as CoreOptions from "@effect-certifier/core/Options"
import type { MigrationError } from "@effect/sql/Migrator"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type { WorkflowEngine } from "@effect/workflow/WorkflowEngine"
import type { ConfigError } from "effect/ConfigError"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Store from "./internal/store.js"
import * as Workflows from "./internal/workflows.js"
import { JobStalled } from "./JobError.js"
import type { Any } from "./JobOperation.js"

/**
 * How a runner works. At most `chunks` times `perChunk` items are in flight; what they may do a second is the rate limiter's of
 * the client.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Chunks of one job that run at the same time, over all runners. Default 2. */
  readonly chunks?: number | undefined
  /** Items of a chunk that are in flight at the same time. Default 4. */
  readonly perChunk?: number | undefined
  /** How often an item is sent before it ends as failed, or unknown. Default 20: a quarter of an hour. */
  readonly attempts?: number | undefined
  /** How often to look for jobs that were submitted or resumed. Default 1 second. */
  readonly every?: Duration.DurationInput | undefined
  /** How long nothing has to move, although there is work, until the run counts as stalled. Default 15 minutes. */
  readonly stalledAfter?: Duration.DurationInput | undefined
}

/**
 * A runner at work. `stalled` never succeeds: it fails with `JobStalled`. Wait for it in the main program, so that the process
 * ends and its supervisor starts it again, which is always safe.
 *
 * @since 0.1.0
 * @category services
 */
export class JobRunner extends Context.Tag("@effect-certifier/jobs/JobRunner")<
  JobRunner,
  { readonly stalled: Effect.Effect<never, JobStalled> }
>() {}

/**
 * The main program of a process that only runs jobs.
 *
 * @since 0.1.0
 * @category combinators
 */
export const stalled: Effect.Effect<never, JobStalled, JobRunner> = /* #__PURE__ */ Effect.flatMap(
  JobRunner,
  ({ stalled }) => stalled
)

const settingsOf = (options: Options) =>
  Effect.gen(function* () {
    return {
      chunks: yield* CoreOptions.integer("chunks", options.chunks ?? 2, { min: 1, max: 64 }),
      perChunk: yield* CoreOptions.integer("perChunk", options.perChunk ?? 4, { min: 1, max: 256 }),
      attempts: yield* CoreOptions.integer("attempts", options.attempts ?? 20, { min: 1, max: 1000 }),
      every: yield* CoreOptions.duration("every", options.every ?? "1 second"),
      stalledAfter: yield* CoreOptions.duration("stalledAfter", options.stalledAfter ?? "15 minutes"),
      intentAge: Duration.seconds(10)
    }
  })

/** Starts the runs that are due, again each minute: with the same key that has no effect on one that is running. */
const starter = (names: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const started = new Map<string, number>()
    return Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const rows = yield* sql<{ id: string; run: unknown }>`SELECT id, run FROM certifier_jobs
        WHERE state = 'running' AND ${sql.in("operation", names)}`
      const due = rows
        .map(({ id, run }) => ({ job: id, run: Store.int(run), key: `${Store.int(run)}/${id}` }))
        .filter(({ key }) => now - (started.get(key) ?? Number.NEGATIVE_INFINITY) >= 60_000)
      yield* Effect.forEach(due, ({ job, key, run }) =>
        Effect.zipRight(
          Workflows.JobRun.execute({ job, run }, { discard: true }),
          Effect.sync(() => started.set(key, now))
        )
      )
      for (const key of started.keys()) {
        if (!rows.some(({ id, run }) => `${Store.int(run)}/${id}` === key)) started.delete(key)
      }
    })
  })

/** Fails if a job with open items has not moved, as seen by this process, since `after`. */
const watch = (names: ReadonlyArray<string>, after: Duration.Duration) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const seen = new Map<string, { readonly mark: string; readonly at: number }>()
    return Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const rows = yield* sql<{ id: string; run: unknown; sent: unknown; n: unknown }>`SELECT j.id, j.run,
        max(i.sent_at) AS sent, count(*) AS n FROM certifier_jobs j JOIN certifier_job_items i ON i.job = j.id
        WHERE j.state = 'running' AND i.state IN ('pending', 'sent') AND ${sql.in("j.operation", names)} GROUP BY j.id, j.run`
      for (const { id, n, sent } of rows) {
        const mark = `${Store.int(sent ?? 0)}/${Store.int(n)}`
        const last = seen.get(id)
        if (last?.mark !== mark) seen.set(id, { mark, at: now })
        else if (now - last.at > Duration.toMillis(after)) {
          return yield* new JobStalled({ job: id, millis: now - last.at })
        }
      }
      for (const id of seen.keys()) if (!rows.some((row) => row.id === id)) seen.delete(id)
    })
  })

const report = ({ message }: SqlError) => Effect.logWarning("The store of the jobs does not respond", message)

/**
 * Runs jobs of these operations with the engine and the database that are provided (`JobEngine`, or your own). Creates its
 * tables. An invalid option is a `ConfigError`.
 *
 * When its scope closes, no further item is sent, and the engine waits for the calls in flight.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = <R>(
  operations: ReadonlyArray<Any<R>>,
  options: Options = {}
): Layer.Layer<JobRunner, ConfigError | MigrationError | SqlError, R | WorkflowEngine | SqlClient.SqlClient> =>
  Layer.unwrapScoped(
    Effect.gen(function* () {
      const settings = yield* settingsOf(options)
      const byName = new Map(operations.map((operation) => [operation.name, operation]))
      if (byName.size !== operations.length || byName.size === 0) {
        return yield* CoreOptions.invalid("operations", "at least one, each with its own name")
      }
      yield* Store.migrate
      const stopping = yield* Ref.make(false)
      const names = [...byName.keys()]
      const runner = Layer.scoped(
        JobRunner,
        Effect.gen(function* () {
          const stalled = yield* Deferred.make<never, JobStalled>()
          const start = yield* starter(names)
          const look = yield* watch(names, settings.stalledAfter)
          yield* start.pipe(
            Effect.catchTag("SqlError", report),
            Effect.repeat(Schedule.spaced(settings.every)),
            Effect.forkScoped
          )
          yield* look.pipe(
            Effect.catchTag("SqlError", report),
            Effect.repeat(Schedule.spaced(Duration.times(settings.stalledAfter, 0.1))),
            Effect.tapError((error) => Effect.logFatal(error.message)),
            Effect.catchAll((error) => Deferred.fail(stalled, error)),
            Effect.forkScoped
          )
          yield* Effect.addFinalizer(() => Ref.set(stopping, true))
          return { stalled: Deferred.await(stalled) }
        })
      )
      return Layer.provideMerge(runner, Workflows.layer(byName, settings, stopping))
    })
  )
