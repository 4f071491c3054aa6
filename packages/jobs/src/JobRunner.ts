/**
 * Runs jobs: registers the two workflows with a `WorkflowEngine`, starts each job that is submitted, and watches that it moves.
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
import * as Store from "./internal/store.js"
import { starter } from "./internal/starter.js"
import { watch } from "./internal/watch.js"
import * as Workflows from "./internal/workflows.js"
import type { JobStalled, RateLimitNotShared, RunnerLost } from "./JobError.js"
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
  /**
   * How long no process has to work on a job, although one could, until it is started anew: the engine can lose a run when it
   * loses its database. Default 1 minute.
   */
  readonly restartAfter?: Duration.DurationInput | undefined
  /** How long nothing has to move, although there is work, until the run counts as stalled. Default 15 minutes. */
  readonly stalledAfter?: Duration.DurationInput | undefined
  /** How long calls in flight have to end when the scope closes, until they are interrupted. Default 10 seconds. */
  readonly grace?: Duration.DurationInput | undefined
}

/**
 * A runner at work. `stalled` never succeeds: it fails with `JobStalled`, or with an error of the engine (`RunnerLost`,
 * `RateLimitNotShared`). Wait for it in the main program, so that the process ends and its supervisor starts it again, which is always
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
 * The main program of a process that only runs jobs.
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

const report = ({ message }: SqlError) => Effect.logWarning("The store of the jobs does not respond", message)

/**
 * Runs jobs of these operations with the engine and the database that are provided (`JobEngine`, or your own). Creates its
 * tables. An invalid option is a `ConfigError`.
 *
 * When its scope closes, no further item is sent, and the calls in flight have `grace` to end.
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
          // Before the engine is closed, which waits for its chunks.
          yield* Effect.addFinalizer(() =>
            Effect.zipRight(
              Ref.set(stopping, true),
              Effect.timeoutOption(Effect.interruptible(FiberSet.awaitEmpty(fibers)), settings.grace)
            )
          )
          return { stalled: Effect.raceFirst(Deferred.await(stalled), lost) }
        })
      )
      return Layer.provideMerge(runner, Workflows.layer(byName, settings, { fibers, stopping }))
    })
  )
