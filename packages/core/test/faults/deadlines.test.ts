import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as HttpClient from "@effect/platform/HttpClient"
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/TestClock"
import * as TestServices from "effect/TestServices"
import * as CertifierClient from "../../src/CertifierClient.js"
import * as Groups from "../../src/Groups.js"
import { expectTag } from "../support/errors.js"
import * as Fake from "../support/fake.js"
import { groupId } from "../support/page.js"

const update = CertifierClient.updateGroup(groupId, { name: "Financial Markets" })

/** Regions in which a caller can't be interrupted, so a time limit around a call has no effect. */
const regions: ReadonlyArray<
  readonly [title: string, around: <A, E>(call: Effect.Effect<A, E>) => Effect.Effect<A, E>]
> = [
  ["an interruptible region", (call) => call],
  ["an uninterruptible region", Effect.uninterruptible],
  ["an acquisition", (call) => Effect.scoped(Effect.acquireRelease(call, () => Effect.void))]
]

describe("callTimeout", () => {
  it.effect.each(regions)("ends a call in %s whose transform waits forever", ([, around]) =>
    Effect.gen(function* () {
      const fake = Fake.make()
      const layer = fake.layer({
        timeout: "1 second",
        callTimeout: "5 seconds",
        transformClient: HttpClient.transform(() => Effect.never)
      })
      // A daemon and a join with a time limit in real time; otherwise an endless call would prevent the test from failing.
      const fiber = yield* Effect.forkDaemon(around(Effect.flip(update).pipe(Effect.provide(layer))))
      yield* TestClock.adjust("4999 millis")
      assert.isNull(fiber.unsafePoll())
      yield* TestClock.adjust("1 millis")
      const ended = Effect.timeoutFail(Fiber.join(fiber), {
        duration: "5 seconds",
        onTimeout: () => new Error("no end")
      })
      const error = expectTag(yield* TestServices.provideLive(ended), "CertifierTimeout")
      deepStrictEqual(Duration.toMillis(error.limit), 5000)
      assert.strictEqual(error.outcome, "MaybeApplied")
      assert.strictEqual(fake.requests.length, 0)
    })
  )

  it.effect("includes all attempts, and the waits between them", () =>
    Effect.gen(function* () {
      const fake = Fake.make(() => Fake.json(503, ""))
      const layer = fake.layer({
        callTimeout: "5 seconds",
        transformClient: HttpClient.transformResponse(Effect.retry(Schedule.spaced("2 seconds")))
      })
      const fiber = yield* Effect.fork(Effect.flip(Groups.get(groupId)).pipe(Effect.provide(layer)))
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(expectTag(yield* Fiber.join(fiber), "CertifierTimeout").outcome, "NotApplied")
      assert.strictEqual(fake.requests.length, 3)
    })
  )

  it.effect.each([0, -1, Number.NaN, Duration.infinity, "25 days" as const, 2 ** 31])(
    "of %s is a ConfigError that names it",
    (callTimeout) =>
      Effect.gen(function* () {
        const fake = Fake.make()
        const layers = [
          fake.fallible({ callTimeout }),
          CertifierClient.layerConfig({ callTimeout }).pipe(
            Layer.provide(Layer.succeed(HttpClient.HttpClient, fake.httpClient))
          )
        ]
        for (const layer of layers) {
          const error = yield* Effect.flip(Layer.build(layer)).pipe(
            Effect.scoped,
            Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["CERTIFIER_ACCESS_TOKEN", "x"]])))
          )
          if (!ConfigError.isInvalidData(error)) return assert.fail(String(error))
          deepStrictEqual(error.path, ["callTimeout"])
          assert.include(error.message, "Expected a duration")
        }
      })
  )
})
