import { FetchHttpClient, type HttpClient, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import * as LibsqlClient from "@effect/sql-libsql/LibsqlClient"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Logger, LogLevel, Random, Redacted, type Scope } from "effect"
import { execFileSync, spawn } from "node:child_process"
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath, pathToFileURL } from "node:url"
import { Fixture, Sandbox } from "../src/index.js"
import { start as startProgram } from "./support/command.js"
import { get, id, patch, sendTo } from "./support/request.js"

const directory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "certifier-sandbox-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

const start = (data: string, options?: Sandbox.ServerOptions) =>
  Sandbox.serve({ ...options, data, rateLimit: "Unlimited" })

const quietly = Effect.provide(Logger.minimumLogLevel(LogLevel.None))

const scenario = (
  title: string,
  test: (directory: string) => Effect.Effect<void, unknown, HttpClient.HttpClient | Scope.Scope>
) => it.scopedLive(title, () => Effect.provide(Effect.flatMap(directory, test), FetchHttpClient.layer))

const refusal = (data: string) =>
  Effect.map(Effect.flip(Effect.scoped(start(data))), (error) =>
    error._tag === "SandboxDataFileError" ? [error.reason, error.message.replace(data, "FILE")] : [error._tag, ""]
  )

const create = (url: string, name = "New") =>
  sendTo(url, { method: "POST", path: "/v1/groups", body: JSON.stringify({ name }) })

/** Issues a credential and sends it; returns its id. */
const issueAndSend = (url: string, email: string) =>
  Effect.map(
    sendTo(url, {
      method: "POST",
      path: "/v1/credentials/create-issue-send",
      body: JSON.stringify({ groupId: id, recipient: { name: "Ada Example", email } })
    }),
    ({ text }): string => JSON.parse(text).id
  )

const names = (sandbox: Sandbox.Service) =>
  Effect.map(sandbox.groups, (groups) => groups.map((group) => group.name).slice(1))

describe("a sandbox with a file", () => {
  scenario("restores all stored objects", (directory) =>
    Effect.gen(function* () {
      const data = join(directory, "data with # and % and ü.sqlite")
      const [text, before] = yield* Effect.gen(function* () {
        const sandbox = yield* start(data, {
          credentials: [Fixture.credential({ status: "scheduled", expiryDate: "2099-01-01" })],
          interactions: [Fixture.interaction()]
        })
        yield* patch(sandbox.url, { name: "Money" })
        return [(yield* create(sandbox.url)).text, yield* sandbox.export] as const
      }).pipe(Effect.scoped)
      yield* Effect.gen(function* () {
        // The content of the file overrides the options.
        const sandbox = yield* start(data, { groups: [], credentials: [] })
        deepStrictEqual(yield* sandbox.export, before)
        yield* sendTo(sandbox.url, { method: "DELETE", path: `/v1/groups/${id}` })
      }).pipe(Effect.scoped)
      const { url } = yield* start(data)
      assert.strictEqual((yield* get(url)).status, 404)
      assert.strictEqual((yield* get(url, `/v1/groups/${JSON.parse(text).id}`)).text, text)
    })
  )

  scenario("continues the mails and deliveries of the previous run", (directory) =>
    Effect.gen(function* () {
      const data = join(directory, "data")
      let status = 500
      const received: Array<string> = []
      const app = Effect.map(
        Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ json }) => json),
        (json) => {
          received.push(String(Object(json).id))
          return HttpServerResponse.empty({ status })
        }
      )
      const webhooks = [{ app, secret: Redacted.make("a secret") }]
      const run = <A, E>(
        options: Sandbox.ServerOptions,
        use: (sandbox: Sandbox.Service) => Effect.Effect<A, E, HttpClient.HttpClient>
      ) => Effect.scoped(Effect.flatMap(start(data, { ...options, keepMails: 2 }), use))

      const [mails, deliveries] = yield* run({ webhooks }, (sandbox) =>
        Effect.gen(function* () {
          yield* Effect.forEach(["a@example.com", "b@example.com", "c@example.com"], (email) =>
            issueAndSend(sandbox.url, email)
          )
          const deliveries = yield* sandbox.awaitDeliveries
          return [yield* sandbox.mails, deliveries] as const
        })
      )
      deepStrictEqual(
        mails.map(({ number, to }) => `${number} ${to}`),
        ["2 b@example.com", "3 c@example.com"]
      )
      deepStrictEqual(
        deliveries.map(({ attempts, state }) => `${attempts.length} ${state}`),
        deliveries.map(() => "1 pending")
      )
      // Without the target they can't be delivered, but they are kept.
      const stuck = yield* run({}, ({ awaitDeliveries }) => awaitDeliveries)
      assert.isTrue(stuck.every(({ state }) => state === "failed"))
      status = 200
      received.length = 0
      yield* run({ webhooks }, (sandbox) =>
        Effect.gen(function* () {
          deepStrictEqual(yield* sandbox.mails, mails)
          deepStrictEqual(yield* sandbox.awaitDeliveries, deliveries)
          yield* sandbox.moveClock("80 minutes")
          const delivered = yield* sandbox.awaitDeliveries
          assert.isTrue(delivered.every(({ attempts, state }) => attempts.length === 2 && state === "delivered"))
          assert.sameMembers(
            received,
            deliveries.map(({ eventId }) => eventId)
          )
          yield* issueAndSend(sandbox.url, "d@example.com")
          deepStrictEqual(
            (yield* sandbox.mails).map(({ number }) => number),
            [3, 4]
          )
          yield* sandbox.awaitDeliveries
        })
      )
      received.length = 0
      yield* run({ webhooks }, (sandbox) =>
        Effect.gen(function* () {
          deepStrictEqual(
            (yield* sandbox.awaitDeliveries).map(({ number }) => number),
            [1, 2, 3, 4, 5, 6, 7, 8]
          )
          yield* sandbox.clearMails
          yield* sandbox.clearDeliveries
        })
      )
      deepStrictEqual(received, [])
      deepStrictEqual(yield* run({ webhooks }, (sandbox) => Effect.all([sandbox.mails, sandbox.deliveries])), [[], []])
    })
  )

  scenario("leaves only one file when it ends", (directory) =>
    Effect.gen(function* () {
      yield* Effect.scoped(Effect.flatMap(start(join(directory, "data")), ({ url }) => create(url)))
      deepStrictEqual(readdirSync(directory), ["data"])
    })
  )

  scenario("does not repeat the ids of the previous run with the same seed", (directory) =>
    Effect.gen(function* () {
      const data = join(directory, "data")
      const body = JSON.stringify({ groupId: id, recipient: { name: "Ada" } })
      const ids: Array<string> = []
      for (let run = 0; run < 3; run++) {
        yield* Effect.gen(function* () {
          const { url } = yield* start(data)
          const { text } = yield* sendTo(url, { method: "POST", path: "/v1/credentials", body })
          ids.push(JSON.parse(text).publicId)
        }).pipe(Effect.scoped)
      }
      assert.strictEqual(new Set(ids).size, 3)
    })
  )

  scenario("keeps snapshots, and restores them after a restart", (directory) =>
    Effect.gen(function* () {
      const data = join(directory, "data")
      yield* Effect.gen(function* () {
        const sandbox = yield* start(data)
        yield* create(sandbox.url, "first")
        yield* sandbox.snapshot("one")
        yield* create(sandbox.url, "second")
        yield* sandbox.snapshot("two")
        yield* sandbox.snapshot("one-more")
        yield* sandbox.removeSnapshot("one-more")
      }).pipe(Effect.scoped)
      yield* Effect.gen(function* () {
        const sandbox = yield* start(data)
        deepStrictEqual(yield* sandbox.snapshots, ["one", "two"])
        yield* sandbox.restore("one")
        deepStrictEqual(yield* names(sandbox), ["first"])
      }).pipe(Effect.scoped)
      const sandbox = yield* start(data)
      deepStrictEqual(yield* names(sandbox), ["first"])
      yield* sandbox.restore("two")
      deepStrictEqual(yield* names(sandbox), ["first", "second"])
      const error = yield* Effect.flip(sandbox.restore("three"))
      assert.strictEqual(error.message, "There is no snapshot three")
    })
  )
})

describe("an invalid file", () => {
  /** Runs statements as another program. */
  const foreign = (data: string, ...statements: ReadonlyArray<string>) =>
    Effect.flatMap(LibsqlClient.LibsqlClient, (client) =>
      Effect.forEach(statements, (statement) => client.unsafe(statement), { discard: true })
    ).pipe(Effect.provide(LibsqlClient.layer({ url: pathToFileURL(data).href })))

  const unusable: ReadonlyArray<
    readonly [what: string, make: (data: string) => void, reason: string, problem: RegExp]
  > = [
    [
      "an old JSON file",
      (data) => writeFileSync(data, `{"groups":[${" ".repeat(2000)}]}`),
      "Invalid",
      /^FILE is not a data file of the sandbox; JSON files are read with --import \(SQLITE_NOTADB\)$/
    ],
    ["a folder", (data) => mkdirSync(data), "Invalid", /^FILE is not a file$/],
    [
      "a link to nowhere in a folder that does not exist",
      (data) => symlinkSync(join(dirname(data), "missing", "data"), data),
      "NotWritable",
      /^FILE can't be written: its folder does not exist or is read-only/
    ]
  ]
  it.scopedLive.each(unusable)("%s is rejected at the start, and not changed", ([, make, reason, problem]) =>
    Effect.gen(function* () {
      const data = join(yield* directory, "data")
      make(data)
      const before = lstatSync(data)
      const [actual, message] = yield* refusal(data)
      assert.strictEqual(actual, reason)
      assert.match(message ?? "", problem)
      deepStrictEqual([lstatSync(data).ino, lstatSync(data).mtimeMs], [before.ino, before.mtimeMs])
    })
  )

  scenario("a folder that does not exist is rejected at the start", (directory) =>
    Effect.gen(function* () {
      const [reason, message] = yield* refusal(join(directory, "missing", "data"))
      assert.strictEqual(reason, "NotWritable")
      assert.match(message ?? "", /its folder does not exist or is read-only/)
    })
  )

  scenario("a database of another program or version is rejected", (directory) =>
    Effect.gen(function* () {
      const data = join(directory, "data")
      yield* foreign(data, "CREATE TABLE notes (text TEXT)")
      deepStrictEqual(yield* refusal(data), ["Invalid", "FILE is a database of another program"])
      yield* foreign(data, "PRAGMA application_id = 1667592820", "PRAGMA user_version = 7")
      deepStrictEqual(yield* refusal(data), [
        "Invalid",
        "FILE was written by another version of the sandbox (7 instead of 2)"
      ])
    })
  )

  scenario("the error of a damaged object names it", (directory) =>
    Effect.gen(function* () {
      const data = join(directory, "data")
      yield* Effect.scoped(start(data))
      yield* foreign(data, `UPDATE objects SET value = '{"id":"x"}' WHERE kind = 'groups'`)
      const [reason, message] = yield* refusal(data)
      assert.strictEqual(reason, "Invalid")
      assert.match(message ?? "", new RegExp(`is damaged: groups ${id}: name is missing`))
    })
  )

  scenario("a second sandbox on a file is rejected until the first one ends, even in the same process", (directory) =>
    Effect.gen(function* () {
      const data = join(directory, "data")
      yield* Effect.gen(function* () {
        const { url } = yield* start(data)
        deepStrictEqual(yield* refusal(data), ["InUse", "FILE is in use by another sandbox (SQLITE_BUSY)"])
        assert.strictEqual((yield* create(url)).status, 201)
      }).pipe(Effect.scoped)
      assert.strictEqual((yield* names(yield* start(data))).length, 1)
    })
  )

  scenario("a file that is moved while it is in use: 500, and nothing changes", (directory) =>
    Effect.gen(function* () {
      const data = join(directory, "data")
      const sandbox = yield* start(data)
      renameSync(data, join(directory, "elsewhere"))
      const response = yield* patch(sandbox.url, { name: "lost" })
      deepStrictEqual([response.status, JSON.parse(response.text).error.code], [500, "internal_server_error"])
      deepStrictEqual(yield* sandbox.groups, [Fixture.group()])
      renameSync(join(directory, "elsewhere"), data)
      assert.strictEqual((yield* patch(sandbox.url, { name: "kept" })).status, 200)
    }).pipe(quietly)
  )
})

describe("the driver", () => {
  it.scopedLive("if it is missing, the error has the command that installs it", () =>
    Effect.gen(function* () {
      const hook = `export const resolve = (name, context, next) => { if (name.startsWith("@effect/sql-libsql")) throw new Error("missing"); return next(name, context) }`
      const register = `import { register } from "node:module"; register("data:text/javascript,${encodeURIComponent(hook)}")`
      const data = join(yield* directory, "data")
      const program = yield* startProgram(
        "../../src/bin.ts",
        ["--port", "0", "--data", data],
        ["--import", `data:text/javascript,${encodeURIComponent(register)}`]
      )
      assert.strictEqual(yield* program.ended, 1)
      assert.strictEqual(
        yield* program.output,
        `${data} requires a package that can't be loaded: npm install --save-dev @effect/sql-libsql@0.42 @effect/sql@0.52 @effect/experimental@0.61`
      )
      deepStrictEqual(existsSync(data), false)
    })
  )
})

describe("a link to a file", () => {
  scenario("remains a link, and the mode of the file is kept", (directory) =>
    Effect.gen(function* () {
      const [target, link] = [join(directory, "target"), join(directory, "link")]
      yield* Effect.scoped(start(target))
      chmodSync(target, 0o640)
      symlinkSync(target, link)
      yield* Effect.scoped(Effect.flatMap(start(link), ({ url }) => create(url, "through the link")))
      assert.isTrue(lstatSync(link).isSymbolicLink())
      assert.strictEqual(statSync(target).mode & 0o777, 0o640)
      deepStrictEqual(yield* names(yield* start(target)), ["through the link"])
    })
  )
})

/** Runs a command in its own mount namespace with a small file system. Skipped where that is not allowed. */
const canMount = (() => {
  try {
    execFileSync("unshare", ["--mount", "--map-root-user", "true"], { stdio: "ignore" })
    return true
  } catch {
    console.log("NOTICE: the full disk and the read-only mount are not tried: no file system can be mounted here.")
    return false
  }
})()

const full = fileURLToPath(new URL("support/fullDisk.ts", import.meta.url))

describe.runIf(canMount)("a disk", () => {
  const inMount = (script: string) =>
    execFileSync("unshare", ["--mount", "--map-root-user", "sh", "-ec", script], {
      encoding: "utf8",
      env: { ...process.env, PROGRAM: full, NODE: process.execPath }
    })

  scenario("that is full: 500, nothing changes in memory, and the sandbox continues when there is space", (directory) =>
    Effect.sync(() => {
      const output = inMount(
        `mount -t tmpfs -o size=1m none ${directory}; "$NODE" --import tsx "$PROGRAM" ${directory}/data ${directory}/ballast`
      )
      const { acknowledged, kept, refused, resumed } = JSON.parse(output.trim().split("\n").at(-1) ?? "")
      assert.isAbove(acknowledged, 0)
      assert.isAbove(refused, 0)
      deepStrictEqual([kept, resumed], [acknowledged, 201])
    })
  )

  scenario("that is read-only: rejected at the start", (directory) =>
    Effect.gen(function* () {
      const data = join(directory, "data")
      yield* Effect.scoped(start(data))
      const output = inMount(
        `mount --bind ${directory} ${directory}; mount -o remount,bind,ro ${directory}; "$NODE" --import tsx "$PROGRAM" ${data} || true`
      )
      assert.match(output, /NotWritable: .* can't be written/)
    })
  )
})

const writer = fileURLToPath(new URL("support/writer.ts", import.meta.url))

/**
 * Runs the writer, kills it at the `event`th change in its folder that the operating system reports once it is running (so that
 * most kills happen during a write), and returns the last change that it printed.
 */
const runAndKill = (data: string, event: number) =>
  Effect.async<number, Error>((resume) => {
    const child = spawn(process.execPath, ["--import", "tsx", writer, data], { stdio: ["ignore", "pipe", "inherit"] })
    let last = 0
    let events = 0
    const watcher = watch(dirname(data), () => {
      if (last > 0 && ++events === event) child.kill("SIGKILL")
    })
    createInterface(child.stdout).on("line", (line) => {
      last = Number(line)
    })
    child.on("close", (_, signal) => {
      watcher.close()
      resume(
        signal === "SIGKILL" ? Effect.succeed(last) : Effect.fail(new Error(`the writer ended by itself (${signal})`))
      )
    })
    return Effect.sync(() => child.kill("SIGKILL"))
  })

describe("a kill at any time", () => {
  it.scopedLive(
    "leaves a file with every acknowledged change, and no lock",
    () =>
      Effect.gen(function* () {
        const data = join(yield* directory, "data")
        let printed = 0
        for (let kill = 0; kill < 4; kill++) {
          const last = yield* runAndKill(data, yield* Random.nextIntBetween(1, 60))
          assert.isAbove(last, printed)
          printed = last
          const all = yield* Effect.scoped(Effect.flatMap(start(data), ({ groups }) => groups))
          assert.strictEqual(all.length, 101)
          // The change after the last printed one may have been written.
          assert.include([printed, printed + 1], Number(all.find((group) => group.id === id)?.name))
        }
      }).pipe(Effect.withRandom(Random.make("kills"))),
    120_000
  )

  it.scopedLive(
    "of two sandboxes on one file, the second one is refused, and all that is acknowledged is kept, with mails and deliveries",
    () =>
      Effect.gen(function* () {
        const data = join(yield* directory, "data")
        const webhook = ["--webhook", "http://127.0.0.1:9", "--webhook-secret", "a secret"]
        const args = ["--port", "0", "--rate-limit", "0", "--data", data, ...webhook]
        const first = yield* startProgram("../../src/bin.ts", args)
        const url = /http:\S+?(?= )/.exec(yield* first.line(/^Certifier sandbox: /))?.[0] ?? ""
        const second = yield* startProgram("../../src/bin.ts", args)
        assert.strictEqual(yield* second.ended, 1)
        assert.include(yield* second.output, "is in use by another sandbox")
        const statuses = yield* Effect.forEach(
          Array.from({ length: 24 }, (_, index) => `group ${index}`),
          (name) => Effect.map(create(url, name), ({ status }) => status),
          { concurrency: 8 }
        )
        deepStrictEqual(
          statuses,
          statuses.map(() => 201)
        )
        const sent = yield* Effect.forEach(
          ["a@example.com", "b@example.com", "c@example.com", "d@example.com"],
          (email) => issueAndSend(url, email),
          { concurrency: 4 }
        )
        yield* first.kill("SIGKILL")
        yield* first.ended
        const sandbox = yield* start(data)
        assert.strictEqual((yield* names(sandbox)).length, 24)
        assert.sameMembers(
          (yield* sandbox.mails).map(({ credentialId }) => credentialId),
          sent
        )
        const deliveries = yield* sandbox.deliveries
        assert.sameMembers(
          deliveries.map(({ body, type }) => `${JSON.parse(body).data.resource.id} ${type}`),
          sent.flatMap((id) => [`${id} credential.created`, `${id} credential.issued`])
        )
      }).pipe(Effect.provide(FetchHttpClient.layer)),
    120_000
  )
})
