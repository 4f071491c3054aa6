import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import * as LibsqlClient from "@effect/sql-libsql/LibsqlClient"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type { ConfigError } from "effect/ConfigError"
import { Effect, type Layer, Redacted, type Scope } from "effect"
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { connect } from "node:net"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { randomUUID } from "node:crypto"
import * as Network from "./network.js"

/** The store of the jobs, as read by this process. */
export type Reader = Layer.Layer<SqlClient.SqlClient, ConfigError | SqlError>

export const folder: Effect.Effect<string, never, Scope.Scope> = FileSystem.FileSystem.pipe(
  Effect.flatMap((fs) => fs.makeTempDirectoryScoped({ prefix: "certifier-job-faults-" })),
  Effect.orDie,
  Effect.provide(NodeContext.layer)
)

export const sqlite = Effect.map(folder, (path) => {
  const file = join(path, "jobs.db")
  const reader: Reader = LibsqlClient.layer({ url: pathToFileURL(file).href, intMode: "bigint" })
  return { file, reader }
})

const postgresPort = 5432

const urlOf = (port: number, database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`

const pg = (database: string): Reader => PgClient.layer({ url: Redacted.make(urlOf(postgresPort, database)) })

const administer = (statement: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(statement)).pipe(Effect.provide(pg("postgres")), Effect.orDie)

/** A new database, and a connection to it that can be cut. */
export const postgres = Effect.gen(function* () {
  const name = `certifier_jobs_${randomUUID().replaceAll("-", "")}`
  yield* Effect.acquireRelease(administer(`CREATE DATABASE ${name}`), () =>
    administer(`DROP DATABASE ${name} WITH (FORCE)`)
  )
  const link = yield* Network.link(postgresPort)
  return { link, database: urlOf(link.port, name), reader: pg(name) }
})

const startRedis = (port: number, cwd: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const arguments_ = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
      const child = spawn("redis-server", arguments_, { cwd, stdio: ["ignore", "pipe", "ignore"] })
      for await (const chunk of child.stdout) if (String(chunk).includes("Ready to accept")) break
      child.stdout.resume()
      return child
    }),
    (child) =>
      Effect.promise(async () => {
        if (child.exitCode !== null || child.signalCode !== null) return
        child.kill("SIGKILL")
        await once(child, "exit")
      })
  )

export interface OwnRedis {
  readonly port: number
  /** Stops Redis while `use` runs, then starts a new one without data. */
  readonly awayWhile: <A, E, R>(use: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R | Scope.Scope>
}

export const redis: Effect.Effect<OwnRedis, never, Scope.Scope> = Effect.gen(function* () {
  const port = yield* Network.freePort
  const cwd = yield* folder
  const first = yield* startRedis(port, cwd)
  return {
    port,
    awayWhile: (use) =>
      Effect.sync(() => first.kill("SIGKILL")).pipe(Effect.zipRight(use), Effect.zipLeft(startRedis(port, cwd)))
  }
})

const isReachable = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true))
    socket.on("error", () => resolve(false)).on("connect", () => socket.destroy())
  })

/** The services for runners over PostgreSQL that are not available. None in CI, where tests fail instead of being skipped. */
export const missing = async (): Promise<ReadonlyArray<string>> => {
  if (process.env["CI"] !== undefined) return []
  return [
    ...((await isReachable(postgresPort)) ? [] : ["PostgreSQL on 127.0.0.1:5432 (trust, user postgres)"]),
    ...(spawnSync("redis-server", ["--version"]).status === 0 ? [] : ["redis-server"])
  ]
}
