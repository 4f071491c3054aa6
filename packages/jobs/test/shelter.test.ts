import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Deferred, Duration, Effect, Exit, Fiber, FiberSet, Ref, TestClock } from "effect"
import { sheltered } from "../src/internal/workflows.js"

/** Runs a chunk like the engine, which stores an interruption with its result. */
const engineRuns = (ignoresStop: boolean) =>
  Effect.gen(function* () {
    const fibers = yield* FiberSet.make<void>()
    const chunks = { fibers, stopping: yield* Ref.make(false) }
    const mine = yield* Ref.make(false)
    const begun = yield* Deferred.make<void>()
    const result = yield* Deferred.make<Exit.Exit<void>>()
    const ended: Array<string> = []
    const chunk = Effect.gen(function* () {
      yield* Deferred.succeed(begun, undefined)
      const goesOn = Effect.map(mine.get, (isStopping) => ignoresStop || !isStopping)
      while (yield* goesOn) yield* Effect.sleep("1 second")
      ended.push("gracefully")
    }).pipe(Effect.onInterrupt(() => Effect.sync(() => ended.push("interrupted"))))
    const activity = sheltered(chunk, mine, chunks, Duration.seconds(10))
    const fiber = yield* Effect.fork(
      Effect.uninterruptible(Effect.flatMap(Effect.exit(activity), (exit) => Deferred.succeed(result, exit)))
    )
    yield* Deferred.await(begun)
    yield* Fiber.interruptFork(fiber)
    yield* TestClock.adjust("1 minute")
    return { ended, exit: yield* Deferred.await(result) }
  })

describe("a chunk that the engine interrupts", () => {
  it.scoped("ends gracefully, as a success that the engine can store", () =>
    Effect.map(engineRuns(false), ({ ended, exit }) => {
      deepStrictEqual(ended, ["gracefully"])
      strictEqual(Exit.isSuccess(exit), true)
    })
  )

  it.scoped("is interrupted if it does not end in time, and still succeeds", () =>
    Effect.map(engineRuns(true), ({ ended, exit }) => {
      deepStrictEqual(ended, ["interrupted"])
      strictEqual(Exit.isSuccess(exit), true)
    })
  )
})
