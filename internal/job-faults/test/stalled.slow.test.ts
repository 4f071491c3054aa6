import * as JobEngine from "@effect-certifier/jobs/JobEngine"
import * as SqlClient from "@effect/sql/SqlClient"
import { afterAll, beforeAll, it } from "@effect/vitest"
import { assertInclude, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Effect, Layer } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Api from "./support/api.js"
import * as Bundle from "./support/bundle.js"
import * as Invariants from "./support/invariants.js"
import * as Program from "./support/program.js"
import type { Settings } from "./support/settings.js"
import * as Store from "./support/store.js"

const folder = mkdtempSync(join(tmpdir(), "certifier-job-faults-"))
let worker = ""
beforeAll(async () => {
  worker = await Effect.runPromise(Bundle.make(folder, "SQLite"))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const sizes = { update: 3, create: 3, issue: 3, send: 3 }

const limit = 60

it.scopedLive(
  "a process whose engine makes no progress ends with a clear error, and the next one completes the jobs",
  () =>
    Effect.gen(function* () {
      const api = yield* Api.make(sizes)
      const { file, reader } = yield* Store.sqlite
      yield* Effect.scoped(Layer.build(JobEngine.layerEmbedded({ file })))
      const settings: Settings = {
        store: { file },
        api: api.url,
        redis: null,
        limit,
        sizes,
        settle: 300,
        resumes: false,
        stalledAfter: 2000,
        death: null
      }
      const live = Effect.flatMap(Program.start(worker, settings), ({ exit }) => exit)
      const execute = (statement: string) =>
        Effect.provide(
          Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(statement)),
          reader
        )
      // The engine stores no execution, and reports no error.
      yield* execute(
        "CREATE TRIGGER ignore_inserts BEFORE INSERT ON certifier_engine_messages BEGIN SELECT RAISE(IGNORE); END"
      )
      const { code, output } = yield* live
      strictEqual(code, 1, output)
      assertInclude(output, "has made no progress for")
      assertInclude(output, "Restart this process.")
      strictEqual(api.requests(), 0)
      yield* execute("DROP TRIGGER ignore_inserts")
      const next = yield* live
      strictEqual(next.code, 0, next.output)
      assertInclude(next.output, "over\n")
      const { found, unknown } = yield* Effect.provide(
        Invariants.problems(api.sandbox, { sizes, limit, isShared: false }),
        reader
      )
      deepStrictEqual([found, unknown], [[], 0])
    }),
  60_000
)
