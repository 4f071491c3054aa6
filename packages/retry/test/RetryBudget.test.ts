import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import * as TestClock from "effect/TestClock"
import { refusals } from "../src/internal/retry/metrics.js"
import { inspect } from "node:util"
import * as RetryBudget from "../src/RetryBudget.js"
import * as RetryPolicy from "../src/RetryPolicy.js"
import * as Scripted from "./support/scripted.js"

describe("RetryBudget", () => {
  it.effect("counts like the quota of the AWS SDKs", () =>
    Effect.gen(function* () {
      const budget = RetryBudget.unsafeMake({
        capacity: 500,
        transientCost: 14,
        rateLimitedCost: 5,
        successRefund: 1
      })
      const rows = [
        ["take 14", budget.tryWithdraw("Transient"), 486],
        ["take 5", budget.tryWithdraw("RateLimited"), 481],
        ["a success", budget.reward, 482],
        ["a retry's success", budget.refund("Transient"), 496],
        ["a rate-limited retry's success", budget.refund("RateLimited"), 500],
        ["full is full", budget.refund("Transient"), 500]
      ] as const
      for (const [name, step, expected] of rows) {
        yield* step
        assert.strictEqual(yield* budget.balance, expected, name)
      }
      const granted = yield* Effect.all(Array.from({ length: 40 }, () => budget.tryWithdraw("Transient")))
      assert.strictEqual(granted.filter((yes) => yes).length, 35)
      assert.strictEqual(yield* budget.balance, 10)
      deepStrictEqual(yield* Effect.all([1, 2, 3].map(() => budget.tryWithdraw("RateLimited"))), [true, true, false])
      assert.strictEqual(yield* budget.balance, 0)
      deepStrictEqual(RetryBudget.unsafeMake().settings, budget.settings)
    })
  )

  it.effect("counts refusals", () =>
    Effect.gen(function* () {
      const counter = Metric.value(Metric.tagged(refusals, "reason", "Transient"))
      const budget = yield* RetryBudget.make({ capacity: 14 })
      const before = (yield* counter).count
      yield* budget.tryWithdraw("Transient")
      assert.strictEqual((yield* counter).count, before)
      yield* budget.tryWithdraw("Transient")
      assert.strictEqual((yield* counter).count, before + 1)
    })
  )

  it.effect("make creates a budget for each run", () =>
    Effect.gen(function* () {
      const make = RetryBudget.make({ capacity: 20 })
      const [one, other] = [yield* make, yield* make]
      yield* one.tryWithdraw("Transient")
      deepStrictEqual([yield* one.balance, yield* other.balance], [6, 20])
      assert.isTrue(Exit.isFailure(yield* Effect.exit(RetryBudget.make({ capacity: 0 }))))
    })
  )

  it.effect("unlimited never rejects a retry", () =>
    Effect.gen(function* () {
      const granted = yield* Effect.all(
        Array.from({ length: 1000 }, () => RetryBudget.unlimited.tryWithdraw("Transient"))
      )
      assert.isTrue(granted.every((yes) => yes))
      assert.strictEqual(yield* RetryBudget.unlimited.balance, Infinity)
    })
  )

  for (const [options, message] of [
    [{ capacity: 0 }, "RetryBudget: invalid capacity. Expected a number of at least 1"],
    [{ capacity: Infinity }, "invalid capacity. Expected "],
    [{ capacity: NaN }, "invalid capacity. Expected "],
    [{ transientCost: 0 }, "invalid transientCost. Expected "],
    [{ rateLimitedCost: -1 }, "invalid rateLimitedCost. Expected "],
    [{ successRefund: -1 }, "invalid successRefund. Expected a number of at least 0"]
  ] as const) {
    it(`rejects ${inspect(options)}: ${message}`, () => {
      const caught = Either.flip(Either.try({ try: () => RetryBudget.unsafeMake(options), catch: (error) => error }))
      if (Either.isLeft(caught)) return assert.fail("accepted")
      assert.isTrue(Cause.isIllegalArgumentException(caught.right))
      assert.include(String(caught.right), message)
    })
  }
})

describe("the budget of a client", () => {
  const withBudget = (service: ReturnType<typeof Scripted.make>, budget?: RetryBudget.RetryBudget) =>
    service.layer({
      transformClient: RetryPolicy.toClientTransform(RetryPolicy.transient({ jitter: "none" }), { budget })
    })

  for (const [name, concurrency, reply, tag] of [
    ["at once", "unbounded", Scripted.unavailable, "CertifierUnknownApiError"],
    ["one after the other", 1, Scripted.unavailable, "CertifierUnknownApiError"],
    ["at once, over broken connections", "unbounded", Scripted.reset, "CertifierTransportError"]
  ] as const) {
    it.effect(`limits 100 calls to a service that is down to 135 requests, ${name}`, () =>
      Effect.gen(function* () {
        const service = Scripted.make(reply)
        const errors = yield* Effect.all(
          Array.from({ length: 100 }, () => Effect.flip(Scripted.update)),
          { concurrency }
        ).pipe(Effect.provide(withBudget(service)), Scripted.patiently)
        assert.strictEqual(service.times.length, 135)
        assert.isTrue(errors.every((error) => error._tag === tag))
      })
    )
  }

  it.effect("fails at once with the last error when it is empty", () =>
    Effect.gen(function* () {
      const budget = RetryBudget.unsafeMake({ capacity: 1 })
      const service = Scripted.make(Scripted.unavailable)
      // No time passes on the test's clock: with any sleep this would not end.
      const error = yield* Effect.flip(Effect.provide(Scripted.update, withBudget(service, budget)))
      assert.strictEqual(error._tag, "CertifierUnknownApiError")
      assert.strictEqual(service.times.length, 1)
    })
  )

  it.effect("recovers with successes", () =>
    Effect.gen(function* () {
      const budget = RetryBudget.unsafeMake({ capacity: 28, successRefund: 2 })
      const service = Scripted.make(
        ...([Scripted.unavailable, Scripted.unavailable, Scripted.unavailable] as const),
        ...Array.from({ length: 14 }, () => Scripted.ok),
        Scripted.unavailable,
        Scripted.ok,
        Scripted.unavailable
      )
      const layer = withBudget(service, budget)
      const call = Scripted.patiently(Effect.either(Effect.provide(Scripted.update, layer)))
      const requests = (expected: number) =>
        Effect.gen(function* () {
          const before = service.times.length
          const result = yield* call
          assert.strictEqual(service.times.length - before, expected)
          return result
        })
      // The service is down: there are tokens for two retries, not for a third.
      assert.isTrue(Either.isLeft(yield* requests(3)))
      assert.strictEqual(yield* budget.balance, 0)
      // Each success deposits a little, until it is full.
      for (const balance of [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28]) {
        yield* requests(1)
        assert.strictEqual(yield* budget.balance, balance)
      }
      // A retry that succeeds costs nothing.
      assert.isTrue(Either.isRight(yield* requests(2)))
      assert.strictEqual(yield* budget.balance, 28)
      // The service is down again: the budget allows all retries, as at first.
      assert.isTrue(Either.isLeft(yield* requests(3)))
    })
  )

  it.effect("is one for each client transform, and shared if it is passed", () =>
    Effect.gen(function* () {
      const budget = RetryBudget.unsafeMake({ capacity: 14 })
      const services = [1, 2].map(() => Scripted.make(Scripted.unavailable))
      for (const service of services) {
        yield* Scripted.patiently(Effect.flip(Effect.provide(Scripted.update, withBudget(service, budget))))
      }
      deepStrictEqual(
        services.map((service) => service.times.length),
        [2, 1]
      )
      const own = Scripted.make(Scripted.unavailable)
      yield* Scripted.patiently(Effect.flip(Effect.provide(Scripted.update, withBudget(own))))
      assert.strictEqual(own.times.length, 4)
    })
  )
})

describe("under thousands of fibers", () => {
  const cost = RetryBudget.defaults.transientCost

  // The waits never end, so the clock does not matter; thousands of sleeps are slow with `TestClock`.
  it.live("refunds retries that were not sent", () =>
    Effect.gen(function* () {
      const budget = RetryBudget.unsafeMake({ capacity: cost * 1500 })
      const policy = RetryPolicy.transient({
        transientDelay: "1 day",
        maxDelay: "1 day",
        deadline: "2 days",
        jitter: "none"
      })
      const call = RetryPolicy.retry(Effect.fail(Scripted.transientError()), policy, { budget })
      const fibers = yield* Effect.all(Array.from({ length: 2000 }, () => Effect.fork(call)))
      // Until all tokens are withdrawn by waiting retries.
      while ((yield* budget.balance) > 0) yield* Effect.yieldNow()
      const exits = yield* Fiber.interruptAll(fibers).pipe(Effect.zipRight(Effect.all(fibers.map(Fiber.await))))
      // Retries that had withdrawn, and perhaps some that had not yet.
      assert.isAtLeast(exits.filter(Exit.isInterrupted).length, 1500)
      assert.strictEqual(yield* budget.balance, cost * 1500)
    })
  )

  it.effect("does not refund a retry that was sent", () =>
    Effect.gen(function* () {
      const budget = RetryBudget.unsafeMake()
      const service = Scripted.make(Scripted.unavailable, Scripted.hang)
      const layer = service.layer({
        transformClient: RetryPolicy.toClientTransform(RetryPolicy.transient(), { budget })
      })
      const fiber = yield* Effect.fork(Effect.provide(Scripted.update, layer))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(service.times.length, 2)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(yield* budget.balance, 500 - cost)
    })
  )

  it.live("adds up, whenever calls are interrupted", () =>
    Effect.gen(function* () {
      const capacity = cost * 500
      const budget = RetryBudget.unsafeMake({ capacity, successRefund: 0 })
      let lost = 0
      /** Fails at first; its retry is lost, or it succeeds. */
      const call = (succeeds: boolean) => {
        let attempts = 0
        return RetryPolicy.retry(
          Effect.suspend(() => {
            attempts += 1
            if (attempts === 1) return Effect.fail(Scripted.transientError())
            if (succeeds) return Effect.void
            lost += 1
            return Effect.never
          }),
          RetryPolicy.transient({ transientDelay: "20 millis" }),
          { budget }
        )
      }
      const interrupted = yield* Effect.forEach(
        Array.from({ length: 2000 }, (_, index) => index),
        (index) =>
          Effect.gen(function* () {
            const fiber = yield* Effect.fork(call(index % 2 === 0))
            yield* Effect.sleep(Duration.millis(yield* Random.nextIntBetween(0, 20)))
            return Exit.isInterrupted(yield* Fiber.interrupt(fiber))
          }),
        { concurrency: "unbounded" }
      ).pipe(Effect.withRandom(Random.make("fixed")))
      assert.isTrue(interrupted.includes(true) && interrupted.includes(false))
      assert.isAbove(lost, 0)
      assert.strictEqual(yield* budget.balance, capacity - lost * cost)
    })
  )
})
