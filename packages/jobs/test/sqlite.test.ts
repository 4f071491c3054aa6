import * as LibsqlClient from "@effect/sql-libsql/LibsqlClient"
import { it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { sharing } from "../src/internal/sqlite.js"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "certifier-jobs-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

/** Two clients of one file, like those of two processes, and a transaction of the first that is open until `release`. */
const scene = Effect.gen(function* () {
  const url = pathToFileURL(join(yield* folder, "jobs.db")).href
  const client = Effect.map(
    Layer.build(Layer.fresh(sharing("20 millis")(LibsqlClient.layer({ url })))),
    Context.get(LibsqlClient.LibsqlClient)
  )
  const [first, second] = [yield* client, yield* client]
  yield* first`PRAGMA journal_mode = WAL`
  yield* first`CREATE TABLE names (name TEXT)`
  const [begun, released] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
  const open = yield* Effect.fork(
    first.withTransaction(
      first`INSERT INTO names VALUES ('first')`.pipe(
        Effect.zipRight(Deferred.succeed(begun, undefined)),
        Effect.zipRight(Deferred.await(released))
      )
    )
  )
  yield* Deferred.await(begun)
  const release = Effect.zipRight(Deferred.succeed(released, undefined), Fiber.join(open))
  const names = Effect.map(first<{ name: string }>`SELECT name FROM names ORDER BY rowid`, (rows) =>
    rows.map(({ name }) => name)
  )
  return { names, release, second }
})

it.scopedLive("a transaction waits for that of another process", () =>
  Effect.gen(function* () {
    const { names, release, second } = yield* scene
    const waiting = yield* Effect.fork(second.withTransaction(second`INSERT INTO names VALUES ('second')`))
    yield* Effect.yieldNow()
    yield* release
    yield* Fiber.join(waiting)
    deepStrictEqual(yield* names, ["first", "second"])
  })
)

it.scopedLive("statements after one that failed because of a lock are committed", () =>
  Effect.gen(function* () {
    const { names, release, second } = yield* scene
    const failure = yield* Effect.flip(second`UPDATE names SET name = 'other' RETURNING name`)
    strictEqual(failure._tag, "SqlError")
    yield* release
    yield* second`INSERT INTO names VALUES ('second')`
    yield* second.withTransaction(second`INSERT INTO names VALUES ('third')`)
    deepStrictEqual(yield* names, ["first", "second", "third"])
  })
)

it.scopedLive("a transaction that can't begin fails, and later statements and transactions are committed", () =>
  Effect.gen(function* () {
    const { names, release, second } = yield* scene
    const failure = yield* Effect.flip(second.withTransaction(second`INSERT INTO names VALUES ('second')`))
    strictEqual(failure._tag, "SqlError")
    yield* release
    yield* second`INSERT INTO names VALUES ('third')`
    yield* second.withTransaction(second`INSERT INTO names VALUES ('fourth')`)
    deepStrictEqual(yield* names, ["first", "third", "fourth"])
  })
)

it.scopedLive("a transaction that fails is rolled back, and later statements are committed", () =>
  Effect.gen(function* () {
    const { names, release, second } = yield* scene
    yield* release
    yield* second`CREATE UNIQUE INDEX distinct_names ON names (name)`
    const failure = yield* Effect.flip(
      second.withTransaction(
        Effect.zipRight(
          second`INSERT INTO names VALUES ('second')`,
          second`INSERT INTO names VALUES ('third'), ('first') RETURNING name`
        )
      )
    )
    strictEqual(failure._tag, "SqlError")
    yield* second.withTransaction(second`INSERT INTO names VALUES ('fourth')`)
    yield* second`INSERT INTO names VALUES ('fifth')`
    deepStrictEqual(yield* names, ["first", "fourth", "fifth"])
  })
)

it.scopedLive("a client keeps its connection after a transaction", () =>
  Effect.gen(function* () {
    const { release, second } = yield* scene
    yield* release
    yield* second.withTransaction(second`CREATE TEMP TABLE own (name TEXT)`)
    deepStrictEqual(yield* second`SELECT name FROM own`, [])
  })
)
