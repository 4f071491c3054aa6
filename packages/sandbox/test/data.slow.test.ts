import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Logger, LogLevel, Random, type Scope } from "effect"
import { spawn } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Fixture, Sandbox } from "../src/index.js"
import { sendTo, get, id, patch } from "./support/request.js"

const directory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "certifier-sandbox-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

const start = (data: string, options?: Sandbox.ServerOptions) =>
  Sandbox.serve({ ...options, data, rateLimit: "Unlimited" })

const scenario = (
  title: string,
  test: (directory: string) => Effect.Effect<void, unknown, HttpClient.HttpClient | Scope.Scope>
) => it.scopedLive(title, () => Effect.provide(Effect.flatMap(directory, test), FetchHttpClient.layer))

describe("a sandbox with a file", () => {
  scenario("restores its groups", (directory) =>
    Effect.gen(function* () {
      const data = join(directory, "data.json")
      const created = yield* Effect.gen(function* () {
        const { url } = yield* start(data)
        yield* patch(url, { name: "Money" })
        return JSON.parse((yield* sendTo(url, { method: "POST", path: "/v1/groups", body: '{"name":"New"}' })).text)
      }).pipe(Effect.scoped)
      yield* Effect.gen(function* () {
        // The file's groups override the option.
        const { groups, url } = yield* start(data, { groups: [] })
        deepStrictEqual(
          (yield* groups).map(({ name }) => name),
          ["Money", "New"]
        )
        yield* sendTo(url, { method: "DELETE", path: `/v1/groups/${id}` })
      }).pipe(Effect.scoped)
      const { url } = yield* start(data)
      assert.strictEqual((yield* get(url)).status, 404)
      deepStrictEqual(JSON.parse((yield* get(url, `/v1/groups/${created.id}`)).text), created)
      deepStrictEqual(readdirSync(directory), ["data.json"])
    })
  )

  const unusable: ReadonlyArray<readonly [content: string, problem: RegExp]> = [
    ["", /is not a sandbox's data/],
    ["{}", /is not a sandbox's data: groups is missing/],
    ['{"groups":[{}]}', /is not a sandbox's data: groups\.0\.id/],
    ['{"groups":[', /is not a sandbox's data/]
  ]
  it.scopedLive.each(unusable)("rejects a file with %j and does not change it", ([content, problem]) =>
    Effect.gen(function* () {
      const data = join(yield* directory, "data.json")
      writeFileSync(data, content)
      const error = yield* Effect.flip(start(data))
      assert.strictEqual(error._tag, "SandboxDataFileError")
      assert.match(error.message, problem)
      assert.strictEqual(readFileSync(data, "utf8"), content)
    })
  )

  scenario("fails to start if the folder does not exist", (directory) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.scoped(start(join(directory, "missing", "data.json"))))
      assert.strictEqual(error._tag, "SandboxDataFileError")
      assert.match(error.message, /can't be written/)
    })
  )

  scenario("returns 500 and changes nothing if the file can't be written", (directory) =>
    Effect.gen(function* () {
      const { groups, url } = yield* start(join(directory, "data.json"))
      rmSync(directory, { recursive: true })
      const response = yield* patch(url, { name: "lost" })
      deepStrictEqual([response.status, JSON.parse(response.text).error.code], [500, "internal_server_error"])
      deepStrictEqual(yield* groups, [Fixture.group()])
    }).pipe(Effect.provide(Logger.minimumLogLevel(LogLevel.None)))
  )
})

/**
 * Runs the writer, kills it at the `event`th change that the operating system reports of its folder once it is running (so
 * that most kills fall into a write), and returns the last change that it printed.
 */
const runAndKill = (data: string, event: number) =>
  Effect.async<number, Error>((resume) => {
    const writer = spawn(
      process.execPath,
      ["--import", "tsx", fileURLToPath(new URL("support/writer.ts", import.meta.url)), data],
      {
        stdio: ["ignore", "pipe", "inherit"]
      }
    )
    let last = 0
    let events = 0
    const watcher = watch(dirname(data), () => {
      if (last > 0 && ++events === event) writer.kill("SIGKILL")
    })
    createInterface(writer.stdout).on("line", (line) => {
      last = Number(line)
    })
    writer.on("close", (_, signal) => {
      watcher.close()
      resume(
        signal === "SIGKILL" ? Effect.succeed(last) : Effect.fail(new Error(`the writer ended by itself (${signal})`))
      )
    })
    return Effect.sync(() => writer.kill("SIGKILL"))
  })

describe("a kill at any moment", () => {
  it.scopedLive(
    "leaves a readable file with every change that was acknowledged",
    () =>
      Effect.gen(function* () {
        const data = join(yield* directory, "data.json")
        let printed = 0
        for (let kill = 0; kill < 3; kill++) {
          const last = yield* runAndKill(data, yield* Random.nextIntBetween(1, 30))
          assert.isAbove(last, printed)
          printed = last
          const { groups } = yield* Effect.scoped(start(data))
          const all = yield* groups
          assert.strictEqual(all.length, 1001)
          // The change after the last one may have been written and not yet printed.
          assert.include([printed, printed + 1], Number(all.find((group) => group.id === id)?.name))
        }
      }).pipe(Effect.withRandom(Random.make("kills"))),
    60_000
  )
})
