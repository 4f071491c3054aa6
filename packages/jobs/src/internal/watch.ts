import * as SqlClient from "@effect/sql/SqlClient"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { JobStalled } from "../JobError.js"
import * as Metrics from "./metrics.js"
import { int } from "./store.js"

interface Counted {
  readonly id: string
  readonly operation: string
  readonly state: string
  readonly sent: unknown
  readonly n: unknown
}

/** The gauge of items by operation and state. A pair that is no longer counted is set to zero. */
const makeGauge = () => {
  let last = new Map<string, { readonly operation: string; readonly state: string; readonly n: number }>()
  return (rows: ReadonlyArray<Counted>) =>
    Effect.gen(function* () {
      const next: typeof last = new Map([...last].map(([key, value]) => [key, { ...value, n: 0 }]))
      for (const { n, operation, state } of rows) {
        const key = `${state}/${operation}`
        next.set(key, { operation, state, n: (next.get(key)?.n ?? 0) + int(n) })
      }
      for (const { n, operation, state } of next.values()) yield* Metrics.count(operation, state, n)
      last = next
    })
}

const isOpen = ({ state }: Counted) => state === "pending" || state === "sent"

/** Counts the items of running jobs. Fails if this process sees no progress of a job with open items for longer than `after`. */
export const watch = (names: ReadonlyArray<string>, after: Duration.Duration) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const gauge = makeGauge()
    const seen = new Map<string, { readonly mark: string; readonly at: number }>()
    return Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const rows = yield* sql<Counted>`SELECT j.id, j.operation, i.state, max(i.sent_at) AS sent, count(*) AS n
        FROM certifier_jobs j JOIN certifier_job_items i ON i.job = j.id
        WHERE j.state = 'running' AND ${sql.in("j.operation", names)} GROUP BY j.id, j.operation, i.state`
      yield* gauge(rows)
      const open = new Set(rows.filter(isOpen).map(({ id }) => id))
      for (const id of open) {
        const mark = rows
          .filter((row) => row.id === id && isOpen(row))
          .map(({ n, sent, state }) => `${state}/${int(sent ?? 0)}/${int(n)}`)
          .toSorted()
          .join()
        const last = seen.get(id)
        if (last?.mark !== mark) seen.set(id, { mark, at: now })
        else if (now - last.at > Duration.toMillis(after)) {
          return yield* new JobStalled({ job: id, millis: now - last.at })
        }
      }
      for (const id of seen.keys()) if (!open.has(id)) seen.delete(id)
    })
  })
