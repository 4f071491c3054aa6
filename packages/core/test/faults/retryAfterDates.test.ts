import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import * as CertifierClient from "../../src/CertifierClient.js"
import { expectTag } from "../support/errors.js"
import * as Fake from "../support/fake.js"
import { groupId } from "../support/page.js"

const sentAt = Date.UTC(2026, 10, 23, 12, 0, 0)
const date = "Mon, 23 Nov 2026 12:00:00 GMT"
const retryAfter = "Mon, 23 Nov 2026 12:00:30 GMT"

const rateLimited = (headers: Record<string, string>) =>
  CertifierClient.updateGroup(groupId, {}).pipe(
    Effect.flip,
    Effect.map((error) => expectTag(error, "CertifierRateLimited")),
    Effect.provide(Fake.make(() => Fake.json(429, "", headers)).layer())
  )

const waitOf = (headers: Record<string, string>) =>
  Effect.map(rateLimited(headers), (error) => Option.map(error.retryAfter, Duration.toSeconds))

describe("a date in Retry-After", () => {
  it.effect.each([
    ["10 minutes ahead", 600],
    ["10 minutes behind", -600],
    ["right", 0]
  ] as const)("is relative to the Date of the response on a machine whose clock is %s", ([, offset]) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(sentAt + offset * 1000)
      deepStrictEqual(yield* waitOf({ date, "retry-after": retryAfter }), Option.some(30))
      // Seconds are relative to nothing.
      deepStrictEqual(yield* waitOf({ date, "retry-after": "7" }), Option.some(7))
    })
  )

  it.effect("is relative to the clock of the machine without a valid Date", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(sentAt + 10_000)
      for (const headers of [{}, { date: "" }, { date: "today" }]) {
        deepStrictEqual(yield* waitOf({ ...headers, "retry-after": retryAfter }), Option.some(20))
      }
    })
  )

  it.effect("can be read together with the other rate limit headers, as the Date is kept", () =>
    Effect.gen(function* () {
      const { rateLimitHeaders } = yield* rateLimited({ date, "x-ratelimit-reset": retryAfter, age: "1" })
      deepStrictEqual(rateLimitHeaders, { date, "x-ratelimit-reset": retryAfter })
    })
  )
})
