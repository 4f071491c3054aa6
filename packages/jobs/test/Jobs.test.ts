import * as CertifierError from "@effect-certifier/core/CertifierError"
import { describe, it } from "@effect/vitest"
import { assertLeft, assertRight, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as SqlClient from "@effect/sql/SqlClient"
import { WorkflowEngine } from "@effect/workflow/WorkflowEngine"
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as ConfigError from "effect/ConfigError"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Struct from "effect/Struct"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { JobEncryption, JobOperation, JobRunner, Jobs } from "../src/index.js"
import * as JobEngine from "../src/JobEngine.js"
import { Service } from "./issuingService.js"

const Person = Schema.Struct({ name: Schema.String, email: Schema.String })

const people = (count: number) =>
  Stream.range(0, count - 1).pipe(Stream.map((n) => ({ name: `Person ${n}`, email: `p${n}@example.com` })))

/** Counts calls by address; the call fails with the error of `reply`. */
const greeting = (reply: (email: string, call: number) => Effect.Effect<void, CertifierError.CertifierError>) => {
  const calls = new Map<string, number>()
  const operation = JobOperation.make({
    name: "greet",
    item: Person,
    success: Schema.Struct({ greeted: Schema.String }),
    key: ({ email }) => email,
    send: ({ email, name }) =>
      Effect.suspend(() => {
        const call = (calls.get(email) ?? 0) + 1
        calls.set(email, call)
        return Effect.as(reply(email, call), { greeted: name })
      })
  })
  return { calls, operation }
}

const quick = { every: "20 millis", grace: "1 second" } as const

const live = <R>(operation: JobOperation.Any<R>, options: JobRunner.Options = {}) =>
  JobRunner.layer([operation], { ...quick, ...options }).pipe(Layer.provideMerge(JobEngine.layerMemory))

const counts = ({ done, failed, pending, phase, sent, unknown }: Jobs.Progress) => ({
  phase,
  pending,
  sent,
  done,
  failed,
  unknown
})

const settled = { phase: "done", pending: 0, sent: 0, done: 0, failed: 0, unknown: 0 } as const

const everything = Effect.void

describe("Jobs", () => {
  it.live("runs each item once, and stores results and typed errors", () => {
    const { calls, operation } = greeting((email) =>
      email.startsWith("p7@")
        ? Effect.fail(
            new CertifierError.ValidationError({ operation: "greet", apiMessage: Option.some("no such person") })
          )
        : everything
    )
    return Effect.gen(function* () {
      yield* Jobs.submit(operation, { id: "a", items: people(60) })
      deepStrictEqual(counts(yield* Jobs.await("a", quick)), { ...settled, done: 59, failed: 1 })
      deepStrictEqual([calls.size, Math.max(...calls.values())], [60, 1])
      const [failed] = Chunk.toReadonlyArray(
        yield* Stream.runCollect(Jobs.results(operation, "a", { state: "failed" }))
      )
      deepStrictEqual(
        [failed?.seq, failed?.item.name, failed?.attempts, Option.getOrThrow(failed?.error ?? Option.none()).message],
        [
          7,
          "Person 7",
          1,
          new CertifierError.ValidationError({ operation: "greet", apiMessage: Option.some("no such person") }).message
        ]
      )
      const all = yield* Stream.runCollect(Jobs.results(operation, "a"))
      deepStrictEqual(
        Chunk.toReadonlyArray(all).map(({ seq }) => seq),
        Array.from({ length: 60 }, (_, seq) => seq)
      )
      deepStrictEqual(Chunk.unsafeGet(all, 3).result, Option.some({ greeted: "Person 3" }))
    }).pipe(Effect.provide(live(operation)))
  })

  it.live("mails once more when an unknown issuance is retried, and continues with the same credential", () => {
    const service = new Service()
    service.lostResponses = 2
    const { issueCredential } = JobOperation
    const person = { name: "Ada Example", email: "ada@example.com" }
    return Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* Jobs.submit(issueCredential, {
        id: "a",
        items: Stream.make({ groupId: "01k0grp00000000000000000g1", recipient: person })
      })
      deepStrictEqual(counts(yield* Jobs.await("a", quick)), { ...settled, unknown: 1 })
      strictEqual(yield* Jobs.retry("a", "unknown"), 1)
      deepStrictEqual(counts(yield* Jobs.await("a", quick)), { ...settled, unknown: 1 })
      deepStrictEqual(service.credentials, [{ status: "issued", mails: 2 }])
      // The retry allowed one mail only.
      deepStrictEqual(
        (yield* sql`SELECT repeats FROM certifier_job_items`).map(({ repeats }) => Number(repeats)),
        [0]
      )
      yield* Jobs.retry("a", "unknown")
      deepStrictEqual(counts(yield* Jobs.await("a", quick)), { ...settled, done: 1 })
      deepStrictEqual(service.credentials, [{ status: "issued", mails: 3 }])
    }).pipe(Effect.provide(live(issueCredential).pipe(Layer.provideMerge(service.layer()))))
  })

  it.live("pauses at a 401 with its error, resumes, and retries failed items", () => {
    let refuses = true
    const { calls, operation } = greeting((email) =>
      refuses && email === "p3@example.com"
        ? Effect.fail(new CertifierError.Unauthorized({ operation: "greet" }))
        : refuses || email !== "p4@example.com"
          ? everything
          : Effect.fail(new CertifierError.NotFound({ operation: "greet" }))
    )
    return Effect.gen(function* () {
      yield* Jobs.submit(operation, { id: "a", items: people(5) })
      const paused = yield* Jobs.await("a", quick)
      deepStrictEqual(
        [paused.phase, Option.map(paused.error, ({ _tag }) => _tag)],
        ["paused", Option.some("CertifierUnauthorized")]
      )
      assertLeft(yield* Effect.either(Effect.mapError(Jobs.retry("b", "failed"), ({ _tag }) => _tag)), "JobNotFound")
      refuses = false
      calls.delete("p4@example.com")
      yield* Jobs.resume("a")
      const over = yield* Jobs.await("a", quick)
      strictEqual(over.done + over.failed, 5)
      refuses = true
      strictEqual(yield* Jobs.retry("a", "failed"), over.failed)
      yield* Jobs.await("a", quick)
    }).pipe(Effect.provide(live(operation, { perChunk: 1 })))
  })

  it.live("rejects other items with the same id, items with the same key, and invalid items, by position", () => {
    const { operation } = greeting(() => everything)
    const tagOf = <E extends { readonly message: string }>(error: E) => error.message
    return Effect.gen(function* () {
      yield* Jobs.submit(operation, { id: "a", items: people(3) })
      yield* Jobs.submit(operation, { id: "a", items: people(3) })
      const submit = (id: string, items: Stream.Stream<typeof Person.Type>) =>
        Effect.either(Effect.mapError(Jobs.submit(operation, { id, items }), tagOf))
      const other = { name: "Other", email: "p1@example.com" }
      assertLeft(
        yield* submit("a", Stream.concat(people(1), Stream.make(other))),
        `The job "a" has another item at position 1. Use another id.`
      )
      assertLeft(yield* submit("a", people(2)), `The job "a" has 3 items rather than 2. Use another id.`)
      assertLeft(yield* submit("a", people(4)), `The job "a" has 3 items rather than 4. Use another id.`)
      assertLeft(
        yield* submit("b", Stream.concat(people(3), Stream.make(other))),
        `Item 3 of job "b" has the same key as item 1.`
      )
      // The first 500 items are stored by then.
      assertLeft(
        yield* submit("c", Stream.concat(people(600), Stream.make(other))),
        `Item 600 of job "c" has the same key as item 1.`
      )
      const groups = Jobs.submit(JobOperation.updateGroup, {
        id: "d",
        items: Stream.make({ id: "../x", patch: { name: "" } })
      })
      assertLeft(yield* Effect.either(Effect.mapError(groups, tagOf)), `Item 0 of job "d" is invalid at patch.`)
    }).pipe(Effect.provide(live(operation)))
  })

  it.live("rejects keys that a database can't store, and stores all others", () => {
    const { operation } = greeting(() => everything)
    const ofKeys = (id: string, keys: ReadonlyArray<string>) =>
      Jobs.submit(operation, { id, items: Stream.fromIterable(keys.map((email) => ({ name: "Ada", email }))) }).pipe(
        Effect.mapError(({ message }) => message),
        Effect.either
      )
    const length = `Item 0 of job "a" has a key that does not have 1 to 512 characters.`
    const character = `Item 0 of job "a" has a key with a NUL or half of a surrogate pair.`
    return Effect.gen(function* () {
      assertLeft(yield* ofKeys("a", [""]), length)
      assertLeft(yield* ofKeys("a", ["x".repeat(513)]), length)
      assertLeft(yield* ofKeys("a", ["a\0"]), character)
      assertLeft(yield* ofKeys("a", ["\ud83d"]), character)
      const stored = ["x".repeat(512), `"'\\\n\u2028\ud83d\ude00`, "ä', (1, 2) -- ?", "null"]
      assertRight(yield* ofKeys("b", stored), undefined)
      const items = yield* Stream.runCollect(Jobs.results(operation, "b"))
      deepStrictEqual(
        Chunk.toReadonlyArray(items).map(({ item }) => item.email),
        stored
      )
    }).pipe(Effect.provide(live(operation)))
  })

  it.live("continues an interrupted submit, and starts nothing before all items are stored", () => {
    const { calls, operation } = greeting(() => everything)
    return Effect.gen(function* () {
      const dying = Stream.concat(people(20), Stream.fail("died" as const))
      assertLeft(yield* Effect.either(Jobs.submit(operation, { id: "a", items: dying })), "died")
      const [first] = Chunk.toReadonlyArray(yield* Stream.runCollect(Stream.take(Jobs.progress("a", quick), 3)))
      deepStrictEqual([first?.phase, first?.total, calls.size], ["loading", 20, 0])
      yield* Jobs.submit(operation, { id: "a", items: people(40) })
      deepStrictEqual(counts(yield* Jobs.await("a", quick)), { ...settled, done: 40 })
      deepStrictEqual([calls.size, Math.max(...calls.values())], [40, 1])
    }).pipe(Effect.provide(live(operation)))
  })

  it.live("lists jobs, newest first, and reads the file from another connection", () => {
    const { operation } = greeting((email) =>
      email.startsWith("p1@") ? Effect.fail(new CertifierError.NotFound({ operation: "greet" })) : everything
    )
    return Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "certifier-jobs-list-"))),
        (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
      )
      const file = join(folder, "jobs.db")
      const reader = yield* Layer.build(JobEngine.layerDatabase({ file }))
      const read = Effect.map(Effect.provide(Jobs.list, reader), (jobs) => jobs.map(Struct.omit("createdAt")))
      yield* Effect.provide(Jobs.createTables, reader)
      deepStrictEqual(yield* read, [])
      yield* Effect.gen(function* () {
        const dying = Stream.concat(people(2), Stream.fail("died" as const))
        yield* Jobs.submit(operation, { id: "first", items: people(4) })
        yield* Jobs.await("first", quick)
        yield* Effect.flip(Jobs.submit(operation, { id: "second", items: dying }))
        deepStrictEqual(yield* read, [
          { ...settled, id: "second", operation: "greet", phase: "loading", total: 2, pending: 2 },
          { ...settled, id: "first", operation: "greet", total: 4, done: 3, failed: 1 }
        ])
        const [second, first] = yield* Jobs.list
        const isNewer =
          second !== undefined &&
          first !== undefined &&
          DateTime.greaterThanOrEqualTo(second.createdAt, first.createdAt)
        strictEqual(isNewer, true)
      }).pipe(
        Effect.provide(JobRunner.layer([operation], quick).pipe(Layer.provideMerge(JobEngine.layerEmbedded({ file }))))
      )
    }).pipe(Effect.scoped)
  })

  it.live("stops at pause and cancel, and removes all rows", () => {
    return Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      const gate = yield* Deferred.make<void>()
      const { calls, operation } = greeting(() =>
        Effect.zipRight(Deferred.succeed(begun, undefined), Deferred.await(gate))
      )
      yield* Effect.gen(function* () {
        yield* Jobs.submit(operation, { id: "a", items: people(50) })
        yield* Deferred.await(begun)
        yield* Jobs.pause("a")
        yield* Deferred.succeed(gate, undefined)
        const paused = yield* Jobs.await("a", quick)
        strictEqual(paused.phase, "paused")
        const refused = yield* Effect.either(Effect.mapError(Jobs.pause("nothing"), ({ message }) => message))
        assertLeft(refused, `There is no job "nothing".`)
        yield* Jobs.cancel("a")
        strictEqual((yield* Jobs.await("a", quick)).phase, "cancelled")
        strictEqual(calls.size < 50, true)
        yield* Jobs.remove("a")
        const sql = yield* SqlClient.SqlClient
        deepStrictEqual(yield* sql`SELECT id FROM certifier_jobs`, [])
        deepStrictEqual(yield* sql`SELECT seq FROM certifier_job_items`, [])
      }).pipe(Effect.provide(live(operation)))
    })
  })

  it.live("stores encrypted items that can't be read without the key", () => {
    const { operation } = greeting(() =>
      Effect.fail(
        new CertifierError.ValidationError({ operation: "greet", apiMessage: Option.some("Person is unknown") })
      )
    )
    const key = Redacted.make(Buffer.alloc(32, 7).toString("base64"))
    return Effect.gen(function* () {
      yield* Jobs.submit(operation, { id: "a", items: people(2) })
      yield* Jobs.submit(operation, { id: "a", items: people(2) })
      deepStrictEqual(counts(yield* Jobs.await("a", quick)), { ...settled, failed: 2 })
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql`SELECT item_key, payload, error, result, step FROM certifier_job_items`
      strictEqual(rows.length, 2)
      strictEqual(/person|example/i.test(JSON.stringify(rows)), false)
      const [first] = Chunk.toReadonlyArray(yield* Stream.runCollect(Jobs.results(operation, "a")))
      deepStrictEqual(first?.item, { name: "Person 0", email: "p0@example.com" })
    }).pipe(Effect.provide(Layer.provideMerge(live(operation), JobEncryption.layer({ key }))))
  })

  it.effect("rejects a short key and options out of bounds, with the name and without the value", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Layer.launch(JobEncryption.layer({ key: Redacted.make("c2VjcmV0") })))
      deepStrictEqual(error, ConfigError.InvalidData(["key"], "Expected 32 bytes in Base64"))
      const { operation } = greeting(() => everything)
      const options = yield* Effect.flip(Effect.scoped(Layer.build(live(operation, { chunks: 0 }))))
      deepStrictEqual(options, ConfigError.InvalidData(["chunks"], "Expected a whole number from 1 to 64"))
    })
  )

  it.live("fails as stalled without progress, and only then", () => {
    const { operation } = greeting(() => Effect.never)
    return Effect.gen(function* () {
      yield* Jobs.submit(operation, { id: "a", items: people(1) })
      const error = yield* Effect.flip(JobRunner.stalled)
      deepStrictEqual([error._tag, "job" in error ? error.job : ""], ["JobStalled", "a"])
    }).pipe(
      Effect.provide(live(operation, { stalledAfter: "200 millis", grace: "10 millis" })),
      Effect.timeout("20 seconds")
    )
  })

  it.live("restarts a job that the engine has lost, but not while a process works on it", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const { calls, operation } = greeting(() => Deferred.await(gate))
      let isLost = true
      const forgetful = Layer.effect(
        WorkflowEngine,
        Effect.map(WorkflowEngine, (engine): WorkflowEngine["Type"] => ({
          ...engine,
          execute: (workflow, options) => (isLost ? Effect.never : engine.execute(workflow, options))
        }))
      )
      const runner = JobRunner.layer([operation], { ...quick, restartAfter: "300 millis" }).pipe(
        Layer.provide(forgetful),
        Layer.provideMerge(JobEngine.layerMemory)
      )
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const run = Effect.map(sql`SELECT run FROM certifier_jobs`, ([row]) => Number(row?.["run"]))
        yield* Jobs.submit(operation, { id: "a", items: people(3) })
        yield* Effect.repeat(Effect.delay(run, "20 millis"), { until: (run) => run > 1 })
        isLost = false
        yield* Effect.repeat(Effect.sleep("20 millis"), { until: () => calls.size === 3 })
        const during = yield* run
        yield* Effect.sleep("700 millis")
        strictEqual(yield* run, during)
        yield* Deferred.succeed(gate, undefined)
        deepStrictEqual(counts(yield* Jobs.await("a", quick)), { ...settled, done: 3 })
        strictEqual(Math.max(...calls.values()), 1)
      }).pipe(Effect.provide(runner))
    })
  )

  it.live("embedded: rejects a second process on its file, and continues the work of an earlier one", () => {
    const folder = mkdtempSync(join(tmpdir(), "certifier-jobs-"))
    const file = join(folder, "jobs.db")
    const { calls, operation } = greeting(() => everything)
    const layer = JobRunner.layer([operation], quick).pipe(Layer.provideMerge(JobEngine.layerEmbedded({ file })))
    return Effect.gen(function* () {
      yield* Effect.gen(function* () {
        yield* Jobs.submit(operation, { id: "a", items: people(30) })
        strictEqual((yield* Jobs.await("a", quick)).done, 30)
        const second = yield* Effect.flip(Effect.scoped(Layer.build(Layer.fresh(layer))))
        strictEqual(second._tag, "StoreInUse")
        strictEqual(yield* JobEngine.isInUse({ file }), true)
      }).pipe(Effect.provide(layer))
      strictEqual(yield* JobEngine.isInUse({ file }), false)
      yield* Effect.gen(function* () {
        strictEqual((yield* Jobs.await("a", quick)).done, 30)
        yield* Jobs.remove("a")
        const sql = yield* SqlClient.SqlClient
        deepStrictEqual(yield* sql`SELECT id FROM certifier_engine_messages`, [])
        deepStrictEqual(yield* sql`SELECT id FROM certifier_engine_replies`, [])
      }).pipe(Effect.provide(layer))
      strictEqual(calls.size, 30)
    }).pipe(Effect.ensuring(Effect.sync(() => rmSync(folder, { recursive: true, force: true }))))
  })
})
