import { CertifierClient, Groups } from "@effect-certifier/core"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as RateLimiter from "../src/RateLimiter.js"
import * as Support from "./RateLimiter.support.js"

const { update } = Support

const clientOf = (baseUrl: string, limit: RateLimiter.Options) =>
  RateLimiter.clientLayer(CertifierClient.layer, { ...Support.options, baseUrl }).pipe(
    Layer.provide(RateLimiter.layer(limit)),
    Layer.provide(FetchHttpClient.layer)
  )

const all = (count: number) => Effect.forEach(Arr.range(1, count), update, { concurrency: "unbounded" })

describe("over a real socket", () => {
  it.scopedLive("one 429, then ten calls: none is early, and at most two are sent in the first 50 ms after it", () =>
    Effect.gen(function* () {
      let end = Number.POSITIVE_INFINITY
      let early = 0
      const { arrivals, baseUrl } = yield* Support.listen((arrival, before) => {
        if (before.length === 0) {
          end = performance.now() + 1000
          return { status: 429, headers: { "retry-after": "1" } }
        }
        if (arrival.at < end) early++
        return {}
      })
      yield* Effect.gen(function* () {
        const error = yield* Effect.flip(update("first"))
        assert.strictEqual(error._tag, "CertifierRateLimited")
        yield* all(10)
      }).pipe(Effect.provide(clientOf(baseUrl, { limit: 100, window: "100 millis" })))
      assert.strictEqual(arrivals.length, 11)
      assert.strictEqual(early, 0)
      assert.isAtMost(arrivals.filter(({ at }) => at >= end && at < end + 50).length, 2)
    })
  )

  // `RATE_LIMIT_CALLS=1000` takes twenty seconds, mostly waiting; CI runs that in addition to the suite. The time is checked only
  // there, because no other test uses the processor.
  const alone = process.env["RATE_LIMIT_CALLS"]
  const calls = Number(alone ?? 150)

  const streamed = Stream.range(1, calls).pipe(
    Stream.map((n) => ({ id: Support.id, patch: { name: String(n) } })),
    Groups.updateMany({ concurrency: 10 }),
    Stream.runForEach(({ result }) => result)
  )

  it.scopedLive.each([
    { title: "calls at once", program: all(calls) },
    { title: "updates in a stream, ten at a time,", program: streamed }
  ])(
    `${calls} $title with a limit of 50 a second: almost no 429${alone === undefined ? "" : ", and within 5 % of the ideal time"}`,
    ({ program, title }) =>
      Effect.gen(function* () {
        const { arrivals, baseUrl } = yield* Support.listen(Support.sliding(50, 1000))
        yield* Effect.provide(program, clientOf(baseUrl, { limit: 50, window: "1 second" }))
        assert.strictEqual(arrivals.length, calls)
        const rejected = arrivals.filter(({ status }) => status === 429).length
        assert.isBelow(rejected, calls / 100)
        const [first, last] = [Arr.unsafeGet(arrivals, 0), Arr.unsafeGet(arrivals, calls - 1)]
        const ratio = (last.at - first.at) / ((calls / 50) * 1000)
        console.log(`${calls} ${title} at 50 a second: ${rejected} rejected, ${ratio.toFixed(3)} of the ideal time`)
        if (alone !== undefined) assert.isAtMost(ratio, 1.05)
      }),
    60_000
  )
})
