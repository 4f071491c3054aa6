import { CertifierClient, Groups } from "@effect-certifier/core"
import { RateLimiter, RetryPolicy } from "@effect-certifier/retry"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Work from "../group.js"
import type { Contender, Session, Settings } from "./contender.js"
import { effectful, layerOf } from "./effectful.js"

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

export const overUndici: Contender = {
  id: "ours-undici",
  name: "**effect-certifier**, undici",
  packages: ["effect", "@effect/platform-node"],
  transport: "undici",
  ours: true,
  stub: true,
  measured: { overhead: true, resilience: false },
  retries: "none",
  open: plain("undici")
}

export const overFetch: Contender = {
  id: "ours-fetch",
  name: "**effect-certifier**, fetch",
  packages: ["effect", "@effect/platform"],
  transport: "fetch",
  ours: true,
  stub: false,
  measured: { overhead: true, resilience: false },
  retries: "none",
  open: plain("fetch")
}

export const withRetryAndRateLimit: Contender = {
  id: "ours-policies",
  name: "**effect-certifier**, retry and rate limit",
  packages: ["effect", "@effect/platform-node"],
  transport: "undici",
  ours: true,
  stub: true,
  measured: { overhead: true, resilience: true },
  retries: "`RetryPolicy.toClientTransform(RetryPolicy.transient())` and `RateLimiter`",
  open: withPolicies({})
}

export const withConcurrencyCheck: Contender = {
  id: "ours-concurrency-check",
  name: "**effect-certifier**, concurrency check",
  packages: ["effect", "@effect/platform-node"],
  transport: "undici",
  ours: true,
  stub: true,
  measured: { overhead: false, resilience: true },
  retries:
    "`RetryPolicy.toClientTransform(RetryPolicy.transient({ concurrencyCheck: Groups.withConcurrencyCheck() }))` and `RateLimiter`",
  open: withPolicies({ concurrencyCheck: Groups.withConcurrencyCheck() })
}
