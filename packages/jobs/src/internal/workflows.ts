import * as Activity from "@effect/workflow/Activity"
import * as Workflow from "@effect/workflow/Workflow"
import * as SqlClient from "@effect/sql/SqlClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import type * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import type { Any } from "../JobOperation.js"
import * as Item from "./item.js"
import * as Ledger from "./ledger.js"
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
}

/** Items settled by this process, by operation. */
const settled = Metric.counter("certifier.jobs.items", {
  description: "Items that a job has worked on",
  incremental: true
})

const runChunk = <R>(
  operations: ReadonlyMap<string, Any<R>>,
  settings: Settings,
  stopping: Ref.Ref<boolean>,
  chunk: typeof JobChunk.payloadSchema.Type
) =>
  Effect.gen(function* () {
    const operation = operations.get(chunk.operation)
    if (operation === undefined) {
      return yield* Effect.dieMessage(`The operation ${chunk.operation} is not one of this runner's`)
    }
    const owner = crypto.randomUUID()
    const items = yield* Ledger.open({ ...chunk, owner })
    const order = Item.inOrder(items.map(({ item }) => item))
    const ledgers = new Map(items.map(({ item, ledger }) => [item.seq, ledger]))
    yield* Effect.forEach(
      order,
      (item) =>
        Effect.gen(function* () {
          const ledger = ledgers.get(item.seq)
          if (ledger === undefined || (yield* stopping.get)) return
          yield* Item.run(operation, item, ledger, settings).pipe(
            Effect.zipRight(Metric.increment(Metric.tagged(settled, "operation", operation.name))),
            Effect.catchTag("JobItemLost", () => Effect.void),
            // A bug of ours must not restart the chunk for ever: the item keeps its intent, and the next run reads it.
            Effect.catchAllDefect((defect) =>
              Effect.logError("An item was left as it is", defect).pipe(
                Effect.annotateLogs({ job: chunk.job, seq: item.seq })
              )
            )
          )
        }),
      { concurrency: settings.perChunk, discard: true }
    )
  }).pipe(
    Effect.withSpan("CertifierJobs.chunk", {
      attributes: { "certifier.job": chunk.job, "certifier.job.run": chunk.run, "certifier.job.from": chunk.from }
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

export const layer = <R>(operations: ReadonlyMap<string, Any<R>>, settings: Settings, stopping: Ref.Ref<boolean>) =>
  Layer.mergeAll(
    JobChunk.toLayer((chunk) =>
      Activity.make({ name: "items", execute: runChunk(operations, settings, stopping, chunk) })
    ),
    JobRun.toLayer((payload) => runJob(settings, payload))
  )
