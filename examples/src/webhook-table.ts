/**
 * A webhook receiver that keeps a table of all credentials up to date, in SQLite. Events can be repeated and arrive in any order, so
 * only the id of the credential is used, and its state is read. The program delivers a few events to itself and ends. With the argument
 * `serve` it keeps running: `CERTIFIER_WEBHOOK_SECRET` is the webhook's secret, and `TABLE` the file of the table.
 */
import { CertifierClient, Credential, Credentials, Webhook } from "@effect-certifier/core"
import { RetryPolicy } from "@effect-certifier/retry"
import { HttpRouter, HttpServer } from "@effect/platform"
import { NodeHttpClient, NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { SqlClient } from "@effect/sql"
import { LibsqlClient } from "@effect/sql-libsql"
import { Config, Console, Effect, Layer, Option } from "effect"
import { createServer } from "node:http"
import { deliver } from "./lib/deliver.js"
import * as Local from "./lib/local.js"
import * as Variables from "./lib/variables.js"

const makeTable = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE IF NOT EXISTS credentials (id TEXT PRIMARY KEY, name TEXT NOT NULL, status TEXT NOT NULL, expires TEXT)`
  return {
    put: (credential: Credential.Credential) => {
      const name = Credential.recipientName(credential)
      const expires = Option.getOrNull(credential.expiryDate)
      return sql`
        INSERT INTO credentials (id, name, status, expires)
        VALUES (${credential.id}, ${name}, ${credential.status}, ${expires})
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, status = excluded.status, expires = excluded.expires`
    },
    remove: (id: string) => sql`DELETE FROM credentials WHERE id = ${id}`
  }
})

const router = Effect.gen(function* () {
  const secret = yield* Config.redacted("CERTIFIER_WEBHOOK_SECRET")
  const table = yield* makeTable
  // One event at a time, so that writes have the order of the reads.
  const { withPermits } = yield* Effect.makeSemaphore(1)
  const endpoint = Webhook.handler({ secret }, ({ data: { resource } }) => {
    if (resource.type !== "credential") return Effect.void
    return Credentials.get(resource.id).pipe(
      Effect.flatMap(table.put),
      Effect.catchTag("CertifierNotFound", () => table.remove(resource.id)),
      // After any failure, the service redelivers the event.
      Effect.tapError((error) => Effect.logWarning(error.message)),
      withPermits(1)
    )
  })
  return HttpRouter.empty.pipe(HttpRouter.post("/webhooks/certifier", endpoint))
})

const TableLive = Layer.unwrapEffect(
  Effect.map(Config.withDefault(Config.string("TABLE"), ":memory:"), (file) =>
    LibsqlClient.layer({ url: file === ":memory:" ? file : `file:${file}` })
  )
)

const ServerLive = Layer.unwrapEffect(Effect.map(router, (app) => HttpServer.serve(app))).pipe(
  Layer.provide(
    CertifierClient.layerConfig({
      transformClient: RetryPolicy.toClientTransform(RetryPolicy.transient({ deadline: "20 seconds" }))
    })
  ),
  Layer.provideMerge(TableLive),
  Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }))
)

const address = HttpServer.addressFormattedWith((url) => Effect.succeed(`${url}/webhooks/certifier`))

const announce = Effect.flatMap(address, (url) => Console.log(`POST ${url}`))

const secret = "sandbox-webhook-secret-01"

const demo = Effect.gen(function* () {
  const url = yield* address
  const sql = yield* SqlClient.SqlClient
  const show = (title: string) =>
    Effect.flatMap(sql`SELECT name, status, expires FROM credentials ORDER BY id`, (rows) =>
      Console.log(`${title}: ${JSON.stringify(rows)}`)
    )
  const { id } = yield* Credentials.create({ groupId: Local.groupId, recipient: { name: "Ada Example" } })
  const event = (id: string, type: string, credentialId: string) => deliver(url, secret, { id, type, credentialId })

  yield* Credentials.issue(id)
  // Out of order, and one event three times, two of them concurrently.
  yield* event("e2", "credential.issued", id)
  yield* Effect.all([event("e1", "credential.created", id), event("e1", "credential.created", id)], { concurrency: 2 })
  yield* event("e1", "credential.created", id)
  yield* show("issued")

  yield* Credentials.update(id, { recipient: { name: "Ada Lovelace" }, expiryDate: "2126-12-31" })
  yield* event("e3", "credential.updated", id)
  yield* show("updated")

  yield* Credentials.delete(id)
  yield* event("e4", "credential.deleted", id)
  yield* event("e5", "credential.updated", id)
  yield* show("deleted")

  const forged = yield* deliver(url, "another secret", { id: "e6", type: "credential.updated", credentialId: id })
  yield* Console.log(`forged: ${forged}`)
}).pipe(Effect.provide(CertifierClient.layerConfig()))

const program =
  process.argv[2] === "serve"
    ? Effect.provide(Effect.zipRight(announce, Effect.never), ServerLive)
    : demo.pipe(
        Effect.provide(ServerLive),
        Effect.provide(Variables.layer({ CERTIFIER_WEBHOOK_SECRET: secret })),
        Effect.provide(Local.layer())
      )

program.pipe(Effect.provide(NodeHttpClient.layerUndici), NodeRuntime.runMain)
