import { FetchHttpClient } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { CertifierClient, Credentials, Webhook } from "@effect-certifier/core"
import { Effect, Layer, Option, Redacted } from "effect"
import { createHmac } from "node:crypto"
import { createServer, type RequestListener } from "node:http"
import { Fixture, Sandbox } from "../src/index.js"

const secret = Redacted.make("sandbox-webhook-secret-01")

const ada = { groupId: Fixture.groupJson.id, recipient: { name: "Ada Example", email: "ada@example.com" } } as const

/** A receiver in another program: a server. */
const receiver = (listener: RequestListener) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.async<ReturnType<typeof createServer>>((resume) => {
        const server = createServer(listener).listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
      }),
      (server) =>
        Effect.sync(() => {
          server.close()
          server.closeAllConnections()
        })
    ),
    (server) => {
      const address = server.address()
      return `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`
    }
  )

const client = (url: string) =>
  CertifierClient.layer({ accessToken: Redacted.make("any"), baseUrl: url }).pipe(Layer.provide(FetchHttpClient.layer))

const create = (url: string) => Effect.provide(Credentials.create(ada), client(url))

describe("webhooks over sockets", () => {
  it.scopedLive("are signed over the bytes that arrive", () =>
    Effect.gen(function* () {
      const received: Array<{ readonly body: Buffer; readonly headers: unknown }> = []
      const url = yield* receiver((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk) => chunks.push(chunk))
        request.on("end", () => {
          const { "content-type": type, "x-webhook-signature": signature } = request.headers
          received.push({
            body: Buffer.concat(chunks),
            headers: { method: request.method, url: request.url, type, signature }
          })
          response.writeHead(200).end()
        })
      })
      const sandbox = yield* Sandbox.serve({ webhooks: [{ url: `${url}/hook?key=1`, secret }] })
      yield* create(sandbox.url)
      const [delivery] = yield* sandbox.awaitDeliveries
      assert.strictEqual(delivery?.target, `${url}/hook`)
      const [{ body, headers } = { body: Buffer.of(), headers: {} }] = received
      deepStrictEqual(headers, {
        method: "POST",
        url: "/hook?key=1",
        type: "application/json",
        // Another implementation than the sandbox's.
        signature: createHmac("sha256", "sandbox-webhook-secret-01").update(body).digest("hex")
      })
    })
  )

  it.scopedLive("are received by the web handler of core, which handles each event once", () =>
    Effect.gen(function* () {
      const handled: Array<string> = []
      const handle = Webhook.toWebHandler({ secret }, (event) => Effect.sync(() => handled.push(event.type)))
      const url = yield* receiver((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk) => chunks.push(chunk))
        request.on("end", () => {
          const signature = String(request.headers["x-webhook-signature"])
          const headers = { "x-webhook-signature": signature }
          const web = new Request("http://localhost/", { method: "POST", headers, body: Buffer.concat(chunks) })
          void handle(web).then(({ status }) => response.writeHead(status).end())
        })
      })
      const sandbox = yield* Sandbox.serve({ webhooks: [{ url, secret }], webhookBehavior: { doubled: true } })
      yield* Effect.provide(Credentials.createIssueSend(ada), client(sandbox.url))
      const deliveries = yield* sandbox.awaitDeliveries
      deepStrictEqual(
        deliveries.map(({ attempts }) => attempts.map(({ status }) => Option.getOrNull(status))),
        [
          [204, 204],
          [204, 204]
        ]
      )
      deepStrictEqual(handled, ["credential.created", "credential.issued"])
    })
  )

  it.scopedLive("follow no redirect, don't read an endless response, and report why there is no response", () =>
    Effect.gen(function* () {
      const paths: Array<string | undefined> = []
      const url = yield* receiver((request, response) => {
        paths.push(request.url)
        if (request.url === "/redirect") response.writeHead(307, { location: "/elsewhere" }).end()
        else if (request.url === "/hangup") request.socket.destroy()
        else {
          response.writeHead(200)
          const write = () => void (response.destroyed || response.write("x".repeat(65_536), () => setImmediate(write)))
          write()
        }
      })
      const sandbox = yield* Sandbox.serve({
        webhooks: [
          { url: `${url}/redirect`, secret },
          { url: `${url}/endless`, secret },
          { url: `${url}/hangup`, secret },
          { url: "http://127.0.0.1:1/refused", secret }
        ]
      })
      yield* create(sandbox.url)
      const deliveries = yield* sandbox.awaitDeliveries
      deepStrictEqual(
        deliveries.map(({ attempts, state }) => [
          state,
          Option.getOrNull(attempts[0]?.status ?? Option.none()),
          Option.isSome(attempts[0]?.problem ?? Option.none())
        ]),
        [
          ["pending", 307, false],
          ["delivered", 200, false],
          ["pending", null, true],
          ["pending", null, true]
        ]
      )
      deepStrictEqual(paths.toSorted(), ["/endless", "/hangup", "/redirect"])
    })
  )

  it.scopedLive(
    "wait at most ten seconds for a response",
    () =>
      Effect.gen(function* () {
        const url = yield* receiver(() => {})
        const sandbox = yield* Sandbox.serve({ webhooks: [{ url, secret }] })
        yield* create(sandbox.url)
        const [delivery] = yield* sandbox.awaitDeliveries
        deepStrictEqual(delivery?.attempts[0]?.problem, Option.some("no response within 10 seconds"))
      }),
    20_000
  )
})
