import * as SqlClient from "@effect/sql/SqlClient"
import { it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as JobEngine from "../src/JobEngine.js"
import * as Store from "../src/internal/store.js"
import { makeWrites } from "../src/internal/ledger.js"

/** The jobs `a` and `b`, each with three items. */
const scene = Effect.gen(function* () {
  yield* Store.migrate
  const sql = yield* SqlClient.SqlClient
  for (const id of ["a", "b"]) {
    const job = { id, operation: "updateGroup", state: "running", total: 3, chunk: 500, run: 1, created_at: 0 }
    yield* sql`INSERT INTO certifier_jobs ${sql.insert(job)}`
    const items = [0, 1, 2].map((seq) => ({
      job: id,
      seq,
      item_key: `k${seq}`,
      payload: "{}",
      state: "pending",
      attempts: 0
    }))
    yield* sql`INSERT INTO certifier_job_items ${sql.insert(items)}`
  }
  const { conclude, intend } = yield* makeWrites
  const items = sql<Record<string, unknown>>`SELECT job || seq AS item, state, token, CAST(sent_at AS TEXT) AS at,
    CAST(attempts AS TEXT) AS attempts, result, error FROM certifier_job_items WHERE state <> 'pending' ORDER BY job, seq`
  return { conclude, intend, items: Effect.map(items, (rows) => rows.map((row) => Object.values(row).join(" "))), sql }
})

const intent = (job: string, seq: number, token: string, found: string | null = null) => ({
  job,
  run: 1,
  seq,
  found,
  token,
  now: 1000 + seq,
  counts: true
})

/** Writes at the same time, so that they are one statement. */
const results = <A, E>(writes: ReadonlyArray<Effect.Effect<A, E>>) =>
  Effect.map(Effect.forEach(writes, Effect.either, { concurrency: "unbounded" }), (all) =>
    all.map((result) => (Either.isRight(result) ? "written" : "lost"))
  )

it.scopedLive("intents of several jobs and chunks are written together", () =>
  Effect.gen(function* () {
    const { intend, items } = yield* scene
    const writes = [intent("a", 0, "x"), intent("a", 2, "y"), intent("b", 2, "z")]
    deepStrictEqual(yield* results(writes.map(intend)), ["written", "written", "written"])
    deepStrictEqual(yield* items, ["a0 sent x 1000 1  ", "a2 sent y 1002 1  ", "b2 sent z 1002 1  "])
  }).pipe(Effect.provide(JobEngine.layerMemory))
)

it.scopedLive("more writes than a statement has parameters for are several statements", () =>
  Effect.gen(function* () {
    const { intend, sql } = yield* scene
    const writes = Array.from({ length: 11_000 }, (_, seq) => intent("a", seq, "x"))
    const found = yield* results(writes.map(intend))
    deepStrictEqual(found.slice(0, 3), ["written", "written", "written"])
    deepStrictEqual(new Set(found.slice(3)), new Set(["lost"]))
    deepStrictEqual((yield* sql`SELECT seq FROM certifier_job_items WHERE token = 'x'`).length, 3)
  }).pipe(Effect.provide(JobEngine.layerMemory))
)

it.scopedLive("of two owners that write an intent for one item at the same time, one gets the item", () =>
  Effect.gen(function* () {
    const { intend, items } = yield* scene
    const found = yield* results([intent("a", 1, "x"), intent("a", 1, "y")].map(intend))
    deepStrictEqual(found.toSorted(), ["lost", "written"])
    const owner = found[0] === "written" ? "x" : "y"
    deepStrictEqual(yield* items, [`a1 sent ${owner} 1001 1  `])
  }).pipe(Effect.provide(JobEngine.layerMemory))
)

it.scopedLive("an intent for an item of another owner, run or state is lost, and the others are written", () =>
  Effect.gen(function* () {
    const { conclude, intend, items, sql } = yield* scene
    deepStrictEqual(yield* results([intend(intent("a", 0, "x")), intend(intent("a", 1, "x"))]), ["written", "written"])
    yield* conclude({ job: "a", seq: 1, token: "x", state: "done", value: "1" })
    yield* sql`UPDATE certifier_jobs SET state = 'paused' WHERE id = 'b'`
    const writes = [
      intent("a", 0, "y"),
      intent("a", 0, "z", "x"),
      intent("a", 1, "x", "x"),
      { ...intent("a", 2, "x"), run: 2 },
      intent("b", 0, "x")
    ]
    deepStrictEqual(yield* results(writes.map(intend)), ["lost", "written", "lost", "lost", "lost"])
    deepStrictEqual(yield* items, ["a0 sent z 1000 2  ", "a1 done x 1001 1 1 "])
  }).pipe(Effect.provide(JobEngine.layerMemory))
)

it.scopedLive("outcomes of all states are written together, but not for an item of another owner", () =>
  Effect.gen(function* () {
    const { conclude, intend, items } = yield* scene
    yield* results([0, 1, 2].map((seq) => intend(intent("a", seq, "x"))))
    yield* intend(intent("b", 0, "x"))
    const outcome = (job: string, seq: number, state: "done" | "failed" | "unknown", token = "x") =>
      conclude({ job, seq, token, state, value: `"${state}"` })
    const writes = [
      outcome("a", 0, "done"),
      outcome("a", 1, "failed"),
      outcome("a", 2, "unknown"),
      outcome("b", 0, "done", "y")
    ]
    deepStrictEqual(yield* results(writes), ["written", "written", "written", "lost"])
    deepStrictEqual(yield* items, [
      'a0 done x 1000 1 "done" ',
      'a1 failed x 1001 1  "failed"',
      'a2 unknown x 1002 1  "unknown"',
      "b0 sent x 1000 1  "
    ])
  }).pipe(Effect.provide(JobEngine.layerMemory))
)
