/** A test of a program that uses the client: the sandbox in process, and `TestClock`. */
import { CertifierClient } from "@effect-certifier/core"
import { Fault, Fixture, Sandbox } from "@effect-certifier/sandbox"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted, TestClock } from "effect"
import { setYear } from "../src/lib/year.js"

const group = Fixture.group({ name: "Financial Markets 2025" })

const Certifier = CertifierClient.layer({ accessToken: Redacted.make("any") }).pipe(
  Layer.provideMerge(Sandbox.layerInProcess({ groups: [group] }))
)

describe("setYear", () => {
  it.effect("changes the year, and sends only the name", () =>
    Effect.gen(function* () {
      const { name } = yield* setYear(group.id, 2026)
      assert.strictEqual(name, "Financial Markets 2026")
      yield* Sandbox.expectRequests([
        { method: "GET", status: 200 },
        { method: "PATCH", json: { name: "Financial Markets 2026" }, status: 200 }
      ])
    }).pipe(Effect.provide(Certifier))
  )

  it.effect("sends nothing if the name already ends with the year", () =>
    Effect.gen(function* () {
      yield* setYear(group.id, 2025)
      yield* Sandbox.expectRequests([{ method: "GET" }])
    }).pipe(Effect.provide(Certifier))
  )

  it.effect("waits as long as Retry-After says", () =>
    Effect.gen(function* () {
      yield* Sandbox.inject(Fault.error("rate_limited", { retryAfter: "20" }), { method: "PATCH" })
      const fiber = yield* Effect.fork(setYear(group.id, 2026))
      yield* TestClock.adjust("19 seconds")
      yield* Sandbox.expectRequests([{ method: "GET" }, { method: "PATCH", status: 429 }])
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(fiber)).name, "Financial Markets 2026")
    }).pipe(Effect.provide(Certifier))
  )

  it.effect("fails if there is no such group", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(setYear("01hz2ej4yzdcfkq9fa78nhyj0x", 2026))
      assert.strictEqual(error._tag, "CertifierNotFound")
    }).pipe(Effect.provide(Certifier))
  )

  it.effect("does not retry an update that was applied and whose response was lost", () =>
    Effect.gen(function* () {
      yield* Sandbox.inject(Fault.reset(), { method: "PATCH" })
      const fiber = yield* Effect.fork(setYear(group.id, 2026))
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(fiber)).name, "Financial Markets 2026")
      yield* Sandbox.expectRequests([{ method: "GET" }, { method: "PATCH" }, { method: "GET" }])
    }).pipe(Effect.provide(Certifier))
  )

  it.effect("does not overwrite a change of another writer between two attempts", () =>
    Effect.gen(function* () {
      yield* Sandbox.inject(Fault.make({ status: 503 }), { method: "PATCH" })
      const fiber = yield* Effect.fork(Effect.flip(setYear(group.id, 2026)))
      yield* TestClock.adjust(0)
      yield* CertifierClient.updateGroup(group.id, { name: "Money" })
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "CertifierConcurrentModification")
      yield* Sandbox.expectRequests([
        { method: "GET" },
        { method: "PATCH", status: 503 },
        { method: "PATCH", json: { name: "Money" }, status: 200 },
        { method: "GET" }
      ])
    }).pipe(Effect.provide(Certifier))
  )
})
