import * as SqlClient from "@effect/sql/SqlClient"
import type { Fragment } from "@effect/sql/Statement"
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Failure } from "../JobError.js"
import * as Batch from "./batch.js"
import { Cipher } from "./cipher.js"
import type { Item, Ledger, Settled, State } from "./item.js"
import { Lost } from "./lost.js"
import { int, stored } from "./store.js"

interface Row {
  readonly seq: unknown
  readonly payload: string
  readonly state: State
  readonly attempts: unknown
  readonly token: string | null
  readonly first_sent_at: unknown
  readonly sent_at: unknown
  readonly step: string | null
  readonly repeats: unknown
}

const failureJson = Schema.parseJson(Failure)

export const encodeFailure = (error: Failure) => Effect.orDie(Schema.encode(failureJson)(error))

export const decodeFailure = (text: string) => Effect.orDie(Schema.decode(failureJson)(text))

interface Written {
  readonly seq: unknown
}

interface Write {
  readonly seq: number
  /** The token of the owner that the item must have. */
  readonly token: string | null
}

interface Intent extends Write {
  readonly now: number
  readonly counts: boolean
}

interface Outcome extends Write {
  readonly state: Settled["state"]
  readonly value: string
}

/**
 * Combines many writes into one statement, because each statement is flushed to disk or takes a round trip to the database. Fails with
 * `Lost` for an item that was not written.
 */
const written = <A extends Write>(
  write: (writes: Arr.NonEmptyReadonlyArray<A>) => Effect.Effect<ReadonlyArray<Written>>,
  kind: (one: A) => string
) =>
  Effect.map(
    Batch.make((writes: ReadonlyArray<A>) =>
      Effect.forEach(Object.values(Arr.groupBy(writes, kind)), write).pipe(
        Effect.map((rows) => new Set(rows.flat().map(({ seq }) => int(seq)))),
        Effect.map(
          (seqs) =>
            ({ seq }: A) =>
              seqs.has(seq)
        )
      )
    ),
    (request) => (one: A) => Effect.flatMap(request(one), (isWritten) => (isWritten ? Effect.void : new Lost()))
  )

/** The open items of a chunk, each with its ledger. `owner` is new for each run of a chunk. */
export const open = Effect.fnUntraced(function* (options: {
  readonly job: string
  readonly run: number
  readonly from: number
  readonly to: number
  readonly owner: string
}) {
  const sql = yield* SqlClient.SqlClient
  const cipher = yield* Cipher
  const { from, job, owner, run, to } = options
  const columns = sql.literal("seq, payload, state, attempts, token, first_sent_at, sent_at, step, repeats")

  const toItem = (row: Row) =>
    Effect.gen(function* () {
      const item: Item = {
        seq: int(row.seq),
        payload: yield* cipher.decode(row.payload),
        state: row.state,
        attempts: int(row.attempts),
        sentAt: int(row.sent_at ?? 0),
        since: int(row.first_sent_at ?? 0),
        readAt: yield* Clock.currentTimeMillis,
        step: row.step === null ? Option.none() : Option.some(yield* cipher.decode(row.step)),
        repeats: int(row.repeats) === 1
      }
      return item
    })

  const running = sql`EXISTS (SELECT 1 FROM certifier_jobs WHERE id = ${job} AND run = ${run} AND state = 'running')`
  const several = (writes: ReadonlyArray<{ readonly seq: number }>) =>
    sql`job = ${job} AND seq IN (${sql.literal(writes.map(({ seq }) => seq).join())})`
  const caseOf = (cases: ReadonlyArray<Fragment>) => sql`CASE seq ${sql.join(" ", false)(cases)} END`
  const ownedBy = (token: string | null) => (token === null ? sql`token IS NULL` : sql`token = ${token}`)

  // An earlier write whose response was lost may have succeeded: the token is then already ours.
  const intents = (writes: Arr.NonEmptyReadonlyArray<Intent>) => {
    const { counts, token } = writes[0]
    const at = caseOf(writes.map(({ now, seq }) => sql.literal(`WHEN ${seq} THEN ${now}`)))
    return stored(sql<Written>`UPDATE certifier_job_items SET state = 'sent', token = ${owner}, sent_at = ${at},
      first_sent_at = COALESCE(first_sent_at, ${at}), attempts = attempts + ${sql.literal(counts ? "1" : "0")}
      WHERE ${several(writes)} AND state IN ('pending', 'sent') AND (${ownedBy(token)} OR token = ${owner})
      AND ${running} RETURNING seq`)
  }

  const outcomes = (writes: Arr.NonEmptyReadonlyArray<Outcome>) => {
    const { state, token } = writes[0]
    const values = caseOf(writes.map(({ seq, value }) => sql`WHEN ${sql.literal(String(seq))} THEN ${value}`))
    const [result, error] = state === "done" ? [values, sql.literal("NULL")] : [sql.literal("NULL"), values]
    return stored(sql<Written>`UPDATE certifier_job_items SET state = ${state}, result = ${result}, error = ${error}
      WHERE ${several(writes)} AND ${ownedBy(token)} RETURNING seq`)
  }

  const intend = yield* written(intents, ({ counts, token }) => `${counts}/${token}`)
  const conclude = yield* written(outcomes, ({ state, token }) => `${state}/${token}`)

  const ledgerOf = (seq: number, found: string | null): Ledger => {
    const it = sql`job = ${job} AND seq = ${seq}`
    let token = found
    return {
      read: Effect.flatMap(stored(sql<Row>`SELECT ${columns} FROM certifier_job_items WHERE ${it}`), ([row]) =>
        row === undefined ? Effect.dieMessage("An item was removed while its job runs") : toItem(row)
      ),
      intent: (now, counts) =>
        Effect.suspend(() => intend({ seq, now, counts, token })).pipe(
          Effect.tap(() => {
            token = owner
          })
        ),
      step: (text) =>
        Effect.flatMap(cipher.encode(text), (step) =>
          Effect.flatMap(
            stored(sql`UPDATE certifier_job_items SET step = ${step}, repeats = 0
              WHERE ${it} AND token = ${owner} RETURNING seq`),
            (rows) => (rows.length === 0 ? new Lost() : Effect.void)
          )
        ),
      settle: (settled) =>
        Effect.gen(function* () {
          const text = settled.state === "done" ? settled.result : yield* encodeFailure(settled.error)
          return yield* conclude({ seq, state: settled.state, value: yield* cipher.encode(text), token })
        }),
      pause: (failure) =>
        Effect.gen(function* () {
          const error = yield* Effect.flatMap(encodeFailure(failure), cipher.encode)
          const paused = yield* stored(sql`UPDATE certifier_jobs SET state = 'paused', error = ${error}
            WHERE id = ${job} AND run = ${run} AND state = 'running' RETURNING id`)
          // Other calls in flight fail with the same error, and only the first one pauses the job.
          if (paused.length === 0) return
          yield* Effect.logWarning("The job was paused").pipe(Effect.annotateLogs({ job, error: failure._tag }))
        })
    }
  }

  const rows = yield* stored(sql<Row>`SELECT ${columns} FROM certifier_job_items
    WHERE job = ${job} AND seq >= ${from} AND seq < ${to} AND state IN ('pending', 'sent') ORDER BY seq`)
  return yield* Effect.forEach(rows, (row) =>
    Effect.map(toItem(row), (item) => ({ item, ledger: ledgerOf(item.seq, row.token) }))
  )
})
