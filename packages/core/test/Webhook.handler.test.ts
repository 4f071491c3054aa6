import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as HttpApp from "@effect/platform/HttpApp"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as PlatformError from "@effect/platform/Error"
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import { createServer } from "node:http"
import { Readable } from "node:stream"
import { inspect } from "node:util"
import * as Webhook from "../src/Webhook.js"
import { delivery, eventJson, secret, secretText, sign, url, vectors } from "./support/webhook.js"

type OnEvent<R = never> = (event: Webhook.Event) => Effect.Effect<unknown, unknown, R>

/** The endpoint on the runtime of the test, so that it uses the test clock. */
const serve = <R>(options: Partial<Webhook.HandlerOptions>, onEvent: OnEvent<R>) =>
  Effect.map(Effect.runtime<Exclude<R, Scope.Scope>>(), (runtime) => {
    const respond = HttpApp.toWebHandlerRuntime(runtime)(Webhook.handler({ secret, ...options }, onEvent))
    return (request: Request) => Effect.promise(() => respond(request))
  })

const counting = (then: Effect.Effect<unknown, unknown> = Effect.void) => {
  const events: Array<string> = []
  const onEvent: OnEvent = (event) => Effect.suspend(() => (events.push(event.id), then))
  return { events, onEvent }
}

const { A, B } = vectors

const withHeaders = (headers: Record<string, string>, body: BodyInit | null = A.body) =>
  new Request(url, { method: "POST", headers, body, ...(body instanceof ReadableStream ? { duplex: "half" } : {}) })

/** Lets promises and fibers continue. */
const settle = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20)))

/** Waits in real time, for code that runs on promises. */
const until = (condition: () => boolean): Effect.Effect<void> =>
  Effect.suspend(() => (condition() ? Effect.void : Effect.zipRight(settle, until(condition))))

/** A body in chunks, which counts the chunks that were read. */
const chunked = (chunks: number, size: number, options: { readonly onCancel?: () => Promise<void> } = {}) => {
  const state = { pulled: 0, isCancelled: false }
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        if (state.pulled === chunks) return controller.close()
        state.pulled++
        controller.enqueue(new Uint8Array(size).fill(0x20))
      },
      cancel: () => {
        state.isCancelled = true
        return options.onCancel?.()
      }
    },
    { highWaterMark: 0 }
  )
  return { state, stream }
}

const someSignature = { "x-webhook-signature": A.signature }

const forms: Readonly<Record<string, (onEvent: OnEvent) => (request: Request) => Promise<Response>>> = {
  toWebHandler: (onEvent) => Webhook.toWebHandler({ secret }, onEvent),
  "HttpApp.toWebHandler": (onEvent) => HttpApp.toWebHandler(Webhook.handler({ secret }, onEvent)),
  HttpRouter: (onEvent) =>
    HttpApp.toWebHandler(
      HttpRouter.empty.pipe(HttpRouter.all("/webhooks/certifier", Webhook.handler({ secret }, onEvent)))
    )
}

describe.each(Object.entries(forms))("%s", (_, make) => {
  const status = async (request: Request, onEvent: OnEvent = () => Effect.void) => (await make(onEvent)(request)).status

  it("responds 204 to each vector after the handler has succeeded", async () => {
    for (const { body, id, signature, type } of Object.values(vectors)) {
      const seen: Array<unknown> = []
      const respond = make((event) => Effect.sync(() => seen.push([event.id, event.type])))
      const response = await respond(delivery(body, signature))
      strictEqual(response.status, 204)
      strictEqual(await response.text(), "")
      deepStrictEqual(seen, [[id, type]])
    }
  })

  it("responds 403 to a request that is not verified, and does not call the handler", async () => {
    const { events, onEvent } = counting()
    const respond = make(onEvent)
    const requests = [
      [withHeaders({}), /missing/],
      [withHeaders({ "x-webhook-signature": "" }), /missing/],
      [delivery(A.body, A.signature.slice(1)), /64 hexadecimal digits/],
      [delivery(A.body, `${A.signature.slice(1)}g`), /64 hexadecimal digits/],
      [delivery(B.body, A.signature), /does not belong/],
      [delivery(A.body, sign(A.body, "other")), /does not belong/],
      [withHeaders(someSignature, null), /does not belong/],
      [delivery("not json", A.signature), /does not belong/]
    ] as const
    for (const [request, text] of requests) {
      const response = await respond(request)
      strictEqual(response.status, 403)
      assert.match(await response.text(), text)
    }
    deepStrictEqual(events, [])
  })

  it("responds 400 to a verified body that is not an event", async () => {
    strictEqual(await status(delivery("{}")), 400)
    strictEqual(await status(delivery("not json")), 400)
    strictEqual(await status(withHeaders({ "x-webhook-signature": sign("") }, null)), 400)
  })

  it("responds 405 to other methods", async () => {
    for (const method of ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]) {
      const response = await make(() => Effect.void)(new Request(url, { method, headers: someSignature }))
      strictEqual(response.status, 405)
      strictEqual(response.headers.get("allow"), "POST")
    }
  })

  it("responds 413 to a body of more than 1 MiB, without reading the rest", async () => {
    const { state, stream } = chunked(1000, 64 * 1024)
    strictEqual(await status(withHeaders(someSignature, stream)), 413)
    // 16 chunks are the limit, and the next one exceeds it.
    strictEqual(state.pulled, 17)
    await settle.pipe(Effect.runPromise)
    assert.isTrue(state.isCancelled)
  })

  it("responds 413 to a Content-Length of more than 1 MiB, without reading the body", async () => {
    const { state, stream } = chunked(1000, 64 * 1024)
    strictEqual(await status(withHeaders({ ...someSignature, "content-length": "1048577" }, stream)), 413)
    strictEqual(state.pulled, 0)
  })

  it("does not read the body of a request without a well-formed signature", async () => {
    const { state, stream } = chunked(1000, 64 * 1024)
    strictEqual(await status(withHeaders({}, stream)), 403)
    strictEqual(state.pulled, 0)
  })

  it("accepts a body of 1 MiB, also in small chunks", async () => {
    const padded = A.body + " ".repeat(1024 * 1024 - A.bytes)
    strictEqual(await status(delivery(padded)), 204)
    const bytes = new TextEncoder().encode(padded)
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (let at = 0; at < bytes.byteLength; at += 1000) controller.enqueue(bytes.subarray(at, at + 1000))
        controller.close()
      }
    })
    strictEqual(await status(withHeaders({ "x-webhook-signature": sign(bytes) }, stream)), 204)
  })

  it("responds 500 when the handler fails, dies or throws, and 204 when it succeeds later", async () => {
    for (const failure of [
      () => Effect.fail("no"),
      () => Effect.die("no"),
      () => Effect.interrupt,
      () => {
        throw new Error("no")
      }
    ]) {
      let calls = 0
      const respond = make(() => {
        calls++
        return calls < 3 ? failure() : Effect.void
      })
      const statuses: Array<number> = []
      for (let index = 0; index < 5; index++) statuses.push((await respond(delivery(A.body))).status)
      deepStrictEqual(statuses, [500, 500, 204, 204, 204])
      strictEqual(calls, 3)
    }
  })

  it("responds 400 to an incomplete body, and 500 to one that was already read", async () => {
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) })
    strictEqual(await status(withHeaders(someSignature, broken)), 400)
    const read = delivery(A.body)
    await read.text()
    strictEqual(await status(read), 500)
    const locked = delivery(A.body)
    locked.body?.getReader()
    strictEqual(await status(locked), 500)
  })

  it("works over a socket", async () => {
    const { events, onEvent } = counting()
    const respond = make(onEvent)
    const server = createServer((incoming, outgoing) => {
      const headers = new Headers()
      for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value))
      const body = new ReadableStream<Uint8Array>({
        start: async (controller) => {
          for await (const chunk of Readable.from(incoming)) controller.enqueue(new Uint8Array(chunk))
          controller.close()
        }
      })
      const init = { method: "POST", headers, body, duplex: "half" }
      void respond(new Request(url, init)).then(async (response) => {
        outgoing.writeHead(response.status, Object.fromEntries(response.headers))
        outgoing.end(await response.text())
      })
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    try {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      const post = (signature: string) =>
        fetch(`http://127.0.0.1:${port}/webhooks/certifier`, {
          method: "POST",
          headers: { "X-Webhook-Signature": signature },
          body: A.body
        }).then(({ status }) => status)
      deepStrictEqual([await post(B.signature), await post(A.signature), await post(A.signature)], [403, 204, 204])
      deepStrictEqual(events, [A.id])
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  })
})

describe("Webhook.handler", () => {
  it.effect("accepts several secrets", () =>
    Effect.gen(function* () {
      const { events, onEvent } = counting()
      const respond = yield* serve({ secret: [Redacted.make("new"), secret] }, onEvent)
      const body = eventJson("e2")
      strictEqual((yield* respond(delivery(A.body))).status, 204)
      strictEqual((yield* respond(delivery(body, sign(body, "new")))).status, 204)
      strictEqual((yield* respond(delivery(eventJson("e3"), sign(eventJson("e3"), "old")))).status, 403)
      deepStrictEqual(events, [A.id, "e2"])
    })
  )

  it("rejects invalid options with their names", () => {
    const make = (options: Partial<Webhook.HandlerOptions>) => () =>
      Webhook.handler({ secret, ...options }, () => Effect.void)
    assert.throws(make({ secret: [] }), /Webhook\.handler: invalid secret/)
    assert.throws(make({ secret: Redacted.make("") }), /Webhook\.handler: invalid secret/)
    for (const timeout of [0, -1, Number.NaN, "25 days"] as const) {
      assert.throws(make({ timeout }), /Webhook\.handler: invalid timeout/)
    }
    for (const capacity of [0, 1.5, Number.NaN]) {
      assert.throws(() => Webhook.memoryStore({ capacity }), /Webhook\.memoryStore: invalid capacity/)
    }
  })

  it.effect("gives services to the handler, and releases its scope before it responds", () =>
    Effect.gen(function* () {
      class Mailer extends Effect.Tag("Mailer")<Mailer, { readonly send: (id: string) => Effect.Effect<void> }>() {}
      const log: Array<string> = []
      const respond = yield* Effect.provide(
        serve({}, (event) =>
          Effect.zipRight(
            Effect.acquireRelease(
              Effect.sync(() => log.push("acquired")),
              () => Effect.sync(() => log.push("released"))
            ),
            Mailer.send(event.id)
          )
        ),
        Layer.succeed(Mailer, { send: (id) => Effect.sync(() => log.push(id)) })
      )
      strictEqual((yield* respond(delivery(A.body))).status, 204)
      deepStrictEqual(log, ["acquired", A.id, "released"])
    })
  )

  describe("with several deliveries of an event", () => {
    it.effect("calls the handler once", () =>
      Effect.gen(function* () {
        const { events, onEvent } = counting()
        const respond = yield* serve({}, onEvent)
        // B is the same event in another order.
        for (const { body } of [A, A, B]) strictEqual((yield* respond(delivery(body))).status, 204)
        deepStrictEqual(events, [A.id])
      })
    )

    it.effect("calls the handler once for many at the same time, and all get its result", () =>
      Effect.gen(function* () {
        for (const succeeds of [true, false]) {
          const gate = yield* Deferred.make<void, string>()
          const { events, onEvent } = counting(Deferred.await(gate))
          const respond = yield* serve({}, onEvent)
          const fibers = yield* Effect.fork(
            Effect.all(
              Array.from({ length: 20 }, () => respond(delivery(A.body))),
              { concurrency: "unbounded" }
            )
          )
          const other = yield* Effect.fork(respond(delivery(eventJson("other"))))
          yield* until(() => events.length === 2)
          yield* settle
          deepStrictEqual(events.toSorted(), [A.id, "other"])
          strictEqual(fibers.unsafePoll(), null)
          yield* succeeds ? Deferred.succeed(gate, undefined) : Deferred.fail(gate, "no")
          const statuses = new Set((yield* fibers).map(({ status }) => status))
          deepStrictEqual([...statuses], [succeeds ? 204 : 500])
          strictEqual((yield* other).status, succeeds ? 204 : 500)
          strictEqual(events.length, 2)
          yield* respond(delivery(A.body))
          strictEqual(events.length, succeeds ? 2 : 3)
        }
      })
    )

    it.effect("does not interrupt the handler when a sender disconnects", () =>
      Effect.gen(function* () {
        const gate = yield* Deferred.make<void>()
        const { events, onEvent } = counting(Deferred.await(gate))
        const runtime = yield* Effect.runtime()
        const respond = HttpApp.toWebHandlerRuntime(runtime)(
          HttpRouter.empty.pipe(HttpRouter.post("/webhooks/certifier", Webhook.handler({ secret }, onEvent)))
        )
        const controller = new AbortController()
        const first = delivery(A.body)
        void respond(new Request(first, { signal: controller.signal }))
        yield* until(() => events.length === 1)
        const second = respond(delivery(A.body))
        yield* settle
        controller.abort()
        yield* settle
        yield* Deferred.succeed(gate, undefined)
        strictEqual((yield* Effect.promise(() => second)).status, 204)
        deepStrictEqual(events, [A.id])
      })
    )

    it.effect("does not leave an event marked as running when a waiting sender disconnects", () =>
      Effect.gen(function* () {
        const gate = yield* Deferred.make<void>()
        const { events, onEvent } = counting(Deferred.await(gate))
        const app = Webhook.handler({ secret }, onEvent)
        const runtime = yield* Effect.runtime()
        const respond = HttpApp.toWebHandlerRuntime(runtime)(Effect.interruptible(app))
        const first = respond(delivery(A.body))
        yield* until(() => events.length === 1)
        const controller = new AbortController()
        void respond(new Request(delivery(A.body), { signal: controller.signal }))
        yield* settle
        controller.abort()
        yield* settle
        yield* Deferred.succeed(gate, undefined)
        strictEqual((yield* Effect.promise(() => first)).status, 204)
        deepStrictEqual(events, [A.id])
      })
    )
  })

  describe("with a time limit", () => {
    it.effect("responds 503 when the handler takes longer, interrupts it, and calls it again later", () =>
      Effect.gen(function* () {
        let calls = 0
        let interrupted = 0
        const respond = yield* serve({ timeout: "5 seconds" }, () =>
          Effect.suspend(() => (++calls === 1 ? Effect.never : Effect.void)).pipe(
            Effect.onInterrupt(() => Effect.sync(() => interrupted++))
          )
        )
        const fiber = yield* Effect.fork(respond(delivery(A.body)))
        yield* settle
        yield* TestClock.adjust("4999 millis")
        yield* settle
        strictEqual(fiber.unsafePoll(), null)
        yield* TestClock.adjust("1 millis")
        strictEqual((yield* fiber).status, 503)
        strictEqual(interrupted, 1)
        strictEqual((yield* respond(delivery(A.body))).status, 204)
        strictEqual(calls, 2)
      })
    )

    it.effect("is 30 seconds by default", () =>
      Effect.gen(function* () {
        const respond = yield* serve({}, () => Effect.never)
        const fiber = yield* Effect.fork(respond(delivery(A.body)))
        yield* settle
        yield* TestClock.adjust("29999 millis")
        yield* settle
        strictEqual(fiber.unsafePoll(), null)
        yield* TestClock.adjust("1 millis")
        strictEqual((yield* fiber).status, 503)
      })
    )

    it.effect("also holds for a handler that can't be interrupted, which is not called again while it runs", () =>
      Effect.gen(function* () {
        const gate = yield* Deferred.make<void>()
        const { events, onEvent } = counting(Effect.uninterruptible(Deferred.await(gate)))
        const respond = yield* serve({ timeout: "1 second" }, onEvent)
        const fiber = yield* Effect.fork(respond(delivery(A.body)))
        yield* settle
        yield* TestClock.adjust("1 second")
        strictEqual((yield* fiber).status, 503)
        strictEqual((yield* respond(delivery(A.body))).status, 503)
        deepStrictEqual(events, [A.id])
        yield* Deferred.succeed(gate, undefined)
        yield* settle
        strictEqual((yield* respond(delivery(A.body))).status, 204)
        strictEqual(events.length, 2)
      })
    )

    it.effect("holds for a sender that stops in the middle of the body", () =>
      Effect.gen(function* () {
        for (const onCancel of [() => Promise.resolve(), () => new Promise<void>(() => {})]) {
          let isCancelled = false
          const stream = new ReadableStream<Uint8Array>({
            start: (controller) => controller.enqueue(Uint8Array.of(0x7b)),
            cancel: () => {
              isCancelled = true
              return onCancel()
            }
          })
          const respond = yield* serve({}, () => Effect.void)
          const fiber = yield* Effect.fork(respond(withHeaders(someSignature, stream)))
          yield* settle
          yield* TestClock.adjust("9999 millis")
          yield* settle
          strictEqual(fiber.unsafePoll(), null)
          yield* TestClock.adjust("1 millis")
          strictEqual((yield* fiber).status, 408)
          yield* settle
          assert.isTrue(isCancelled)
        }
      })
    )

    it.effect("does not wait for the cancellation of a body that is too large", () =>
      Effect.gen(function* () {
        const { state, stream } = chunked(1000, 64 * 1024, { onCancel: () => new Promise(() => {}) })
        const respond = yield* serve({}, () => Effect.void)
        strictEqual((yield* respond(withHeaders(someSignature, stream))).status, 413)
        yield* settle
        assert.isTrue(state.isCancelled)
      })
    )
  })

  describe("with a store", () => {
    const memory = () => Webhook.memoryStore()
    const failure = new PlatformError.SystemError({
      reason: "Busy",
      module: "KeyValueStore",
      method: "get",
      pathOrDescriptor: "marker"
    })

    it.effect("stores an event after the handler has succeeded, with only the time", () =>
      Effect.gen(function* () {
        const store = memory()
        let isFailing = true
        const onEvent: OnEvent = () => Effect.suspend(() => (isFailing ? Effect.fail("no") : Effect.void))
        const respond = yield* serve({ store }, onEvent)
        yield* TestClock.setTime(Date.UTC(2026, 0, 15, 9, 30))
        yield* respond(delivery(A.body))
        strictEqual(yield* store.size, 0)
        isFailing = false
        yield* respond(delivery(A.body))
        deepStrictEqual(yield* store.get(`certifier-webhook-${A.id}`), Option.some("2026-01-15T09:30:00.000Z"))
        strictEqual(yield* store.size, 1)
      })
    )

    it.effect("skips events handled by another endpoint with the same store", () =>
      Effect.gen(function* () {
        const { events, onEvent } = counting()
        const store = yield* Effect.provide(KeyValueStore.KeyValueStore, KeyValueStore.layerMemory)
        const one = yield* serve({ store }, onEvent)
        const two = yield* serve({ store }, onEvent)
        strictEqual((yield* one(delivery(A.body))).status, 204)
        strictEqual((yield* two(delivery(A.body))).status, 204)
        deepStrictEqual(events, [A.id])
      })
    )

    it.effect("responds 503 without calling the handler when the store can't be read", () =>
      Effect.gen(function* () {
        const { events, onEvent } = counting()
        for (const has of [() => Effect.fail(failure), () => Effect.die("marker")]) {
          const respond = yield* serve({ store: { ...memory(), has } }, onEvent)
          strictEqual((yield* respond(delivery(A.body))).status, 503)
        }
        deepStrictEqual(events, [])
      })
    )

    it.effect("responds 503 when the store does not respond", () =>
      Effect.gen(function* () {
        const { events, onEvent } = counting()
        const respond = yield* serve({ store: { ...memory(), has: () => Effect.never }, timeout: 1000 }, onEvent)
        const fiber = yield* Effect.fork(respond(delivery(A.body)))
        yield* settle
        yield* TestClock.adjust(1000)
        strictEqual((yield* fiber).status, 503)
        deepStrictEqual(events, [])
      })
    )

    it.effect("responds 204 when the event was handled and can't be stored", () =>
      Effect.gen(function* () {
        const { events, onEvent } = counting()
        for (const set of [() => Effect.fail(failure), () => Effect.die("marker"), () => Effect.never]) {
          const respond = yield* serve({ store: { ...memory(), set }, timeout: 1000 }, onEvent)
          const fiber = yield* Effect.fork(respond(delivery(A.body)))
          yield* settle
          yield* TestClock.adjust(1000)
          strictEqual((yield* fiber).status, 204)
        }
        strictEqual(events.length, 3)
      })
    )

    it.effect("evicts the oldest event of a full in-memory store", () =>
      Effect.gen(function* () {
        const { events, onEvent } = counting()
        const store = Webhook.memoryStore({ capacity: 3 })
        const respond = yield* serve({ store }, onEvent)
        for (let index = 0; index < 50; index++) {
          yield* respond(delivery(eventJson(`e${index}`)))
          assert.isAtMost(yield* store.size, 3)
        }
        events.length = 0
        for (const id of ["e47", "e48", "e49", "e46", "e47"]) yield* respond(delivery(eventJson(id)))
        deepStrictEqual(events, ["e46", "e47"])
      })
    )

    it.effect("keeps 10,000 events by default", () =>
      Effect.gen(function* () {
        const store = Webhook.memoryStore()
        for (let index = 0; index < 10_001; index++) yield* store.set(`k${index}`, "x")
        strictEqual(yield* store.size, 10_000)
        deepStrictEqual(yield* Effect.all([store.has("k0"), store.has("k1")]), [false, true])
      })
    )

    it.effect("implements all of KeyValueStore", () =>
      Effect.gen(function* () {
        const store = Webhook.memoryStore({ capacity: 2 })
        yield* store.set("a", "1")
        yield* store.set("b", Uint8Array.of(1, 2))
        deepStrictEqual(yield* store.get("b"), Option.some("AQI="))
        deepStrictEqual(yield* store.getUint8Array("b"), Option.some(Uint8Array.of(1, 2)))
        deepStrictEqual(yield* store.getUint8Array("a"), Option.some(Uint8Array.of(0x31)))
        yield* store.set("a", "2")
        yield* store.set("c", "3")
        deepStrictEqual(yield* Effect.all([store.has("a"), store.has("b"), store.has("c")]), [true, false, true])
        yield* store.remove("a")
        strictEqual(yield* store.size, 1)
        yield* store.clear
        assert.isTrue(yield* store.isEmpty)
      })
    )
  })

  it.effect("logs nothing of the body, the signature or the secret", () =>
    Effect.gen(function* () {
      class MailError extends Data.TaggedError("MailError")<{ readonly message: string }> {}
      const lines: Array<string> = []
      const logger = Logger.make((entry) => {
        lines.push(inspect({ ...entry, context: undefined, fiberId: undefined }, { depth: 12, showHidden: true }))
      })
      const body = eventJson("marker-id", "marker.type")
      const failure = new PlatformError.BadArgument({
        module: "KeyValueStore",
        method: "marker",
        description: "marker"
      })
      const store = Webhook.memoryStore()
      const failing = [
        [{}, () => Effect.fail(new MailError({ message: body }))],
        [{}, () => Effect.die(new TypeError(body))],
        [{}, () => Effect.fail(body)],
        [{}, () => Effect.failCause(Cause.parallel(Cause.fail(body), Cause.die(body)))],
        [{ store: { ...store, has: () => Effect.fail(failure) } }, () => Effect.void],
        [{ store: { ...store, set: () => Effect.fail(failure) } }, () => Effect.void]
      ] as const
      yield* Effect.gen(function* () {
        for (const [options, onEvent] of failing) {
          const respond = yield* serve(options, onEvent)
          yield* respond(delivery(body))
          yield* respond(delivery(body, "marker"))
          yield* respond(delivery(body, A.signature))
          yield* respond(delivery(`{"marker":${body}}`))
        }
      }).pipe(Effect.provide(Logger.replace(Logger.defaultLogger, logger)))
      const text = lines.join("\n")
      for (const word of ["marker", secretText, sign(body)]) assert.notInclude(text, word)
      for (const name of ["MailError", "TypeError", "BadArgument", "type string"]) assert.include(text, name)
    })
  )

  it.effect("leaves no fiber behind", () =>
    Effect.gen(function* () {
      const running = Effect.map(
        Fiber.roots,
        (roots) => [...roots].filter((fiber) => fiber.unsafePoll() === null).length
      )
      const before = yield* running
      const { onEvent } = counting()
      const respond = yield* serve({}, onEvent)
      for (const body of [A.body, A.body, "{}"]) yield* respond(delivery(body))
      const failing = yield* serve({}, () => Effect.fail("no"))
      yield* failing(delivery(A.body))
      yield* settle
      strictEqual(yield* running, before)
    })
  )
})
