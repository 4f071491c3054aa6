/** Who is measured: one table, each row used as its own documentation recommends. */
import { CertifierClient, Group, GroupPatch } from "@effect-certifier/core"
import { RateLimiter, RetryPolicy } from "@effect-certifier/retry"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { create as createAxios } from "axios"
import axiosRetry, { exponentialDelay, isNetworkError, isRetryableError } from "axios-retry"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Effect4 from "effect4"
import * as Http4 from "effect4/http"
import * as Persistence4 from "effect4/persistence"
import got from "got"
import ky from "ky"
import OpenAI from "openai"
import * as undici from "undici"
import * as Work from "./group.js"

export interface Settings {
  readonly baseUrl: string
  /** Whether answers come from memory. */
  readonly stub: boolean
  readonly retries: boolean
  /** What the service lets through in a second, for those who have a rate limit. */
  readonly perSecond?: number
  /** The time limit of a call in milliseconds; by default the contender's own. */
  readonly timeout?: number
}

export interface Session {
  /** One call. Rejects with what the caller gets. */
  readonly call: (signal?: AbortSignal) => Promise<unknown>
  /** Many calls, so many at a time, in the manner of the contender's users. */
  readonly batch: (count: number, concurrency: number) => Promise<void>
  readonly close: () => Promise<void>
}

export type Transport = "undici" | "fetch" | "node:http"

export interface Contender {
  readonly id: string
  readonly name: string
  /** Whose versions are named. */
  readonly packages: ReadonlyArray<string>
  readonly transport: Transport
  readonly ours: boolean
  /** Whether it takes a transport of the caller's. */
  readonly stub: boolean
  readonly measured: { readonly overhead: boolean; readonly resilience: boolean }
  /** How it is told to send again, and where that is documented. */
  readonly retries: string
  readonly open: (settings: Settings) => Session
}

const stubResponse = () => new Response(Work.answer, { headers: Work.answerHeaders })

const stubFetch: typeof fetch = () => Promise.resolve(stubResponse())

const fetchOf = (settings: Settings): typeof fetch => (settings.stub ? stubFetch : fetch)

const noop = () => Promise.resolve()

const promised = (call: Session["call"], close: Session["close"] = noop): Session => ({
  call,
  close,
  batch: async (count, concurrency) => {
    let left = count
    const worker = async () => {
      while (left-- > 0) await call()
    }
    await Promise.all(Array.from({ length: concurrency }, worker))
  }
})

const effectful = <R, E>(layer: Layer.Layer<R, E>, call: Effect.Effect<unknown, unknown, R>): Session => {
  const runtime = ManagedRuntime.make(layer)
  return {
    call: async (signal) => {
      const exit = await runtime.runPromiseExit(call, signal && { signal })
      // The typed error itself, as the caller of an effect handles it.
      if (Exit.isFailure(exit)) throw Cause.squash(exit.cause)
      return exit.value
    },
    batch: (count, concurrency) => {
      let left = count
      const worker = Effect.whileLoop({ while: () => left-- > 0, body: () => call, step: () => undefined })
      return runtime.runPromise(
        Effect.orDie(
          Effect.all(
            Array.from({ length: concurrency }, () => worker),
            { concurrency, discard: true }
          )
        )
      )
    },
    close: () => runtime.dispose()
  }
}

const layers: Record<"undici" | "fetch", Layer.Layer<HttpClient.HttpClient>> = {
  undici: NodeHttpClient.layerUndici,
  fetch: FetchHttpClient.layer
}

const stubLayer = Layer.succeed(
  HttpClient.HttpClient,
  HttpClient.make((request) => Effect.sync(() => HttpClientResponse.fromWeb(request, stubResponse())))
)

const layerOf = (transport: "undici" | "fetch", settings: Settings) => (settings.stub ? stubLayer : layers[transport])

const validPatch = Schema.decodeSync(GroupPatch.GroupPatch)(Work.patch)

/** What somebody writes by hand who wants no more than a checked body out and a checked body in. */
const pipeline =
  (transport: "undici" | "fetch") =>
  (settings: Settings): Session => {
    const call = Effect.gen(function* () {
      const client = HttpClient.filterStatusOk(yield* HttpClient.HttpClient)
      const request = yield* HttpClientRequest.schemaBodyJson(GroupPatch.GroupPatch)(
        HttpClientRequest.patch(`${settings.baseUrl}${Work.path}`, { headers: Work.headers }),
        validPatch
      )
      return yield* Effect.flatMap(client.execute(request), HttpClientResponse.schemaBodyJson(Group.Group))
    })
    const limited =
      settings.timeout === undefined
        ? call
        : Effect.timeoutFail(call, { duration: settings.timeout, onTimeout: () => new Error("time is up") })
    return effectful(layerOf(transport, settings), limited)
  }

const update = CertifierClient.updateGroup(Work.id, Work.patch)

const optionsOf = (settings: Settings): CertifierClient.Options => ({
  accessToken: Redacted.make(Work.token),
  baseUrl: settings.baseUrl,
  timeout: settings.timeout
})

const plain =
  (transport: "undici" | "fetch") =>
  (settings: Settings): Session =>
    effectful(Layer.provide(CertifierClient.layer(optionsOf(settings)), layerOf(transport, settings)), update)

const withPolicies =
  (policy: RetryPolicy.Options) =>
  (settings: Settings): Session =>
    effectful(
      RateLimiter.clientLayer(CertifierClient.layer, {
        ...optionsOf(settings),
        transformClient: RetryPolicy.toClientTransform(
          settings.retries ? RetryPolicy.transient(policy) : RetryPolicy.never
        )
      }).pipe(
        Layer.provide(RateLimiter.layer({ limit: settings.perSecond ?? 100_000, window: "1 second" })),
        Layer.provide(layerOf("undici", settings))
      ),
      update
    )

const refuse = (status: number): never => {
  throw new Error(`The service answered ${status}`)
}

const viaUndici = (dispatcher: undici.Dispatcher, settings: Settings): Session =>
  promised(
    async (signal) => {
      const { body, statusCode } = await undici.request(`${settings.baseUrl}${Work.path}`, {
        dispatcher,
        method: "PATCH",
        headers: { ...Work.headers, "content-type": "application/json" },
        body: JSON.stringify(Work.patch),
        signal: signal ?? null,
        headersTimeout: settings.timeout ?? null,
        bodyTimeout: settings.timeout ?? null
      })
      if (statusCode >= 400) {
        await body.dump()
        return refuse(statusCode)
      }
      return body.json()
    },
    () => dispatcher.destroy()
  )

const viaFetch = (settings: Settings): Session => {
  const send = fetchOf(settings)
  return promised(async (signal) => {
    const signals = [
      ...(signal === undefined ? [] : [signal]),
      ...(settings.timeout === undefined ? [] : [AbortSignal.timeout(settings.timeout)])
    ]
    const response = await send(`${settings.baseUrl}${Work.path}`, {
      method: "PATCH",
      headers: { ...Work.headers, "content-type": "application/json" },
      body: JSON.stringify(Work.patch),
      ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) })
    })
    if (!response.ok) {
      await response.body?.cancel()
      return refuse(response.status)
    }
    return response.json()
  })
}

const viaKy = (settings: Settings): Session => {
  const client = ky.create({
    baseUrl: settings.baseUrl,
    headers: Work.headers,
    fetch: fetchOf(settings),
    retry: settings.retries ? { methods: ["patch"], jitter: true } : 0,
    ...(settings.timeout === undefined ? {} : { timeout: settings.timeout })
  })
  return promised((signal) => client.patch(Work.path, { json: Work.patch, ...(signal && { signal }) }).json())
}

const viaGot = (settings: Settings): Session => {
  const client = got.extend({
    headers: Work.headers,
    retry: settings.retries ? { methods: ["PATCH"] } : { limit: 0 },
    ...(settings.timeout === undefined ? {} : { timeout: { request: settings.timeout } })
  })
  return promised((signal) =>
    client.patch(`${settings.baseUrl}${Work.path}`, { json: Work.patch, ...(signal && { signal }) }).json()
  )
}

const viaAxios = (settings: Settings): Session => {
  const client = createAxios({
    baseURL: settings.baseUrl,
    headers: Work.headers,
    ...(settings.timeout === undefined ? {} : { timeout: settings.timeout }),
    ...(settings.stub ? { adapter: "fetch", env: { fetch: stubFetch } } : {})
  })
  axiosRetry(client, {
    retries: settings.retries ? 3 : 0,
    retryDelay: exponentialDelay,
    retryCondition: (error) => isNetworkError(error) || isRetryableError(error)
  })
  return promised(async (signal) => {
    const { data } = await client.patch<unknown>(Work.path, Work.patch, signal && { signal })
    return data
  })
}

const viaOpenAI = (settings: Settings): Session => {
  const client = new OpenAI({
    apiKey: Work.token,
    baseURL: settings.baseUrl,
    fetch: fetchOf(settings),
    defaultHeaders: { "certifier-version": Work.headers["certifier-version"] },
    ...(settings.retries ? {} : { maxRetries: 0 }),
    ...(settings.timeout === undefined ? {} : { timeout: settings.timeout })
  })
  return promised((signal) => client.patch<unknown>(Work.path, { body: Work.patch, ...(signal && { signal }) }))
}

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

/** In the order that the documentation of `withCircuitBreaker` recommends: the rate limit inside of the retries. */
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
  // Made once: the rate limit learns from answers, and all calls are to share that.
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

const both = { overhead: true, resilience: true }
const overheadOnly = { overhead: true, resilience: false }
const resilienceOnly = { overhead: false, resilience: true }

const checked = "`RetryPolicy.toClientTransform(RetryPolicy.transient({ concurrencyCheck: true }))` and `RateLimiter`"

export const contenders: ReadonlyArray<Contender> = [
  {
    id: "undici",
    name: "undici `request`",
    packages: ["undici"],
    transport: "undici",
    ours: false,
    stub: false,
    measured: overheadOnly,
    retries: "none",
    open: (settings) => viaUndici(new undici.Agent(), settings)
  },
  {
    id: "undici-retry",
    name: "undici `RetryAgent`",
    packages: ["undici"],
    transport: "undici",
    ours: false,
    stub: false,
    measured: resilienceOnly,
    retries: '`new RetryAgent(agent, { methods: ["PATCH"] })`',
    open: (settings) =>
      viaUndici(
        new undici.RetryAgent(new undici.Agent(), settings.retries ? { methods: ["PATCH"] } : { maxRetries: 0 }),
        settings
      )
  },
  {
    id: "fetch",
    name: "global `fetch`",
    packages: [],
    transport: "fetch",
    ours: false,
    stub: true,
    measured: both,
    retries: "has none",
    open: viaFetch
  },
  {
    id: "hand-undici",
    name: "hand-written pipeline, undici",
    packages: ["@effect/platform", "@effect/platform-node"],
    transport: "undici",
    ours: false,
    stub: true,
    measured: both,
    retries: "has none",
    open: pipeline("undici")
  },
  {
    id: "hand-fetch",
    name: "hand-written pipeline, fetch",
    packages: ["@effect/platform"],
    transport: "fetch",
    ours: false,
    stub: false,
    measured: overheadOnly,
    retries: "has none",
    open: pipeline("fetch")
  },
  {
    id: "ours-undici",
    name: "**effect-certifier**, undici",
    packages: ["effect", "@effect/platform-node"],
    transport: "undici",
    ours: true,
    stub: true,
    measured: overheadOnly,
    retries: "none",
    open: plain("undici")
  },
  {
    id: "ours-fetch",
    name: "**effect-certifier**, fetch",
    packages: ["effect", "@effect/platform"],
    transport: "fetch",
    ours: true,
    stub: false,
    measured: overheadOnly,
    retries: "none",
    open: plain("fetch")
  },
  {
    id: "ours-policies",
    name: "**effect-certifier**, retry and rate limit",
    packages: ["effect", "@effect/platform-node"],
    transport: "undici",
    ours: true,
    stub: true,
    measured: both,
    retries: "`RetryPolicy.toClientTransform(RetryPolicy.transient())` and `RateLimiter`",
    open: withPolicies({})
  },
  {
    id: "ours-concurrency-check",
    name: "**effect-certifier**, concurrency check",
    packages: ["effect", "@effect/platform-node"],
    transport: "undici",
    ours: true,
    stub: true,
    measured: resilienceOnly,
    retries: checked,
    open: withPolicies({ concurrencyCheck: true })
  },
  {
    id: "ky",
    name: "ky",
    packages: ["ky"],
    transport: "fetch",
    ours: false,
    stub: true,
    measured: both,
    retries: '`retry: { methods: ["patch"], jitter: true }`',
    open: viaKy
  },
  {
    id: "got",
    name: "got",
    packages: ["got"],
    transport: "node:http",
    ours: false,
    stub: false,
    measured: both,
    retries: '`retry: { methods: ["PATCH"] }`',
    open: viaGot
  },
  {
    id: "axios",
    name: "axios, axios-retry",
    packages: ["axios", "axios-retry"],
    transport: "node:http",
    ours: false,
    stub: true,
    measured: both,
    retries: "`retries: 3, retryDelay: exponentialDelay`, `retryCondition` for any method",
    open: viaAxios
  },
  {
    id: "openai",
    name: "openai SDK, `client.patch`",
    packages: ["openai"],
    transport: "fetch",
    ours: false,
    stub: true,
    measured: both,
    retries: "its defaults",
    open: viaOpenAI
  },
  {
    id: "effect4",
    name: "Effect 4 `HttpClient`",
    packages: ["effect4"],
    transport: "fetch",
    ours: false,
    stub: true,
    measured: both,
    retries: "`withRateLimiter({ times: 3 })` inside of `retryTransient({ times: 3, schedule: exponential })`",
    open: viaEffect4
  }
]

/** Whom the client is to be faster than: the peers that do more than to send. */
export const sdks = ["ky", "got", "axios", "openai"]
