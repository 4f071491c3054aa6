import { FetchHttpClient } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Sandbox } from "../src/index.js"
import { get, patch, token } from "./support/request.js"
import * as Command from "./support/command.js"
import { run } from "./support/runCommand.js"

const sandbox = (...args: ReadonlyArray<string>) => Command.start("../../src/bin.ts", args)

const urlOf = (running: Command.Running) =>
  Effect.map(running.line(/^Certifier sandbox: /), (line) => /http:\S+/.exec(line)?.[0] ?? "")

describe("the command line", () => {
  it.scopedLive("serves, applies faults, logs a line for each request, and stops on SIGINT", () =>
    Effect.gen(function* () {
      const running = yield* sandbox(
        "--port",
        "0",
        "--rate-limit",
        "1",
        "--retry-after",
        "date",
        "--fault",
        "402*2",
        "--fault",
        "conflict"
      )
      const url = yield* urlOf(running)
      assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
      const responses = [yield* get(url), yield* get(url), yield* get(url), yield* patch(url), yield* get(url)]
      deepStrictEqual(
        responses.map(({ status }) => status),
        [402, 402, 409, 200, 429]
      )
      assert.match(responses[4]?.headers["retry-after"] ?? "", /GMT$/)
      yield* running.line(/^\S+Z PATCH \/v1\/groups\/\w+ 200 <[0-9a-f]{8}>$/)
      yield* running.line(/^\S+Z GET \/v1\/groups\/\w+ 402 fault <[0-9a-f]{8}>$/)
      assert.notInclude(yield* running.output, token)
      yield* running.kill("SIGINT")
      yield* running.ended
      assert.strictEqual((yield* Effect.flip(get(url)))._tag, "RequestError")
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )

  it.scopedLive("persists its state in a file, and can run without a rate limit", () =>
    Effect.gen(function* () {
      const directory = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "certifier-sandbox-"))),
        (path) => Effect.sync(() => rmSync(path, { recursive: true }))
      )
      const args = ["--port", "0", "--data", join(directory, "data.json"), "--rate-limit", "0"]
      yield* Effect.gen(function* () {
        const url = yield* urlOf(yield* sandbox(...args))
        yield* patch(url, { name: "Money" })
      }).pipe(Effect.scoped)
      const url = yield* urlOf(yield* sandbox(...args))
      assert.strictEqual(JSON.parse((yield* get(url)).text).name, "Money")
      deepStrictEqual(
        new Set((yield* Effect.replicateEffect(get(url), 10)).map(({ status }) => status)),
        new Set([200])
      )
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )

  it.live("--help lists the options", () =>
    Effect.gen(function* () {
      const { isFailure, output } = yield* run("--help")
      assert.isFalse(isFailure)
      for (const option of [
        "--port",
        "--host",
        "--data",
        "--rate-limit",
        "--burst",
        "--retry-after",
        "--fault",
        "--seed",
        "--quirk",
        "--list-quirks",
        "--experimental",
        "--import",
        "--export"
      ]) {
        assert.include(output, option)
      }
    })
  )

  const refused: ReadonlyArray<readonly [args: ReadonlyArray<string>, message: RegExp]> = [
    [["--port", "x"], /'x' is not a integer/],
    [["--port", "99999"], /^--port: Expected a whole number from 0 to 65535$/m],
    [["--port", "-1"], /^--port: Expected a whole number from 0 to 65535$/m],
    [["--port", ""], /^--port: Expected a value that is not empty$/m],
    [["--host", ""], /^--host: Expected a value that is not empty$/m],
    [["--host", " "], /^--host: Expected an address/m],
    [["--data", ""], /^--data: Expected a value that is not empty$/m],
    [["--seed", ""], /^--seed: Expected a value that is not empty$/m],
    [["--fault", ""], /^--fault: Expected a value that is not empty$/m],
    [["--fault", "reset", "--fault", ""], /^--fault: Expected a value that is not empty$/m],
    [["--fault="], /--fault/],
    [["--fault", "reset@0%"], /--fault reset@0%: Expected a probability above 0/],
    [["--fault", "nonsense"], /--fault nonsense: Expected JSON, a status/],
    [["--fault", '{"fault":{"status":99}}'], /: fault\.status Expected/],
    [["--fault", "sendAll:503"], /--fault sendAll:503: operation is not the name of an operation/],
    [["--quirk", "issueTwice=maybe"], /--quirk issueTwice=maybe: issueTwice is not one of invalid, conflict, accept/],
    [["--quirk", "issueThrice=conflict"], /: issueThrice is not the name of a quirk/],
    [["--quirk", "issueTwice"], /--quirk issueTwice: is not of the form name=value/],
    [["--import", "/dev/null/x.json"], /--import \/dev\/null\/x\.json: /],
    [["--import", "/dev/null"], /--import \/dev\/null: Unexpected end of JSON input/],
    [["--port", "0", "--export", "/dev/null/x.json"], /--export \/dev\/null\/x\.json: /],
    [["--rate-limit", "-1"], /^--rate-limit: Expected a whole number from 1 to 1000000$/m],
    [["--burst", "0"], /^--burst: Expected a whole number from 1 to 1000000$/m],
    [["--burst", "-2"], /^--burst: Expected a whole number from 1 to 1000000$/m],
    [["--rate-limit", "0", "--burst", "5"], /^--burst: Expected no value with --rate-limit 0/m],
    [["--rate-limit", "0", "--retry-after", "date"], /^--retry-after: Expected no value with --rate-limit 0/m],
    [["--retry-after", "never"], /seconds/],
    [["--data", "/dev/null/data.json"], /^\/dev\/null\/data\.json can't be/m]
  ]
  it.live.each(refused)("rejects %j with a message", ([args, message]) =>
    Effect.gen(function* () {
      const { isFailure, output } = yield* run(...args)
      assert.isTrue(isFailure)
      assert.match(output, message)
    })
  )

  const hostile = "\u001b[2J\u0007\u009b2J\u202e"
  const hostileArguments: ReadonlyArray<readonly [title: string, args: ReadonlyArray<string>]> = [
    ["an invalid integer", ["--port", hostile]],
    ["an unknown fault", ["--fault", hostile]],
    ["a fault that is not JSON", ["--fault", `{"${hostile}`]],
    ["an unknown host", ["--host", hostile]],
    ["a file that can't be written", ["--data", `/dev/null/${hostile}`]],
    ["an unknown argument", [hostile]]
  ]
  it.live.each(hostileArguments)("prints no control characters of %s", ([, args]) =>
    Effect.gen(function* () {
      const { isFailure, raw } = yield* run(...args)
      assert.isTrue(isFailure)
      // The colours of the help do not come from the arguments.
      // oxlint-disable-next-line no-control-regex
      assert.notMatch(raw.replace(/\n|\u001b\[[\d;]*m/g, ""), /[\p{Cc}\p{Cf}]/u)
    })
  )

  it.scopedLive("prints a loopback address if it listens on all addresses", () =>
    Effect.gen(function* () {
      const running = yield* sandbox("--port", "0", "--host", "0.0.0.0")
      const line = yield* running.line(/^Certifier sandbox: /)
      assert.match(line, /^Certifier sandbox: http:\/\/127\.0\.0\.1:\d+ \(.*\), listening on all addresses$/)
    })
  )

  it.scopedLive("continues without a stack trace when the reader of its output is closed", () =>
    Effect.gen(function* () {
      const running = yield* sandbox("--port", "0", "--rate-limit", "0")
      const url = yield* urlOf(running)
      yield* running.closeOutput
      // A write to a pipe without a reader fails with EPIPE.
      yield* Effect.replicateEffect(get(url), 3)
      yield* Effect.sleep("200 millis")
      assert.strictEqual((yield* get(url)).status, 200)
      yield* running.kill("SIGINT")
      yield* running.ended
      assert.notMatch(yield* running.output, /EPIPE|\n\s+at /)
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )

  it.scopedLive("fails with one line and an exit code", () =>
    Effect.gen(function* () {
      const running = yield* sandbox("--host", "192.0.2.1")
      assert.strictEqual(yield* running.ended, 1)
      assert.match(yield* running.output, /^Can't listen on 192\.0\.2\.1:4010 \(EADDRNOTAVAIL\)$/)
    })
  )

  it.scopedLive("reports that its port is in use", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.serve()
      const port = Number(new URL(url).port)
      const error = yield* Effect.flip(Sandbox.serve({ port }))
      assert.strictEqual(error._tag, "SandboxListenError")
      assert.strictEqual(error.message, `Can't listen on 127.0.0.1:${port} (EADDRINUSE)`)
    })
  )
})
