import * as SqlClient from "@effect/sql/SqlClient"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { RateLimitNotShared, RunnerLost } from "../JobError.js"
import { enginePrefix } from "./prefix.js"

/** Fails if the engine of this process no longer takes part in the work. It never fails for an embedded engine. */
export class Lease extends Context.Reference<Lease>()("@effect-certifier/jobs/Lease", {
  defaultValue: (): { readonly lost: Effect.Effect<never, RateLimitNotShared | RunnerLost> } => ({ lost: Effect.never })
}) {}

const locks = Effect.map(SqlClient.SqlClient, (sql) => ({ sql, table: sql(`${enginePrefix}_locks`) }))

const fresh = (sql: SqlClient.SqlClient, expiration: Duration.Duration) =>
  sql`acquired_at > NOW() - INTERVAL '${sql.literal(String(Math.ceil(Duration.toSeconds(expiration))))} seconds'`

const others = (address: string, expiration: Duration.Duration) =>
  Effect.gen(function* () {
    const { sql, table } = yield* locks
    const [other] = yield* sql<{ address: string }>`SELECT address FROM ${table}
      WHERE address <> ${address} AND ${fresh(sql, expiration)} LIMIT 1`
    if (other !== undefined) return yield* new RateLimitNotShared({ other: other.address })
  })

/**
 * Fails if there is another active runner. The locks of a dead runner expire, so this waits for that time before it fails. Locks of
 * an earlier process with the same address do not count.
 */
export const alone = (address: string, expiration: Duration.Duration) =>
  Effect.retry(others(address, expiration), {
    schedule: Schedule.spaced("1 second"),
    times: Math.ceil(Duration.toSeconds(expiration)) + 1,
    while: ({ _tag }) => _tag === "RateLimitNotShared"
  })

/**
 * After its connections were cut, the engine can remain without locks forever, and the jobs of its shards are not run:
 * https://github.com/Effect-TS/effect/issues/7551. A runner that starts also has no locks until other runners release some.
 */
export const watch = (address: string, expiration: Duration.Duration, isAlone: boolean) =>
  Effect.gen(function* () {
    const { sql, table } = yield* locks
    const patience = Duration.toMillis(expiration) * 3
    const held = Effect.map(
      sql`SELECT 1 FROM ${table} WHERE address = ${address} AND ${fresh(sql, expiration)} LIMIT 1`,
      (rows) => rows.length > 0
    )
    let since = yield* Clock.currentTimeMillis
    const look = Effect.gen(function* () {
      if (isAlone) yield* others(address, expiration)
      const isHeld = yield* held
      const now = yield* Clock.currentTimeMillis
      if (isHeld) since = now
      else if (now - since > patience) return yield* new RunnerLost({ address, millis: now - since })
    })
    // While the database is unavailable, nothing is known about the locks, so the time starts again.
    const away = Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.sync(() => (since = now)))
    return yield* look.pipe(
      Effect.catchTag("SqlError", () => away),
      Effect.repeat(Schedule.spaced(Duration.times(expiration, 1 / 3))),
      Effect.zipRight(Effect.never)
    )
  })
