import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect, Fiber, TestClock } from "effect"
import * as Time from "../src/internal/time.js"

describe("the clock of the sandbox", () => {
  it.effect("wakes a sleeper when its offset and the caller's elapsed time add up to the duration", () =>
    Effect.gen(function* () {
      const time = Time.make()
      const sleeper = yield* Effect.fork(
        time.within(Effect.zipRight(Effect.sleep("80 minutes"), Clock.currentTimeMillis))
      )
      yield* Effect.yieldNow()
      yield* time.advance(Duration.minutes(79))
      yield* TestClock.adjust("59 seconds")
      assert.isNull(sleeper.unsafePoll())
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(sleeper), 80 * 60_000)
      yield* time.advance(Duration.days(1))
      assert.strictEqual(yield* time.within(Clock.currentTimeMillis), 80 * 60_000 + 86_400_000)
      assert.strictEqual(yield* time.within(time.within(Clock.currentTimeMillis)), 80 * 60_000 + 86_400_000)
      assert.strictEqual(yield* Clock.currentTimeMillis, 60_000)
    })
  )

  it.effect("wakes a sleeper after moves in several steps", () =>
    Effect.gen(function* () {
      const time = Time.make()
      const sleeper = yield* Effect.fork(
        time.within(Effect.zipRight(Effect.sleep("80 minutes"), Clock.currentTimeMillis))
      )
      yield* Effect.yieldNow()
      yield* time.advance(Duration.minutes(79))
      yield* time.advance(Duration.minutes(1))
      assert.strictEqual(yield* Fiber.join(sleeper), 80 * 60_000)
    })
  )
})
