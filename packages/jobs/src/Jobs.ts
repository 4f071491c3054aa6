/**
 * Functions to submit, follow and control jobs. They need only a `SqlClient`, so a dashboard or a script needs no port and no
 * engine. A runner (`JobRunner`) with the same database does the work.
 *
 * @since 0.1.0
 */
import type { MigrationError } from "@effect/sql/Migrator"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { Cipher } from "./internal/cipher.js"
import { CodecId } from "./internal/erased.js"
import * as Ledger from "./internal/ledger.js"
import { enginePrefix } from "./internal/prefix.js"
import { clear, ended } from "./internal/remove.js"
import * as Store from "./internal/store.js"
import * as Submit from "./internal/submit.js"
import { type Failure, type InvalidItem, type ItemProblem, JobMismatch, JobNotFound, JobState } from "./JobError.js"
import type { JobOperation } from "./JobOperation.js"

/**
 * The phase of a job.
 *
 * - `loading`: its items are being submitted. No request is sent before all of them are stored.
 * - `running`, `paused`, `cancelled`. A 401, 402 or 403 pauses the job, with that error.
 * - `done`: each item is done, failed or unknown.
 *
 * @since 0.1.0
 * @category models
 */
export type Phase = "loading" | "running" | "paused" | "cancelled" | "done"

/**
 * The state of an item.
 *
 * - `pending`: no call is in flight.
 * - `sent`: a call is in flight, or was when its process ended.
 * - `done`: the item has a result.
 * - `failed`: the item has an error, and its call had no effect.
 * - `unknown`: a call may have taken effect, and this can't be determined. The item is not resent without `retry`.
 *
 * @since 0.1.0
 * @category models
 */
export type ItemState = "pending" | "sent" | "done" | "failed" | "unknown"

/**
 * The progress of a job: the number of its items in each state.
 *
 * @since 0.1.0
 * @category models
 */
export interface Progress {
  readonly phase: Phase
  /** The error that paused the job, if any. */
  readonly error: Option.Option<Failure>
  readonly total: number
  readonly pending: number
  readonly sent: number
  readonly done: number
  readonly failed: number
  readonly unknown: number
  /** Items per second since the first element of this stream. */
  readonly rate: number
  /** The time that the remaining items take at this rate. */
  readonly remaining: Option.Option<Duration.Duration>
}

/**
 * A job in the database, and the number of its items in each state.
 *
 * @since 0.1.0
 * @category models
 */
export interface Job extends Omit<Progress, "rate" | "remaining" | "error"> {
  readonly id: string
  /** The name of its operation. */
  readonly operation: string
  /** When it was first submitted. */
  readonly createdAt: DateTime.Utc
}

/**
 * An item of a job, as stored.
 *
 * @since 0.1.0
 * @category models
 */
export interface Result<Item, Out> {
  /** The position of the item in the submitted stream, from 0. */
  readonly seq: number
  readonly item: Item
  readonly state: ItemState
  readonly attempts: number
  readonly result: Option.Option<Out>
  readonly error: Option.Option<Failure>
}

/**
 * Submits a job: stores the items in batches, and starts the job once all of them are stored. To continue an interrupted submit,
 * submit the same stream again. Submitting an existing job again changes nothing.
 *
 * Fails with `JobMismatch` if a job with this id has other items, and with `InvalidItem` if an item is invalid for the operation,
 * or two items have the same key.
 *
 * @example
 * ```ts
 * import { JobOperation, Jobs } from "@effect-certifier/jobs"
 * import { Stream } from "effect"
 *
 * const program = Jobs.submit(JobOperation.updateGroup, {
 *   id: "2026-11-rename",
 *   items: Stream.make({ id: "01g90279gp5sbmfek7wymcsvec", patch: { name: "Financial Markets" } })
 * })
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const submit = /* #__PURE__ */ Effect.fn("CertifierJobs.submit")(function* <
  Name extends string,
  Item,
  Out,
  R2,
  E,
  R
>(
  operation: JobOperation<Name, Item, Out, R2>,
  options: { readonly id: string; readonly items: Stream.Stream<Item, E, R> }
): Effect.fn.Return<void, E | InvalidItem | JobMismatch | SqlError, R | SqlClient.SqlClient> {
  const { id, items } = options
  yield* Effect.annotateCurrentSpan("certifier.job", id)
  if (!/^[\x21-\x7e]{1,200}$/.test(id)) {
    return yield* new JobMismatch({ job: id.slice(0, 200), problem: "does not have 1 to 200 visible ASCII characters" })
  }
  yield* Submit.submit({ id, items, operation: operation.name, codec: operation[CodecId] })
})

/**
 * Creates the tables of jobs if they do not exist. A `JobRunner` does so by itself; a process that only submits or reads jobs calls
 * this first.
 *
 * @since 0.1.0
 * @category combinators
 */
export const createTables: Effect.Effect<void, MigrationError | SqlError, SqlClient.SqlClient> = Store.migrate

/**
 * All jobs in the database, newest first.
 *
 * @since 0.1.0
 * @category combinators
 */
export const list: Effect.Effect<ReadonlyArray<Job>, SqlError, SqlClient.SqlClient> = /* #__PURE__ */ Effect.map(
  Store.jobsWithCounts,
  (rows) =>
    rows.map(({ createdAt, state, ...row }) => ({
      ...row,
      phase: state,
      total: totalOf(row),
      createdAt: DateTime.unsafeMake(createdAt)
    }))
)

const jobOrFail = Effect.fnUntraced(function* (id: string) {
  return (yield* Store.jobOf(id)) ?? (yield* new JobNotFound({ job: id }))
})

const totalOf = ({ done, failed, pending, sent, unknown }: Store.Counts) => pending + sent + done + failed + unknown

const isOver = (phase: Phase) => phase === "done" || phase === "cancelled"

interface Counted extends Omit<Progress, "rate" | "remaining"> {
  readonly at: number
}

const snapshot = Effect.fnUntraced(function* (id: string) {
  const cipher = yield* Cipher
  const { error, state } = yield* jobOrFail(id)
  const counts = yield* Store.countsOf(id)
  const failure =
    state === "paused" && error !== null
      ? Option.some(yield* Effect.flatMap(cipher.decode(error), Ledger.decodeFailure))
      : Option.none()
  const counted: Counted = {
    ...counts,
    phase: state,
    error: failure,
    total: totalOf(counts),
    at: yield* Clock.currentTimeMillis
  }
  return counted
})

const settledOf = ({ done, failed, unknown }: Counted) => done + failed + unknown

const withRate = ({ at, ...current }: Counted, first: Counted): Progress => {
  const seconds = (at - first.at) / 1000
  const rate = seconds === 0 ? 0 : (settledOf({ ...current, at }) - settledOf(first)) / seconds
  const open = current.pending + current.sent
  return { ...current, rate, remaining: rate > 0 ? Option.some(Duration.seconds(open / rate)) : Option.none() }
}

/**
 * The progress of a job: one element at once, then one every `every` (default 1 second), until the job is done or cancelled.
 *
 * @since 0.1.0
 * @category combinators
 */
export const progress = (
  id: string,
  options?: { readonly every?: Duration.DurationInput | undefined }
): Stream.Stream<Progress, JobNotFound | SqlError, SqlClient.SqlClient> =>
  Stream.repeatEffectWithSchedule(snapshot(id), Schedule.spaced(options?.every ?? "1 second")).pipe(
    Stream.takeUntil(({ phase }) => isOver(phase)),
    Stream.mapAccum(Option.none<Counted>(), (first, current) => {
      const start = Option.getOrElse(first, () => current)
      return [Option.some(start), withRate(current, start)]
    })
  )

interface Stored {
  readonly seq: unknown
  readonly payload: string
  readonly state: ItemState
  readonly attempts: unknown
  readonly result: string | null
  readonly error: string | null
}

const pageSize = 500

/**
 * The items of a job in the order of their positions, optionally only those in one state.
 *
 * Fails with `JobMismatch` if the job has another operation, and with `ItemProblem` if a stored item can't be decoded.
 *
 * @since 0.1.0
 * @category combinators
 */
export const results = <Name extends string, Item, Out, R>(
  operation: JobOperation<Name, Item, Out, R>,
  id: string,
  options?: { readonly state?: ItemState | undefined }
): Stream.Stream<Result<Item, Out>, JobNotFound | JobMismatch | ItemProblem | SqlError, SqlClient.SqlClient> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const cipher = yield* Cipher
      const job = yield* jobOrFail(id)
      if (job.operation !== operation.name) {
        return yield* new JobMismatch({ job: id, problem: `has the operation ${job.operation}` })
      }
      const codec = operation[CodecId]
      const optional = <A, E>(text: string | null, decode: (text: string) => Effect.Effect<A, E>) =>
        text === null
          ? Effect.succeed(Option.none<A>())
          : Effect.map(Effect.flatMap(cipher.decode(text), decode), Option.some)
      const toResult = (row: Stored): Effect.Effect<Result<Item, Out>, ItemProblem> =>
        Effect.all({
          seq: Effect.succeed(Store.int(row.seq)),
          item: Effect.flatMap(cipher.decode(row.payload), codec.decodeItem),
          state: Effect.succeed(row.state),
          attempts: Effect.succeed(Store.int(row.attempts)),
          result: optional(row.result, codec.decodeResult),
          error: optional(row.error, Ledger.decodeFailure)
        })
      const ofState = options?.state === undefined ? sql`1 = 1` : sql`state = ${options.state}`
      return Stream.paginateChunkEffect(-1, (after) =>
        Effect.gen(function* () {
          const rows = yield* sql<Stored>`SELECT seq, payload, state, attempts, result, error FROM certifier_job_items
            WHERE job = ${id} AND seq > ${after} AND ${ofState} ORDER BY seq LIMIT ${sql.literal(String(pageSize))}`
          const page = yield* Effect.forEach(rows, toResult)
          const last = page.at(-1)
          return [
            Chunk.unsafeFromArray(page),
            last === undefined || page.length < pageSize ? Option.none<number>() : Option.some(last.seq)
          ] as const
        })
      )
    })
  )

const awaitJob = (
  id: string,
  options?: { readonly every?: Duration.DurationInput | undefined }
): Effect.Effect<Progress, JobNotFound | SqlError, SqlClient.SqlClient> =>
  progress(id, options).pipe(
    Stream.takeUntil(({ phase }) => phase === "paused"),
    Stream.runLast,
    Effect.flatMap((last) => Effect.orDie(last))
  )

export {
  /**
   * Waits until a job is done, cancelled or paused, and returns its last progress.
   *
   * @since 0.1.0
   * @category combinators
   */
  awaitJob as await
}

/** Moves a job from some states to another one. A job that was cancelled while loading is not complete, so it can't run. */
const move = (to: Phase, from: ReadonlyArray<Phase>, nextRun = false) =>
  Effect.fnUntraced(function* (id: string) {
    const sql = yield* SqlClient.SqlClient
    const state = nextRun ? sql`CASE WHEN state = 'cancelled' AND total = 0 THEN 'loading' ELSE ${to} END` : sql`${to}`
    const moved = yield* sql`UPDATE certifier_jobs SET state = ${state}, error = NULL,
      run = run + ${sql.literal(nextRun ? "1" : "0")} WHERE id = ${id} AND ${sql.in("state", from)} RETURNING id`
    if (moved.length > 0) return
    const job = yield* jobOrFail(id)
    if (job.state !== to) return yield* new JobState({ job: id, state: job.state, expected: from.join(" or ") })
  })

/**
 * Pauses a job. No further requests are sent; calls in flight complete, and their outcomes are stored.
 *
 * @since 0.1.0
 * @category combinators
 */
export const pause: (id: string) => Effect.Effect<void, JobNotFound | JobState | SqlError, SqlClient.SqlClient> =
  /* #__PURE__ */ move("paused", ["running"])

/**
 * Continues a paused or cancelled job. A job that was cancelled while it was loading is loading again: submit its items to continue.
 *
 * @since 0.1.0
 * @category combinators
 */
export const resume: (id: string) => Effect.Effect<void, JobNotFound | JobState | SqlError, SqlClient.SqlClient> =
  /* #__PURE__ */ move("running", ["paused", "cancelled"], true)

/**
 * Cancels a job: `await` and `progress` end. Calls in flight complete, and their outcomes are stored. `resume` continues a cancelled
 * job.
 *
 * @since 0.1.0
 * @category combinators
 */
export const cancel: (id: string) => Effect.Effect<void, JobNotFound | JobState | SqlError, SqlClient.SqlClient> =
  /* #__PURE__ */ move("cancelled", ["loading", "running", "paused"])

/**
 * Makes the failed or the unknown items of a job pending again, and runs the job. Returns the number of these items.
 *
 * An unknown item may have taken effect, so check it first: its call is repeated once, even if it sends a mail. An item of
 * `issueCredential` continues from its stored step, so no second credential is created.
 *
 * @since 0.1.0
 * @category combinators
 */
export const retry = /* #__PURE__ */ Effect.fn("CertifierJobs.retry")(function* (
  id: string,
  which: "failed" | "unknown"
) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql.withTransaction(
    Effect.gen(function* () {
      const { state } = yield* jobOrFail(id)
      if (!isOver(state) && state !== "paused") {
        return yield* new JobState({ job: id, state, expected: "done, paused or cancelled" })
      }
      const repeats = sql.literal(which === "unknown" ? "1" : "0")
      const rows = yield* sql`UPDATE certifier_job_items SET state = 'pending', attempts = 0, token = NULL,
        first_sent_at = NULL, error = NULL, repeats = ${repeats} WHERE job = ${id} AND state = ${which} RETURNING seq`
      if (rows.length > 0) {
        yield* sql`UPDATE certifier_jobs SET state = 'running', error = NULL, run = run + 1 WHERE id = ${id}`
      }
      return rows.length
    })
  )
})

/**
 * Deletes a job with its items and the engine's rows. The job must be done, paused, cancelled or loading. Waits up to 5 seconds for
 * calls in flight. Later ones complete, but their outcomes are not stored, and the engine can store rows without data of items.
 *
 * `engineTables` is the prefix of the engine's tables, if they were not created by `JobEngine`.
 *
 * @since 0.1.0
 * @category combinators
 */
export const remove = /* #__PURE__ */ Effect.fn("CertifierJobs.remove")(function* (
  id: string,
  options?: { readonly engineTables?: string | undefined }
) {
  const sql = yield* SqlClient.SqlClient
  const engineTables = options?.engineTables ?? enginePrefix
  const stopped = Effect.gen(function* () {
    const job = yield* jobOrFail(id)
    if (job.state === "running") {
      return yield* new JobState({ job: id, state: job.state, expected: "paused, cancelled or done" })
    }
    return job
  })
  yield* Effect.flatMap(stopped, (job) => ended(job, engineTables))
  // It may have been resumed meanwhile.
  yield* sql.withTransaction(Effect.flatMap(stopped, (job) => clear(job, engineTables)))
})
