import { CertifierClient } from "@effect-certifier/core"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as http from "node:http"
import { errorJson, groupJson } from "./scripted.js"

/** How the server handles a request. */
export type Reaction = (request: http.IncomingMessage, response: http.ServerResponse) => void

const respond =
  (status: number, body: string, headers: http.OutgoingHttpHeaders = {}): Reaction =>
  (_, response) =>
    void response.writeHead(status, { "content-type": "application/json", ...headers }).end(body)

export const ok = respond(200, groupJson)
export const unavailable = respond(503, "<html>Service unavailable</html>")
export const rateLimited = (retryAfter: string) =>
  respond(429, errorJson("rate_limited"), { "retry-after": retryAfter })
export const reset: Reaction = (request) => void request.socket.resetAndDestroy()

/** A server on a free loopback port that handles its requests with the handlers in turn, then with the last; closed with the scope. */
export const make = (...reactions: readonly [Reaction, ...ReadonlyArray<Reaction>]) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.async<{ readonly server: http.Server; readonly port: number; readonly arrivals: Array<number> }>(
        (resume) => {
          /** The arrival of each request, in milliseconds of a monotonic clock. */
          const arrivals: Array<number> = []
          const server = http.createServer((request, response) => {
            const reaction = reactions[Math.min(arrivals.length, reactions.length - 1)] ?? reactions[0]
            arrivals.push(performance.now())
            request.resume().on("end", () => reaction(request, response))
          })
          server.listen(0, "127.0.0.1", () => {
            const address = server.address()
            const port = address !== null && typeof address === "object" ? address.port : 0
            resume(Effect.succeed({ server, port, arrivals }))
          })
        }
      ),
      ({ server }) =>
        Effect.async<void>((resume) => {
          server.close(() => resume(Effect.void))
          server.closeAllConnections()
        })
    ),
    ({ arrivals, port }) => ({
      arrivals,
      layer: (options?: Partial<CertifierClient.Options>) =>
        CertifierClient.layer({
          accessToken: Redacted.make("token"),
          baseUrl: `http://127.0.0.1:${port}`,
          ...options
        }).pipe(Layer.provide(FetchHttpClient.layer), Layer.orDie)
    })
  )

export type Server = Effect.Effect.Success<ReturnType<typeof make>>
