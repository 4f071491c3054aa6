import { CertifierClient } from "@effect-certifier/core"
import type * as HttpClient from "@effect/platform/HttpClient"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as RateLimiter from "../src/RateLimiter.js"
import * as Support from "./RateLimiter.support.js"

const { update } = Support

const clientOf = (
  server: { readonly layer: Layer.Layer<HttpClient.HttpClient> },
  limit?: RateLimiter.Options,
  transformClient?: CertifierClient.ClientTransform
) =>
  RateLimiter.clientLayer(CertifierClient.layer, { ...Support.options, transformClient }).pipe(
    Layer.provide(RateLimiter.layer(limit)),
    Layer.provide(server.layer)
  )

const once = (reply: Support.Reply) => Support.server((_, index) => Effect.succeed(index === 0 ? reply : {}))

const wide = { limit: 100, window: "100 millis" } as const

describe("dates are not judged by the local clock", () => {
  const sent = Date.parse("Mon, 23 Nov 2026 00:00:00 GMT")
  const date = new Date(sent).toUTCString()
  for (const [clock, offset] of [
    ["right", 0],
    ["ten minutes ahead", 600_000],
    ["ten minutes behind", -600_000]
  ] as const) {
    for (const [unit, reset] of [
      ["seconds", String(sent / 1000 + 3)],
      ["milliseconds", String(sent + 3000)]
    ] as const) {
      for (const status of [200, 429, 500]) {
        it.effect(`X-RateLimit-Reset in ${unit} of a ${status}, and a local clock that is ${clock}`, () => {
          const server = once({ status, headers: { date, "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset } })
          return Effect.gen(function* () {
            yield* TestClock.setTime(sent + offset)
            yield* Effect.exit(update("first"))
            const second = yield* Effect.fork(update("second"))
            yield* TestClock.adjust("1 hour")
            yield* Fiber.join(second)
            deepStrictEqual(server.times(), [sent + offset, sent + offset + 3000])
          }).pipe(Effect.provide(clientOf(server, wide)))
        })
      }
    }
  }

  it.effect.each(["", "soon", "Mon, 23 Nov 2026 00:00:00", "Mon, 23 Xyz 2026 00:00:00 GMT"])(
    "a Date of %j counts as absent",
    (invalid) => {
      const headers = { date: invalid, "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(sent / 1000 + 3) }
      const server = once({ headers })
      return Effect.gen(function* () {
        yield* TestClock.setTime(sent)
        yield* update("first")
        const second = yield* Effect.fork(update("second"))
        yield* TestClock.adjust("1 hour")
        yield* Fiber.join(second)
        deepStrictEqual(server.times(), [sent, sent + 3000])
      }).pipe(Effect.provide(clientOf(server, wide)))
    }
  )
})
