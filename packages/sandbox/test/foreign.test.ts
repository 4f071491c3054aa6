import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Cause, Chunk, Effect, Exit } from "effect"
import { Sandbox } from "../src/index.js"
import * as Api from "../src/internal/api.js"
import { get, good, id, sendTo } from "./support/request.js"

const unlimited = Sandbox.layerInProcess({ rateLimit: "Unlimited" })
const strict = Sandbox.layerInProcess({ rateLimit: "Unlimited", quirks: { unknownFields: "refuse" } })

describe("__proto__ in JSON", () => {
  const json = { "content-type": "application/json" }
  const rejected: ReadonlyArray<readonly [method: "POST" | "PATCH", path: string, body: string]> = [
    ["POST", "/__sandbox/faults", '{"fault":{"status":503,"headers":{"__proto__":"x"}}}'],
    ["POST", "/__sandbox/faults", '{"fault":{"__proto__":{"status":503}}}'],
    ["POST", "/__sandbox/faults", '{"__proto__":{"fault":{"status":503}}}'],
    ["POST", "/__sandbox/faults", '{"fault":{"disconnect":{"__proto__":{"how":"Reset","at":"Start"}}}}'],
    ["POST", "/v1/groups", '{"__proto__":{"name":"x"}}'],
    ["POST", "/v1/groups", '{"name":"x","__proto__":{"badgeDesignId":"01hz2ej4yzdcfkq9fa78nhyj0x"}}'],
    ["PATCH", `/v1/groups/${id}`, '{"__proto__":{"name":"x"}}'],
    ["PATCH", `/v1/groups/${id}`, '{"name":"x","__proto__":1}']
  ]
  it.effect.each(rejected)("is neither a prototype nor stored: %s %s %s", ([method, path, body]) =>
    Effect.gen(function* () {
      const { faults, groups, url } = yield* Sandbox.Sandbox
      const before = yield* groups
      const headers = path.startsWith("/__sandbox") ? json : good
      assert.strictEqual((yield* sendTo(url, { method, path, headers, body })).status, 400)
      deepStrictEqual(yield* faults, [])
      deepStrictEqual(yield* groups, before)
      assert.notProperty({}, "status")
    }).pipe(Effect.provide(strict))
  )

  it.effect("is ignored like any unknown field", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      const body = '{"name":"x","__proto__":{"badgeDesignId":"01k0dsn00000000000000000d2"}}'
      const { status, text } = yield* sendTo(url, { method: "POST", path: "/v1/groups", headers: good, body })
      assert.strictEqual(status, 201)
      assert.notProperty(JSON.parse(text), "badgeDesignId")
    }).pipe(Effect.provide(unlimited))
  )

  it.effect("has no effect in a query", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      const list = (query: string) => get(url, `/v1/groups?${query}`)
      assert.strictEqual((yield* list("__proto__=1&__proto__=2&constructor=x")).status, 200)
      const { text } = yield* list("limit=1&limit=2")
      assert.include(text, "limit Expected string")
    }).pipe(Effect.provide(unlimited))
  )
})

describe("an error of another copy of the platform", () => {
  it.effect("is recognized by its tag", () =>
    Effect.gen(function* () {
      const TypeId = Symbol.for("@effect/platform/HttpServerError")
      const error = yield* Effect.flip(Api.translate(Cause.die({ [TypeId]: TypeId, _tag: "RouteNotFound" })))
      assert.strictEqual(error.error.code, "not_found")
      const exit = yield* Effect.exit(Api.translate(Cause.die({ _tag: "RouteNotFound" })))
      assert.isTrue(Exit.isFailure(exit) && Chunk.size(Cause.defects(exit.cause)) === 1)
    })
  )
})
