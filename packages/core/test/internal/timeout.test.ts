import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as HashSet from "effect/HashSet"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Scheduler from "effect/Scheduler"
import * as TestClock from "effect/TestClock"
import * as Limited from "../../src/internal/call/timeout.js"

const limit = Limited.make({ duration: Duration.hours(1), onTimeout: () => "late" as const })

const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length

/** An effect that waits, so that a timer is created. */
const later = <A, E>(exit: Exit.Exit<A, E>) => Effect.zipRight(Effect.yieldNow(), exit)

describe("a time limit", () => {
  it.live.each([
    { name: "a success", exit: Exit.succeed(1) },
    { name: "a failure", exit: Exit.fail("no") },
    { name: "a defect", exit: Exit.die("oh") }
  ])("leaves $name unchanged, and no timer behind", ({ exit }) =>
    Effect.gen(function* () {
      const before = timers()
      const during = yield* Effect.map(
        Effect.exit(
          limit(
            Effect.zipRight(
              Effect.promise(() => Promise.resolve()),
              Effect.sync(timers)
            )
          )
        ),
        Exit.getOrElse(() => 0)
      )
      assert.isAbove(during, before)
      assert.deepStrictEqual(yield* Effect.exit(limit(later(exit))), exit)
      assert.strictEqual(timers(), before)
    })
  )

  it.effect("uses the clock of the caller, and interrupts", () =>
    Effect.gen(function* () {
      let interrupted = false
      const self = Effect.onInterrupt(Effect.never, () => Effect.sync(() => void (interrupted = true)))
      const fiber = yield* Effect.fork(Effect.flip(limit(self)))
      yield* TestClock.adjust("59 minutes")
      assert.isFalse(interrupted)
      yield* TestClock.adjust("1 minutes")
      assert.strictEqual(yield* Fiber.join(fiber), "late")
      assert.isTrue(interrupted)
    })
  )

  it.effect("an effect that interrupts itself does not time out", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(limit(Effect.zipRight(Effect.yieldNow(), Effect.interrupt)))
      assert.isTrue(Exit.isInterrupted(exit))
    })
  )

  it.effect("interrupting the caller waits for the effect to end", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const fiber = yield* Effect.fork(limit(Effect.onInterrupt(Effect.never, () => Deferred.await(gate))))
      yield* Effect.yieldNow()
      const ending = yield* Effect.fork(Fiber.interrupt(fiber))
      yield* TestClock.adjust("1 minutes")
      assert.isNull(ending.unsafePoll())
      yield* Deferred.succeed(gate, undefined)
      assert.isTrue(Exit.isInterrupted(yield* Fiber.join(ending)))
    })
  )

  it.effect("an effect that has started ends, at whatever step the caller is interrupted", () =>
    Effect.gen(function* () {
      let started = 0
      let ended = 0
      const self = Effect.acquireUseRelease(
        Effect.sync(() => void started++),
        () => Effect.never,
        () => Effect.sync(() => void ended++)
      )
      for (let steps = 1; steps < 40; steps++) {
        let step = 0
        const scheduler = Scheduler.make(
          (task, priority) => Scheduler.defaultScheduler.scheduleTask(task, priority),
          () => (++step === steps ? 0 : false)
        )
        const fiber = yield* Effect.fork(Effect.withScheduler(limit(self), scheduler))
        yield* Effect.yieldNow()
        yield* Fiber.interrupt(fiber)
        assert.strictEqual(ended, started, `after ${steps} steps`)
      }
      assert.isAbove(started, 0)
      assert.isBelow(started, 39)
    })
  )

  it.effect.each<{ name: string; end: Effect.Effect<void, string>; closed: ReadonlyArray<string> }>([
    { name: "a success", end: Effect.void, closed: ["ended"] },
    { name: "a failure", end: Effect.fail("no"), closed: ["ended", "closed"] },
    { name: "a defect", end: Effect.die("oh"), closed: ["ended", "closed"] },
    { name: "the time limit", end: Effect.never, closed: ["ended", "closed"] }
  ])("$name: the scope is closed after the effect, unless it succeeds", ({ closed, end }) =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const note = (what: string) => Effect.sync(() => void seen.push(what))
      const self = Effect.zipRight(
        Effect.addFinalizer(() => note("closed")),
        Effect.ensuring(Effect.zipRight(Effect.yieldNow(), end), note("ended"))
      )
      const fiber = yield* Effect.fork(Effect.exit(limit(self)))
      yield* TestClock.adjust("1 hours")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(seen, closed)
    })
  )

  it.effect("after an interruption, the scope is closed after the effect, and the scope of the caller stays open", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const note = (what: string) => Effect.sync(() => void seen.push(what))
      const self = Effect.zipRight(
        Effect.addFinalizer(() => note("closed")),
        Effect.onInterrupt(Effect.never, () => note("ended"))
      )
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* Effect.addFinalizer(() => note("the caller's"))
          const fiber = yield* Effect.fork(limit(self))
          yield* Effect.yieldNow()
          yield* Fiber.interrupt(fiber)
          assert.deepStrictEqual(seen, ["ended", "closed"])
        })
      )
      assert.deepStrictEqual(seen, ["ended", "closed", "the caller's"])
    })
  )

  it.effect("an ended effect leaves neither its result nor its context in its fiber", () =>
    Effect.gen(function* () {
      const Held = Context.GenericTag<string>("Held")
      const fibers: Array<Fiber.RuntimeFiber<unknown, unknown>> = []
      const self = Effect.withFiberRuntime<string>((fiber) => {
        fibers.push(fiber)
        return Effect.as(Effect.yieldNow(), "result")
      })
      assert.strictEqual(yield* Effect.provideService(limit(self), Held, "context"), "result")
      assert.deepStrictEqual(
        fibers.map((fiber) => [fiber.unsafePoll(), fiber.currentContext.unsafeMap.size]),
        [[Exit.void, 0]]
      )
    })
  )

  it.effect("a failure is not logged, and settings end with the effect", () =>
    Effect.gen(function* () {
      const logged: Array<unknown> = []
      const ref = FiberRef.unsafeMake("before")
      const logger = Logger.make(({ message }) => logged.push(message))
      yield* limit(Effect.zipRight(FiberRef.set(ref, "inside"), later(Exit.fail("no")))).pipe(
        Effect.flip,
        Logger.withMinimumLogLevel(LogLevel.All),
        Effect.locally(FiberRef.currentLoggers, HashSet.make(logger))
      )
      assert.deepStrictEqual(logged, [])
      assert.strictEqual(yield* FiberRef.get(ref), "before")
    })
  )
})
