import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as CertifierClient from "@effect-certifier/core/CertifierClient"
import * as CertifierError from "@effect-certifier/core/CertifierError"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Undici from "@effect/platform-node/Undici"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { groupId, groupJson } from "./support/page.js"
import { transports } from "./support/suite.js"
import * as Wire from "./support/wire.js"

const { chunk, full, head } = Wire

/** For tests that wait for a second. */
const waiting = { concurrent: true }

const token = "sk_live/Zm9v+YmFy=.~T0k3n-with-42"

describe.each(transports)("%s", (_, transport) => {
  const update = (origin: string, options?: Partial<CertifierClient.Options>) =>
    CertifierClient.updateGroup(groupId, { name: "Financial Markets" }).pipe(
      Effect.provide(
        Layer.orDie(CertifierClient.layer({ accessToken: Redacted.make(token), baseUrl: origin, ...options }))
      ),
      Effect.provide(transport)
    )

  const failing = (answer: (exchange: Wire.Exchange) => void, options?: Partial<CertifierClient.Options>) =>
    Effect.gen(function* () {
      const server = yield* Wire.serve(answer)
      const error = yield* Effect.flip(update(server.origin, options))
      return { server, error }
    })

  it.scopedLive("sends the documented request and reads the documented response", () =>
    Effect.gen(function* () {
      const server = yield* Wire.serve(({ socket }) => socket.write(full("200 OK", groupJson)))
      const group = yield* update(`${server.origin}/behind/a/prefix/`)
      assert.strictEqual(group.name, "Financial Markets")
      const exchange = server.exchanges[0] ?? assert.fail("no request came")
      assert.strictEqual(exchange.body, `{"name":"Financial Markets"}`)
      const lines = exchange.head.split("\r\n")
      assert.strictEqual(lines[0], `PATCH /behind/a/prefix/v1/groups/${groupId} HTTP/1.1`)
      const headers = new Map(
        lines.slice(1).map((line) => [line.split(": ")[0]?.toLowerCase(), line.replace(/^[^:]*: /, "")])
      )
      assert.strictEqual(headers.get("authorization"), `Bearer ${token}`)
      assert.strictEqual(headers.get("certifier-version"), "2022-10-26")
      assert.strictEqual(headers.get("content-type"), "application/json")
      assert.strictEqual(headers.get("accept"), "application/json")
      assert.match(headers.get("user-agent") ?? "", /^effect-certifier\/\d+\.\d+\.\d+$/)
      assert.strictEqual(headers.get("content-length"), "28")
      for (const name of ["traceparent", "b3", "x-request-id", "cookie"]) assert.isFalse(headers.has(name), name)
    })
  )

  it.scopedLive("reads a body in chunks, whatever their sizes", () =>
    Effect.gen(function* () {
      const server = yield* Wire.serve(({ socket }) => {
        socket.write(head("200 OK", ["Transfer-Encoding: chunked"]))
        for (const piece of groupJson.match(/[^]{1,7}/g) ?? []) socket.write(chunk(piece))
        socket.write("0\r\n\r\n")
      })
      assert.strictEqual((yield* update(server.origin)).id, groupId)
    })
  )

  it.scopedLive("connection refused: nothing was sent", () =>
    Effect.gen(function* () {
      const origin = yield* Effect.scoped(
        Effect.map(
          Wire.serve(() => {}),
          (server) => server.origin
        )
      )
      const error = yield* Effect.flip(update(origin))
      assert.strictEqual(error._tag, "CertifierTransportError")
      if (error._tag !== "CertifierTransportError") return
      assert.strictEqual(error.reason, "Connect")
      deepStrictEqual(error.systemCode, Option.some("ECONNREFUSED"))
      assert.strictEqual(error.outcome, "NotSent")
    })
  )

  it.scopedLive("unknown host: nothing was sent", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(update("https://nowhere.invalid"))
      assert.strictEqual(error._tag, "CertifierTransportError")
      if (error._tag !== "CertifierTransportError") return
      assert.strictEqual(error.reason, "Dns")
      assert.strictEqual(error.outcome, "NotSent")
    })
  )

  it.scopedLive("an untrusted certificate: nothing was sent", () =>
    Effect.gen(function* () {
      const { origin, requests } = yield* Wire.serveSelfSigned
      const error = yield* Effect.flip(update(origin))
      assert.strictEqual(error._tag, "CertifierTransportError")
      if (error._tag !== "CertifierTransportError") return
      assert.strictEqual(error.reason, "Certificate")
      deepStrictEqual(error.systemCode, Option.some("DEPTH_ZERO_SELF_SIGNED_CERT"))
      assert.strictEqual(error.outcome, "NotSent")
      assert.strictEqual(requests(), 0)
    })
  )

  it.scopedLive.each(["a\nb", "abc\n", "\u200b"])(
    "the header %j, which HTTP does not allow: nothing was sent",
    (value) =>
      Effect.gen(function* () {
        const { error, server } = yield* failing(({ socket }) => socket.end(), {
          transformClient: HttpClient.mapRequest(HttpClientRequest.setHeader("x-bad", value))
        })
        assert.strictEqual(error._tag, "CertifierTransportError")
        if (error._tag !== "CertifierTransportError") return
        deepStrictEqual([error.reason, error.outcome], ["Encode", "NotSent"])
        assert.isFalse(CertifierError.isRetryable(error))
        assert.strictEqual(server.exchanges.length, 0)
      })
  )

  it.scopedLive("TLS with a server without TLS", () =>
    Effect.gen(function* () {
      const server = yield* Wire.serve(
        () => {},
        (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")
      )
      const error = yield* Effect.flip(update(server.origin.replace("http:", "https:")))
      assert.strictEqual(error._tag, "CertifierTransportError")
      if (error._tag !== "CertifierTransportError") return
      assert.strictEqual(error.reason, "Tls")
      deepStrictEqual(
        server.exchanges.map((exchange) => exchange.body),
        []
      )
    })
  )

  it.scopedLive("the end of the connection after a whole response: a success", () =>
    Effect.gen(function* () {
      const server = yield* Wire.serve(({ socket }) => socket.end(full("200 OK", groupJson, ["Connection: close"])))
      assert.strictEqual((yield* update(server.origin)).id, groupId)
    })
  )

  it.scopedLive("a chunked body cut short", () =>
    Effect.gen(function* () {
      const { error } = yield* failing(({ socket }) =>
        socket.end(head("200 OK", ["Transfer-Encoding: chunked"]) + chunk(groupJson.slice(0, 50)))
      )
      assert.strictEqual(error._tag, "CertifierTransportError")
      assert.strictEqual(error.outcome, "MaybeApplied")
    })
  )

  it.scopedLive("an error whose body is cut short keeps its status", () =>
    Effect.gen(function* () {
      const { error } = yield* failing(({ socket }) =>
        socket.end(full("429 Too Many Requests", `{"error":{"code":"rate_limited"}}`, ["Retry-After: 7"]).slice(0, -9))
      )
      assert.strictEqual(error._tag, "CertifierRateLimited")
      assert.strictEqual(error.outcome, "NotApplied")
    })
  )

  it.scopedLive("stalled body of an error, of unknown length: the time limit", () =>
    Effect.gen(function* () {
      const { error, server } = yield* failing(
        ({ socket }) => socket.write(head("503 Service Unavailable", ["Transfer-Encoding: chunked"]) + chunk("<html>")),
        { timeout: "150 millis" }
      )
      assert.strictEqual(error._tag, "CertifierTimeout")
      yield* Deferred.await((yield* server.next).closed)
    })
  )

  it.scopedLive("an endless error body is read up to the limit, and the connection is closed", () =>
    Effect.gen(function* () {
      const { error, server } = yield* failing(({ socket }) => {
        socket.write(head("404 Not Found", ["Transfer-Encoding: chunked"]))
        const more = () => {
          while (!socket.destroyed && socket.write(chunk("<p>".repeat(1000))));
        }
        socket.on("drain", more)
        more()
      })
      assert.strictEqual(error._tag, "CertifierNotFound")
      yield* Deferred.await((yield* server.next).closed)
    })
  )

  it.scopedLive("one client serves many fibers at once, each with its own response", () =>
    Effect.gen(function* () {
      const server = yield* Wire.serve(({ body, socket }) =>
        socket.write(full("200 OK", groupJson.replace(`"Financial Markets"`, /"name":(.*)}/.exec(body)?.[1] ?? "")))
      )
      const names = Array.from({ length: 200 }, (_unused, index) => `Group ${index}`)
      const answered = yield* Effect.forEach(names, (name) => CertifierClient.updateGroup(groupId, { name }), {
        concurrency: 100
      }).pipe(
        Effect.provide(
          Layer.orDie(CertifierClient.layer({ accessToken: Redacted.make(token), baseUrl: server.origin }))
        ),
        Effect.provide(transport)
      )
      deepStrictEqual(
        answered.map((group) => group.name),
        names
      )
    })
  )

  it.scopedLive.each<
    readonly [
      title: string,
      around: (
        call: Effect.Effect<unknown, { readonly _tag: string }>
      ) => Effect.Effect<unknown, { readonly _tag: string }>
    ]
  >([
    ["an uninterruptible region", Effect.uninterruptible],
    ["an acquisition", (call) => Effect.scoped(Effect.acquireRelease(call, () => Effect.void))],
    [
      "a finalizer",
      (call) =>
        Effect.flatMap(Deferred.make<unknown, { readonly _tag: string }>(), (ended) =>
          Effect.zipRight(
            Effect.scoped(Effect.addFinalizer(() => Deferred.complete(ended, call))),
            Deferred.await(ended)
          )
        )
    ]
  ])(
    "the time limit holds in %s, against a server that stalls",
    ([, around]) =>
      Effect.gen(function* () {
        const server = yield* Wire.serve(({ socket }) => socket.write(head("200 OK", ["Content-Length: 100"])))
        const call = yield* Effect.fork(Effect.flip(around(update(server.origin, { timeout: "1 second" }))))
        const { closed } = yield* server.next
        const error = yield* Fiber.join(call)
        assert.strictEqual(error._tag, "CertifierTimeout")
        yield* Deferred.await(closed)
      }),
    waiting
  )
})

// `node:http` keeps connections only if its agent is configured to.
describe.each(transports.filter(([name]) => name !== "NodeHttpClient.layer"))("connections of %s", (_, transport) => {
  it.scopedLive("the connection of a response that was read is reused by later calls, also after an error", () =>
    Effect.gen(function* () {
      const answers = [
        full("404 Not Found", `{"error":{"code":"not_found","message":"No group"}}`),
        full("503 Service Unavailable", "<html>"),
        full("200 OK", "{}"),
        full("200 OK", groupJson)
      ]
      const server = yield* Wire.serve(({ socket }) => {
        const [answer = ""] = answers
        answers.push(...answers.splice(0, 1))
        socket.write(answer)
      })
      const call = CertifierClient.updateGroup(groupId, { name: "Financial Markets" })
      const ends = yield* Effect.replicateEffect(
        Effect.map(Effect.either(call), ({ _tag }) => _tag),
        40
      ).pipe(
        Effect.provide(
          Layer.orDie(CertifierClient.layer({ accessToken: Redacted.make(token), baseUrl: server.origin }))
        ),
        Effect.provide(transport)
      )
      assert.deepStrictEqual(ends.slice(0, 4), ["Left", "Left", "Left", "Right"])
      assert.strictEqual(server.exchanges.length, 40)
      // A call may start before the last connection is back in the pool.
      assert.isAtMost(new Set(server.exchanges.map(({ socket }) => socket)).size, 3)
    })
  )
})

describe("nothing was sent", () => {
  const failure = (baseUrl: string, transport: Layer.Layer<HttpClient.HttpClient>) =>
    CertifierClient.updateGroup(groupId, { name: "Financial Markets" }).pipe(
      Effect.flip,
      Effect.provide(Layer.orDie(CertifierClient.layer({ accessToken: Redacted.make(token), baseUrl }))),
      Effect.provide(transport),
      Effect.map((error) =>
        error._tag === "CertifierTransportError"
          ? [error.reason, error.outcome, CertifierError.isRetryable(error)]
          : assert.fail(error.message)
      )
    )

  it.live("to a port that fetch blocks", () =>
    Effect.gen(function* () {
      deepStrictEqual(yield* failure("http://127.0.0.1:1/", FetchHttpClient.layer), ["Encode", "NotSent", false])
    })
  )

  it.scopedLive("through a proxy that rejects the tunnel", () =>
    Effect.gen(function* () {
      const proxy = yield* Wire.serve(({ socket }) => socket.end(full("407 Proxy Authentication Required", "{}")))
      const agent = yield* Effect.acquireRelease(
        Effect.sync(() => new Undici.ProxyAgent({ uri: proxy.origin })),
        (agent) => Effect.promise(() => agent.destroy())
      )
      const transport = NodeHttpClient.layerUndiciWithoutDispatcher.pipe(
        Layer.provide(Layer.succeed(NodeHttpClient.Dispatcher, agent))
      )
      deepStrictEqual(yield* failure("https://api.certifier.io", transport), ["Connect", "NotSent", true])
      assert.match(proxy.exchanges[0]?.head ?? "", /^CONNECT api\.certifier\.io:443 /)
    })
  )
})
