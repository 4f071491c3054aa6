import * as SqlClient from "@effect/sql/SqlClient"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { Failure } from "../JobError.js"
import * as Batch from "./batch.js"
import { Cipher } from "./cipher.js"
import type { Item, Ledger, Opened, Settled, State } from "./item.js"
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

interface Intent {
  readonly job: string
  readonly run: number
  readonly seq: number
  /** The token that the item must have. */
  readonly found: string | null
  /** The token that it gets. */
  readonly token: string
  readonly now: number
  readonly counts: boolean
}

interface Outcome {
  readonly job: string
  readonly seq: number
  /** The token that the item must have. */
  readonly token: string | null
  readonly state: Settled["state"]
  readonly value: string
}

interface Written {
  readonly job: string
  readonly seq: unknown
  readonly token: string | null
}

/** An item of a job that has a certain owner. */
const ownedOf = ({ job, seq, token }: Written) => `${int(seq)}/${token}/${job}`

/**
 * Combines writes of all chunks of this process into one statement, because each statement is flushed to disk or takes a round trip
 * to the database. A write fails with `Lost` if the item does not have the given token.
 */
const written = <A extends Written>(write: (writes: ReadonlyArray<A>) => Effect.Effect<ReadonlyArray<Written>>) =>
  Effect.map(
    Batch.make((writes: ReadonlyArray<A>) =>
      Effect.map(write(writes), (rows) => {
        const owned = new Set(rows.map(ownedOf))
        return (one: A) => owned.has(ownedOf(one))
      })
    ),
    (request) => (one: A) => Effect.flatMap(request(one), (isWritten) => (isWritten ? Effect.void : new Lost()))
  )

/** The writes of the items of this process. */
export interface Writes {
  readonly intend: (intent: Intent) => Effect.Effect<void, Lost>
  readonly conclude: (outcome: Outcome) => Effect.Effect<void, Lost>
}

export const makeWrites: Effect.Effect<Writes, never, Scope.Scope | SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = sql.join(", ", false)
  const number = (value: number) => sql.literal(String(value))

  // An earlier write whose response was lost may have succeeded: the token is then already ours.
  const intents = (writes: ReadonlyArray<Intent>) =>
    stored(sql<Written>`WITH write (of_job, of_run, at, found, owner, now, counts) AS (VALUES ${rows(
      writes.map(
        ({ counts, found, job, now, run, seq, token }) =>
          sql`(${job}, ${number(run)}, ${number(seq)}, ${found}, ${token}, ${number(now)}, ${number(counts ? 1 : 0)})`
      )
    )})
      UPDATE certifier_job_items SET state = 'sent', token = owner, sent_at = now,
      first_sent_at = COALESCE(first_sent_at, now), attempts = attempts + counts FROM write
      WHERE job = of_job AND seq = at AND state IN ('pending', 'sent') AND (token IS NOT DISTINCT FROM found OR token = owner)
      AND EXISTS (SELECT 1 FROM certifier_jobs WHERE id = of_job AND run = of_run AND certifier_jobs.state = 'running')
      RETURNING job, seq, token`)

  const outcomes = (writes: ReadonlyArray<Outcome>) =>
    stored(sql<Written>`WITH write (of_job, at, owner, outcome, value) AS (VALUES ${rows(
      writes.map(
        ({ job, seq, state, token, value }) =>
          sql`(${job}, ${number(seq)}, ${token}, ${sql.literal(`'${state}'`)}, ${value})`
      )
    )})
      UPDATE certifier_job_items SET state = outcome, result = CASE outcome WHEN 'done' THEN value END,
      error = CASE outcome WHEN 'done' THEN NULL ELSE value END FROM write
      WHERE job = of_job AND seq = at AND token IS NOT DISTINCT FROM owner RETURNING job, seq, token`)

  return { intend: yield* written(intents), conclude: yield* written(outcomes) }
})

/**
 * The open items of a chunk, and the ledger of each, which is created when its item starts: a ledger takes more memory than an item.
 * `owner` is new for each run of a chunk.
 */
export const open = Effect.fnUntraced(function* (options: {
  readonly job: string
  readonly run: number
  readonly from: number
  readonly to: number
  readonly owner: string
  readonly writes: Writes
}) {
  const sql = yield* SqlClient.SqlClient
  const cipher = yield* Cipher
  const { from, job, owner, run, to, writes } = options
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

  const ledgerOf = ({ item: { seq }, token: found }: Opened): Ledger => {
    const it = () => sql`job = ${job} AND seq = ${seq}`
    let token = found
    return {
      read: Effect.suspend(() => stored(sql<Row>`SELECT ${columns} FROM certifier_job_items WHERE ${it()}`)).pipe(
        Effect.flatMap(([row]) =>
          row === undefined ? Effect.dieMessage("An item was removed while its job runs") : toItem(row)
        )
      ),
      intent: (now, counts) =>
        Effect.suspend(() => writes.intend({ job, run, seq, found: token, token: owner, now, counts })).pipe(
          Effect.tap(() => {
            token = owner
          })
        ),
      step: (text) =>
        Effect.flatMap(cipher.encode(text), (step) =>
          Effect.flatMap(
            stored(sql`UPDATE certifier_job_items SET step = ${step}, repeats = 0
              WHERE ${it()} AND token = ${owner} RETURNING seq`),
            (rows) => (rows.length === 0 ? new Lost() : Effect.void)
          )
        ),
      settle: (settled) =>
        Effect.gen(function* () {
          const text = settled.state === "done" ? settled.result : yield* encodeFailure(settled.error)
          return yield* writes.conclude({ job, seq, token, state: settled.state, value: yield* cipher.encode(text) })
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
  const items = yield* Effect.forEach(rows, (row) => Effect.map(toItem(row), (item) => ({ item, token: row.token })))
  return { items, ledgerOf }
})
