import * as Effect4 from "effect4"
import * as Http4 from "effect4/http"
import * as Persistence4 from "effect4/persistence"
import * as Work from "../group.js"
import { type Contender, type Session, type Settings, stubResponse } from "./contender.js"

const Patch4 = Effect4.Schema.Struct({ name: Effect4.Schema.optionalKey(Effect4.Schema.NonEmptyString) })

const Nullish4 = Effect4.Schema.optionalKey(Effect4.Schema.NullOr(Effect4.Schema.String))

const Group4 = Effect4.Schema.Struct({
  id: Effect4.Schema.NonEmptyString,
  name: Effect4.Schema.String,
  learningEventUrl: Nullish4,
  certificateDesignId: Nullish4,
  badgeDesignId: Nullish4,
  createdAt: Effect4.Schema.DateTimeUtcFromString,
  updatedAt: Effect4.Schema.DateTimeUtcFromString
})

const stubLayer4 = Effect4.Layer.succeed(
  Http4.HttpClient.HttpClient,
  Http4.HttpClient.make((request) =>
    Effect4.Effect.sync(() => Http4.HttpClientResponse.fromWeb(request, stubResponse()))
  )
)

/** In the order that the documentation of `withCircuitBreaker` recommends: the rate limit inside the retries. */
const viaEffect4 = (settings: Settings): Session => {
  const make = Effect4.Effect.gen(function* () {
    const client = Http4.HttpClient.filterStatusOk(yield* Http4.HttpClient.HttpClient)
    if (!settings.retries) return client
    const limiter = yield* Persistence4.RateLimiter.RateLimiter
    return client.pipe(
      Http4.HttpClient.withRateLimiter({
        limiter,
        key: "certifier",
        limit: settings.perSecond ?? 100_000,
        window: "1 second",
        times: 3
      }),
      Http4.HttpClient.retryTransient({ times: 3, schedule: Effect4.Schedule.exponential("200 millis") })
    )
  })
  const runtime = Effect4.ManagedRuntime.make(
    Effect4.Layer.mergeAll(
      settings.stub ? stubLayer4 : Http4.FetchHttpClient.layer,
      Effect4.Layer.provide(Persistence4.RateLimiter.layer, Persistence4.RateLimiter.layerStoreMemory)
    )
  )
  // Created once, because the rate limit adapts to the responses of all calls.
  const ready = runtime.runPromise(
    Effect4.Effect.map(make, (client) => {
      const call = Http4.HttpClientRequest.schemaBodyJson(Patch4)(
        Http4.HttpClientRequest.patch(`${settings.baseUrl}${Work.path}`, { headers: Work.headers }),
        Work.patch
      ).pipe(
        Effect4.Effect.flatMap((request) => client.execute(request)),
        Effect4.Effect.flatMap(Http4.HttpClientResponse.schemaBodyJson(Group4))
      )
      return settings.timeout === undefined ? call : Effect4.Effect.timeout(call, settings.timeout)
    })
  )
  return {
    call: async (signal) => {
      const exit = await runtime.runPromiseExit(await ready, signal && { signal })
      if (Effect4.Exit.isFailure(exit)) throw Effect4.Cause.squash(exit.cause)
      return exit.value
    },
    batch: async (count, concurrency) => {
      const call = await ready
      let left = count
      const worker = Effect4.Effect.whileLoop({ while: () => left-- > 0, body: () => call, step: () => undefined })
      await runtime.runPromise(
        Effect4.Effect.orDie(
          Effect4.Effect.all(
            Array.from({ length: concurrency }, () => worker),
            { concurrency, discard: true }
          )
        )
      )
    },
    close: () => runtime.dispose()
  }
}

export const contender: Contender = {
  id: "effect4",
  name: "Effect 4 `HttpClient`",
  packages: ["effect4"],
  transport: "fetch",
  ours: false,
  stub: true,
  measured: { overhead: true, resilience: true },
  retries: "`withRateLimiter({ times: 3 })` inside `retryTransient({ times: 3, schedule: exponential })`",
  open: viaEffect4
}
