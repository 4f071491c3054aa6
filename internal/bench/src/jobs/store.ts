/** Databases that exist only during a measurement: a file in a new folder, or a database of PostgreSQL. */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { randomUUID } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

export type Engine = "SQLite" | "PostgreSQL"

/** The settings of the database for a process. */
export type Store =
  | { readonly engine: "SQLite"; readonly file: string }
  | { readonly engine: "PostgreSQL"; readonly url: string }

const urlOf = (database: string) => `postgres://postgres@127.0.0.1:5432/${database}`

export const pg = (url: string, maxConnections = 10) => PgClient.layer({ url: Redacted.make(url), maxConnections })

const administer = (statement: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe<{ version: string }>(statement)).pipe(
    Effect.provide(pg(urlOf("postgres"), 1)),
    Effect.orDie
  )

export const postgresVersion = Effect.map(
  administer("SELECT current_setting('server_version') AS version"),
  ([row]) => row?.version ?? "?"
)

const file: Effect.Effect<Store, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "certifier-bench-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
).pipe(Effect.map((folder) => ({ engine: "SQLite", file: join(folder, "jobs.db") })))

const database: Effect.Effect<Store, never, Scope.Scope> = Effect.suspend(() => {
  const name = `certifier_bench_${randomUUID().replaceAll("-", "")}`
  return Effect.acquireRelease(administer(`CREATE DATABASE ${name}`), () =>
    administer(`DROP DATABASE ${name} WITH (FORCE)`)
  ).pipe(Effect.as({ engine: "PostgreSQL", url: urlOf(name) }))
})

export const make = (engine: Engine): Effect.Effect<Store, never, Scope.Scope> =>
  engine === "SQLite" ? file : database

export const freePort: Effect.Effect<number> = Effect.async((resume) => {
  const server = createServer()
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    server.close(() => resume(Effect.succeed(port)))
  })
})
