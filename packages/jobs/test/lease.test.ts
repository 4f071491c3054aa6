import * as Reactivity from "@effect/experimental/Reactivity"
import * as SqlClient from "@effect/sql/SqlClient"
import type { Connection } from "@effect/sql/SqlConnection"
import { SqlError } from "@effect/sql/SqlError"
import * as Statement from "@effect/sql/Statement"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Clock, Duration, Effect, Exit, Fiber, Schema, Stream, TestClock } from "effect"
import { JobError, JobOperation, JobRunner } from "../src/index.js"
import { alone, Lease, watch } from "../src/internal/lease.js"
import * as JobEngine from "../src/JobEngine.js"

interface Lock {
  readonly address: string
  /** When it was acquired or refreshed. */
  readonly at: number
}

const condition = /WHERE address (=|<>) \? AND acquired_at > NOW\(\) - INTERVAL '(\d+) seconds'/

/** The locks of an engine, whose database has the time of the test clock instead of that of PostgreSQL. */
const makeLocks = Effect.gen(function* () {
  let locks: ReadonlyArray<Lock> = []
  let isAway = false
  const statements: Array<string> = []
  const select = (text: string, [address]: ReadonlyArray<unknown>) =>
    Effect.gen(function* () {
      statements.push(text)
      const [, operator, seconds] = condition.exec(text) ?? []
      if (operator === undefined) return yield* Effect.dieMessage(`Unexpected statement: ${text}`)
      if (isAway) return yield* new SqlError({ message: "away", cause: "a test" })
      const now = yield* Clock.currentTimeMillis
      const isFresh = ({ at }: Lock) => at > now - Number(seconds) * 1000
      return locks.filter((lock) => isFresh(lock) && (operator === "=") === (lock.address === address)).slice(0, 1)
    })
  const connection: Connection = {
    execute: select,
    executeUnprepared: select,
    executeRaw: select,
    executeValues: () => Effect.dieMessage("Unexpected values"),
    executeStream: () => Stream.dieMessage("Unexpected stream")
  }
  const client = yield* SqlClient.make({
    acquirer: Effect.succeed(connection),
    compiler: Statement.makeCompilerSqlite(),
    spanAttributes: []
  }).pipe(Effect.provide(Reactivity.layer))
  return {
    client,
    statements,
    /** Replaces all locks by one of each address, acquired now. */
    hold: (...addresses: ReadonlyArray<string>) =>
      Effect.map(Clock.currentTimeMillis, (at) => void (locks = addresses.map((address) => ({ address, at })))),
    away: (value: boolean) => Effect.sync(() => void (isAway = value))
  }
})

const expiration = Duration.seconds(15)

const self = "10.0.0.1:34431"

const other = "10.0.0.2:34431"

const alsoOther = new JobError.RateLimitNotShared({ other })

/** Its fiber, once it has begun. */
const begin = <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>, client: SqlClient.SqlClient) =>
  Effect.fork(Effect.provideService(effect, SqlClient.SqlClient, client)).pipe(Effect.zipLeft(TestClock.adjust(0)))

const isRunning = (fiber: Fiber.RuntimeFiber<unknown, unknown>) => fiber.unsafePoll() === null

describe("a runner that must be alone", () => {
  it.effect("fails when another runner keeps its locks for longer than they last without a refresh", () =>
    Effect.gen(function* () {
      const { client, hold } = yield* makeLocks
      yield* hold(other)
      const fiber = yield* begin(alone(self, Duration.seconds(3)), client)
      for (let second = 0; second < 3; second += 1) {
        yield* TestClock.adjust("1 second")
        yield* hold(other)
      }
      strictEqual(isRunning(fiber), true)
      yield* TestClock.adjust("1 second")
      deepStrictEqual(yield* Fiber.await(fiber), Exit.fail(alsoOther))
    })
  )

  it.effect("starts when the locks of a dead runner expire meanwhile", () =>
    Effect.gen(function* () {
      const { client, hold } = yield* makeLocks
      yield* hold(other)
      const fiber = yield* begin(alone(self, expiration), client)
      yield* TestClock.adjust("14 seconds")
      strictEqual(isRunning(fiber), true)
      yield* TestClock.adjust("1 second")
      strictEqual(Exit.isSuccess(yield* Fiber.await(fiber)), true)
    })
  )

  it.effect("ignores the locks of an earlier process with its address, and does not wait", () =>
    Effect.gen(function* () {
      const { client, hold, statements } = yield* makeLocks
      yield* hold(self)
      yield* Fiber.join(yield* begin(alone(self, expiration), client))
      strictEqual(statements.length, 1)
    })
  )

  it.effect("does not start without its database, and does not wait for it", () =>
    Effect.gen(function* () {
      const { away, client, statements } = yield* makeLocks
      yield* away(true)
      const error = yield* Effect.flip(Fiber.join(yield* begin(alone(self, expiration), client)))
      deepStrictEqual([error._tag, statements.length], ["SqlError", 1])
    })
  )
})

describe("the watch on a runner's locks", () => {
  /** Refreshes the locks every 5 seconds, like an engine. */
  const refresh = (hold: Effect.Effect<void>, times: number) =>
    Effect.repeatN(Effect.zipRight(hold, TestClock.adjust("5 seconds")), times - 1)

  it.effect("fails when the runner has held no fresh lock for three times the expiration", () =>
    Effect.gen(function* () {
      const { client, hold } = yield* makeLocks
      const fiber = yield* begin(watch(self, expiration, false), client)
      yield* refresh(hold(self, other), 3)
      // The last refresh was 5 seconds ago, and is seen until 10 seconds from now.
      yield* hold(other)
      yield* TestClock.adjust("45 seconds")
      strictEqual(isRunning(fiber), true)
      yield* TestClock.adjust("5 seconds")
      deepStrictEqual(yield* Fiber.await(fiber), Exit.fail(new JobError.RunnerLost({ address: self, millis: 50_000 })))
    })
  )

  it.effect("counts a lock that is no longer refreshed until it expires", () =>
    Effect.gen(function* () {
      const { client, hold } = yield* makeLocks
      yield* hold(self)
      const fiber = yield* begin(watch(self, expiration, false), client)
      yield* TestClock.adjust("55 seconds")
      strictEqual(isRunning(fiber), true)
      yield* TestClock.adjust("5 seconds")
      deepStrictEqual(yield* Fiber.await(fiber), Exit.fail(new JobError.RunnerLost({ address: self, millis: 50_000 })))
    })
  )

  it.effect("gives a runner that starts the same time to get its first lock", () =>
    Effect.gen(function* () {
      const { client, hold } = yield* makeLocks
      const fiber = yield* begin(watch(self, expiration, false), client)
      yield* TestClock.adjust("45 seconds")
      yield* refresh(hold(self), 3)
      strictEqual(isRunning(fiber), true)
    })
  )

  it.effect("starts its time again while the database is away", () =>
    Effect.gen(function* () {
      const { away, client } = yield* makeLocks
      const fiber = yield* begin(watch(self, expiration, true), client)
      yield* TestClock.adjust("40 seconds")
      yield* away(true)
      yield* TestClock.adjust("1 minute")
      yield* away(false)
      yield* TestClock.adjust("45 seconds")
      strictEqual(isRunning(fiber), true)
      yield* TestClock.adjust("5 seconds")
      deepStrictEqual(yield* Fiber.await(fiber), Exit.fail(new JobError.RunnerLost({ address: self, millis: 50_000 })))
    })
  )

  it.effect("fails at once when a runner that must be alone finds another one", () =>
    Effect.gen(function* () {
      const { client, hold } = yield* makeLocks
      const fiber = yield* begin(watch(self, expiration, true), client)
      yield* refresh(hold(self), 3)
      strictEqual(isRunning(fiber), true)
      yield* refresh(hold(self, other), 1)
      deepStrictEqual(yield* Fiber.await(fiber), Exit.fail(alsoOther))
    })
  )
})

it.live("the failure of the engine is that of the runner", () => {
  const operation = JobOperation.make({
    name: "nothing",
    item: Schema.Int,
    success: Schema.Void,
    key: String,
    send: () => Effect.void
  })
  const lost = new JobError.RunnerLost({ address: self, millis: 50_000 })
  return Effect.map(Effect.flip(JobRunner.stalled), (error) => deepStrictEqual(error, lost)).pipe(
    Effect.provide(JobRunner.layer([operation])),
    Effect.provideService(Lease, { lost: Effect.fail(lost) }),
    Effect.provide(JobEngine.layerMemory)
  )
})
