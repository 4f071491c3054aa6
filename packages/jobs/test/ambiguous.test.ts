import * as CertifierError from "@effect-certifier/core/CertifierError"
import { it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as SqlClient from "@effect/sql/SqlClient"
import { Chunk, Effect, Option, Schema, Stream } from "effect"
import { JobError, JobOperation, JobRunner, Jobs } from "../src/index.js"
import * as JobEngine from "../src/JobEngine.js"

const every = "20 millis"

it.live("an item is unknown after an ambiguous search, and is never resent without a retry of unknown items", () =>
  Effect.gen(function* () {
    const calls: Array<string> = []
    const finds: Array<string> = []
    let isRefused = true
    const operation = JobOperation.make({
      name: "search",
      item: Schema.String,
      success: Schema.Void,
      key: (item) => item,
      settle: "1 millis",
      send: (item) =>
        Effect.gen(function* () {
          calls.push(item)
          if (item === "lost") return yield* new CertifierError.InternalServerError({ operation: "search" })
          if (isRefused) return yield* new CertifierError.NotFound({ operation: "search" })
        }),
      find: (item) => {
        finds.push(item)
        return Effect.succeed(JobOperation.Finding.Ambiguous())
      }
    })
    const outcomes = Jobs.results(operation, "a").pipe(
      Stream.map(({ attempts, error, item, state }) => ({
        item,
        state,
        attempts,
        error: Option.getOrUndefined(error)
      })),
      Stream.runCollect,
      Effect.map(Chunk.toReadonlyArray)
    )
    const error = new JobError.ItemProblem({ operation: "search", reason: "Ambiguous", outcome: "MaybeApplied" })
    const unknown = { state: "unknown", attempts: 1, error } as const
    yield* Jobs.createTables
    yield* Jobs.submit(operation, { id: "a", items: Stream.make("interrupted", "lost", "refused") })
    // As left by a process that ended while its call was in flight.
    const sql = yield* SqlClient.SqlClient
    yield* sql`UPDATE certifier_job_items SET state = 'sent', attempts = 1, token = 'earlier', sent_at = 1, first_sent_at = 1
      WHERE item_key = 'interrupted'`
    yield* Effect.gen(function* () {
      yield* Jobs.await("a", { every })
      deepStrictEqual(yield* outcomes, [
        { item: "interrupted", ...unknown },
        { item: "lost", ...unknown },
        {
          item: "refused",
          state: "failed",
          attempts: 1,
          error: new CertifierError.NotFound({ operation: "search" })
        }
      ])
      isRefused = false
      yield* Jobs.retry("a", "failed")
      yield* Jobs.await("a", { every })
      deepStrictEqual(yield* outcomes, [
        { item: "interrupted", ...unknown },
        { item: "lost", ...unknown },
        { item: "refused", state: "done", attempts: 1, error: undefined }
      ])
    }).pipe(Effect.provide(JobRunner.layer([operation], { every })))
    deepStrictEqual(
      [calls.toSorted(), finds.toSorted()],
      [
        ["lost", "refused", "refused"],
        ["interrupted", "lost"]
      ]
    )
  }).pipe(Effect.provide(JobEngine.layerMemory))
)
