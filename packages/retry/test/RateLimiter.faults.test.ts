import { CertifierClient, CertifierError, Groups } from "@effect-certifier/core"
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
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as TestClock from "effect/TestClock"
import * as vm from "node:vm"
import { messageOf } from "../src/internal/rateLimiter/errorMessage.js"
import * as RateLimiter from "../src/RateLimiter.js"
import * as RetryPolicy from "../src/RetryPolicy.js"
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

describe("a waiter that wakes early or late keeps its turn", () => {
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
    it.effect(`${name}: the pause is limited to maxCoolDown, with a warning`, () => {
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

  it.effect("the error of the call keeps the original value", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(update("first"))
      deepStrictEqual(
        Option.map(CertifierError.retryAfter(error), Duration.toSeconds).pipe(Option.getOrUndefined),
        1_795_392_000
      )
    }).pipe(Effect.provide(clientOf(once({ status: 429, headers: { "retry-after": epoch } }), wide)))
  )

  it.effect("the option limits all hints, but not a longer coolDown", () => {
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

describe("dates do not depend on the local clock", () => {
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

describe("nested requests are counted", () => {
  const retried = RetryPolicy.toClientTransform(RetryPolicy.transient({ attempts: 10 }))

  for (const limit of [1, 2, 3, 10]) {
    it.effect(
      `the service never sees more than ${limit} in a window, including concurrency checks, and all calls end`,
      () => {
        // Every seventh request is lost, so that retries read as well.
        let count = 0
        const reply: Scripted.Reply = (request) =>
          (++count % 7 === 0 ? Scripted.reset : Scripted.after(`${20 + (count % 5) * 10} millis`, Scripted.ok))(request)
        const service = Scripted.make(reply)
        return Effect.gen(function* () {
          const { transform } = yield* RateLimiter.make({ limit, window: "1 second" })
          const transformClient: CertifierClient.ClientTransform = (client, operation) =>
            retried(transform(client, operation))
          const results = yield* Effect.forEach(
            Arr.range(1, 12),
            (index) => {
              const call = CertifierClient.updateGroup(Support.id, { name: "Financial Markets" })
              return Effect.exit(index % 3 === 0 ? call : Groups.withConcurrencyCheck(call))
            },
            { concurrency: "unbounded" }
          ).pipe(Effect.provide(service.layer({ transformClient })), Scripted.patiently)
          assert.isTrue(results.every(Exit.isSuccess))
          const times = service.offsets()
          assert.isAtLeast(times.length, 20)
          for (let i = limit; i < times.length; i++) {
            assert.isAtLeast(Scripted.at(times, i) - Scripted.at(times, i - limit), 1000)
          }
          // The slot of a lost request, and one that a check did not need, cost at most one window.
          assert.isBelow(Math.max(...times), (times.length / limit + 8) * 1100)
        })
      }
    )
  }

  it.effect("the update is ahead of the queue, so that little time passes after its read", () => {
    const methods: Array<string> = []
    const service = Scripted.make((request) => {
      methods.push(request.method)
      return Scripted.ok(request)
    })
    return Effect.gen(function* () {
      const { transform } = yield* RateLimiter.make({ limit: 1, window: "1 second" })
      const calls = Effect.all(
        [Groups.withConcurrencyCheck(update("checked")), Groups.get(Support.id), Groups.get(Support.id)],
        { concurrency: "unbounded" }
      )
      yield* Scripted.patiently(Effect.provide(calls, service.layer({ transformClient: transform })))
      deepStrictEqual(methods, ["GET", "PATCH", "GET", "GET"])
      deepStrictEqual(service.offsets(), [0, 1000, 2000, 3000])
    })
  })

  it.effect("an attempt's whole wait is at most maxWait, and a failed read uses one slot", () => {
    const limit = { limit: 1, window: "4 seconds", maxWait: "5 seconds" } as const
    const [service, down] = [Scripted.make(Scripted.ok), Scripted.make(Scripted.unavailable)]
    return Effect.gen(function* () {
      const { transform: transformClient } = yield* RateLimiter.make(limit)
      const checked = Groups.withConcurrencyCheck(update("checked"))
      const results = yield* Effect.all([checked, checked], { concurrency: "unbounded", mode: "either" }).pipe(
        Effect.provide(service.layer({ transformClient })),
        Scripted.patiently
      )
      // The second call reads at the eighth second, or never.
      deepStrictEqual(
        results.map((result) => (result._tag === "Left" ? result.left._tag : "ok")),
        ["ok", "CertifierRateLimiterRejected"]
      )
      deepStrictEqual(service.offsets(), [0, 4000])

      const { transform } = yield* RateLimiter.make(limit)
      const error = yield* Effect.flip(checked).pipe(
        Effect.zipLeft(Effect.exit(checked)),
        Effect.provide(down.layer({ transformClient: transform })),
        Scripted.patiently
      )
      assert.strictEqual(error._tag, "CertifierUnknownApiError")
      deepStrictEqual(down.offsets(), [0, 4000])
    })
  })

  it.effect("checks that are interrupted at any time leave no slot and no queue behind", () => {
    const service = Scripted.make(Scripted.after("30 millis", Scripted.ok))
    return Effect.gen(function* () {
      const { transform: transformClient } = yield* RateLimiter.make({ limit: 2, window: "1 second" })
      const random = Random.make("interrupt")
      const layer = service.layer({ transformClient })
      const fibers = yield* Effect.forEach(Arr.range(1, 40), (name) =>
        Effect.fork(Effect.provide(Groups.withConcurrencyCheck(update(name)), layer))
      )
      yield* Effect.forEach(fibers, (fiber, index) =>
        index % 3 === 0
          ? Effect.void
          : Effect.flatMap(random.nextIntBetween(0, 20_000), (wait) =>
              Effect.fork(Effect.delay(Fiber.interrupt(fiber), Duration.millis(wait)))
            )
      )
      yield* TestClock.adjust("2 minutes")
      const exits = yield* Effect.forEach(fibers, Fiber.await)
      assert.isTrue(exits.every((exit) => Exit.isSuccess(exit) || Exit.isInterrupted(exit)))
      assert.isAtLeast(exits.filter(Exit.isSuccess).length, 14)
      assert.isAtLeast(exits.filter(Exit.isInterrupted).length, 5)
      for (let i = 2; i < service.times.length; i++) {
        assert.isAtLeast(Scripted.at(service.times, i) - Scripted.at(service.times, i - 2), 1000)
      }
      const before = service.times.length
      yield* Effect.all([update("one"), update("two")], { concurrency: 2 }).pipe(
        Effect.provide(layer),
        Scripted.patiently
      )
      const [one, two] = service.times.slice(before)
      assert.strictEqual(one, two)
    })
  })

  it.effect("a pause that a nested read requests delays the update", () => {
    const service = Scripted.make(
      (request) =>
        Effect.map(Scripted.ok(request), (response) => {
          response.headers.set("ratelimit", '"default";r=0;t=9')
          return response
        }),
      Scripted.ok
    )
    return Effect.gen(function* () {
      const { transform: transformClient } = yield* RateLimiter.make(wide)
      yield* Scripted.patiently(
        Effect.provide(Groups.withConcurrencyCheck(update("checked")), service.layer({ transformClient }))
      )
      deepStrictEqual(service.offsets(), [0, 9000])
    })
  })
})

describe("waits in regions that can't be interrupted end", () => {
  it.effect("of the limiter: at maxWait", () => {
    const server = Support.server(() => Effect.succeed({}))
    return Effect.gen(function* () {
      const fibers = yield* Effect.forEach(Arr.range(1, 6), (name) => Effect.fork(Effect.uninterruptible(update(name))))
      const finalizer = yield* Effect.fork(Effect.ensuring(Effect.void, Effect.ignore(update("finalizer"))))
      yield* TestClock.adjust("1 second")
      yield* Effect.forEach([...fibers, finalizer], Fiber.interruptFork)
      yield* TestClock.adjust("9 seconds")
      const ended = yield* Effect.forEach([...fibers, finalizer], Fiber.poll)
      assert.isTrue(ended.every(Option.isSome))
      deepStrictEqual(server.times(), [0, 4000, 8000])
    }).pipe(Effect.provide(clientOf(server, { limit: 1, window: "4 seconds", maxWait: "10 seconds" })))
  })

  it.effect("of the limiter: at maxWait, if a pause starts later", () => {
    const server = Support.server((_, index) =>
      Effect.delay(Effect.succeed(index === 0 ? { status: 429, headers: { "retry-after": "3600" } } : {}), "2 seconds")
    )
    return Effect.gen(function* () {
      const fibers = yield* Effect.forEach(Arr.range(1, 4), (name) => Effect.fork(Effect.uninterruptible(update(name))))
      yield* Effect.forEach(fibers, Fiber.interruptFork)
      yield* TestClock.adjust("10 seconds")
      assert.isTrue((yield* Effect.forEach(fibers, Fiber.poll)).every(Option.isSome))
      deepStrictEqual(server.times(), [0])
    }).pipe(Effect.provide(clientOf(server, { limit: 1, window: "3 seconds", maxWait: "10 seconds" })))
  })

  for (const [name, reply, most] of [
    ["Retry-After", Scripted.rateLimited("20"), 60_000],
    ["the back-off", Scripted.unavailable, 60_000],
    ["attempts that time out", Scripted.hang, 60_000 + 30_000]
  ] as const) {
    it.effect(`of a policy: at its deadline (${name})`, () => {
      const policy = RetryPolicy.transient({ attempts: 1000, transientDelay: "7 seconds" })
      const service = Scripted.make(reply)
      return Effect.gen(function* () {
        const around = Effect.provide(RetryPolicy.retry(Scripted.update, policy), service.layer())
        const inside = Effect.provide(
          Scripted.update,
          service.layer({ transformClient: RetryPolicy.toClientTransform(policy) })
        )
        const fibers = yield* Effect.forEach([around, inside], (call) => Effect.fork(Effect.uninterruptible(call)))
        yield* TestClock.adjust("1 second")
        yield* Effect.forEach(fibers, Fiber.interruptFork)
        yield* TestClock.adjust(most - 1000)
        assert.isTrue((yield* Effect.forEach(fibers, Fiber.poll)).every(Option.isSome))
        assert.isAtLeast(service.times.length, 4)
      })
    })
  }
})

describe("an error of another copy or realm", () => {
  it("is recognized by its shape", () => {
    const foreign: unknown = vm.runInNewContext('new Error("READONLY You can not write")')
    assert.isFalse(foreign instanceof Error)
    assert.strictEqual(messageOf(foreign), "READONLY You can not write")
    assert.strictEqual(messageOf({ message: 1 }), "unknown error")
    assert.strictEqual(messageOf(undefined), "unknown error")
  })
})

describe("a limiter for each run", () => {
  const run = update("one")

  it("a ManagedRuntime shares one limiter between its runs; a layer around each run does not", async () => {
    const server = Support.server(() => Effect.succeed({}))
    // A second call in an hour is rejected at once.
    const CertifierLive = clientOf(server, { limit: 1, window: "1 hour", maxWait: 0 })
    const runtime = ManagedRuntime.make(CertifierLive)
    const shared = [await runtime.runPromiseExit(run), await runtime.runPromiseExit(run)]
    await runtime.dispose()
    deepStrictEqual(shared.map(Exit.isSuccess), [true, false])
    const separate = [
      await Effect.runPromiseExit(Effect.provide(run, CertifierLive)),
      await Effect.runPromiseExit(Effect.provide(run, CertifierLive))
    ]
    deepStrictEqual(separate.map(Exit.isSuccess), [true, true])
  })

  it("a limiter that is created once is shared by layers that are built for each run", async () => {
    const server = Support.server(() => Effect.succeed({}))
    const { transform: transformClient } = Effect.runSync(RateLimiter.make({ limit: 1, window: "1 hour", maxWait: 0 }))
    const CertifierLive = Layer.provide(CertifierClient.layer({ ...Support.options, transformClient }), server.layer)
    const exits = [
      await Effect.runPromiseExit(Effect.provide(run, CertifierLive)),
      await Effect.runPromiseExit(Effect.provide(run, CertifierLive))
    ]
    deepStrictEqual(exits.map(Exit.isSuccess), [true, false])
  })
})
