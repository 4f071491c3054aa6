// kill.worker.ts sqlite FILE | pg PORT DATABASE; then API JOB ITEMS KIND: runs a job that creates a record for each item.
import * as CertifierError from "@effect-certifier/core/CertifierError"
import { NodeRuntime } from "@effect/platform-node"
import * as PgClient from "@effect/sql-pg/PgClient"
import type * as SqlClient from "@effect/sql/SqlClient"
import type { WorkflowEngine } from "@effect/workflow/WorkflowEngine"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { JobOperation, JobRunner, Jobs } from "../src/index.js"
import * as JobEngine from "../src/JobEngine.js"

const [, , store = "", where = "", database = "", api = "", items = "0", kind = "find"] = process.argv

const operation = "create"

const request = (path: string) =>
  Effect.tryPromise({
    try: async (signal) => {
      const response = await fetch(`http://127.0.0.1:${api}${path}`, { method: "POST", signal })
      return { status: response.status, body: await response.text() }
    },
    catch: () =>
      new CertifierError.TransportError({
        operation,
        reason: "Disconnected",
        origin: Option.none(),
        outcome: "MaybeApplied"
      })
  }).pipe(
    Effect.filterOrFail(
      ({ status }) => status < 400,
      () => new CertifierError.Unauthorized({ operation })
    ),
    Effect.map(({ body }) => body)
  )

const find = (id: string) =>
  Effect.map(request(`/find?item=${id}`), (found) =>
    found === "" ? JobOperation.Finding.NotFound() : JobOperation.Finding.Found({ result: found })
  )

const create = JobOperation.make({
  name: operation,
  item: Schema.Struct({ id: Schema.String }),
  success: Schema.String,
  key: ({ id }) => id,
  settle: "1 second",
  send: ({ id }) => request(`/create?item=${id}`),
  ...(kind === "idempotent"
    ? {}
    : { find: kind === "send" ? ("unknowable" as const) : ({ id }: { readonly id: string }) => find(id) })
})

const engine: Layer.Layer<WorkflowEngine | SqlClient.SqlClient, unknown> =
  store === "sqlite"
    ? JobEngine.layerEmbedded({ file: where })
    : JobEngine.layerRunner({ port: Number(where), rateLimit: "single" }).pipe(
        Layer.provideMerge(
          PgClient.layer({ url: Redacted.make(`postgres://postgres@127.0.0.1:5432/${database}`), maxConnections: 6 })
        )
      )

const main = Effect.gen(function* () {
  if (Number(items) === 0) return yield* JobRunner.stalled
  yield* Jobs.submit(create, {
    id: "job",
    items: Stream.range(0, Number(items) - 1).pipe(Stream.map((n) => ({ id: `i${n}` })))
  })
  const { done, failed, phase, unknown } = yield* Jobs.await("job", { every: "100 millis" }).pipe(
    Effect.retry({ schedule: Schedule.spaced("1 second"), while: ({ _tag }) => _tag === "SqlError" })
  )
  process.stdout.write(`${JSON.stringify({ phase, done, failed, unknown })}\n`)
})

main.pipe(
  Effect.provide(JobRunner.layer([create], { every: "200 millis" }).pipe(Layer.provideMerge(engine))),
  NodeRuntime.runMain
)
