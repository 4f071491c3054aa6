import { CertifierError } from "@effect-certifier/core"
import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { run, timeout } from "./support/program.js"

describe("the programs that end by themselves", { timeout }, () => {
  it.live("update-with-retries: waits and retries, but not for ten minutes, and not an update that was applied", () =>
    Effect.gen(function* () {
      const { code, lines, requests } = yield* run("update-with-retries")
      assert.strictEqual(code, 0)
      deepStrictEqual(
        lines.map((line) => line.replace(/ in \d\S*( \d+ms)?:/, " in …:")),
        [
          "attempt 2 in …: RateLimited",
          "attempt 3 in …: Transient",
          "renamed to Financial Markets, Global",
          "no more attempts: RetryAfterTooLong",
          "try again in 10m",
          "renamed to Financial Markets"
        ]
      )
      deepStrictEqual(requests, [
        "PATCH 429 (fault)",
        "PATCH 502 (fault)",
        "PATCH 200",
        "PATCH 429 (fault)",
        "GET 200",
        "PATCH broken off (fault)",
        "GET 200"
      ])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.live("handle-every-error: has advice for each error", () =>
    Effect.gen(function* () {
      const { code, lines } = yield* run("handle-every-error")
      assert.strictEqual(code, 0)
      const advice = new Map(
        lines.map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ")).trim()])
      )
      deepStrictEqual(
        new Set(advice.keys()),
        new Set(CertifierError.CertifierError.members.map((member) => member._tag))
      )
      assert.strictEqual(advice.get("CertifierTimeout"), "read the group before a retry")
      assert.match(advice.get("CertifierInvalidRequest") ?? "", /^nothing was sent, .*: name is blank/)
      assert.match(advice.get("CertifierRateLimiterRejected") ?? "", /^nothing was changed, retry in \d/)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.live("own-http-client: the same responses and errors over three transports", () =>
    Effect.gen(function* () {
      const { code, requests, stdout } = yield* run("own-http-client")
      assert.strictEqual(code, 0)
      const broken = "updateGroup: the connection broke"
      deepStrictEqual(
        stdout
          .trim()
          .split("\n\n")
          .map((trial) => trial.split("\n").map((line) => line.replace(/ at http.*$/, ""))),
        [
          [
            "fetch",
            "fetch returned 200",
            "renamed to Financial Markets over fetch",
            broken,
            "fetch returned 200",
            broken
          ],
          ["undici", "renamed to Financial Markets over undici", broken, broken],
          ["node:http", "renamed to Financial Markets over node:http", broken, broken]
        ]
      )
      const each = ["PATCH 200", "PATCH broken off (fault)", "PATCH 200 (fault)"]
      deepStrictEqual(requests, [...each, ...each, ...each])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
