import { FetchHttpClient, HttpClient } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, FiberId, Redacted, Stream } from "effect"
import { connect } from "node:net"
import { Fault, Sandbox } from "../src/index.js"
import * as Make from "../src/internal/make.js"
import * as Server from "../src/internal/server.js"
import * as Open from "../src/internal/workspace/open.js"
import { parse } from "./support/raw.js"
import { get, token } from "./support/request.js"

/** More than the buffers on both sides of a connection hold. */
const large = 8 * 1024 * 1024

/** A sandbox with time limits of a second, and an effect that waits until its response to a URL is sent or abandoned. */
const served = Effect.gen(function* () {
  const ends = new Map<string, Deferred.Deferred<void>>()
  const endOf = (url: string) => {
    const end = ends.get(url) ?? Deferred.unsafeMake<void>(FiberId.none)
    ends.set(url, end)
    return end
  }
  // The console shows the URL in full.
  const target = { url: `http://127.0.0.1:9/${"x".repeat(large)}`, secret: Redacted.make("a secret") }
  const { engine, inject } = yield* Make.make(
    { rateLimit: "Unlimited", webhooks: [target] },
    { url: () => "http://127.0.0.1", controlToken: undefined },
    Open.inMemory
  )
  const { url } = yield* Server.serve({
    host: "127.0.0.1",
    port: 0,
    requestTimeout: Duration.seconds(1),
    readTimeout: Duration.seconds(1),
    handle: (incoming) =>
      Effect.map(engine.handle(incoming), (transmission) => ({
        ...transmission,
        release: Effect.zipRight(transmission.release ?? Effect.void, Deferred.succeed(endOf(incoming.url), undefined))
      }))
  })
  return { inject, url, end: (path: string) => Deferred.await(endOf(path)) }
})

const requestOf = (path: string): string =>
  [`GET ${path} HTTP/1.1`, "host: 127.0.0.1", `authorization: Bearer ${token}`, "certifier-version: 2022-10-26"]
    .map((line) => `${line}\r\n`)
    .join("") + "\r\n"

/** Sends a request and reads nothing. Returns an effect that reads and counts the bytes until the connection ends. */
const stalled = (url: string, path: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => connect({ host: "127.0.0.1", port: Number(new URL(url).port) }).pause()),
      (socket) => Effect.sync(() => socket.destroy())
    ),
    (socket) => {
      socket.write(requestOf(path))
      return Effect.async<number>((resume) => {
        let received = 0
        socket.on("data", (chunk) => {
          received += chunk.length
        })
        // The connection can end with a reset.
        socket.on("error", () => socket.destroy())
        socket.on("close", () => resume(Effect.succeed(received)))
        socket.resume()
      })
    }
  )

/** Sends the bytes of a request one by one without end. Returns the bytes that are received until the connection ends. */
const trickle = (url: string, head: string): Effect.Effect<Buffer> =>
  Effect.async((resume) => {
    const chunks: Array<Buffer> = []
    const socket = connect({ host: "127.0.0.1", port: Number(new URL(url).port) })
    const next = () => {
      if (!socket.destroyed) socket.write("x", () => setImmediate(next))
    }
    socket.write(head, next)
    socket.on("data", (chunk) => chunks.push(chunk))
    socket.on("error", () => socket.destroy())
    socket.on("close", () => resume(Effect.succeed(Buffer.concat(chunks))))
    return Effect.sync(() => socket.destroy())
  })

describe("a client that reads nothing is disconnected", () => {
  const events = "/__sandbox/console/events"

  it.scopedLive("at the stream of the console, and other consoles continue", () =>
    Effect.gen(function* () {
      const { end, inject, url } = yield* served
      const other = yield* HttpClient.get(`${url}${events}`)
      const rest = yield* stalled(url, `${events}?stalled`)
      // Another console reads continuously, and sees events after the first one was disconnected.
      yield* Effect.fork(Effect.zipRight(end(`${events}?stalled`), inject(Fault.error("conflict"))))
      const seen = yield* other.stream.pipe(
        Stream.decodeText(),
        Stream.takeUntil((text) => text.includes("conflict")),
        Stream.runCount
      )
      assert.isAbove(seen, 1)
      assert.isBelow(yield* rest, large)
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )

  it.scopedLive("at a large response", () =>
    Effect.gen(function* () {
      const { end, inject, url } = yield* served
      yield* inject(Fault.make({ status: 200, body: { bytes: large } }))
      const rest = yield* stalled(url, "/v1/groups")
      yield* end("/v1/groups")
      assert.isBelow(yield* rest, large)
    })
  )

  it.scopedLive("but not one that waits for a slow response", () =>
    Effect.gen(function* () {
      const { inject, url } = yield* served
      yield* inject(Fault.make({ status: 200, body: "slow", slowBody: { bytes: 2, every: "1500 millis" } }))
      assert.strictEqual((yield* get(url)).text, "slow")
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )
})

it.scopedLive("a client that sends a request byte by byte is disconnected", () =>
  Effect.gen(function* () {
    const { url } = yield* Sandbox.serve({ requestTimeout: "300 millis" })
    const head = `PATCH /v1/groups/x HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${large}\r\n\r\n`
    const responses = parse(yield* trickle(url, head))
    assert.deepStrictEqual(
      responses.map(({ status }) => status),
      [400]
    )
  })
)
