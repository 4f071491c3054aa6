import * as PgClient from "@effect/sql-pg/PgClient"
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { randomUUID } from "node:crypto"

const urlOf = (database: string) => `postgres://postgres@127.0.0.1:5432/${database}`

const administer = (statement: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(statement)).pipe(
    Effect.provide(PgClient.layer({ url: Redacted.make(urlOf("postgres")) })),
    Effect.orDie
  )

/** The URL of a new database, which is dropped when the scope closes. */
export const database = Effect.suspend(() => {
  const name = `certifier_cli_${randomUUID().replaceAll("-", "")}`
  return Effect.acquireRelease(Effect.as(administer(`CREATE DATABASE ${name}`), urlOf(name)), () =>
    administer(`DROP DATABASE ${name} WITH (FORCE)`)
  )
})
