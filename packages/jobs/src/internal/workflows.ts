import * as Activity from "@effect/workflow/Activity"
import * as Workflow from "@effect/workflow/Workflow"
import * as SqlClient from "@effect/sql/SqlClient"
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

/** The engine's part: one execution for each chunk of a run, with one activity and no suspension. */
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
  /** How long calls in flight have until they are interrupted, once a chunk has to stop. */
  readonly grace: Duration.Duration
  /** Without a sign of life for this long, a job is started anew. */
  readonly restartAfter: Duration.Duration
}

/** The chunks that this process runs, and whether it starts no further item. */
export interface Chunks {
  readonly fibers: FiberSet.FiberSet<void>
  readonly stopping: Ref.Ref<boolean>
}

const counted = (operation: string, { item, ledger }: Item.Opened): Item.Opened => ({
  item,
  ledger: {
    ...ledger,
    settle: (settled) => Effect.tap(ledger.settle(settled), Metrics.outcome(operation, settled.state))
  }
})

/** While it changes, a process works on the job. */
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
  chunk: typeof JobChunk.payloadSchema.Type
) =>
  Effect.gen(function* () {
    const operation = operations.get(chunk.operation)
    if (operation === undefined) {
      return yield* Effect.dieMessage(`The operation ${chunk.operation} is not one of this runner's`)
    }
    yield* Effect.forkScoped(beating(chunk, settings.restartAfter))
    const owner = crypto.randomUUID()
    const items = yield* Ledger.open({ ...chunk, owner })
    yield* Effect.forEach(
      Item.inOrder(items.map((opened) => counted(operation.name, opened))),
      ({ item, ledger }) =>
        Effect.gen(function* () {
          if (yield* isStopping) return
          yield* Item.run(operation, item, ledger, settings).pipe(
            Effect.catchTag("JobItemLost", () => Effect.void),
            // A bug of ours must not restart the chunk for ever: the item keeps its intent, and the next run reads it.
            Effect.catchAllDefect((defect) =>
              Effect.logError("An item was left as it is", framesOf(defect)).pipe(
                Effect.annotateLogs({ job: chunk.job, seq: item.seq })
              )
            )
          )
        }),
      { concurrency: settings.perChunk, discard: true }
    )
  }).pipe(
    Effect.scoped,
    Effect.withSpan("CertifierJobs.chunk", {
      attributes: { "certifier.job": chunk.job, "certifier.job.run": chunk.run, "certifier.job.from": chunk.from }
    })
  )

/**
 * Runs a chunk on a fiber of its own, which the engine can't interrupt: it stores an interruption with the execution and repeats
 * it for ever, "interrupted and retry attempts exhausted", while nobody runs the chunk. So an interruption stops it in good order,
 * and the next run has the rest.
 */
export const sheltered = (
  chunk: Effect.Effect<void>,
  mine: Ref.Ref<boolean>,
  { fibers }: Chunks,
  grace: Duration.Duration
) =>
  Effect.uninterruptible(
    Effect.gen(function* () {
      const fiber = yield* FiberSet.run(fibers, Effect.interruptible(chunk))
      const over = Effect.interruptible(Fiber.await(fiber))
      const waited = yield* Effect.exit(over)
      if (Exit.isSuccess(waited)) return yield* waited.value
      yield* Ref.set(mine, true)
      yield* Effect.raceFirst(over, Effect.interruptible(Effect.delay(Fiber.interruptFork(fiber), grace)))
      const exit = yield* Fiber.await(fiber)
      return yield* Exit.isInterrupted(exit) ? Effect.void : exit
    })
  )

const runJob = (settings: Settings, { job, run }: typeof JobRun.payloadSchema.Type) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const row = yield* Store.stored(Store.jobOf(job))
    if (row === undefined || row.run !== run || row.state !== "running") return
    const chunks = yield* Store.stored(Store.openChunks(job, row.chunk))
    yield* Effect.forEach(
      chunks,
      (from) => JobChunk.execute({ job, run, from, to: from + row.chunk, operation: row.operation }),
      { concurrency: settings.chunks, discard: true }
    )
    const open = sql`EXISTS (SELECT 1 FROM certifier_job_items WHERE job = ${job} AND state IN ('pending', 'sent'))`
    const it = sql`id = ${job} AND run = ${run} AND state = 'running'`
    yield* Store.stored(sql`UPDATE certifier_jobs SET state = 'done' WHERE ${it} AND NOT ${open}`)
    // What a runner gave back when it was stopped is for the next run.
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
          const run = Effect.provide(runChunk(operations, settings, isStopping, chunk), context)
          return yield* sheltered(run, mine, chunks, settings.grace)
        })
      })
    ),
    JobRun.toLayer((payload) => runJob(settings, payload))
  )
