import * as Migrator from "@effect/sql/Migrator"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"

/** Drivers return integers as numbers, as bigints (libsql) or as strings (BIGINT of PostgreSQL). All are below 2^53. */
export const int = (value: unknown): number => Number(value)

export type JobPhase = "loading" | "running" | "paused" | "cancelled" | "done"

export interface JobRow {
  readonly id: string
  readonly operation: string
  readonly state: JobPhase
  readonly total: number
  readonly chunk: number
  /** Each submit and each run of a job has its own: the time of the submit, which each next run increments. */
  readonly run: number
  readonly createdAt: number
  readonly error: string | null
}

/** Retries forever, after 0.1 s at first and up to 5 s later. */
const patient = Schedule.exponential(100, 1.5).pipe(Schedule.union(Schedule.spaced("5 seconds")), Schedule.jittered)

/** Retries a query of the ledger until it succeeds, because nothing may be sent without it. */
export const stored = <A, R>(effect: Effect.Effect<A, SqlError, R>): Effect.Effect<A, never, R> =>
  effect.pipe(
    Effect.tapError((error) => Effect.logWarning("The database of the jobs is unavailable", error.message)),
    Effect.retry(patient),
    Effect.orDie
  )

const migrations = Migrator.fromRecord({
  "0001_jobs": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`CREATE TABLE IF NOT EXISTS certifier_jobs (
      id VARCHAR(255) NOT NULL PRIMARY KEY, operation VARCHAR(255) NOT NULL, state VARCHAR(16) NOT NULL,
      total INTEGER NOT NULL, chunk INTEGER NOT NULL, run BIGINT NOT NULL, beat INTEGER NOT NULL DEFAULT 0,
      error TEXT, created_at BIGINT NOT NULL)`
    yield* sql`CREATE TABLE IF NOT EXISTS certifier_job_items (
      job VARCHAR(255) NOT NULL, seq INTEGER NOT NULL, item_key VARCHAR(512) NOT NULL, payload TEXT NOT NULL,
      state VARCHAR(8) NOT NULL, attempts INTEGER NOT NULL, token VARCHAR(36), first_sent_at BIGINT, sent_at BIGINT,
      step TEXT, repeats INTEGER NOT NULL DEFAULT 0, result TEXT, error TEXT, PRIMARY KEY (job, seq), UNIQUE (job, item_key))`
  })
})

const migrationLock = "7234017283807667"

/**
 * Runs the effect in one process at a time, because concurrent `CREATE TABLE IF NOT EXISTS` fail in PostgreSQL. The lock has its own
 * connection, because a migrator opens transactions.
 */
export const oneAtATime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const lock = Effect.gen(function* () {
        const connection = yield* sql.reserve
        yield* Effect.acquireRelease(connection.executeRaw(`SELECT pg_advisory_lock(${migrationLock})`, []), () =>
          Effect.ignore(connection.executeRaw(`SELECT pg_advisory_unlock(${migrationLock})`, []))
        )
      })
      yield* sql.onDialectOrElse({ pg: () => lock, orElse: () => Effect.void })
      return yield* effect
    })
  )

const migrationTable = "certifier_jobs_migrations"

/** Writes nothing if the tables exist, so that a process that only reads needs no lock. */
const isCurrent = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`SELECT migration_id FROM ${sql(migrationTable)} WHERE migration_id = 1`
  return rows.length > 0
}).pipe(
  // Without the table, or without the database, the migration reports the problem.
  Effect.catchTag("SqlError", () => Effect.succeed(false))
)

export const migrate = Effect.if(isCurrent, {
  onTrue: () => Effect.void,
  onFalse: () => Effect.asVoid(oneAtATime(Migrator.make({})({ loader: migrations, table: migrationTable })))
})

export const jobOf = (id: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<JobRow>`SELECT id, operation, state, total, chunk, run, created_at AS "createdAt", error
        FROM certifier_jobs WHERE id = ${id}`
    if (row === undefined) return undefined
    const { chunk, createdAt, run, total } = row
    return { ...row, total: int(total), chunk: int(chunk), run: int(run), createdAt: int(createdAt) }
  })

export const openChunks = (job: string, chunk: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<{ n: unknown }>`SELECT DISTINCT seq / ${sql.literal(String(chunk))} AS n
      FROM certifier_job_items WHERE job = ${job} AND state IN ('pending', 'sent') ORDER BY n`
    return rows.map(({ n }) => int(n) * chunk)
  })

export interface Counts {
  readonly pending: number
  readonly sent: number
  readonly done: number
  readonly failed: number
  readonly unknown: number
}

interface Count {
  readonly state: string
  readonly n: unknown
}

const toCounts = (rows: ReadonlyArray<Count>): Counts => {
  const of = (state: string) => int(rows.find((row) => row.state === state)?.n ?? 0)
  return { pending: of("pending"), sent: of("sent"), done: of("done"), failed: of("failed"), unknown: of("unknown") }
}

export const countsOf = (job: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<Count>`SELECT state, count(*) AS n FROM certifier_job_items
      WHERE job = ${job} GROUP BY state`
    return toCounts(rows)
  })

export const jobsWithCounts = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const jobs = yield* sql<{ id: string; operation: string; state: JobPhase; created_at: unknown }>`SELECT
    id, operation, state, created_at FROM certifier_jobs ORDER BY created_at DESC, id`
  const counts = yield* sql<Count & { job: string }>`SELECT job, state, count(*) AS n FROM certifier_job_items
    GROUP BY job, state`
  const byJob = Array.groupBy(counts, ({ job }) => job)
  return jobs.map(({ created_at, id, operation, state }) => ({
    id,
    operation,
    state,
    createdAt: int(created_at),
    ...toCounts(byJob[id] ?? [])
  }))
})
