import * as SqlClient from "@effect/sql/SqlClient"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { RateLimitNotShared, RunnerLost } from "../JobError.js"
import { enginePrefix } from "./prefix.js"

/** Fails if the engine of this process has no part in the work any more; an engine in one process has all of it. */
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
 * Fails if another runner works. The locks of one that has died expire, so this waits for as long as that takes before it
 * decides; those of an earlier life of this runner do not count.
 */
export const alone = (address: string, expiration: Duration.Duration) =>
  Effect.retry(others(address, expiration), {
    schedule: Schedule.spaced("1 second"),
    times: Math.ceil(Duration.toSeconds(expiration)) + 1,
    while: ({ _tag }) => _tag === "RateLimitNotShared"
  })

/**
 * The engine can stay without a lock for ever after its connections were cut, and nobody runs the jobs of its part meanwhile:
 * https://github.com/Effect-TS/effect/issues/7551. A runner that starts waits until others have released theirs.
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
    // What can't be read shows nothing.
    const away = Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.sync(() => (since = now)))
    return yield* look.pipe(
      Effect.catchTag("SqlError", () => away),
      Effect.repeat(Schedule.spaced(Duration.times(expiration, 1 / 3))),
      Effect.zipRight(Effect.never)
    )
  })
