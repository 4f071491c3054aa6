/** The same program over three transports: another `fetch`, another pool of undici, and a custom transport. */
import { CertifierClient } from "@effect-certifier/core"
import { Fault, Sandbox } from "@effect-certifier/sandbox"
import { FetchHttpClient, HttpClient, HttpClientError, HttpClientResponse } from "@effect/platform"
import { NodeHttpClient, NodeRuntime, NodeStream, Undici } from "@effect/platform-node"
import { Console, Effect, Layer, Stream, identity } from "effect"
import * as Http from "node:http"
import * as Https from "node:https"
import * as Local from "./lib/local.js"

/** Your own `fetch`, such as that of a framework or a test tool. */
const OverFetch = FetchHttpClient.layer.pipe(
  Layer.provide(
    Layer.succeed(FetchHttpClient.Fetch, async (input, init) => {
      const response = await globalThis.fetch(input, init)
      console.log(`fetch returned ${response.status}`)
      return response
    })
  )
)

/** undici with your own dispatcher; for a proxy, use its `ProxyAgent`. */
const OverUndici = NodeHttpClient.layerUndiciWithoutDispatcher.pipe(
  Layer.provide(
    Layer.scoped(
      NodeHttpClient.Dispatcher,
      Effect.acquireRelease(
        Effect.sync(() => new Undici.Agent({ connections: 4 })),
        (agent) => Effect.promise(() => agent.destroy())
      )
    )
  )
)

/**
 * A transport can be any function that sends a request. It must return status, headers and body unchanged, follow no redirects, fail
 * with a `RequestError` if there is no response, and abort the request with `signal`.
 */
const byHand = HttpClient.make((request, url, signal) =>
  Effect.async<HttpClientResponse.HttpClientResponse, HttpClientError.RequestError>((resume) => {
    const { request: send } = url.protocol === "https:" ? Https : Http
    const outgoing = send(url, { method: request.method, headers: request.headers, signal }, (incoming) => {
      const status = incoming.statusCode ?? 0
      const body = Stream.toReadableStream(NodeStream.fromReadable<unknown, Uint8Array>(() => incoming, identity))
      const response = new Response(status === 204 ? null : body, {
        status,
        headers: Object.entries(incoming.headers).flatMap(([name, value]) =>
          [value ?? []].flat().map((value): [string, string] => [name, value])
        )
      })
      resume(Effect.succeed(HttpClientResponse.fromWeb(request, response)))
    })
    outgoing.on("error", (cause) => resume(new HttpClientError.RequestError({ request, reason: "Transport", cause })))
    outgoing.end(request.body._tag === "Uint8Array" ? request.body.body : undefined)
  })
)

const rename = (name: string) =>
  CertifierClient.updateGroup(Local.groupId, { name }).pipe(
    Effect.match({
      onSuccess: (group) => `renamed to ${group.name}`,
      onFailure: (error) => error.message
    }),
    Effect.flatMap(Console.log)
  )

/** Results and errors are the same over every transport. */
const trial = (name: string) =>
  Effect.gen(function* () {
    yield* Console.log(`\n${name}`)
    yield* rename(`Financial Markets over ${name}`)
    yield* Sandbox.inject(Fault.reset())
    yield* rename("Money")
    yield* Sandbox.inject(Fault.close("Body"))
    yield* rename("Money")
  }).pipe(Effect.provide(CertifierClient.layerConfig()))

const program = Effect.all([
  trial("fetch").pipe(Effect.provide(OverFetch)),
  trial("undici").pipe(Effect.provide(OverUndici)),
  trial("node:http").pipe(Effect.provideService(HttpClient.HttpClient, byHand))
])

program.pipe(Effect.provide(Local.layer()), NodeRuntime.runMain)
