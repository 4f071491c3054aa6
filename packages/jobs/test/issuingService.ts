import { CertifierClient } from "@effect-certifier/core"
import { HttpClient, HttpClientResponse } from "@effect/platform"
import { type Duration, Effect, Fiber, Layer, Redacted } from "effect"

export type Point = "on its way" | "applied" | "responded"

interface Stored {
  status: "draft" | "issued"
  mails: number
}

/** The part of the API that issuing uses, with the bytes of the contract. A request is applied even if its caller dies. */
export class Service {
  readonly credentials: Array<Stored> = []
  /** The number of sent mails whose response is lost. */
  lostResponses = 0

  body(index: number): string {
    return `{"id":"01k0crd00000000000000000c${index}","publicId":"p-${index}","groupId":"01k0grp00000000000000000g1","status":"${this.credentials[index]?.status}","recipient":{"id":"01k0rcp00000000000000000r1","name":"Ada Example","email":"ada@example.com"},"issueDate":"1970-01-01","expiryDate":null,"attributes":{},"customAttributes":{},"createdAt":"1970-01-01T00:00:01.000Z","updatedAt":"1970-01-01T00:00:01.000Z"}`
  }

  respond(method: string, path: string): readonly [status: number, body: string] {
    if (method === "POST" && path === "/v1/credentials") {
      this.credentials.push({ status: "draft", mails: 0 })
      return [201, this.body(this.credentials.length - 1)]
    }
    if (path === "/v1/credentials/search") {
      const data = this.credentials.map((_, index) => this.body(index)).join(",")
      return [200, `{"data":[${data}],"pagination":{"prev":null,"next":null}}`]
    }
    const [, id = "", action] = /^\/v1\/credentials\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? []
    const index = Number(id.at(-1))
    const credential = this.credentials[index]
    if (credential === undefined) throw new Error(path)
    if (action === "issue") {
      if (credential.status !== "draft") return [400, '{"error":{"code":"validation_error","message":"not a draft"}}']
      credential.status = "issued"
    }
    if (action === "send") {
      credential.mails += 1
      if (this.lostResponses > 0) {
        this.lostResponses -= 1
        return [500, '{"error":{"code":"internal_server_error","message":"lost"}}']
      }
    }
    return [200, this.body(index)]
  }

  /** Calls `at` with the point that a request with an effect has reached. */
  layer(at: (point: Point) => Effect.Effect<void> = () => Effect.void, latency: Duration.DurationInput = 0) {
    const http = HttpClient.make((request, url) =>
      Effect.gen(this, function* () {
        const reads = request.method === "GET" || url.pathname.endsWith("search")
        const respond = Effect.sync(() => this.respond(request.method, url.pathname))
        const applying = yield* Effect.forkDaemon(Effect.delay(respond, latency))
        if (!reads) yield* at("on its way")
        const [status, body] = yield* Fiber.join(applying)
        if (!reads) yield* at("applied")
        yield* Effect.sleep(latency)
        if (!reads) yield* at("responded")
        return HttpClientResponse.fromWeb(
          request,
          new Response(body, { status, headers: { "content-type": "application/json" } })
        )
      })
    )
    return CertifierClient.layer({ accessToken: Redacted.make("any") }).pipe(
      Layer.provide(Layer.succeed(HttpClient.HttpClient, http))
    )
  }
}
