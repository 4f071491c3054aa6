import * as CertifierError from "@effect-certifier/core/CertifierError"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { delay, type Ledger, run } from "../src/internal/item.js"
import * as JobOperation from "../src/JobOperation.js"
import { inTime, limits, operationOf } from "./itemOperation.js"
import { makeLedger } from "./memoryLedger.js"

const operation = "x"

const t = CertifierError.table

describe("an item of a job", () => {
  it("waits for Retry-After, and at most 5 minutes", () => {
    const limited = (seconds: number) =>
      new t.rate_limited({ operation, retryAfter: Option.some(Duration.seconds(seconds)) })
    deepStrictEqual(
      [delay(limited(7), 1), delay(limited(1), 4), delay(limited(900), 1), delay(limited(0), 30)].map(
        Duration.toSeconds
      ),
      [7, 8, 300, 60]
    )
  })

  it.effect("ends as failed with its error after the last attempt, and as unknown if it may have been applied", () =>
    Effect.gen(function* () {
      const one = makeLedger()
      let calls = 0
      const send = (error: CertifierError.CertifierError) =>
        operationOf(() => Effect.suspend(() => (calls++, Effect.fail(error))))
      const refused = new t.rate_limited({ operation })
      yield* inTime(run(send(refused), one.item(), one.ledger, limits))
      deepStrictEqual([calls, one.last()], [3, { state: "failed", error: refused }])
      const two = makeLedger()
      const failed = new t.internal_server_error({ operation })
      yield* inTime(run(send(failed), two.item(), two.ledger, limits))
      deepStrictEqual([calls, two.last()], [6, { state: "unknown", error: failed }])
    })
  )

  it.effect("pauses the job and stays pending", () =>
    Effect.gen(function* () {
      const one = makeLedger()
      const error = new t.unauthorized({ operation })
      yield* inTime(
        run(
          operationOf(() => Effect.fail(error)),
          one.item(),
          one.ledger,
          limits
        )
      )
      deepStrictEqual([one.item().state, one.paused()], ["pending", error])
    })
  )

  it.effect("is not sent if its intent can't be written", () =>
    Effect.gen(function* () {
      const one = makeLedger(undefined, 0)
      let calls = 0
      const exit = yield* inTime(
        run(
          operationOf(() => Effect.sync(() => String(calls++))),
          one.item(),
          one.ledger,
          limits
        )
      )
      deepStrictEqual([calls, Exit.isFailure(exit)], [0, true])
      strictEqual(one.item().state, "pending")
    })
  )

  it.effect("writes its intent again if the first write took long", () =>
    Effect.gen(function* () {
      const one = makeLedger()
      let delayed = true
      const slow: Ledger = {
        ...one.ledger,
        intent: (now, counts) =>
          Effect.zipRight(
            Effect.suspend(() => Effect.sleep(delayed ? "11 seconds" : "1 second")),
            Effect.tap(one.ledger.intent(now, counts), () => void (delayed = false))
          )
      }
      let sentAt = 0
      const send = operationOf(() => Effect.map(Clock.currentTimeMillis, () => String((sentAt = one.item().sentAt))))
      yield* inTime(run(send, one.item(), slow, limits))
      deepStrictEqual([sentAt, one.item().attempts], [11_000, 1])
    })
  )

  it.effect("waits for a late call from the time its intent is found, because the call may have been delayed", () =>
    Effect.gen(function* () {
      const one = makeLedger()
      const applied: Array<string> = []
      const apply = Effect.sync(() => applied.push("a"))
      const find = () =>
        Effect.sync(() =>
          applied.length === 0 ? JobOperation.Finding.NotFound() : JobOperation.Finding.Found({ result: "a" })
        )
      const throttled = Effect.gen(function* () {
        yield* Effect.sleep("5 minutes")
        yield* Effect.forkDaemon(Effect.delay(apply, "1 minute"))
        return yield* Effect.interrupt
      })
      const first = yield* Effect.fork(
        Effect.exit(
          run(
            operationOf(() => throttled, find),
            one.item(),
            one.ledger,
            limits
          )
        )
      )
      yield* TestClock.adjust("5 minutes")
      yield* Fiber.join(first)
      const found = yield* one.ledger.read
      yield* inTime(
        run(
          operationOf(() => Effect.as(apply, "a"), find),
          found,
          one.ledger,
          limits
        )
      )
      deepStrictEqual([applied.length, one.item().state], [1, "done"])
    })
  )
})
