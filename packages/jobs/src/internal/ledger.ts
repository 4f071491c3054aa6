import * as SqlClient from "@effect/sql/SqlClient"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Failure } from "../JobError.js"
import { Cipher } from "./cipher.js"
import type { Item, Ledger, State } from "./item.js"
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

  const ledgerOf = (seq: number, found: string | null): Ledger => {
    const it = sql`job = ${job} AND seq = ${seq}`
    const mine = sql`${it} AND token = ${owner}`
    const written = (rows: ReadonlyArray<unknown>) => (rows.length === 0 ? new Lost() : Effect.void)
    let isMine = false
    return {
      read: Effect.flatMap(stored(sql<Row>`SELECT ${columns} FROM certifier_job_items WHERE ${it}`), ([row]) =>
        row === undefined ? Effect.dieMessage("An item was removed while its job runs") : toItem(row)
      ),
      intent: (now, counts) => {
        const before = isMine ? sql`token = ${owner}` : found === null ? sql`token IS NULL` : sql`token = ${found}`
        // An earlier write whose response was lost may have succeeded: the token is then already ours.
        return stored(sql`UPDATE certifier_job_items SET state = 'sent', token = ${owner}, sent_at = ${now},
          first_sent_at = COALESCE(first_sent_at, ${now}), attempts = attempts + ${sql.literal(counts ? "1" : "0")}
          WHERE ${it} AND state IN ('pending', 'sent') AND (${before} OR token = ${owner}) AND ${running} RETURNING seq`).pipe(
          Effect.flatMap(written),
          Effect.tap(() => {
            isMine = true
          })
        )
      },
      step: (text) =>
        Effect.flatMap(cipher.encode(text), (step) =>
          Effect.flatMap(
            stored(sql`UPDATE certifier_job_items SET step = ${step}, repeats = 0 WHERE ${mine} RETURNING seq`),
            written
          )
        ),
      settle: (settled) =>
        Effect.gen(function* () {
          const result = settled.state === "done" ? yield* cipher.encode(settled.result) : null
          const error =
            settled.state === "done" ? null : yield* Effect.flatMap(encodeFailure(settled.error), cipher.encode)
          const owned = isMine ? mine : found === null ? sql`${it} AND token IS NULL` : sql`${it} AND token = ${found}`
          const rows = yield* stored(sql`UPDATE certifier_job_items
            SET state = ${settled.state}, result = ${result}, error = ${error} WHERE ${owned} RETURNING seq`)
          return yield* written(rows)
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
