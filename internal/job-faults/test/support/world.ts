import { Effect, Exit, Fiber, Scope } from "effect"
import * as Api from "./api.js"
import * as Invariants from "./invariants.js"
import * as Network from "./network.js"
import * as Program from "./program.js"
import { type Own, pausedCode, type Settings } from "./settings.js"
import * as Store from "./store.js"
import type { Sizes } from "./work.js"

const defaultLimit = 60

const maxLives = 200

/** A process that is restarted when it ends, until the jobs are over. */
export interface Runner {
  readonly lives: () => number
  readonly current: () => Program.Process | undefined
  /** The exits that were caused neither by the end of the jobs nor by a signal. */
  readonly failures: ReadonlyArray<Program.Exit>
  readonly killed: () => number
  /** Whether it ended because a job is paused. */
  readonly isPaused: () => boolean
  readonly isOver: () => boolean
  readonly over: Effect.Effect<void>
}

export interface World {
  readonly api: Api.Api
  readonly link: Network.Link | undefined
  readonly redis: Store.OwnRedis | undefined
  readonly runners: ReadonlyArray<Runner>
  /** Runs another process with the store of the first one. */
  readonly another: Effect.Effect<Program.Exit, never, Scope.Scope>
  /** Restarts the processes that ended because a job is paused. */
  readonly resume: Effect.Effect<void>
}

/** Waits for an action of another process. */
export const until = (what: string, holds: () => boolean): Effect.Effect<void> =>
  Effect.repeat(Effect.delay(Effect.sync(holds), "10 millis"), { until: (value) => value }).pipe(
    Effect.timeoutFail({ duration: "2 minutes", onTimeout: () => new Error(`Timed out: ${what}`) }),
    Effect.orDie,
    Effect.asVoid
  )

export const signal = (runner: Runner, name: NodeJS.Signals): Effect.Effect<void> =>
  Effect.sync(() => {
    const process = runner.current()
    if (process !== undefined) Program.signal(process.pid, name)
  })

interface Options {
  readonly store: "SQLite" | "PostgreSQL"
  readonly runners: number
  readonly sizes: Sizes
  readonly settle: number
  /** Requests per second. Default 60. */
  readonly limit?: number
  /** The points at which the processes of the first runner kill themselves. */
  readonly deaths: ReadonlyArray<{ readonly point: Own; readonly passes: number }>
}

interface OpenStore {
  readonly reader: Store.Reader
  readonly link: Network.Link | undefined
  readonly redis: Store.OwnRedis | undefined
  /** The store settings of one process. */
  readonly settings: Effect.Effect<Settings["store"]>
}

const storeOf = (store: Options["store"]): Effect.Effect<OpenStore, never, Scope.Scope> =>
  Effect.gen(function* () {
    if (store === "SQLite") {
      const { file, reader } = yield* Store.sqlite
      return { reader, link: undefined, redis: undefined, settings: Effect.succeed({ file }) }
    }
    const { database, link, reader } = yield* Store.postgres
    const redis = yield* Store.redis
    return { reader, link, redis, settings: Effect.map(Network.freePort, (port) => ({ database, port })) }
  })

const supervise = (worker: string, settings: Settings, deaths: Options["deaths"], hold: Effect.Effect<void>) =>
  Effect.gen(function* () {
    let lives = 0
    let killed = 0
    let isPaused = false
    let current: Program.Process | undefined
    const failures: Array<Program.Exit> = []
    const live = (resumes: boolean): Effect.Effect<void> =>
      Effect.gen(function* () {
        const death = deaths[lives] ?? null
        lives += 1
        if (lives > maxLives) return yield* Effect.dieMessage(`The jobs are not over after ${maxLives} processes`)
        const scope = yield* Scope.make()
        current = yield* Scope.extend(Program.start(worker, { ...settings, death, resumes }), scope)
        const exit = yield* Effect.onInterrupt(current.exit, () => Scope.close(scope, Exit.void))
        current = undefined
        yield* Scope.close(scope, Exit.void)
        // After SIGTERM, a worker ends earlier with the same exit code.
        if (exit.code === 0 && exit.output.endsWith("over\n")) return
        if (exit.code === null) killed += 1
        else if (exit.code === pausedCode) {
          isPaused = true
          yield* hold
        } else if (exit.code !== 0) failures.push(exit)
        return yield* live(exit.code === pausedCode)
      })
    const fiber = yield* Effect.forkScoped(live(false))
    const runner: Runner = {
      lives: () => lives,
      killed: () => killed,
      isPaused: () => isPaused,
      current: () => current,
      failures,
      isOver: () => fiber.unsafePoll() !== null,
      over: Fiber.join(fiber)
    }
    return runner
  })

/** Runs jobs of these sizes with faults, and returns the violations that were found at the end. */
export const run = (
  worker: string,
  options: Options,
  fault: (world: World) => Effect.Effect<void, never, Scope.Scope>
) =>
  Effect.gen(function* () {
    const { limit = defaultLimit, sizes } = options
    const api = yield* Api.make(sizes)
    const store = yield* storeOf(options.store)
    let isReleased = false
    const hold = until("resume", () => isReleased)
    const all = yield* Effect.forEach(Array.from({ length: options.runners }), () => store.settings)
    const settingsOf = (where: Settings["store"]): Settings => ({
      store: where,
      api: api.url,
      redis: store.redis?.port ?? null,
      limit,
      sizes,
      settle: options.settle,
      resumes: false,
      death: null
    })
    const runners = yield* Effect.forEach(all, (where) => supervise(worker, settingsOf(where), options.deaths, hold))
    const world: World = {
      api,
      link: store.link,
      redis: store.redis,
      runners,
      another: Effect.orDie(Effect.fromNullable(all[0])).pipe(
        Effect.flatMap((where) => Program.start(worker, settingsOf(where))),
        Effect.flatMap(({ exit }) => exit)
      ),
      resume: Effect.sync(() => {
        isReleased = true
      })
    }
    yield* fault(world)
    yield* Effect.forEach(runners, ({ over }) => over, { concurrency: "unbounded" })
    const kills = runners.reduce((sum, { killed }) => sum + killed(), 0)
    const found = yield* Effect.provide(
      Invariants.problems(api.sandbox, { sizes, limit, isShared: store.redis !== undefined }),
      store.reader
    )
    return { ...found, kills, failures: runners.flatMap(({ failures }) => failures) }
  }).pipe(Effect.scoped)
