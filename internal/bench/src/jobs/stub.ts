/** The client that a user would configure, on a transport that responds from memory. */
import { CertifierClient } from "@effect-certifier/core"
import { RateLimiter } from "@effect-certifier/retry"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Work from "../group.js"

export const update = (n: number) => ({ id: `01k0grp${String(n).padStart(18, "0")}`, patch: Work.patch })

/** Each response has its own turn of the event loop, like one from a socket. */
const transport = Layer.succeed(
  HttpClient.HttpClient,
  HttpClient.make((request) =>
    Effect.async((resume) => {
      setImmediate(() =>
        resume(
          Effect.sync(() =>
            HttpClientResponse.fromWeb(request, new Response(Work.answer, { headers: Work.answerHeaders }))
          )
        )
      )
    })
  )
)

/** A rate limiter whose limit is never reached. */
export const client = RateLimiter.clientLayer(CertifierClient.layer, { accessToken: Redacted.make(Work.token) }).pipe(
  Layer.provide(RateLimiter.layer({ limit: 100_000, window: "1 second" })),
  Layer.provide(transport)
)
