import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Exit, FastCheck, Fiber, Option, TestClock } from "effect"
import { JobOperation } from "../src/index.js"
import { type Ledger, run } from "../src/internal/item.js"
import { Service } from "./issuingService.js"
import { makeLedger } from "./memoryLedger.js"

const points = ["before intent", "after intent", "on its way", "applied", "responded", "before outcome"] as const

type Point = (typeof points)[number]

/** A process that dies when it passes a point for the nth time. */
interface Death {
  readonly point: Point
  readonly passes: number
}

type At = (point: Point) => Effect.Effect<void>

const atOf = (death: Death | undefined): At => {
  let passes = 0
  return (point) =>
    Effect.suspend(() => {
      if (point !== death?.point) return Effect.void
      passes += 1
      return passes === death.passes ? Effect.interrupt : Effect.void
    })
}

const limits = { attempts: 5, intentAge: Duration.seconds(10) }

const payload = JSON.stringify({
  groupId: "01k0grp00000000000000000g1",
  recipient: { name: "Ada Example", email: "ada@example.com" }
})

/** A process that can also die before and after its writes. */
const dying = (ledger: Ledger, at: At): Ledger => {
  const around = <E>(write: Effect.Effect<void, E>) =>
    Effect.zipRight(at("before intent"), Effect.zipLeft(write, at("after intent")))
  return {
    ...ledger,
    intent: (now, counts) => around(ledger.intent(now, counts)),
    step: (text) => around(ledger.step(text)),
    settle: (settled) => Effect.zipRight(at("before outcome"), ledger.settle(settled))
  }
}

const lives = (deaths: ReadonlyArray<Death>, service = new Service(), stored = makeLedger(payload)) =>
  Effect.gen(function* () {
    for (const death of [...deaths, undefined]) {
      const at = atOf(death)
      const ledger = dying(stored.ledger, at)
      const fiber = yield* ledger.read.pipe(
        Effect.flatMap((item) => run(JobOperation.issueCredential, item, ledger, limits)),
        Effect.provide(service.layer(at, "1 second")),
        Effect.fork
      )
      yield* TestClock.adjust("2 hours")
      const exit = Option.getOrElse(yield* Fiber.poll(fiber), () => Exit.die("an item has not ended within two hours"))
      if (Exit.isSuccess(exit)) return { settled: Option.getOrThrow(Option.fromNullable(stored.last())), service }
      assert.isTrue(Exit.isInterrupted(exit), String(exit))
    }
    return yield* Effect.dieMessage("the last process has died")
  })

const check = (deaths: ReadonlyArray<Death>) =>
  Effect.gen(function* () {
    const { service, settled } = yield* lives(deaths)
    const mails = service.credentials.reduce((sum, { mails }) => sum + mails, 0)
    assert.strictEqual(service.credentials.length, 1, "one credential")
    assert.strictEqual(service.credentials[0]?.status, "issued")
    if (settled.state === "unknown") {
      assert.isAtMost(mails, 1)
      assert.strictEqual(settled.error._tag, "CertifierIssuanceUncertain")
    } else {
      assert.strictEqual(settled.state, "done")
      assert.strictEqual(mails, 1)
    }
  })

describe("issuing while its process dies", () => {
  it.effect("creates, issues and mails once", () => check([]))

  it.effect.prop(
    "creates one credential, and mails once or is unknown with at most one mail",
    {
      deaths: FastCheck.array(
        FastCheck.record({ point: FastCheck.constantFrom(...points), passes: FastCheck.integer({ min: 1, max: 3 }) }),
        { maxLength: 3 }
      )
    },
    ({ deaths }) => check(deaths),
    { fastCheck: { numRuns: 12, seed: 20_261_127 } }
  )

  it.effect.each([
    ["done", undefined],
    ["unknown", "on its way"],
    ["unknown", "applied"],
    ["unknown", "responded"],
    ["done", "before outcome"]
  ] as const)(
    "is %s after one more mail when an unknown item is retried, even if its process dies %s",
    ([state, point]) =>
      Effect.gen(function* () {
        const service = new Service()
        const stored = makeLedger(payload)
        service.lostResponses = 1
        assert.strictEqual((yield* lives([], service, stored)).settled.state, "unknown")
        stored.retry()
        const { settled } = yield* lives(point === undefined ? [] : [{ point, passes: 1 }], service, stored)
        assert.strictEqual(settled.state, state)
        assert.deepStrictEqual(service.credentials, [{ status: "issued", mails: 2 }])
      })
  )

  for (const point of points.slice(0, -1)) {
    for (const passes of [1, 2, 3]) {
      it.effect(`${point}, request ${passes}`, () => check([{ point, passes }]))
    }
  }
})
