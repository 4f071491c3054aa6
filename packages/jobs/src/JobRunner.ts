/**
 * Runs jobs: registers two workflows with a `WorkflowEngine`, starts submitted jobs, and detects jobs without progress.
 *
 * @since 0.1.0
 */
import * as CoreOptions from "@effect-certifier/core/Options"
import type { MigrationError } from "@effect/sql/Migrator"
import type * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type { WorkflowEngine } from "@effect/workflow/WorkflowEngine"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import { Lease } from "./internal/lease.js"
import * as Ledger from "./internal/ledger.js"
import * as Store from "./internal/store.js"
import { starter } from "./internal/starter.js"
import { watch } from "./internal/watch.js"
import * as Workflows from "./internal/workflows.js"
import type { JobStalled, RateLimitNotShared, RunnerLost } from "./JobError.js"
import type { Any } from "./JobOperation.js"

/**
 * Options of a runner. At most `chunks` times `perChunk` items are in flight; the rate limiter of the client determines the number
 * of requests per second.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The number of chunks of one job that run at the same time, on all runners together. Default 2. */
  readonly chunks?: number | undefined
  /** The number of items of a chunk that are in flight at the same time. Default 4. */
  readonly perChunk?: number | undefined
  /** The maximum number of calls for an item, before it ends as failed or unknown. Default 20, about a quarter of an hour. */
  readonly attempts?: number | undefined
  /** The interval of polling for submitted and resumed jobs. Default 1 second. */
  readonly every?: Duration.DurationInput | undefined
  /**
   * The time after which a running job that no process works on is restarted, because the engine can lose a run when it loses its
   * database. Default 1 minute.
   */
  readonly restartAfter?: Duration.DurationInput | undefined
  /** The time without progress, although there is work, after which `stalled` fails. Default 15 minutes. */
  readonly stalledAfter?: Duration.DurationInput | undefined
  /** The time that calls in flight have to complete when the scope closes, before they are interrupted. Default 10 seconds. */
  readonly grace?: Duration.DurationInput | undefined
}

/**
 * A running runner. `stalled` never succeeds: it fails with `JobStalled`, or with an error of the engine (`RunnerLost`,
 * `RateLimitNotShared`). Wait for it in the main program, so that the process ends and its supervisor restarts it, which is always
 * safe.
 *
 * @since 0.1.0
 * @category services
 */
export class JobRunner extends Context.Tag("@effect-certifier/jobs/JobRunner")<
  JobRunner,
  { readonly stalled: Effect.Effect<never, JobStalled | RateLimitNotShared | RunnerLost> }
>() {}

/**
 * Waits for `JobRunner.stalled`: the main program of a process that only runs jobs.
 *
 * @since 0.1.0
 * @category combinators
 */
export const stalled: Effect.Effect<never, JobStalled | RateLimitNotShared | RunnerLost, JobRunner> =
  /* #__PURE__ */ Effect.flatMap(JobRunner, ({ stalled }) => stalled)

const settingsOf = (options: Options) =>
  Effect.gen(function* () {
    return {
      chunks: yield* CoreOptions.integer("chunks", options.chunks ?? 2, { min: 1, max: 64 }),
      perChunk: yield* CoreOptions.integer("perChunk", options.perChunk ?? 4, { min: 1, max: 256 }),
      attempts: yield* CoreOptions.integer("attempts", options.attempts ?? 20, { min: 1, max: 1000 }),
      every: yield* CoreOptions.duration("every", options.every ?? "1 second"),
      restartAfter: yield* CoreOptions.duration("restartAfter", options.restartAfter ?? "1 minute"),
      stalledAfter: yield* CoreOptions.duration("stalledAfter", options.stalledAfter ?? "15 minutes"),
      grace: yield* CoreOptions.duration("grace", options.grace ?? "10 seconds"),
      intentAge: Duration.seconds(10)
    }
  })

const report = ({ message }: SqlError) => Effect.logWarning("The database of the jobs is unavailable", message)

/**
 * Runs jobs with the given operations, on the provided engine and database (`JobEngine`, or your own). It creates its tables. Fails
 * with a `ConfigError` if an option is invalid.
 *
 * When the scope closes, no further item is sent, and calls in flight have `grace` to complete.
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
      const writes = yield* Ledger.makeWrites
      const fibers = yield* FiberSet.make<void>()
      const stopping = yield* Ref.make(false)
      const names = [...byName.keys()]
      const runner = Layer.scoped(
        JobRunner,
        Effect.gen(function* () {
          const stalled = yield* Deferred.make<never, JobStalled>()
          const { lost } = yield* Lease
          const start = yield* starter(names, settings.restartAfter)
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
          // Runs before the engine is closed, which waits for its chunks.
          yield* Effect.addFinalizer(() =>
            Ref.set(stopping, true).pipe(
              Effect.zipRight(Effect.timeoutOption(Effect.interruptible(FiberSet.awaitEmpty(fibers)), settings.grace)),
              // Interrupts the remaining calls, which would otherwise have the same time again when the engine closes.
              Effect.zipRight(FiberSet.clear(fibers))
            )
          )
          return { stalled: Effect.raceFirst(Deferred.await(stalled), lost) }
        })
      )
      return Layer.provideMerge(runner, Workflows.layer(byName, settings, { fibers, stopping, writes }))
    })
  )
