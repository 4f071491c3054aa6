import * as Activity from "@effect/workflow/Activity"
import * as Workflow from "@effect/workflow/Workflow"
import * as SqlClient from "@effect/sql/SqlClient"
import * as Arr from "effect/Array"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type { Any } from "../JobOperation.js"
import { framesOf } from "./frames.js"
import * as Item from "./item.js"
import * as Ledger from "./ledger.js"
import * as Metrics from "./metrics.js"
import * as Store from "./store.js"

const annotations = Context.make(Workflow.CaptureDefects, false)

const fields = { job: Schema.String, run: Schema.Int }

/** One execution for each chunk of a run, with one activity and without suspension. */
export const JobChunk = Workflow.make({
  name: "Certifier/JobChunk",
  payload: { ...fields, from: Schema.Int, to: Schema.Int, operation: Schema.String },
  idempotencyKey: ({ from, job, run }) => `${run}/${from}/${job}`,
  annotations
})

export const JobRun = Workflow.make({
  name: "Certifier/JobRun",
  payload: fields,
  idempotencyKey: ({ job, run }) => `${run}/${job}`,
  annotations
})

export interface Settings extends Item.Limits {
  readonly chunks: number
  readonly perChunk: number
  /** The time that calls in flight have to complete once a chunk has to stop, before they are interrupted. */
  readonly grace: Duration.Duration
  /** The time without a sign of work after which a job is restarted. */
  readonly restartAfter: Duration.Duration
}

/** The chunks that this process runs, and whether it is stopping and starts no further items. */
export interface Chunks {
  readonly fibers: FiberSet.FiberSet<void>
  readonly stopping: Ref.Ref<boolean>
  readonly writes: Ledger.Writes
}

const counting = (operation: string) => {
  const outcomes = Metrics.outcomes(operation)
  return (ledger: Item.Ledger): Item.Ledger => ({
    ...ledger,
    settle: (settled) => Effect.zipLeft(ledger.settle(settled), outcomes[settled.state])
  })
}

/** Increments the beat of a job, which shows that a process works on it. */
const beating = ({ job, run }: typeof JobChunk.payloadSchema.Type, silence: Duration.Duration) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.repeat(
      Effect.ignore(sql`UPDATE certifier_jobs SET beat = beat + 1 WHERE id = ${job} AND run = ${run}`),
      Schedule.spaced(Duration.times(silence, 1 / 6))
    )
  )

const runChunk = <R>(
  operations: ReadonlyMap<string, Any<R>>,
  settings: Settings,
  isStopping: Effect.Effect<boolean>,
  writes: Ledger.Writes,
  chunk: typeof JobChunk.payloadSchema.Type
) =>
  Effect.gen(function* () {
    const operation = operations.get(chunk.operation)
    if (operation === undefined) {
      return yield* Effect.dieMessage(`This runner does not have the operation ${chunk.operation}`)
    }
    yield* Effect.forkScoped(beating(chunk, settings.restartAfter))
    const owner = crypto.randomUUID()
    const { items, ledgerOf } = yield* Ledger.open({ ...chunk, owner, writes })
    const counted = counting(operation.name)
    const rest = Item.inOrder(items).values()
    const one = (opened: Item.Opened) =>
      Item.run(operation, opened.item, counted(ledgerOf(opened)), settings).pipe(
        Effect.catchTag("JobItemLost", () => Effect.void),
        // A bug in this package must not restart the chunk forever. The item keeps its intent, which the next run reads.
        Effect.catchAllDefect((defect) =>
          Effect.logError("A defect stopped an item, which the next run continues", framesOf(defect)).pipe(
            Effect.annotateLogs({ job: chunk.job, seq: opened.item.seq })
          )
        )
      )
    // A fiber for each item in flight, because one for each item costs more.
    const several = Effect.gen(function* () {
      for (const opened of rest) {
        if (yield* isStopping) return
        yield* one(opened)
      }
    })
    yield* Effect.all(Arr.replicate(several, settings.perChunk), { concurrency: "unbounded", discard: true })
  }).pipe(
    Effect.scoped,
    Effect.withSpan("CertifierJobs.chunk", {
      attributes: { "certifier.job": chunk.job, "certifier.job.run": chunk.run, "certifier.job.from": chunk.from }
    })
  )

/** An interrupted chunk succeeds, because the next run continues it. */
const given = (exit: Exit.Exit<void>) => (Exit.isInterrupted(exit) ? Effect.void : exit)

/**
 * Runs a chunk on its own fiber, which the engine can't interrupt. The engine would store an interruption with the execution and
 * repeat it forever ("interrupted and retry attempts exhausted"), without running the chunk. Instead, an interruption stops the chunk
 * gracefully, and the next run continues it.
 */
export const sheltered = (
  chunk: Effect.Effect<void>,
  mine: Ref.Ref<boolean>,
  { fibers }: Pick<Chunks, "fibers">,
  grace: Duration.Duration
) =>
  Effect.uninterruptible(
    Effect.gen(function* () {
      const fiber = yield* FiberSet.run(fibers, Effect.interruptible(chunk))
      const over = Effect.interruptible(Fiber.await(fiber))
      const waited = yield* Effect.exit(over)
      if (Exit.isSuccess(waited)) return yield* given(waited.value)
      yield* Ref.set(mine, true)
      yield* Effect.raceFirst(over, Effect.interruptible(Effect.delay(Fiber.interruptFork(fiber), grace)))
      return yield* Effect.flatMap(Fiber.await(fiber), given)
    })
  )

const runJob = (
  settings: Settings,
  isStopping: Effect.Effect<boolean>,
  { job, run }: typeof JobRun.payloadSchema.Type
) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const row = yield* Store.stored(Store.jobOf(job))
    if (row === undefined || row.run !== run || row.state !== "running") return
    const chunks = yield* Store.stored(Store.openChunks(job, row.chunk))
    yield* Effect.forEach(
      chunks,
      // The engine runs no new execution once it closes, and waits for this one until a timeout.
      (from) =>
        Effect.unlessEffect(
          JobChunk.execute({ job, run, from, to: from + row.chunk, operation: row.operation }),
          isStopping
        ),
      { concurrency: settings.chunks, discard: true }
    )
    const open = sql`EXISTS (SELECT 1 FROM certifier_job_items WHERE job = ${job} AND state IN ('pending', 'sent'))`
    const it = sql`id = ${job} AND run = ${run} AND state = 'running'`
    yield* Store.stored(sql`UPDATE certifier_jobs SET state = 'done' WHERE ${it} AND NOT ${open}`)
    // The next run has the items that a runner left open when it was stopped.
    yield* Store.stored(sql`UPDATE certifier_jobs SET run = run + 1 WHERE ${it} AND ${open}`)
  }).pipe(Effect.withSpan("CertifierJobs.run", { attributes: { "certifier.job": job, "certifier.job.run": run } }))

export const layer = <R>(operations: ReadonlyMap<string, Any<R>>, settings: Settings, chunks: Chunks) =>
  Layer.mergeAll(
    JobChunk.toLayer((chunk) =>
      Activity.make({
        name: "items",
        execute: Effect.gen(function* () {
          const context = yield* Effect.context<R | SqlClient.SqlClient>()
          const mine = yield* Ref.make(false)
          const isStopping = Effect.zipWith(mine.get, chunks.stopping.get, (one, other) => one || other)
          const run = Effect.provide(runChunk(operations, settings, isStopping, chunks.writes, chunk), context)
          return yield* sheltered(run, mine, chunks, settings.grace)
        })
      })
    ),
    JobRun.toLayer((payload) => runJob(settings, chunks.stopping.get, payload))
  )
