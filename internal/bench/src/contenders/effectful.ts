/** The shared code of the rows of Effect 3. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { type Session, type Settings, stubResponse } from "./contender.js"

export const effectful = <R, E>(layer: Layer.Layer<R, E>, call: Effect.Effect<unknown, unknown, R>): Session => {
  const runtime = ManagedRuntime.make(layer)
  return {
    call: async (signal) => {
      const exit = await runtime.runPromiseExit(call, signal && { signal })
      // Rejects with the typed error, which the caller of an effect would handle.
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

export const layerOf = (transport: "undici" | "fetch", settings: Settings) =>
  settings.stub ? stubLayer : layers[transport]
