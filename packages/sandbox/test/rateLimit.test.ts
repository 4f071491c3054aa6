import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { type Clock, ConfigError, Duration, Effect, FastCheck, TestClock } from "effect"
import { Quirk, type RateLimit, Sandbox } from "../src/index.js"
import * as Limiter from "../src/internal/limiter.js"
import { get } from "./support/request.js"

const list = Effect.flatMap(Sandbox.Sandbox, ({ url }) => get(url, "/v1/groups"))

const statuses = (count: number) =>
  Effect.map(Effect.replicateEffect(list, count), (responses) => responses.map(({ status }) => status))

const limited = (rateLimit?: RateLimit.Options | "Unlimited") => Effect.provide(Sandbox.layerInProcess({ rateLimit }))

describe("the rate limit", () => {
  it.effect("is 3 per second, by the test's clock", () =>
    Effect.gen(function* () {
      deepStrictEqual(yield* statuses(5), [200, 200, 200, 429, 429])
      yield* TestClock.adjust("333 millis")
      deepStrictEqual(yield* statuses(1), [429])
      yield* TestClock.adjust("1 millis")
      deepStrictEqual(yield* statuses(2), [200, 429])
      yield* TestClock.adjust("1 second")
      deepStrictEqual(yield* statuses(4), [200, 200, 200, 429])
      yield* TestClock.adjust("1 day")
      deepStrictEqual(yield* statuses(4), [200, 200, 200, 429])
    }).pipe(limited())
  )

  it.effect("a 429 follows the contract, with whole seconds in Retry-After", () =>
    Effect.gen(function* () {
      yield* statuses(3)
      const response = yield* list
      assert.strictEqual(
        response.text,
        '{"error":{"code":"rate_limited","message":"You have exceeded the rate limit"}}'
      )
      assert.strictEqual(response.headers["retry-after"], "1")
    }).pipe(limited())
  )

  it.effect("waiting for Retry-After suffices, and Retry-After is not longer than needed", () =>
    Effect.gen(function* () {
      deepStrictEqual(yield* statuses(2), [200, 429])
      assert.strictEqual((yield* list).headers["retry-after"], "10")
      yield* TestClock.adjust("500 millis")
      assert.strictEqual((yield* list).headers["retry-after"], "10")
      yield* TestClock.adjust("9 seconds")
      assert.strictEqual((yield* list).headers["retry-after"], "1")
      yield* TestClock.adjust("500 millis")
      deepStrictEqual(yield* statuses(1), [200])
    }).pipe(limited({ limit: 1, interval: "10 seconds" }))
  )

  it.effect("a date is not before the end of the wait", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse("2026-01-01T00:00:00.400Z"))
      yield* statuses(1)
      assert.strictEqual((yield* list).headers["retry-after"], "Thu, 01 Jan 2026 00:00:11 GMT")
      yield* TestClock.setTime(Date.parse("2026-01-01T00:00:11.000Z"))
      deepStrictEqual(yield* statuses(1), [200])
    }).pipe(limited({ limit: 1, interval: "10 seconds", retryAfter: "Date" }))
  )

  it.effect("can omit Retry-After", () =>
    Effect.gen(function* () {
      yield* statuses(3)
      const response = yield* list
      assert.strictEqual(response.status, 429)
      assert.notProperty(response.headers, "retry-after")
    }).pipe(limited({ retryAfter: "Absent" }))
  )

  it.effect("admits bursts of the given size", () =>
    Effect.gen(function* () {
      deepStrictEqual(yield* statuses(6), [200, 200, 200, 200, 200, 429])
      yield* TestClock.adjust("1 second")
      deepStrictEqual(yield* statuses(2), [200, 429])
    }).pipe(limited({ limit: 1, burst: 5 }))
  )

  it.effect("can be disabled", () =>
    Effect.gen(function* () {
      deepStrictEqual(new Set(yield* statuses(50)), new Set([200]))
    }).pipe(limited("Unlimited"))
  )

  it.effect.prop(
    "no window admits more than the burst and the average rate allow, and a caller that waits for Retry-After is admitted",
    [
      FastCheck.integer({ min: 1, max: 5 }),
      FastCheck.integer({ min: 1, max: 5 }),
      FastCheck.array(FastCheck.integer({ min: 0, max: 900 }), { minLength: 10, maxLength: 30 })
    ],
    ([limit, burst, pauses]) =>
      Effect.gen(function* () {
        const passed: Array<number> = []
        let now = 0
        for (const pause of pauses) {
          now += pause
          yield* TestClock.setTime(now)
          const { headers, status } = yield* list
          if (status === 200) passed.push(now)
          else {
            now += Number(headers["retry-after"]) * 1000
            yield* TestClock.setTime(now)
            assert.strictEqual((yield* list).status, 200)
            passed.push(now)
          }
        }
        passed.forEach((from, first) =>
          passed.slice(first).forEach((to, more) => {
            assert.isAtMost(more + 1, burst + ((to - from) * limit) / 1000 + 0.01)
          })
        )
      }).pipe(limited({ limit, burst })),
    { fastCheck: { numRuns: 10, seed: 3 } }
  )

  const unusable: ReadonlyArray<readonly [RateLimit.Options, string]> = [
    [{ limit: 0 }, "rateLimit.limit"],
    [{ limit: 1.5 }, "rateLimit.limit"],
    [{ limit: NaN }, "rateLimit.limit"],
    [{ burst: 0 }, "rateLimit.burst"],
    [{ interval: 0 }, "rateLimit.interval"],
    [{ interval: -1 }, "rateLimit.interval"],
    [{ interval: Duration.infinity }, "rateLimit.interval"],
    [{ interval: "25 hours" }, "rateLimit.interval"]
  ]
  it.effect.each(unusable)("rejects %j", ([rateLimit, field]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.provide(list, Sandbox.layerInProcess({ rateLimit })))
      assert.isTrue(ConfigError.isConfigError(error) && error._op === "InvalidData")
      assert.include(String(error), field)
    })
  )
})

describe("the scope of the rate limit", () => {
  const callers = [
    { token: "a", address: "192.0.2.1" },
    { token: "b", address: "192.0.2.1" },
    { token: "a", address: "192.0.2.2" }
  ]
  const rateLimit = { limit: 1, interval: Duration.seconds(1), burst: 1, retryAfter: "Seconds" } as const
  it.effect.each([
    ["workspace", [true, false, false]],
    ["token", [true, true, false]],
    ["address", [true, false, true]]
  ] as const)("can be the %s", ([rateLimitScope, admitted]) =>
    Effect.gen(function* () {
      const limiter = Limiter.make(rateLimit, { ...Quirk.defaults, rateLimitScope })
      deepStrictEqual(yield* Effect.forEach(callers, limiter.take), [...admitted])
    })
  )
})

describe("a clock that steps back", () => {
  it.effect("does not stop the rate limit", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      const statusAt = (elapsed: number, date: number) =>
        Effect.gen(function* () {
          const clock: Clock.Clock = {
            ...(yield* Effect.clock),
            currentTimeMillis: Effect.succeed(date),
            currentTimeNanos: Effect.succeed(BigInt(elapsed) * 1_000_000n),
            unsafeCurrentTimeMillis: () => date,
            unsafeCurrentTimeNanos: () => BigInt(elapsed) * 1_000_000n
          }
          const { headers, status } = yield* Effect.withClock(get(url), clock)
          return [status, headers["retry-after"]]
        })
      const noon = Date.parse("2026-01-01T12:00:00Z")
      const hour = 3_600_000
      deepStrictEqual(yield* statusAt(0, noon), [200, undefined])
      // The wait uses elapsed time, and the date uses the calendar.
      deepStrictEqual(yield* statusAt(0, noon - hour), [429, "Thu, 01 Jan 2026 11:00:01 GMT"])
      deepStrictEqual(yield* statusAt(1000, noon - hour), [200, undefined])
      // A clock that steps forward does not lift the limit either.
      deepStrictEqual(yield* statusAt(1500, noon + hour), [429, "Thu, 01 Jan 2026 13:00:01 GMT"])
    }).pipe(Effect.provide(Sandbox.layerInProcess({ rateLimit: { limit: 1, retryAfter: "Date" } })))
  )
})
