/** One of several processes that share a rate limit: four fibers, each with its calls. Ends by itself. */
import { CertifierClient } from "@effect-certifier/core"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RateLimiter from "../src/RateLimiter.js"
import * as RedisRateLimiter from "../src/RedisRateLimiter.js"
import * as Support from "./RateLimiter.support.js"

const [name = "", baseUrl = "", prefix = "", calls = ""] = process.argv.slice(2)

const fiber = Effect.replicateEffect(Support.update(name), Number(calls), { discard: true })

await Effect.replicateEffect(fiber, 4, { concurrency: "unbounded", discard: true }).pipe(
  Effect.provide(
    RateLimiter.clientLayer(CertifierClient.layer, { ...Support.options, baseUrl }).pipe(
      Layer.provide(
        RedisRateLimiter.layer({
          redis: { host: "127.0.0.1" },
          prefix,
          limit: 20,
          window: "1 second",
          onUnavailable: "fail",
          timeout: "5 seconds"
        })
      ),
      Layer.provide(FetchHttpClient.layer)
    )
  ),
  Effect.runPromise
)
