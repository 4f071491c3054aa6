import { CertifierClient, CertifierError } from "@effect-certifier/core"
import type * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Config from "effect/Config"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as TestClock from "effect/TestClock"
import * as Tracer from "effect/Tracer"
import * as Limiter from "../src/internal/rateLimiter/limiter.js"
import * as Metrics from "../src/internal/rateLimiter/metrics.js"
import * as Queue from "../src/internal/rateLimiter/queue.js"
import { SlidingWindow } from "../src/internal/rateLimiter/slidingWindow.js"
import * as RateLimiter from "../src/RateLimiter.js"
import * as RetryPolicy from "../src/RetryPolicy.js"
import * as Support from "./RateLimiter.support.js"

const { options, update } = Support

const clientOf = (
  server: { readonly layer: Layer.Layer<HttpClient.HttpClient> },
  limit?: RateLimiter.Options,
  transformClient?: CertifierClient.ClientTransform
) =>
  RateLimiter.clientLayer(CertifierClient.layer, { ...options, transformClient }).pipe(
    Layer.provide(RateLimiter.layer(limit)),
    Layer.provide(server.layer)
  )

/** In seconds. `Option`s are not compared directly: chai considers a some and a none equal. */
const retryAfterOf = (error: CertifierError.CertifierError): number | undefined =>
  Option.getOrUndefined(Option.map(CertifierError.retryAfter(error), Duration.toSeconds))

const responded = () => Effect.succeed({})

const after = (wait: Duration.DurationInput) => () => Effect.delay(Effect.succeed({}), wait)

/** One 429 with these headers, then successes. */
const limitedOnce = (headers: Record<string, string>) => (_: Support.Seen, index: number) =>
  Effect.succeed(index === 0 ? { status: 429, headers } : {})

const range = (count: number) => Array.from({ length: count }, (_, index) => index)

const all = (count: number) =>
  Effect.forEach(range(count), (name) => Effect.either(update(name)), { concurrency: "unbounded" })

describe("rate", () => {
  const rows = [
    ["immediate responses", "0 millis", [0, 0, 0, 1000, 1000, 1000, 2000]],
    ["a slot is free one window after the response", "100 millis", [0, 0, 0, 1100, 1100, 1100, 2200]],
    ["but no later than a window and the margin", "900 millis", [0, 0, 0, 1250, 1250, 1250, 2500]]
  ] as const
  for (const [name, latency, expected] of rows) {
    it.effect(`3 per second: ${name}`, () => {
      const server = Support.server(after(latency))
      return Effect.gen(function* () {
        const calls = yield* Effect.fork(all(7))
        yield* TestClock.adjust("10 seconds")
        yield* Fiber.join(calls)
        deepStrictEqual(server.times(), [...expected])
      }).pipe(Effect.provide(clientOf(server, { limit: 3, window: "1 second", margin: "250 millis" })))
    })
  }

  it.effect("an interrupted call may still arrive: its slot is freed as if there was no response", () => {
    const server = Support.server(after("1 hours"))
    return Effect.gen(function* () {
      const send = (name: string) => Effect.fork(update(name))
      // The first finds a free slot, the second and the third wait for one.
      const first = yield* send("first")
      yield* TestClock.adjust("100 millis")
      yield* Fiber.interrupt(first)
      const second = yield* send("second")
      yield* TestClock.adjust("1300 millis")
      yield* Fiber.interrupt(second)
      const third = yield* send("third")
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.interrupt(third)
      deepStrictEqual(server.times(), [0, 1250, 2500])
    }).pipe(Effect.provide(clientOf(server, { limit: 1, window: "1 second", margin: "250 millis" })))
  })

  it.effect("a late response does not free the slot if another call has it by then", () => {
    const latency = [1300, 2000, 0]
    const server = Support.server((_, index) => Effect.delay(Effect.succeed({}), latency[index] ?? 0))
    return Effect.gen(function* () {
      const calls = yield* Effect.fork(all(3))
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(calls)
      deepStrictEqual(server.times(), [0, 1250, 2500])
    }).pipe(Effect.provide(clientOf(server, { limit: 1, window: "1 second", margin: "250 millis" })))
  })

  it.effect("a call that arrives when a slot becomes free is queued behind the waiting calls", () => {
    const server = Support.server(responded)
    return Effect.gen(function* () {
      // Its sleep began first, so it wakes before the waiting call.
      const late = yield* Effect.fork(Effect.zipRight(Effect.sleep("1 seconds"), Support.update("late")))
      yield* Effect.yieldNow()
      yield* Support.update("first")
      const waiting = yield* Effect.fork(Support.update("waiting"))
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(Fiber.zip(late, waiting))
      deepStrictEqual(server.names(), ["first", "waiting", "late"])
    }).pipe(Effect.provide(clientOf(server, { limit: 1, window: "1 second" })))
  })

  it.effect("the default is the documented limit, and a limit of one admits calls at even intervals", () => {
    const [byDefault, even] = [Support.server(responded), Support.server(responded)]
    return Effect.gen(function* () {
      const calls = yield* Effect.fork(
        Effect.all(
          [
            all(4).pipe(Effect.provide(clientOf(byDefault))),
            all(4).pipe(Effect.provide(clientOf(even, { limit: 1, window: 334 })))
          ],
          {
            concurrency: "unbounded"
          }
        )
      )
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(calls)
      deepStrictEqual(
        [byDefault.times(), even.times()],
        [
          [0, 0, 0, 1000],
          [0, 334, 668, 1002]
        ]
      )
    })
  })

  it.effect("a whole window of slots is free after a pause", () => {
    const server = Support.server(responded)
    return Effect.gen(function* () {
      const calls = yield* Effect.fork(
        Effect.forEach([1, 1, 5], (count) => Effect.zipRight(all(count), Effect.sleep("700 millis")))
      )
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(calls)
      deepStrictEqual(server.times(), [0, 700, 1400, 1400, 1700, 2400, 2400])
    }).pipe(Effect.provide(clientOf(server, { limit: 3, window: "1 second" })))
  })

  it.effect("a wait follows the monotonic clock, not the wall clock", () => {
    const server = Support.server((_, index) =>
      Effect.succeed(index === 0 ? { status: 429, headers: { "retry-after": "2" } } : {})
    )
    return Effect.gen(function* () {
      const clock = yield* Effect.clock
      const sent: Array<bigint> = []
      let wall = 0
      const stepping: Clock.Clock = {
        ...clock,
        [Clock.ClockTypeId]: clock[Clock.ClockTypeId],
        sleep: (wait) => clock.sleep(wait),
        unsafeCurrentTimeMillis: () => wall,
        unsafeCurrentTimeNanos: () => clock.unsafeCurrentTimeNanos(),
        currentTimeMillis: Effect.sync(() => (wall = wall === 0 ? 1e12 : 0)),
        currentTimeNanos: clock.currentTimeNanos
      }
      const call = (name: number) =>
        Effect.either(update(name)).pipe(
          Effect.zipRight(clock.currentTimeNanos),
          Effect.map((time) => sent.push(time / 1_000_000n))
        )
      const calls = yield* Effect.fork(
        Effect.zipRight(call(0), Effect.forEach([1, 2], call, { concurrency: 2 })).pipe(
          Effect.provide(clientOf(server, { limit: 10, window: "100 millis" })),
          Effect.withClock(stepping)
        )
      )
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(calls)
      deepStrictEqual(sent, [0n, 2000n, 2050n])
    })
  })
})

describe("against a server with a limit of 50 a second, whatever its window", () => {
  /** Each returns whether a request at that time is admitted. */
  const kinds: Record<string, (phase: number) => (at: number) => boolean> = {
    fixed: (phase) => {
      const counts = new Map<number, number>()
      return (at) => {
        const window = Math.floor((at + phase) / 1000)
        counts.set(window, (counts.get(window) ?? 0) + 1)
        return (counts.get(window) ?? 0) <= 50
      }
    },
    sliding: () => {
      let log: Array<number> = []
      return (at) => {
        log = [...log.filter((time) => time > at - 1000), at]
        return log.length <= 50
      }
    },
    bucket: () => {
      let [tokens, last] = [50, 0]
      return (at) => {
        tokens = Math.min(50, tokens + ((at - last) / 1000) * 50) - 1
        last = at
        return tokens > -1e-9
      }
    }
  }
  for (const [kind, make] of Object.entries(kinds)) {
    it(`${kind}: 1000 calls at once, no 429, within 5 % of the ideal time`, () => {
      for (const seed of range(4)) {
        const program = Effect.gen(function* () {
          const random = Random.make(seed)
          const admits = make(yield* random.nextIntBetween(0, 1000))
          const { transform } = yield* RateLimiter.make({ limit: 50, window: "1 second" })
          let rejected = 0
          const call = Support.calls(transform, () =>
            Effect.gen(function* () {
              // The request is counted after the way there; the latency is up to 40 ms in total.
              yield* Effect.sleep(yield* random.nextRange(0, 20))
              if (!admits(yield* Clock.currentTimeMillis)) rejected++
              yield* Effect.sleep(yield* random.nextRange(0, 20))
              return {}
            })
          )
          yield* Effect.forEach(range(1000), call, { concurrency: "unbounded" })
          return { rejected, time: yield* Clock.currentTimeMillis }
        })
        const { rejected, time } = Exit.getOrElse(Support.simulate(program), (cause) =>
          assert.fail(Cause.pretty(cause))
        )
        assert.strictEqual(rejected, 0)
        // The strictest ideal: a whole window's calls at the very start, then one window after the other.
        assert.isAtMost(time, 1.05 * (19_000 + 40))
      }
    })
  }
})

describe("queue", () => {
  it.effect("first in, first out", () => {
    const server = Support.server(after("30 millis"))
    return Effect.gen(function* () {
      const calls = yield* Effect.forEach(range(60), (name) =>
        Effect.zipLeft(Effect.fork(update(name)), name % 7 === 0 ? TestClock.adjust("1 millis") : Effect.void)
      )
      yield* TestClock.adjust("10 minutes")
      yield* Fiber.joinAll(calls)
      deepStrictEqual(server.names(), range(60).map(String))
    }).pipe(Effect.provide(clientOf(server, { limit: 3, window: "1 second" })))
  })

  it.effect("an interrupted call sends nothing and leaves the queue", () => {
    const server = Support.server(responded)
    return Effect.gen(function* () {
      const calls = yield* Effect.forEach(range(9), (name) => Effect.fork(update(name)))
      yield* TestClock.adjust("100 millis")
      // The first of the queue, one in the middle, and the last.
      yield* Effect.forEach([3, 5, 8], (index) => Fiber.interrupt(Arr.unsafeGet(calls, index)))
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.awaitAll(calls)
      deepStrictEqual(
        server.seen.map(({ at, name }) => [name, at]),
        [
          ["0", 0],
          ["1", 0],
          ["2", 0],
          ["4", 1000],
          ["6", 1000],
          ["7", 1000]
        ]
      )
    }).pipe(Effect.provide(clientOf(server, { limit: 3, window: "1 second" })))
  })

  it("thousands of fibers, half of them interrupted at any time: order, limit and slots stay correct", () => {
    const program = Effect.gen(function* () {
      const random = Random.make("interrupt")
      const seen: Array<{ readonly name: number; readonly at: number }> = []
      const { transform } = yield* RateLimiter.make({ limit: 100, window: "1 second" })
      const call = Support.calls(transform, (name) =>
        Effect.zipRight(
          Effect.map(Clock.currentTimeMillis, (at) => seen.push({ name, at })),
          Effect.delay(Effect.succeed({}), "5 millis")
        )
      )
      const fibers = yield* Effect.forEach(range(4000), (name) => Effect.fork(call(name)))
      yield* Effect.forEach(fibers, (fiber) =>
        Effect.gen(function* () {
          if (yield* random.nextBoolean) return
          yield* Effect.fork(Effect.delay(Fiber.interrupt(fiber), yield* random.nextIntBetween(0, 15_000)))
        })
      )
      const exits = yield* Effect.forEach(fibers, Fiber.await)
      yield* Effect.sleep("2 seconds")
      const before = yield* Clock.currentTimeMillis
      yield* Effect.forEach(range(100), call, { concurrency: "unbounded" })
      return { exits, seen: seen.slice(0, -100), rest: seen.slice(-100).map(({ at }) => at - before) }
    })
    const { exits, rest, seen } = Exit.getOrElse(Support.simulate(program), (cause) => assert.fail(Cause.pretty(cause)))
    const done = range(4000).filter((index) => Exit.isSuccess(Arr.unsafeGet(exits, index)))
    const names = seen.map(({ name }) => name)
    assert.isAbove(done.length, 2000)
    assert.isBelow(done.length, 3900)
    deepStrictEqual(
      names,
      names.toSorted((a, b) => a - b)
    )
    assert.includeMembers(names, done)
    for (let i = 100; i < seen.length; i++) {
      assert.isAtLeast(Arr.unsafeGet(seen, i).at - Arr.unsafeGet(seen, i - 100).at, 1000)
    }
    // The interrupted calls left no slots behind: other calls used all of them ...
    assert.isAtMost(Arr.unsafeGet(seen, seen.length - 1).at, (Math.ceil(seen.length / 100) - 1) * 1010)
    // ... and after a pause a whole window is free, and the queue is empty.
    deepStrictEqual(new Set(rest), new Set([0]))
  })

  it.effect("a call that is interrupted when it is granted the mutex passes it on", () => {
    const server = Support.server(responded)
    return Effect.gen(function* () {
      const calls = yield* Effect.forEach(range(6), (name) => Effect.fork(update(name)))
      yield* Effect.yieldNow()
      // The first of the queue releases the mutex to the second, which is interrupted at once.
      yield* Effect.forEach([1, 2, 3], (index) => Fiber.interruptFork(Arr.unsafeGet(calls, index)))
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.awaitAll(calls)
      deepStrictEqual(server.names(), ["0", "4", "5"])
    }).pipe(Effect.provide(clientOf(server, { limit: 1, window: "1 second" })))
  })

  it.effect(
    "a call fails at once if the queue is longer than the maximum wait, reports when to retry, and sends nothing",
    () => {
      const server = Support.server(responded)
      return Effect.gen(function* () {
        const calls = yield* Effect.fork(all(12))
        yield* TestClock.adjust("0 millis")
        const error = yield* Effect.flip(update("too late"))
        assert.instanceOf(error, CertifierError.RateLimiterRejected)
        assert.strictEqual(retryAfterOf(error), 3)
        assert.strictEqual(error.outcome, "NotSent")
        assert.strictEqual(
          error.message,
          "updateGroup: rejected by this client: the wait in the rate limiter's queue is 3s, the maximum wait is 2s. Nothing was sent."
        )
        assert.isFalse(CertifierError.isRetryable(error))
        yield* TestClock.adjust("2 seconds")
        const results = yield* Fiber.join(calls)
        assert.strictEqual(results.filter(Either.isRight).length, 9)
        deepStrictEqual(server.times(), [0, 0, 0, 1000, 1000, 1000, 2000, 2000, 2000])
      }).pipe(Effect.provide(clientOf(server, { limit: 3, window: "1 second", maxWait: "2 seconds" })))
    }
  )

  it.effect("no call waits longer than the maximum, even if a cool-down starts later", () => {
    const server = Support.server((_, index) =>
      Effect.delay(
        Effect.succeed(index === 1 ? { status: 429, headers: { "retry-after": "4" } } : {}),
        index === 1 ? "500 millis" : "0 millis"
      )
    )
    return Effect.gen(function* () {
      const failures: Array<number> = []
      const calls = yield* Effect.fork(
        Effect.forEach(
          range(8),
          (name) =>
            Effect.tapErrorTag(update(name), "CertifierRateLimiterRejected", () =>
              Effect.map(Clock.currentTimeMillis, (time) => failures.push(time))
            ).pipe(Effect.either),
          { concurrency: "unbounded" }
        )
      )
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(calls)
      // Two at once, the 429 at 500, so nothing starts before 4500: the waiting calls fail, the first one at its next check.
      deepStrictEqual(server.times(), [0, 0])
      deepStrictEqual(failures, [1000, 1000, 1000, 1000, 1000, 1000])
    }).pipe(Effect.provide(clientOf(server, { limit: 2, window: "1 second", maxWait: "4 seconds" })))
  })

  it.effect("a maximum of zero never waits", () => {
    const server = Support.server(responded)
    return Effect.gen(function* () {
      const results = yield* all(3)
      deepStrictEqual(results.map(Either.isRight), [true, true, false])
    }).pipe(Effect.provide(clientOf(server, { limit: 2, window: "1 second", maxWait: 0 })))
  })
})

describe("cool-down", () => {
  const wide = { limit: 100, window: "100 millis" } as const

  it.effect("one 429 delays all calls, which are then admitted one by one", () => {
    const server = Support.server(limitedOnce({ "retry-after": "2" }))
    return Effect.gen(function* () {
      const first = yield* Effect.flip(update("first"))
      assert.strictEqual(first._tag, "CertifierRateLimited")
      const calls = yield* Effect.forEach(range(10), (name) =>
        Effect.zipLeft(Effect.fork(update(name)), TestClock.adjust("150 millis"))
      )
      yield* TestClock.adjust("1 minute")
      yield* Fiber.joinAll(calls)
      const [, ...times] = server.times()
      deepStrictEqual(times, [2000, 2050, 2075, 2092, 2105, 2115, 2123, 2130, 2136, 2142])
      assert.isAtMost(times.filter((at) => at < 2050).length, 2)
    }).pipe(Effect.provide(clientOf(server, wide)))
  })

  it.effect("their intervals are never below window / limit", () => {
    const server = Support.server(limitedOnce({ "retry-after": "1" }))
    return Effect.gen(function* () {
      yield* Effect.flip(update("first"))
      const calls = yield* Effect.fork(all(6))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(calls)
      deepStrictEqual(server.times(), [0, 1000, 1400, 1800, 2200, 2600, 3000])
    }).pipe(Effect.provide(clientOf(server, { limit: 5, window: "2 seconds" })))
  })

  const hints = [
    ["Retry-After", { "retry-after": "3" }, 3000],
    ["nothing: the window", {}, 100],
    ["a Retry-After of zero: the window", { "retry-after": "0" }, 100],
    ["a Retry-After that is a date", { "retry-after": "Thu, 01 Jan 1970 00:00:05 GMT" }, 5000],
    ["RateLimit", { ratelimit: '"default";r=0;t=4' }, 4000],
    ["X-RateLimit-…", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "6" }, 6000],
    ["Retry-After wins over longer ones", { "retry-after": "1", ratelimit: '"default";r=0;t=4' }, 1000],
    ["a malformed RateLimit: the window", { ratelimit: "default;r=0;t=" }, 100]
  ] as const
  for (const [name, headers, expected] of hints) {
    it.effect(`after a 429 with ${name}`, () => {
      const server = Support.server(limitedOnce(headers))
      return Effect.gen(function* () {
        yield* Effect.flip(update("first"))
        const call = yield* Effect.fork(update("second"))
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(call)
        deepStrictEqual(server.times(), [0, expected])
      }).pipe(Effect.provide(clientOf(server, wide)))
    })
  }

  it.effect("the pause after a 429 without a hint is an option", () => {
    const server = Support.server(limitedOnce({}))
    return Effect.gen(function* () {
      yield* Effect.flip(update("first"))
      const call = yield* Effect.fork(update("second"))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(call)
      deepStrictEqual(server.times(), [0, 7000])
    }).pipe(Effect.provide(clientOf(server, { ...wide, coolDown: "7 seconds" })))
  })

  const replies = [
    ["a success that was the last one", { headers: { ratelimit: '"default";r=0;t=2' } }, 2000],
    ["a success with some left", { headers: { ratelimit: '"default";r=1;t=2' } }, 0],
    [
      "an error of another kind that reports it",
      { status: 500, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "2" } },
      2000
    ],
    ["a 503 with only a Retry-After", { status: 503, headers: { "retry-after": "9" } }, 0]
  ] as const
  for (const [name, reply, expected] of replies) {
    it.effect(`after ${name}`, () => {
      const server = Support.server((_, index) => Effect.succeed(index === 0 ? reply : {}))
      return Effect.gen(function* () {
        yield* Effect.exit(update("first"))
        const call = yield* Effect.fork(update("second"))
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(call)
        deepStrictEqual(server.times(), [0, expected])
      }).pipe(Effect.provide(clientOf(server, wide)))
    })
  }

  it.effect("a later hint extends it, an earlier one does not shorten it, and calls in flight are not affected", () => {
    // They are sent together; their responses arrive one by one, the last one as a success in the middle of the cool-down.
    const script = [
      [100, { status: 429, headers: { "retry-after": "2" } }],
      [200, { status: 429, headers: { "retry-after": "4" } }],
      [300, { status: 429, headers: { "retry-after": "1" } }],
      [1500, {}]
    ] as const
    const server = Support.server((_, index) => {
      const [wait, reply] = script[index] ?? [0, {}]
      return Effect.delay(Effect.succeed<Support.Reply>(reply), wait)
    })
    return Effect.gen(function* () {
      const calls = yield* Effect.fork(all(4))
      yield* TestClock.adjust("400 millis")
      const waiting = yield* Effect.fork(update("waiting"))
      yield* TestClock.adjust("1 minute")
      const results = yield* Fiber.join(calls)
      yield* Fiber.join(waiting)
      deepStrictEqual(server.times(), [0, 0, 0, 0, 4200])
      deepStrictEqual(results.map(Either.isRight), [false, false, false, true])
    }).pipe(Effect.provide(clientOf(server, wide)))
  })

  it.effect("a call that is interrupted while it shares a pause completes the sharing", () =>
    Effect.gen(function* () {
      const requested = yield* Deferred.make<void>()
      const shared = yield* Deferred.make<boolean>()
      const window = new SlidingWindow({ limit: 1, window: 1000, margin: 0 })
      const coolDown = (until: number) =>
        Effect.gen(function* () {
          yield* Deferred.succeed(requested, undefined)
          yield* Deferred.await(shared)
          return window.coolDown(until)
        })
      const transformClient = Queue.make({
        limiter: { ...Limiter.local(window), coolDown },
        maxWait: 0,
        coolDown: 1000,
        maxCoolDown: 300_000
      })
      const server = Support.server(limitedOnce({ "retry-after": "2" }))
      const client = Layer.provide(CertifierClient.layer({ ...options, transformClient }), server.layer)
      const call = yield* Effect.fork(Effect.provide(update("first"), client))
      yield* Deferred.await(requested)
      const interruption = yield* Effect.fork(Fiber.interrupt(call))
      yield* Effect.yieldNow()
      yield* Deferred.succeed(shared, true)
      assert.isTrue(Exit.isInterrupted(yield* Fiber.join(interruption)))
      assert.strictEqual(window.coolDownUntil, 2000)
    })
  )

  it.effect("the longest possible pause does not end early", () => {
    const server = Support.server(limitedOnce({ "retry-after": "2073600" }))
    return Effect.gen(function* () {
      yield* Effect.flip(update("first"))
      const error = yield* Effect.flip(update("second"))
      assert.strictEqual(error._tag, "CertifierRateLimiterRejected")
      assert.strictEqual(retryAfterOf(error), 2_073_600)
      assert.match(error.message, /the service requested a pause, which ends in 24d/)
      assert.strictEqual(server.seen.length, 1)
    }).pipe(Effect.provide(clientOf(server, { ...wide, maxCoolDown: "24 days" })))
  })

  it.effect("clients with the same rate limiter are delayed, clients with another one are not", () => {
    const [limited, other] = [Support.server(limitedOnce({ "retry-after": "5" })), Support.server(responded)]
    const client = (server: typeof other) =>
      RateLimiter.clientLayer(CertifierClient.layer, options).pipe(Layer.provide(server.layer))
    return Effect.gen(function* () {
      const shared = yield* Layer.build(RateLimiter.layer(wide))
      const [one, two] = yield* Effect.all([
        Effect.provide(Layer.build(client(limited)), shared),
        Effect.provide(Layer.build(client(other)), shared)
      ])
      const alone = yield* Layer.build(clientOf(other, wide))
      yield* Effect.flip(Effect.provide(update("one"), one))
      yield* Effect.provide(update("alone"), alone)
      const call = yield* Effect.fork(Effect.provide(update("two"), two))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(call)
      deepStrictEqual(
        other.seen.map(({ at, name }) => [name, at]),
        [
          ["alone", 0],
          ["two", 5000]
        ]
      )
    }).pipe(Effect.scoped)
  })
})

describe("with a retry policy around it", () => {
  it.effect("retries wait in the same queue", () => {
    const server = Support.server((_, index) =>
      Effect.succeed(index < 2 ? { status: 500 } : index === 2 ? { status: 429, headers: { "retry-after": "3" } } : {})
    )
    const policy = RetryPolicy.transient({ transientDelay: "1 millis", jitter: "none", maxDelay: "1 millis" })
    return Effect.gen(function* () {
      const call = yield* Effect.fork(update("retried"))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(call)
      const [first, second, third, fourth] = server.times()
      deepStrictEqual([first, second, third], [0, 1000, 2000])
      assert.isAtLeast(fourth ?? 0, 5000)
      assert.isAtMost(fourth ?? 0, 5002)
    }).pipe(Effect.provide(clientOf(server, { limit: 1, window: "1 second" }, RetryPolicy.toClientTransform(policy))))
  })

  it.effect("a rejection by the rate limiter is not retried", () => {
    const server = Support.server(limitedOnce({ "retry-after": "60" }))
    return Effect.gen(function* () {
      yield* Effect.flip(update("first"))
      assert.strictEqual((yield* Effect.flip(update("second")))._tag, "CertifierRateLimiterRejected")
      assert.strictEqual(server.seen.length, 1)
    }).pipe(
      Effect.provide(
        clientOf(server, { maxWait: "10 seconds" }, RetryPolicy.toClientTransform(RetryPolicy.transient()))
      )
    )
  })

  it.effect("works through layerConfig and for some calls only", () => {
    const server = Support.server(responded)
    return Effect.gen(function* () {
      const { transform } = yield* RateLimiter.make({ limit: 1, window: "1 second" })
      const calls = yield* Effect.fork(
        Effect.all([CertifierClient.withClientTransform(all(2), transform), all(2)], { concurrency: "unbounded" })
      )
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(calls)
      deepStrictEqual(server.times(), [0, 0, 0, 1000])
    }).pipe(
      Effect.provide(
        RateLimiter.clientLayer(CertifierClient.layerConfig, { accessToken: Config.succeed(options.accessToken) }).pipe(
          Layer.provide(RateLimiter.layer({ limit: 100 })),
          Layer.provide(server.layer)
        )
      )
    )
  })
})

describe("options", () => {
  const rows: ReadonlyArray<readonly [keyof RateLimiter.Options, RateLimiter.Options]> = [
    ...[0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 100_001].map((limit) => ["limit", { limit }] as const),
    ...(["window", "coolDown", "maxCoolDown"] as const).flatMap((name) =>
      [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "25 days"].map((value) => [name, { [name]: value }] as const)
    ),
    ...(["margin", "maxWait"] as const).flatMap((name) =>
      [-1, Number.NaN, Number.POSITIVE_INFINITY, "-1 seconds", "25 days"].map(
        (value) => [name, { [name]: value }] as const
      )
    )
  ]
  for (const [name, invalid] of rows) {
    it.effect(`rejects ${name} ${String(invalid[name])} with the name of the option`, () =>
      Effect.gen(function* () {
        const exit = yield* Effect.exit(Layer.build(RateLimiter.layer(invalid)))
        const error = Option.getOrThrow(Cause.failureOption(Option.getOrThrow(Exit.causeOption(exit))))
        assert.isTrue("path" in error)
        assert.match(String(error), new RegExp(`at ${name}: "Expected `))
      }).pipe(Effect.scoped)
    )
  }
})

describe("observability", () => {
  const spans = () => {
    const ended: Array<{ readonly name: string; readonly events: Array<readonly [string, bigint, unknown]> }> = []
    const tracer = Tracer.make({
      span: (name, parent, context, links, startTime, kind) => {
        const events: Array<readonly [string, bigint, unknown]> = []
        const attributes = new Map<string, unknown>()
        return {
          _tag: "Span",
          name,
          spanId: "1",
          traceId: "1",
          parent,
          context,
          status: { _tag: "Started", startTime },
          attributes,
          links,
          sampled: true,
          kind,
          attribute: (key, value) => void attributes.set(key, value),
          event: (event, time, values) => void events.push([event, time, values]),
          addLinks: () => {},
          end: () => void ended.push({ name, events })
        }
      },
      context: (f) => f()
    })
    return { ended, layer: Layer.setTracer(tracer) }
  }

  it.effect("waits and cool-downs are on the span and in the log; other calls report nothing", () => {
    const server = Support.server(limitedOnce({ "retry-after": "2" }))
    const { ended, layer } = spans()
    const logged: Array<string> = []
    const logger = Logger.make(({ annotations, message }) => {
      logged.push([...Arr.ensure(message), ...HashMap.values(annotations)].join(" "))
    })
    return Effect.gen(function* () {
      yield* Effect.flip(update("first"))
      const calls = yield* Effect.fork(Effect.forEach(range(3), update, { concurrency: "unbounded" }))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(calls)
      yield* update("not waiting")
      deepStrictEqual(
        ended.map(({ events }) => events.filter(([event]) => event.startsWith("rate_limit."))),
        [
          [
            [
              "rate_limit.cool_down",
              0n,
              { "certifier.rate_limit.cool_down": 2, "certifier.rate_limit.source": "RetryAfter" }
            ]
          ],
          [
            [
              "rate_limit.wait",
              2_000_000_000n,
              { "certifier.rate_limit.wait": 2, "certifier.rate_limit.reason": "CoolDown" }
            ]
          ],
          [
            [
              "rate_limit.wait",
              3_000_000_000n,
              { "certifier.rate_limit.wait": 3, "certifier.rate_limit.reason": "CoolDown" }
            ]
          ],
          [
            [
              "rate_limit.wait",
              4_000_000_000n,
              { "certifier.rate_limit.wait": 4, "certifier.rate_limit.reason": "CoolDown" }
            ]
          ],
          []
        ]
      )
      deepStrictEqual(logged, [
        "updateGroup: all calls pause for 2s (RetryAfter)",
        "updateGroup: waited 2s for the rate limit (CoolDown)",
        "updateGroup: waited 3s for the rate limit (CoolDown)",
        "updateGroup: waited 4s for the rate limit (CoolDown)"
      ])
    }).pipe(
      Effect.provide(clientOf(server, { limit: 1, window: "1 second" })),
      Effect.provide(layer),
      Effect.provide(Logger.replace(Logger.defaultLogger, logger)),
      Logger.withMinimumLogLevel(LogLevel.Debug)
    )
  })

  it.effect("counts waits, cool-downs and rejections", () => {
    const server = Support.server(limitedOnce({ "retry-after": "2" }))
    const tagged = <A, B, C>(metric: Metric.Metric<A, B, C>, key: string, value: string) =>
      Metric.value(Metric.tagged(Metric.tagged(metric, "operation", "updateGroup"), key, value))
    const read = Effect.all({
      coolDowns: Effect.map(tagged(Metrics.coolDowns, "source", "RetryAfter"), ({ count }) => count),
      throttled: Effect.map(tagged(Metrics.throttled, "reason", "CoolDown"), ({ count }) => count),
      waits: Effect.map(tagged(Metrics.waits, "reason", "CoolDown"), ({ count }) => count),
      seconds: Effect.map(tagged(Metrics.waits, "reason", "CoolDown"), ({ sum }) => sum)
    })
    return Effect.gen(function* () {
      const before = yield* read
      yield* Effect.flip(update("first"))
      const calls = yield* Effect.fork(all(2))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(calls)
      const after = yield* read
      deepStrictEqual(
        {
          coolDowns: after.coolDowns - before.coolDowns,
          throttled: after.throttled - before.throttled,
          waits: after.waits - before.waits,
          seconds: after.seconds - before.seconds
        },
        { coolDowns: 1, throttled: 1, waits: 1, seconds: 2 }
      )
    }).pipe(Effect.provide(clientOf(server, { limit: 1, window: "1 second", maxWait: "2 seconds" })))
  })
})
