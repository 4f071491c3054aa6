import { FetchHttpClient, HttpClient } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { CertifierClient } from "@effect-certifier/core"
import { Duration, Effect, Fiber, Layer, Redacted, Stream, Supervisor } from "effect"
import { Fault, Sandbox } from "../src/index.js"
import * as Server from "../src/internal/server.js"
import { get, good, id } from "./support/request.js"

const unlimited = Sandbox.layerInProcess({ rateLimit: "Unlimited" })

const overSocket = Layer.merge(Sandbox.layer({ rateLimit: "Unlimited" }), FetchHttpClient.layer)

describe("a response in process leaves no fiber running", () => {
  /** Runs a call ten times. Returns the fibers that are alive afterwards, and the total number of fibers. */
  const leftBy = (fault: Fault.Fault, call: (url: string) => Effect.Effect<unknown, unknown, HttpClient.HttpClient>) =>
    Effect.gen(function* () {
      const alive = new Set<Fiber.RuntimeFiber<unknown, unknown>>()
      class Alive extends Supervisor.AbstractSupervisor<void> {
        override value = Effect.void
        override onStart(_: unknown, __: unknown, ___: unknown, fiber: Fiber.RuntimeFiber<unknown, unknown>) {
          alive.add(fiber)
        }
        override onEnd(_: unknown, fiber: Fiber.RuntimeFiber<unknown, unknown>) {
          alive.delete(fiber)
        }
      }
      const { inject, url } = yield* Sandbox.Sandbox
      yield* inject(fault, { times: 10 })
      yield* Effect.gen(function* () {
        for (let n = 0; n < 10; n++) yield* Effect.exit(call(url))
        // The cancellation of a body completes in a promise.
        yield* Effect.sleep("20 millis")
      }).pipe(Effect.supervised(new Alive()), Effect.fork, Effect.flatMap(Fiber.join))
      return alive.size
    }).pipe(Effect.provide(unlimited))

  const open = (url: string) => HttpClient.get(`${url}/v1/groups/${id}`, { headers: good })
  const whole = (url: string) => Effect.flatMap(open(url), ({ text }) => text)
  const part = (url: string) => Effect.flatMap(open(url), ({ stream }) => Stream.runHead(stream))
  const interrupted = (url: string) => Effect.timeout(whole(url), "5 millis")
  const large = Fault.make({ status: 200, body: { bytes: 300_000 } })

  it.live.each([
    ["success", large, whole],
    ["success in slow chunks", { ...large, ...Fault.slowBody({ bytes: 64 * 1024, every: "1 millis" }) }, whole],
    ["failure during the body", { ...large, ...Fault.close("Body") }, whole],
    ["failure before the body", { ...large, ...Fault.reset("Start") }, whole],
    ["an interruption of a stalled body", { ...large, ...Fault.stall("Body") }, interrupted],
    ["an interruption of a stalled response", { ...large, ...Fault.stall("Start") }, interrupted],
    ["a client that reads only a part", { ...large, ...Fault.slowBody({ bytes: 70_000, every: "1 hour" }) }, part],
    ["a client that reads only a part of a stalled body", { ...large, ...Fault.stall("Body") }, part],
    ["a client that reads nothing", { ...large, ...Fault.stall("Body") }, open],
    ["a client that reads nothing of a large body", large, open]
  ] as const)("after %s", ([, fault, call]) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* leftBy(fault, call), 0)
    })
  )
})

describe("a header that can't be sent", () => {
  const refused: ReadonlyArray<readonly [title: string, fault: Fault.Fault, field: string]> = [
    ["a line break", { headers: { x: "a\nb" } }, "headers.x"],
    ["a control character", { headers: { x: "a\u0000b" } }, "headers.x"],
    ["a character outside latin1", { headers: { x: "€" } }, "headers.x"],
    ["a trailer", { status: 200, body: "x", headers: { Trailer: "x-sum" } }, "headers.Trailer"],
    ["chunks", { status: 200, body: "x", headers: { "Transfer-Encoding": "chunked" } }, "headers.Transfer-Encoding"],
    [
      "a length above that of the body",
      { status: 200, body: "x", headers: { "content-length": "2" } },
      "content-length"
    ],
    [
      "a length below that of the body",
      { status: 200, body: { base64: "AAAA" }, headers: { "Content-Length": "2" } },
      "Content-Length"
    ],
    ["a length of a body of the error table", { status: 409, headers: { "content-length": "2" } }, "content-length"],
    ["a length without a body", { status: 204, body: "x", headers: { "content-length": "1" } }, "content-length"],
    ["a length of Certifier's body", { headers: { "content-length": "2" } }, "content-length"],
    ["a length that is not a number", { status: 200, body: "", headers: { "content-length": "" } }, "content-length"]
  ]
  it.effect.each(refused)("is rejected when it is injected: %s", ([, fault, field]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Sandbox.inject(fault))
      assert.include(error.message, field)
      const options = yield* Effect.flip(Effect.provide(Sandbox.requests, Sandbox.layerInProcess({ faults: [fault] })))
      assert.strictEqual(options._tag, "SandboxInvalidOptions")
    }).pipe(Effect.provide(unlimited))
  )

  it.live("is accepted if it repeats the value that is sent anyway", () =>
    Effect.gen(function* () {
      const { inject, url } = yield* Sandbox.Sandbox
      for (const body of ["ü", { base64: "w7w=" }]) {
        yield* inject({ status: 200, body, headers: { "content-length": "2", "x-latin1": "\u00e9" } })
        assert.strictEqual((yield* get(url)).text, "ü")
      }
    }).pipe(Effect.provide(overSocket))
  )

  it.scopedLive("ends the connection if it is sent anyway", () =>
    Effect.gen(function* () {
      const { url } = yield* Server.serve({
        host: "127.0.0.1",
        port: 0,
        requestTimeout: Duration.seconds(1),
        handle: () =>
          Effect.succeed({ response: { status: 200, headers: { trailer: "x" }, body: new TextEncoder().encode("x") } })
      })
      const error = yield* Effect.flip(get(url).pipe(Effect.timeout("5 seconds")))
      assert.strictEqual(error._tag, "RequestError")
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )
})

describe("a server on all addresses", () => {
  const hosts: ReadonlyArray<readonly [host: string, prefix: string]> = [
    ["0.0.0.0", "http://127.0.0.1:"],
    ["::", "http://[::1]:"],
    ["0", "http://127.0.0.1:"]
  ]
  it.scopedLive.each(hosts)("has a URL that a client accepts: %s", ([host, prefix]) =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.serve({ host }).pipe(
        // The machine may have no IPv6.
        Effect.catchIf(
          (error) => error._tag === "SandboxListenError" && error.code === "EAFNOSUPPORT",
          () => Effect.succeed({ url: "http://[::1]:1" })
        )
      )
      assert.isTrue(url.startsWith(prefix), url)
      if (!url.endsWith(":1")) assert.strictEqual((yield* get(url)).status, 200)
      yield* CertifierClient.make({ accessToken: Redacted.make("any"), baseUrl: url })
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )
})
