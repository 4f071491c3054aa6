import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { execFile } from "node:child_process"
import * as Command from "./support/command.js"

/** A program in another language, on the same machine. */
const curl = (...args: ReadonlyArray<string>) =>
  Effect.async<string>((resume) => {
    execFile("curl", ["--silent", "--max-time", "10", ...args], { encoding: "latin1" }, (_, stdout) =>
      resume(Effect.succeed(stdout))
    )
  })

const status = (...args: ReadonlyArray<string>) => curl("--output", "/dev/null", "--write-out", "%{http_code}", ...args)

const json = ["-H", "content-type: application/json"]

/** The headers that the documentation gives to a new user. */
const asCaller = ["-H", "authorization: Bearer any", "-H", "certifier-version: 2022-10-26", ...json]

const start = (...args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const running = yield* Command.start("../../src/bin.ts", ["--port", "0", "--rate-limit", "0", ...args])
    const line = yield* running.line(/^Console: /)
    return { running, console: line.slice("Console: ".length), url: /http:\/\/[^/]+/.exec(line)?.[0] ?? "" }
  })

describe("a new user with curl", () => {
  it.scopedLive(
    "issues, reads the mail, opens the page and the image, redelivers an event, and injects faults",
    () =>
      Effect.gen(function* () {
        const { console, running, url } = yield* start(
          "--webhook",
          "http://127.0.0.1:1/hook?key=s3cret-key",
          "--webhook-secret",
          "s3cret",
          "--webhook-way",
          "bare",
          "--webhook-way",
          "doubled",
          "--webhook-speed",
          "4800"
        )
        assert.strictEqual(console, `${url}/`)
        const body = `{"groupId":"01g90279gp5sbmfek7wymcsvec","recipient":{"name":"Ada Example","email":"ada@example.com"}}`
        const created = yield* curl(`${url}/v1/credentials/create-issue-send`, ...asCaller, "-d", body)
        const { id, publicId, status: state } = JSON.parse(created)
        assert.strictEqual(state, "issued")

        const mails = JSON.parse(yield* curl(`${url}/__sandbox/mails`))
        deepStrictEqual(mails.data[0].to, "ada@example.com")
        assert.strictEqual(mails.data[0].url, `${url}/credentials/${publicId}?recipient=true`)
        assert.include(yield* curl(mails.data[0].url), "Ada Example")
        const [design] = JSON.parse(yield* curl(`${url}/v1/credentials/${id}/designs`, ...asCaller))
        assert.match(yield* curl(design.previews[0].url), /^\u0089PNG/)
        const interactions = JSON.parse(
          yield* curl(`${url}/v1/credential-interactions?credentialId=${id}`, ...asCaller)
        )
        deepStrictEqual(interactions.data[0].triggeredBy, "recipient")

        const again = JSON.parse(yield* curl("-X", "POST", `${url}/__sandbox/deliveries/1/redeliver`))
        assert.strictEqual(again.type, "credential.created")
        const changed = JSON.parse(
          yield* curl("-X", "PATCH", `${url}/__sandbox/webhooks`, ...json, "-d", `{"doubled":false}`)
        )
        deepStrictEqual([changed.behavior.doubled, changed.behavior.bare, changed.behavior.speed], [false, true, 4800])
        yield* curl(`${url}/__sandbox/bounces`, ...json, "-d", `{"address":"ada@example.com"}`)
        yield* curl("-X", "POST", `${url}/v1/credentials/${id}/send`, ...asCaller, "-d", `{"deliveryMethod":"email"}`)
        assert.isTrue(JSON.parse(yield* curl(`${url}/__sandbox/mails`)).data[1].bounced)

        yield* curl(`${url}/__sandbox/faults`, ...json, "-d", `{"fault":{"status":503}}`)
        assert.strictEqual(yield* status(`${url}/v1/credentials/${id}`, ...asCaller), "503")
        yield* curl(`${url}/__sandbox/snapshots`, ...json, "-d", `{"name":"before"}`)
        yield* curl("-X", "DELETE", `${url}/v1/credentials/${id}`, ...asCaller)
        assert.strictEqual(yield* status(mails.data[0].url), "404")
        yield* curl("-X", "POST", `${url}/__sandbox/snapshots/before/restore`)
        assert.strictEqual(yield* status(mails.data[0].url), "200")
        yield* curl(`${url}/__sandbox/clock`, ...json, "-d", `{"by":"1 day"}`)
        assert.include(yield* curl(console), "moved by 1d")

        const shown = yield* Effect.all([
          running.output,
          curl(console),
          curl(`${url}/__sandbox/deliveries`),
          curl(`${url}/__sandbox/webhooks`),
          curl(`${url}/__sandbox/requests`)
        ])
        for (const text of shown) assert.notInclude(text, "s3cret")
      }),
    30_000
  )

  it.scopedLive(
    "needs the token only for the console and the control endpoints, on all addresses",
    () =>
      Effect.gen(function* () {
        const { console, url } = yield* start("--host", "0.0.0.0")
        const token = /\?token=(\S+)$/.exec(console)?.[1] ?? ""
        assert.match(token, /^[\w-]{24}$/)
        const bearer = ["-H", `authorization: Bearer ${token}`]
        deepStrictEqual(
          yield* Effect.all([
            status(`${url}/`),
            status(`${url}/`, ...bearer),
            status(`${url}/?token=wrong`),
            status(console),
            status(`${url}/__sandbox/mails`),
            status(`${url}/__sandbox/mails`, ...bearer),
            status(`${url}/__sandbox/mails`, ...bearer, "-H", "origin: http://evil.example"),
            status(`${url}/__sandbox/console/events`),
            status("-X", "POST", `${url}/__sandbox/console/clear-faults`),
            status(`${url}/v1/groups`, ...asCaller),
            status(`${url}/openapi.json`)
          ]),
          ["401", "200", "401", "303", "404", "200", "404", "404", "403", "200", "200"]
        )
      }),
    30_000
  )

  it.scopedLive(
    "reports an invalid flag, and does not print a given token",
    () =>
      Effect.gen(function* () {
        const refused = (...args: ReadonlyArray<string>) =>
          Effect.gen(function* () {
            const running = yield* Command.start("../../src/bin.ts", ["--port", "0", ...args])
            yield* running.ended
            return yield* running.output
          })
        const [secret, url, short] = yield* Effect.all(
          [
            refused("--webhook", "http://127.0.0.1:1/"),
            refused("--webhook", "ftp://hidden.example/", "--webhook-secret", "hidden"),
            refused("--control-token", "hidden")
          ],
          { concurrency: "unbounded" }
        )
        assert.include(secret, "--webhook-secret")
        assert.include(url, "--webhook")
        assert.include(short, "--control-token")
        assert.notInclude(url + short, "hidden")
        const { console, url: base } = yield* start("--control-token", "a-token-of-my-own")
        assert.strictEqual(console, `${base}/`)
        assert.strictEqual(yield* status(`${base}/__sandbox/mails`), "404")
        const bearer = ["-H", "authorization: Bearer a-token-of-my-own"]
        assert.strictEqual(yield* status(`${base}/__sandbox/mails`, ...bearer), "200")
      }),
    30_000
  )
})
