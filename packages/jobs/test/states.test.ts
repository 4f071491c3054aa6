import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Chunk, Effect, Fiber, Schema, Stream, TestClock } from "effect"
import { type JobError, JobOperation, Jobs } from "../src/index.js"
import { JobRun } from "../src/internal/workflows.js"
import * as JobEngine from "../src/JobEngine.js"

const operationOf = (name: string) =>
  JobOperation.make({ name, item: Schema.String, success: Schema.Void, key: (item) => item, send: () => Effect.void })

const operation = operationOf("nothing")

const items = Stream.make("a", "b")

/** Submits a job that is still loading. */
const load = (id: string) =>
  Effect.flip(Jobs.submit(operation, { id, items: Stream.concat(items, Stream.fail("interrupted" as const)) }))

const phases = ["missing", "loading", "running", "paused", "cancelled", "done"] as const

/** A job in each phase. There is no runner that changes it. */
const put = (phase: (typeof phases)[number], id: string) =>
  Effect.gen(function* () {
    if (phase === "missing") return
    if (phase === "loading") return yield* Effect.asVoid(load(id))
    yield* Jobs.submit(operation, { id, items })
    const sql = yield* SqlClient.SqlClient
    if (phase === "done") return yield* Effect.asVoid(sql`UPDATE certifier_jobs SET state = 'done' WHERE id = ${id}`)
    if (phase === "paused") yield* Jobs.pause(id)
    if (phase === "cancelled") yield* Jobs.cancel(id)
  })

const phaseOf = (id: string) => Effect.map(Jobs.list, (jobs) => jobs.find((job) => job.id === id)?.phase ?? "missing")

const nothing = (id: string) => `JobNotFound: There is no job "${id}".`

const refused = (phase: string, expected: string) => `JobState: The job "${phase}" is ${phase}, expected ${expected}.`

/** For each command, the phase afterwards or the error, in the order of `phases`. */
const commands: ReadonlyArray<
  readonly [
    name: string,
    command: (
      id: string
    ) => Effect.Effect<unknown, JobError.JobNotFound | JobError.JobState | SqlError, SqlClient.SqlClient>,
    results: ReadonlyArray<string>
  ]
> = [
  [
    "pause",
    Jobs.pause,
    [
      nothing("missing"),
      refused("loading", "running"),
      "paused",
      "paused",
      refused("cancelled", "running"),
      refused("done", "running")
    ]
  ],
  [
    "resume",
    Jobs.resume,
    [
      nothing("missing"),
      refused("loading", "paused or cancelled"),
      "running",
      "running",
      "running",
      refused("done", "paused or cancelled")
    ]
  ],
  [
    "cancel",
    Jobs.cancel,
    [
      nothing("missing"),
      "cancelled",
      "cancelled",
      "cancelled",
      "cancelled",
      refused("done", "loading or running or paused")
    ]
  ],
  [
    "retry",
    (id) => Jobs.retry(id, "failed"),
    [
      nothing("missing"),
      refused("loading", "done, paused or cancelled"),
      refused("running", "done, paused or cancelled"),
      "paused",
      "cancelled",
      "done"
    ]
  ],
  [
    "remove",
    Jobs.remove,
    [nothing("missing"), "missing", refused("running", "paused, cancelled or done"), "missing", "missing", "missing"]
  ]
]

describe("the state of a job", () => {
  for (const [name, command, results] of commands) {
    it.effect(`allows ${name}, or a typed error says what it has to be`, () =>
      Effect.gen(function* () {
        yield* Jobs.createTables
        yield* Effect.forEach(phases, (phase) => put(phase, phase))
        const errors = yield* Effect.forEach(phases, (phase) =>
          Effect.match(command(phase), {
            onSuccess: () => undefined,
            onFailure: ({ _tag, message }) => `${_tag}: ${message}`
          })
        )
        const after = yield* Effect.forEach(phases, phaseOf)
        deepStrictEqual(
          after.map((phase, n) => errors[n] ?? phase),
          results
        )
        deepStrictEqual(
          after.filter((_, n) => errors[n] !== undefined),
          phases.filter((_, n) => errors[n] !== undefined)
        )
      }).pipe(Effect.provide(JobEngine.layerMemory))
    )
  }

  it.effect("is loading again when it is resumed after it was cancelled while loading", () =>
    Effect.gen(function* () {
      yield* Jobs.createTables
      yield* load("a")
      yield* Jobs.cancel("a")
      yield* Jobs.resume("a")
      strictEqual(yield* phaseOf("a"), "loading")
      yield* Jobs.submit(operation, { id: "a", items: Stream.concat(items, Stream.make("c")) })
      const [job] = yield* Jobs.list
      deepStrictEqual([job?.phase, job?.total], ["running", 3])
    }).pipe(Effect.provide(JobEngine.layerMemory))
  )
})

describe("a job", () => {
  it.effect("that does not exist has no progress and no results", () =>
    Effect.gen(function* () {
      yield* Jobs.createTables
      const errors = yield* Effect.all([
        Effect.flip(Jobs.await("a")),
        Effect.flip(Stream.runDrain(Jobs.progress("a"))),
        Effect.flip(Stream.runDrain(Jobs.results(operation, "a")))
      ])
      deepStrictEqual(
        errors.map(({ _tag, message }) => `${_tag}: ${message}`),
        Array.from({ length: 3 }, () => nothing("a"))
      )
    }).pipe(Effect.provide(JobEngine.layerMemory))
  )

  it.effect("is not submitted or read with another operation", () =>
    Effect.gen(function* () {
      yield* Jobs.createTables
      yield* put("running", "a")
      const other = operationOf("other")
      const errors = yield* Effect.all([
        Effect.flip(Jobs.submit(other, { id: "a", items })),
        Effect.flip(Stream.runDrain(Jobs.results(other, "a")))
      ])
      const mismatch = `JobMismatch: The job "a" has the operation nothing. Use another id.`
      deepStrictEqual(
        errors.map(({ _tag, message }) => `${_tag}: ${message}`),
        [mismatch, mismatch]
      )
      deepStrictEqual(
        (yield* Jobs.list).map(({ operation, total }) => [operation, total]),
        [["nothing", 2]]
      )
    }).pipe(Effect.provide(JobEngine.layerMemory))
  )

  it.effect("is not stored with an invalid id or without a valid key of each item", () =>
    Effect.gen(function* () {
      yield* Jobs.createTables
      const ids = ["", "a b", "é", "x".repeat(201)]
      const refusals = yield* Effect.forEach(ids, (id) => Effect.flip(Jobs.submit(operation, { id, items })))
      deepStrictEqual(
        refusals.map(({ _tag }) => _tag),
        ids.map(() => "JobMismatch")
      )
      deepStrictEqual(yield* Jobs.list, [])
      const keys = ["", "x".repeat(513)]
      const invalid = yield* Effect.forEach(keys, (key) =>
        Effect.flip(Jobs.submit(operation, { id: "a", items: Stream.make("b", key) }))
      )
      deepStrictEqual(
        invalid.map(({ message }) => message),
        keys.map(() => `Item 1 of job "a" has a key that does not have 1 to 512 characters.`)
      )
      strictEqual(yield* phaseOf("a"), "loading")
      yield* Jobs.submit(operation, { id: "x".repeat(200), items: Stream.make("x".repeat(512)) })
      strictEqual(yield* phaseOf("x".repeat(200)), "running")
    }).pipe(Effect.provide(JobEngine.layerMemory))
  )

  it.effect("is removed after 5 seconds if the engine never ends its executions, with the engine's rows", () =>
    Effect.gen(function* () {
      yield* Jobs.createTables
      yield* put("done", "a")
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE own_messages (id INTEGER, entity_id TEXT, processed INTEGER)`
      yield* sql`CREATE TABLE own_replies (id INTEGER, request_id INTEGER)`
      const mine = yield* JobRun.executionId({ job: "a", run: 0 })
      yield* sql`INSERT INTO own_messages ${sql.insert([
        { id: 1, entity_id: mine, processed: 0 },
        { id: 2, entity_id: "other", processed: 0 }
      ])}`
      yield* sql`INSERT INTO own_replies ${sql.insert([
        { id: 3, request_id: 1 },
        { id: 4, request_id: 2 }
      ])}`
      const fiber = yield* Effect.fork(Jobs.remove("a", { engineTables: "own" }))
      // The database is asynchronous in real time.
      const turn = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))
      yield* Effect.repeat(Effect.zipRight(turn, TestClock.sleeps()), { until: Chunk.contains(5000) })
      strictEqual(fiber.unsafePoll(), null)
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(fiber)
      deepStrictEqual(
        [yield* sql`SELECT id FROM own_messages`, yield* sql`SELECT id FROM own_replies`]
          .flat()
          .map(({ id }) => Number(id)),
        [2, 4]
      )
      strictEqual(yield* phaseOf("a"), "missing")
    }).pipe(Effect.provide(JobEngine.layerMemory))
  )
})
