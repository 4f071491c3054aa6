import * as SqlClient from "@effect/sql/SqlClient"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import { int } from "./store.js"
import { JobRun } from "./workflows.js"

interface Seen {
  readonly startedAt: number
  readonly beat: number
  readonly beatAt: number
}

const again = Duration.toMillis("1 minute")

/**
 * Starts the current run of each job, again every minute, which has no effect on an execution with the same key that is running. If
 * this process sees no sign of work on a run for `silence`, it starts the next run, which has another key. The old run, if the engine
 * still has it, can then start no further calls.
 */
export const starter = (names: ReadonlyArray<string>, silence: Duration.Duration) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const seen = new Map<string, Seen>()
    // On other fibers, because an engine that does not respond must not prevent restarts.
    const starting = yield* FiberMap.make<string, unknown, never>()

    const restart = (job: string, run: number, beat: number) =>
      sql`UPDATE certifier_jobs SET run = run + 1
        WHERE id = ${job} AND run = ${run} AND beat = ${beat} AND state = 'running' RETURNING id`.pipe(
        Effect.tap((rows) =>
          rows.length === 0 ? Effect.void : Effect.logWarning("Restarted a job that no process worked on")
        ),
        Effect.annotateLogs({ job, run })
      )

    return Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const rows = yield* sql<{ id: string; run: unknown; beat: unknown }>`SELECT id, run, beat FROM certifier_jobs
        WHERE state = 'running' AND ${sql.in("operation", names)}`
      const runs = rows.map(({ beat, id, run }) => ({ job: id, run: int(run), beat: int(beat) }))
      const keyOf = ({ job, run }: { readonly job: string; readonly run: number }) => `${run}/${job}`
      for (const { beat, job, run } of runs) {
        const key = keyOf({ job, run })
        const last = seen.get(key)
        if (last !== undefined && last.beat === beat && now - last.beatAt > Duration.toMillis(silence)) {
          yield* restart(job, run, beat)
          continue
        }
        const isDue = last === undefined || now - last.startedAt >= again
        if (isDue) {
          yield* FiberMap.run(starting, key, JobRun.execute({ job, run }, { discard: true }), { onlyIfMissing: true })
        }
        const isAlive = last === undefined || last.beat !== beat
        seen.set(key, {
          startedAt: isDue ? now : last.startedAt,
          beat,
          beatAt: isAlive ? now : last.beatAt
        })
      }
      const current = new Set(runs.map(keyOf))
      for (const key of seen.keys()) if (!current.has(key)) seen.delete(key)
    })
  })
