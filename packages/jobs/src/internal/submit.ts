import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment } from "@effect/sql/Statement"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { InvalidItem, JobMismatch } from "../JobError.js"
import { Cipher, type Service } from "./cipher.js"
import type { Codec } from "./erased.js"
import * as Store from "./store.js"
import { turn } from "./turn.js"

interface Entry {
  readonly seq: number
  readonly item_key: string
  readonly payload: string
}

const batchSize = 500

const maxKey = 512

/** PostgreSQL can't store these. */
const unstorable = /\0|\p{Surrogate}/u

const problemOf = (key: string): string | undefined => {
  if (key === "" || key.length > maxKey) return `has a key that does not have 1 to ${maxKey} characters`
  return unstorable.test(key) ? "has a key with a NUL or half of a surrogate pair" : undefined
}

const entryOf = <Item, Out>(job: string, codec: Codec<Item, Out>, cipher: Service) =>
  Effect.fnUntraced(function* (item: Item, seq: number) {
    const payload = yield* Effect.mapError(codec.encodeItem(item), (problem) => new InvalidItem({ job, seq, problem }))
    const key = codec.key(item)
    const problem = problemOf(key)
    if (problem !== undefined) return yield* new InvalidItem({ job, seq, problem })
    const entry: Entry = { seq, item_key: yield* cipher.digest(key), payload }
    return entry
  })

const duplicate = (job: string, seq: number, other: number) =>
  new InvalidItem({ job, seq, problem: `has the same key as item ${other}` })

/** Compares the entries with rows that exist already, from an interrupted submit or another submit. */
const compare = Effect.fnUntraced(function* (job: string, entries: ReadonlyArray<Entry>) {
  const sql = yield* SqlClient.SqlClient
  const cipher = yield* Cipher
  const rows = yield* sql<{ seq: unknown; item_key: string; payload: string }>`SELECT seq, item_key, payload
    FROM certifier_job_items WHERE job = ${job} AND (${sql.in(
      "seq",
      entries.map(({ seq }) => seq)
    )}
    OR ${sql.in(
      "item_key",
      entries.map(({ item_key }) => item_key)
    )})`
  const bySeq = new Map(rows.map((row) => [Store.int(row.seq), row]))
  const byKey = new Map(rows.map((row) => [row.item_key, Store.int(row.seq)]))
  for (const { item_key, payload, seq } of entries) {
    const row = bySeq.get(seq)
    if (row !== undefined && (row.item_key !== item_key || (yield* cipher.decode(row.payload)) !== payload)) {
      return yield* new JobMismatch({ job, problem: `has another item at position ${seq}` })
    }
    const other = byKey.get(item_key)
    if (other !== undefined && other !== seq) return yield* duplicate(job, seq, other)
  }
})

/** Entries as rows of a query, from one parameter, because a database takes twice as long for a parameter for each value. */
const rowsOf = Effect.fnUntraced(function* (entries: ReadonlyArray<Entry>) {
  const sql = yield* SqlClient.SqlClient
  const cipher = yield* Cipher
  const stored = yield* Effect.forEach(entries, ({ item_key, payload, seq }) =>
    Effect.map(cipher.encode(payload), (encoded) => [seq, item_key, encoded])
  )
  const json = JSON.stringify(stored)
  return sql.onDialectOrElse({
    pg: () => sql`(SELECT (value ->> 0)::INTEGER AS seq, value ->> 1 AS item_key, value ->> 2 AS payload
      FROM json_array_elements(${json}::json)) AS entries`,
    orElse: () => sql`(SELECT value ->> 0 AS seq, value ->> 1 AS item_key, value ->> 2 AS payload
      FROM json_each(${json})) AS entries`
  })
})

const insert = Effect.fnUntraced(function* (
  job: string,
  it: Fragment,
  entries: ReadonlyArray<Entry>,
  maySeed: boolean
) {
  const seen = new Map<string, number>()
  for (const { item_key, seq } of entries) {
    const other = seen.get(item_key)
    if (other !== undefined) return yield* duplicate(job, seq, other)
    seen.set(item_key, seq)
  }
  if (maySeed) {
    const sql = yield* SqlClient.SqlClient
    const inserted = yield* sql`INSERT INTO certifier_job_items (job, seq, item_key, payload, state, attempts)
      SELECT ${job}, seq, item_key, payload, 'pending', 0 FROM ${yield* rowsOf(entries)}
      WHERE EXISTS (SELECT 1 FROM certifier_jobs WHERE ${it})
      ON CONFLICT DO NOTHING RETURNING seq`
    if (inserted.length === entries.length) return
  }
  yield* compare(job, entries)
})

const chunkOf = (total: number) => (total > 100_000 ? 1000 : 500)

/** Stores the items in batches, and starts the job once it is complete. */
export const submit = Effect.fnUntraced(function* <Item, Out, E, R>(options: {
  readonly id: string
  readonly operation: string
  readonly codec: Codec<Item, Out>
  readonly items: Stream.Stream<Item, E, R>
}): Effect.fn.Return<void, E | InvalidItem | JobMismatch | SqlError, R | SqlClient.SqlClient> {
  const { codec, id, items, operation } = options
  const sql = yield* SqlClient.SqlClient
  const cipher = yield* Cipher
  const created_at = yield* Clock.currentTimeMillis
  const row = { id, operation, state: "loading", total: 0, chunk: chunkOf(0), run: created_at, created_at }
  yield* sql`INSERT INTO certifier_jobs ${sql.insert(row)} ON CONFLICT DO NOTHING`
  const job = yield* Store.jobOf(id)
  if (job === undefined || job.operation !== operation) {
    return yield* new JobMismatch({ job: id, problem: `has the operation ${job?.operation}` })
  }
  const isLoading = job.state === "loading"
  const toEntry = entryOf(id, codec, cipher)
  const it = sql`id = ${id} AND created_at = ${job.createdAt}`
  const total = yield* items.pipe(
    Stream.grouped(batchSize),
    // Encodes the next batch while the database writes the last one, whose statement is sent at the end of a turn.
    Stream.mapAccumEffect(0, (count, batch) =>
      turn.pipe(
        Effect.zipRight(Effect.forEach(batch, (item, n) => toEntry(item, count + n))),
        Effect.map((entries) => [count + batch.length, entries] as const)
      )
    ),
    Stream.buffer({ capacity: 1 }),
    Stream.runFoldEffect(0, (count, entries) => Effect.as(insert(id, it, entries, isLoading), count + entries.length))
  )
  const [left] = yield* sql`SELECT 1 FROM certifier_jobs WHERE ${it}`
  if (left === undefined) {
    yield* sql`DELETE FROM certifier_job_items WHERE job = ${id}
      AND NOT EXISTS (SELECT 1 FROM certifier_jobs WHERE id = ${id})`
    return yield* new JobMismatch({ job: id, problem: "was removed while it was submitted" })
  }
  if (!isLoading && total === job.total) return
  const [loaded] = yield* sql<{ n: unknown }>`SELECT count(*) AS n FROM certifier_job_items WHERE job = ${id}`
  if (Store.int(loaded?.n) !== total) {
    return yield* new JobMismatch({ job: id, problem: `has ${Store.int(loaded?.n)} items rather than ${total}` })
  }
  yield* sql`UPDATE certifier_jobs SET state = 'running', total = ${total}, chunk = ${chunkOf(total)}
    WHERE ${it} AND state = 'loading'`
})
