import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { ConfigError, Effect } from "effect"
import { Sandbox } from "../src/index.js"

describe("invalid options", () => {
  const rejected: ReadonlyArray<readonly [name: string, options: Sandbox.ServerOptions]> = [
    ["port", { port: 65_536 }],
    ["port", { port: NaN }],
    ["host", { host: " " }],
    ["data", { data: "" }],
    ["requestTimeout", { requestTimeout: 0 }],
    ["requestTimeout", { requestTimeout: -1 }],
    ["requestTimeout", { requestTimeout: "25 hours" }],
    ["keepRequests", { keepRequests: 0 }],
    ["keepRequests", { keepRequests: 1.5 }],
    ["rateLimit.limit", { rateLimit: { limit: 0 } }]
  ]
  it.scopedLive.each(rejected)("are rejected with their names: %s of %j", ([name, options]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Sandbox.serve(options))
      assert.isTrue(ConfigError.isConfigError(error) && error._op === "InvalidData")
      deepStrictEqual("path" in error && error.path, [name])
    })
  )

  it.scopedLive("do not include a time limit with a fraction of a millisecond", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.serve({ requestTimeout: "1500 micros" })
      assert.match(url, /^http:/)
    })
  )
})
