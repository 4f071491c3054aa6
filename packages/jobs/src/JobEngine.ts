/**
 * Engines for jobs, on `@effect/workflow` and `@effect/cluster`: one embedded in a single process, over an SQLite file, and one for
 * several runners, over PostgreSQL.
 *
 * @since 0.1.0
 */
import * as CoreOptions from "@effect-certifier/core/Options"
import * as ClusterWorkflowEngine from "@effect/cluster/ClusterWorkflowEngine"
import * as RunnerAddress from "@effect/cluster/RunnerAddress"
import * as RunnerHealth from "@effect/cluster/RunnerHealth"
import * as Runners from "@effect/cluster/Runners"
import * as Sharding from "@effect/cluster/Sharding"
import * as ShardingConfig from "@effect/cluster/ShardingConfig"
import * as SqlMessageStorage from "@effect/cluster/SqlMessageStorage"
import * as SqlRunnerStorage from "@effect/cluster/SqlRunnerStorage"
import * as NodeClusterSocket from "@effect/platform-node/NodeClusterSocket"
import type { SocketServerError } from "@effect/platform/SocketServer"
import * as LibsqlClient from "@effect/sql-libsql/LibsqlClient"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Engine from "@effect/workflow/WorkflowEngine"
import type { ConfigError } from "effect/ConfigError"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { alone, Lease, watch } from "./internal/lease.js"
import { enginePrefix as prefix } from "./internal/prefix.js"
import { sharing } from "./internal/sqlite.js"
import * as Store from "./internal/store.js"
import { type RateLimitNotShared, StoreInUse } from "./JobError.js"

const urlOf = (file: string) => pathToFileURL(resolve(file)).href

/** The engine's ids have 63 bits. */
const sqlite = (file: string) => LibsqlClient.layer({ url: urlOf(file), intMode: "bigint" })

/** Several processes can use the file, for example to read or pause a job of another process. */
const shared = (file: string) => sharing("5 seconds")(sqlite(file))

/** Each write is flushed to disk, so that a stored intent survives a power cut. */
const writeAhead = Layer.effectDiscard(Effect.flatMap(SqlClient.SqlClient, (sql) => sql`PRAGMA journal_mode = WAL`))

const database = (file: string) => Layer.provideMerge(writeAhead, shared(file))

/**
 * Holds a transaction on a second file while the scope is open. The operating system ends it with the process, even after `kill -9`.
 */
const exclusive = (file: string) =>
  Effect.gen(function* () {
    const locked = yield* Deferred.make<void, StoreInUse>()
    const inUse = new StoreInUse({ file, problem: "is in use by another process, or can't be opened" })
    yield* Effect.flatMap(LibsqlClient.LibsqlClient, (sql) =>
      sql.withTransaction(Effect.zipRight(Deferred.succeed(locked, undefined), Effect.never))
    ).pipe(
      Effect.provide(sqlite(`${file}.lock`)),
      Effect.catchAllCause(() => Deferred.fail(locked, inUse)),
      Effect.forkScoped
    )
    yield* Deferred.await(locked)
  })

/** Retries, because a process that only checks whether the file is in use locks it for a moment. */
const patiently = (file: string) => Effect.retry(exclusive(file), { schedule: Schedule.spaced("200 millis"), times: 2 })

/** The engine keeps an execution in memory for this time after its end, by default a minute, in which a runner ends hundreds. */
const entityMaxIdleTime = Duration.seconds(10)

const storage = Layer.merge(SqlMessageStorage.layerWith({ prefix }), SqlRunnerStorage.layerWith({ prefix }))

/**
 * An engine in this process, over an SQLite file, which is created if it does not exist. It opens no port. A second process with the
 * same file fails with `StoreInUse`: a lock file next to it is locked until this process ends, even by `kill -9`. Use a local disk.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerEmbedded = (options: {
  readonly file: string
}): Layer.Layer<Engine.WorkflowEngine | SqlClient.SqlClient, ConfigError | StoreInUse | SqlError> => {
  const { file } = options
  return ClusterWorkflowEngine.layer.pipe(
    Layer.provide(Sharding.layer),
    Layer.provide(Runners.layerNoop),
    Layer.provideMerge(storage),
    Layer.provide(RunnerHealth.layerNoop),
    Layer.provide(ShardingConfig.layer({ entityMaxIdleTime, entityMessagePollInterval: Duration.seconds(1) })),
    Layer.provideMerge(database(file)),
    Layer.provideMerge(Layer.scopedDiscard(patiently(file)))
  )
}

/**
 * The database of `layerEmbedded` without an engine, for the functions of `Jobs`. It can be used while another process runs jobs on
 * the same file.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerDatabase = (options: {
  readonly file: string
}): Layer.Layer<SqlClient.SqlClient, ConfigError | SqlError> => database(options.file)

/**
 * Whether a process uses `layerEmbedded` with this file. Otherwise, a job in the phase `running` was interrupted.
 *
 * @since 0.1.0
 * @category combinators
 */
export const isInUse = (options: { readonly file: string }): Effect.Effect<boolean> =>
  Effect.scoped(exclusive(options.file)).pipe(
    Effect.as(false),
    Effect.catchTag("StoreInUse", () => Effect.succeed(true))
  )

/**
 * Options of a runner in a cluster.
 *
 * @since 0.1.0
 * @category models
 */
export interface RunnerOptions {
  /**
   * The address at which the other runners reach this one. The default is loopback, for runners on one machine. The port has no
   * authentication: use it only in a private network.
   */
  readonly host?: string | undefined
  readonly port: number
  /**
   * Whether the clients of all runners share their rate limit: `"shared"` if they use `RedisRateLimiter`, `"single"` if there is only
   * one runner. With `"single"`, a runner that finds another runner fails with `RateLimitNotShared`. There is no default, because
   * several runners with their own limiters multiply the rate.
   */
  readonly rateLimit: "shared" | "single"
  /** The time after which other runners take over the work of a silent runner; the same for all runners. Default 15 seconds. */
  readonly lockExpiration?: Duration.DurationInput | undefined
}

const clusterConfig = (
  address: RunnerAddress.RunnerAddress,
  lockExpiration: Duration.Duration
): Partial<ShardingConfig.ShardingConfig["Type"]> => ({
  runnerAddress: Option.some(address),
  // Advisory locks persist after the network is lost, and do not work through a connection pooler.
  shardLockDisableAdvisory: true,
  shardLockExpiration: lockExpiration,
  shardLockRefreshInterval: Duration.times(lockExpiration, 1 / 3),
  runnerHealthCheckInterval: Duration.times(lockExpiration, 1 / 3),
  entityTerminationTimeout: lockExpiration,
  entityMaxIdleTime,
  entityMessagePollInterval: Duration.seconds(2)
})

/** The engine creates its tables when its storage is built. */
const migrated = (config: Layer.Layer<ShardingConfig.ShardingConfig>) =>
  Layer.effectDiscard(Store.oneAtATime(Effect.scoped(Layer.build(Layer.provide(storage, config)))))

/**
 * Limits the time for closing the engine. After it has lost its database, closing can wait forever for running executions. Its locks
 * expire, so abandoning it is safe, and the process can end.
 */
const boundedClose = <A, E, R>(layer: Layer.Layer<A, E, R>, limit: Duration.Duration) =>
  Layer.scopedContext(
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      yield* Effect.addFinalizer((exit) =>
        Effect.gen(function* () {
          const closing = yield* Effect.forkDaemon(Scope.close(scope, exit))
          const closed = yield* Effect.timeoutOption(Effect.interruptible(Fiber.await(closing)), limit)
          if (Option.isNone(closed)) yield* Effect.logWarning("The engine of the jobs does not close")
        })
      )
      return yield* Layer.buildWithScope(layer, scope)
    })
  )

/**
 * One of several runners, over the PostgreSQL database that is provided as `SqlClient`. Runners find each other through the database.
 * A dead runner is replaced after `lockExpiration`, or up to 10 seconds later.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerRunner = (
  options: RunnerOptions
): Layer.Layer<
  Engine.WorkflowEngine,
  ConfigError | RateLimitNotShared | SqlError | SocketServerError,
  SqlClient.SqlClient
> =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const port = yield* CoreOptions.integer("port", options.port, { min: 1, max: 65_535 })
      const rateLimit = yield* CoreOptions.oneOf("rateLimit", options.rateLimit, ["shared", "single"])
      const expiration = yield* CoreOptions.duration("lockExpiration", options.lockExpiration ?? "15 seconds")
      const runner = RunnerAddress.make(options.host ?? "127.0.0.1", port)
      const address = `${runner.host}:${runner.port}`
      const shardingConfig = clusterConfig(runner, expiration)
      const config = ShardingConfig.layer(shardingConfig)
      const isAlone = rateLimit === "single"
      const lease = Layer.scoped(
        Lease,
        Effect.map(Effect.forkScoped(watch(address, expiration, isAlone)), (watching) => ({
          lost: Fiber.join(watching)
        }))
      )
      const engine = Layer.merge(ClusterWorkflowEngine.layer, lease).pipe(
        Layer.provide(NodeClusterSocket.layer({ storage: "byo", shardingConfig })),
        Layer.provide(Layer.provide(storage, config)),
        Layer.provide(isAlone ? Layer.effectDiscard(alone(address, expiration)) : Layer.empty),
        Layer.provide(migrated(config))
      )
      return boundedClose(engine, Duration.times(expiration, 2))
    })
  )

/**
 * An engine in memory for tests, with a database in a temporary folder that is removed when the scope closes.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory: Layer.Layer<Engine.WorkflowEngine | SqlClient.SqlClient> = /* #__PURE__ */ Layer.merge(
  Engine.layerMemory,
  Layer.unwrapScoped(
    Effect.map(
      Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "certifier-jobs-"))),
        (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
      ),
      (folder) => Layer.orDie(database(join(folder, "jobs.db")))
    )
  )
)
