import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Batch from "../src/internal/batch.js"

const together = <A, E>(count: number, run: (n: number) => Effect.Effect<A, E>) =>
  Effect.forEach(
    Array.from({ length: count }, (_, n) => n),
    run,
    { concurrency: "unbounded" }
  )

describe("writes at about the same time", () => {
  it.scoped("are one batch, and each gets its own result", () =>
    Effect.gen(function* () {
      const batches: Array<ReadonlyArray<number>> = []
      const request = yield* Batch.make((numbers: ReadonlyArray<number>) =>
        Effect.sync(() => {
          batches.push(numbers)
          return (n: number) => n * 2
        })
      )
      deepStrictEqual(yield* together(4, request), [0, 2, 4, 6])
      deepStrictEqual(yield* request(7), 14)
      deepStrictEqual(batches, [[0, 1, 2, 3], [7]])
    })
  )

  it.scoped("are the next batch while one is being written, and do not end before it", () =>
    Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      const stored = yield* Deferred.make<void>()
      const batches: Array<ReadonlyArray<number>> = []
      const request = yield* Batch.make((numbers: ReadonlyArray<number>) =>
        Effect.gen(function* () {
          batches.push(numbers)
          yield* Deferred.succeed(begun, undefined)
          yield* Deferred.await(stored)
          return (n: number) => n
        })
      )
      const first = yield* Effect.fork(request(1))
      yield* Deferred.await(begun)
      const rest = yield* Effect.fork(together(3, (n) => request(n + 2)))
      yield* Effect.yieldNow()
      strictEqual(yield* Fiber.poll(first).pipe(Effect.map(({ _tag }) => _tag)), "None")
      yield* Deferred.succeed(stored, undefined)
      yield* Fiber.join(first)
      deepStrictEqual(yield* Fiber.join(rest), [2, 3, 4])
      deepStrictEqual(batches, [[1], [2, 3, 4]])
    })
  )

  it.scoped("are several batches if they are many", () =>
    Effect.gen(function* () {
      const sizes: Array<number> = []
      const request = yield* Batch.make((numbers: ReadonlyArray<number>) =>
        Effect.sync(() => {
          sizes.push(numbers.length)
          return (n: number) => n
        })
      )
      deepStrictEqual((yield* together(2500, request)).length, 2500)
      deepStrictEqual(sizes, [1000, 1000, 500])
    })
  )

  it.scoped("all end like their batch if it dies, and the next ones are written", () =>
    Effect.gen(function* () {
      const request = yield* Batch.make((numbers: ReadonlyArray<number>) =>
        numbers.includes(1) ? Effect.dieMessage("broken") : Effect.succeed((n: number) => n)
      )
      const exits = yield* together(2, (n) => Effect.exit(request(n)))
      deepStrictEqual(exits.map(Exit.isSuccess), [false, false])
      strictEqual(yield* request(5), 5)
    })
  )
})
