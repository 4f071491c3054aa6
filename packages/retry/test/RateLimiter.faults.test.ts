import { CertifierClient, CertifierError } from "@effect-certifier/core"
import type * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import * as vm from "node:vm"
import { messageOf } from "../src/internal/rateLimiter/errorMessage.js"
import * as RateLimiter from "../src/RateLimiter.js"
import * as Support from "./RateLimiter.support.js"
import * as Scripted from "./support/scripted.js"

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

/** Runs with the log of `Info` and above collected. */
const logging = <A, E, R>(use: (lines: ReadonlyArray<string>) => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    const lines: Array<string> = []
    const logger = Logger.make(
      ({ logLevel, message }) => void lines.push([logLevel.label, ...Arr.ensure(message)].join(" "))
    )
    return Effect.provide(use(lines), Logger.replace(Logger.defaultLogger, logger))
  })

describe("a waiter that wakes early or late does not start over", () => {
  for (const error of [-1, -0.4, 0, 1, 7]) {
    for (const margin of [0, 1]) {
      it(`timers that are ${error} ms late, a margin of ${margin} ms: each call goes through at its turn`, () => {
        const program = Effect.gen(function* () {
          const clock = yield* Effect.clock
          const { transform } = yield* RateLimiter.make({ limit: 1, window: 100, margin, maxWait: "1 second" })
          const times: Array<number> = []
          const call = Support.calls(transform, () =>
            Effect.map(Clock.currentTimeMillis, (time) => {
              times.push(time)
              return {}
            })
          )
          const skewed: Clock.Clock = {
            ...clock,
            [Clock.ClockTypeId]: clock[Clock.ClockTypeId],
            sleep: (wait) => clock.sleep(Duration.millis(Math.max(0.1, Duration.toMillis(wait) + error)))
          }
          yield* Effect.withClock(Effect.forEach([1, 2, 3, 4, 5], call, { concurrency: "unbounded" }), skewed)
          return times
        })
        const times = Exit.getOrElse(Support.simulate(program), () => assert.fail("a call was rejected"))
        assert.strictEqual(times.length, 5)
        for (const [index, time] of times.entries()) {
          assert.isAtLeast(time, 100 * index - 1e-6)
          assert.isAtMost(time, 110 * index)
        }
      })
    }
  }
})

describe("an absurd hint does not close the limiter", () => {
  const epoch = "1795392000"
  const rows: ReadonlyArray<readonly [name: string, reply: Support.Reply, requested: string]> = [
    ["Retry-After in seconds since 1970", { status: 429, headers: { "retry-after": epoch } }, "20780d"],
    ["RateLimit", { status: 429, headers: { ratelimit: `"default";r=0;t=${epoch}` } }, "20780d"],
    ["RateLimit of a success", { headers: { ratelimit: `"default";r=0;t=${epoch}` } }, "20780d"],
    [
      "X-RateLimit-Reset",
      { headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "999999999" } },
      "11574d 1h 46m 39s"
    ],
    [
      "X-RateLimit-Reset and an absurd Date",
      {
        headers: {
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": epoch,
          date: "Thu, 01 Jan 1970 00:00:00 GMT"
        }
      },
      "20780d"
    ]
  ]
  for (const [name, reply, requested] of rows) {
    it.effect(`${name}: the pause is cut to maxCoolDown, with a warning`, () => {
      const server = once(reply)
      return logging((lines) =>
        Effect.gen(function* () {
          const first = yield* Effect.either(update("first"))
          assert.strictEqual(first._tag, reply.status === 429 ? "Left" : "Right")
          const second = yield* Effect.fork(update("second"))
          yield* TestClock.adjust("1 hour")
          yield* Fiber.join(second)
          deepStrictEqual(server.times(), [0, 300_000])
          assert.strictEqual(lines.length, 1)
          assert.match(
            lines[0] ?? "",
            new RegExp(
              `^WARN updateGroup: the service requested a pause of ${requested} .* 5m, the option maxCoolDown$`
            )
          )
        }).pipe(Effect.provide(clientOf(server, wide)))
      )
    })
  }

  it.effect("the error of the call keeps what the service said", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(update("first"))
      deepStrictEqual(
        Option.map(CertifierError.retryAfter(error), Duration.toSeconds).pipe(Option.getOrUndefined),
        1_795_392_000
      )
    }).pipe(Effect.provide(clientOf(once({ status: 429, headers: { "retry-after": epoch } }), wide)))
  )

  it.effect("the option is a bound for all hints, and not for a coolDown that is longer", () => {
    const [limited, silent] = [once({ status: 429, headers: { "retry-after": "60" } }), once({ status: 429 })]
    return logging((lines) =>
      Effect.gen(function* () {
        for (const [server, limit] of [
          [limited, { ...wide, maxCoolDown: "2 seconds" }],
          [silent, { ...wide, maxCoolDown: "2 seconds", coolDown: "7 seconds" }]
        ] as const) {
          yield* Effect.gen(function* () {
            yield* Effect.flip(update("first"))
            yield* Effect.zipLeft(Effect.fork(update("second")), TestClock.adjust("1 minute"))
          }).pipe(Effect.provide(clientOf(server, limit)))
        }
        const waits = [limited, silent].map(({ times }) => Scripted.at(times(), 1) - Scripted.at(times(), 0))
        deepStrictEqual(waits, [2000, 7000])
        assert.strictEqual(lines.length, 1)
      })
    )
  })
})

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

describe("an error of another copy or realm", () => {
  it("is known by its shape", () => {
    const foreign: unknown = vm.runInNewContext('new Error("READONLY You can not write")')
    assert.isFalse(foreign instanceof Error)
    assert.strictEqual(messageOf(foreign), "READONLY You can not write")
    assert.strictEqual(messageOf({ message: 1 }), "unknown error")
    assert.strictEqual(messageOf(undefined), "unknown error")
  })
})
