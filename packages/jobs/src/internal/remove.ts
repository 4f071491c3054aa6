import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { JobRow } from "./store.js"
import { JobChunk, JobRun } from "./workflows.js"

const executionsOf = (job: Pick<JobRow, "id" | "run" | "createdAt" | "total" | "chunk" | "operation">) => {
  const runs = Array.from({ length: job.run - job.createdAt + 1 }, (_, index) => job.createdAt + index)
  const chunks = Array.from({ length: Math.ceil(job.total / job.chunk) }, (_, index) => index * job.chunk)
  return Effect.forEach(runs, (run) =>
    Effect.all([
      JobRun.executionId({ job: job.id, run }),
      ...chunks.map((from) =>
        JobChunk.executionId({ job: job.id, run, from, to: from + job.chunk, operation: job.operation })
      )
    ])
  )
}

const exists = (table: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql.onDialectOrElse({
        pg: () => sql`SELECT 1 WHERE to_regclass(${table}) IS NOT NULL`,
        orElse: () => sql`SELECT 1 FROM sqlite_master WHERE name = ${table}`
      }),
      (rows) => rows.length > 0
    )
  )

/**
 * Waits for the executions of a job that is not running, because the engine stores the result of an execution after it has ended.
 * Without a process that runs them, they never end, so this waits no longer than 5 seconds.
 */
export const ended = Effect.fnUntraced(function* (job: JobRow, prefix: string) {
  const sql = yield* SqlClient.SqlClient
  const messages = `${prefix}_messages`
  if (!(yield* exists(messages))) return
  const runs = yield* executionsOf(job)
  const isOpen = (ids: ReadonlyArray<string>) =>
    Effect.map(
      sql`SELECT 1 FROM ${sql(messages)} WHERE ${sql.in("entity_id", ids)} AND NOT processed LIMIT 1`,
      (rows) => rows.length > 0
    )
  yield* Effect.exists(runs, isOpen).pipe(
    Effect.repeat({ until: (open) => !open, schedule: Schedule.spaced("50 millis") }),
    Effect.timeoutOption("5 seconds")
  )
})

const clearEngine = Effect.fnUntraced(function* (job: JobRow, prefix: string) {
  const sql = yield* SqlClient.SqlClient
  const messages = `${prefix}_messages`
  if (!(yield* exists(messages))) return
  for (const ids of yield* executionsOf(job)) {
    const isOne = sql.in("entity_id", ids)
    yield* sql`DELETE FROM ${sql(`${prefix}_replies`)}
      WHERE request_id IN (SELECT id FROM ${sql(messages)} WHERE ${isOne})`
    yield* sql`DELETE FROM ${sql(messages)} WHERE ${isOne}`
  }
})

export const clear = Effect.fnUntraced(function* (job: JobRow, prefix: string) {
  const sql = yield* SqlClient.SqlClient
  yield* clearEngine(job, prefix)
  yield* sql`DELETE FROM certifier_job_items WHERE job = ${job.id}`
  yield* sql`DELETE FROM certifier_jobs WHERE id = ${job.id}`
})
