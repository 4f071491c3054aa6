import { FetchHttpClient, HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Cause, Deferred, Duration, Effect, Exit, Fiber, Layer, Option, Schema, Stream, TestClock } from "effect"
import { Fault, FaultSyntax, Fixture, Sandbox } from "../src/index.js"
import { get, good, id, patch } from "./support/request.js"

const options: Sandbox.Options = { rateLimit: "Unlimited" }
const inProcess = Sandbox.layerInProcess(options)
const transports = {
  "in process": inProcess,
  "over a socket with fetch": Layer.merge(Sandbox.layer(options), FetchHttpClient.layer),
  "over a socket with undici": Layer.merge(Sandbox.layer(options), NodeHttpClient.layerUndici),
  "over a socket with node:http": Layer.merge(Sandbox.layer(options), NodeHttpClient.layer)
}

const name = (url: string) => Effect.map(get(url), ({ text }): unknown => JSON.parse(text).name)

const outcomeOf = (exit: Exit.Exit<unknown, { readonly _tag: string }>) =>
  Exit.match(exit, {
    onSuccess: () => "success",
    onFailure: (cause) =>
      Option.match(Cause.failureOption(cause), { onNone: () => "died", onSome: (error) => error._tag })
  })

describe.each(Object.entries(transports))("faults %s", (transport, layer) => {
  const scenario = (
    title: string,
    test: (sandbox: Sandbox.Service) => Effect.Effect<void, unknown, HttpClient.HttpClient>
  ) => it.live(title, () => Effect.provide(Effect.flatMap(Sandbox.Sandbox, test), layer))

  scenario("returns a status, a body and headers instead of the response, once", ({ inject, url }) =>
    Effect.gen(function* () {
      yield* inject(Fault.make({ status: 418, headers: { "X-Tea": "pot" }, body: "short and stout" }))
      const response = yield* patch(url, { name: "never" })
      deepStrictEqual([response.status, response.text, response.headers["x-tea"]], [418, "short and stout", "pot"])
      assert.strictEqual(yield* name(url), Fixture.groupJson.name)
    })
  )

  scenario("an error of the table with Retry-After, for the next two requests", ({ inject, url }) =>
    Effect.gen(function* () {
      yield* inject(Fault.error("rate_limited", { retryAfter: "7" }), { times: 2 })
      const responses = [yield* get(url), yield* get(url), yield* get(url)]
      deepStrictEqual(
        responses.map(({ headers, status }) => [status, headers["retry-after"]]),
        [
          [429, "7"],
          [429, "7"],
          [200, undefined]
        ]
      )
    })
  )

  scenario("a 500 after the request was applied", ({ inject, url }) =>
    Effect.gen(function* () {
      yield* inject(Fault.applied(Fault.error("internal_server_error")))
      assert.strictEqual((yield* patch(url, { name: "done" })).status, 500)
      assert.strictEqual(yield* name(url), "done")
    })
  )

  for (const how of ["Reset", "Close"] as const) {
    for (const [at, tag] of [
      ["Start", "RequestError"],
      ["Head", "ResponseError"],
      ["Body", "ResponseError"]
    ] as const) {
      scenario(`${how} at ${at} ends the response after the change was stored`, ({ inject, requests, url }) =>
        Effect.gen(function* () {
          yield* inject(Fault.make({ disconnect: { how, at } }))
          assert.strictEqual(outcomeOf(yield* Effect.exit(patch(url, { name: "changed" }))), tag)
          assert.strictEqual(yield* name(url), "changed")
          const first = (yield* requests)[0]
          deepStrictEqual(first?.status, at === "Start" ? Option.none() : Option.some(200))
        })
      )
    }
  }

  scenario("the connection closes after half of the body", ({ inject, url }) =>
    Effect.gen(function* () {
      const whole = (yield* get(url)).text
      yield* inject(Fault.close("Body"))
      const response = yield* HttpClient.get(`${url}/v1/groups/${id}`, { headers: good })
      const pieces: Array<string> = []
      const exit = yield* Effect.exit(
        Stream.runForEach(Stream.decodeText(response.stream), (piece) => Effect.sync(() => pieces.push(piece)))
      )
      assert.isTrue(Exit.isFailure(exit))
      assert.strictEqual(pieces.join(""), whole.slice(0, Math.floor(whole.length / 2)))
    })
  )

  scenario(
    "truncated JSON, HTML, bytes that are not UTF-8, 10 MB, statuses without a body, a redirect",
    ({ inject, url }) =>
      Effect.gen(function* () {
        yield* inject(Fault.malformedJson)
        const malformed = yield* patch(url, { name: "changed" })
        assert.strictEqual(malformed.status, 200)
        assert.throws(() => JSON.parse(malformed.text))
        assert.strictEqual(yield* name(url), "changed")

        yield* inject(Fault.htmlBadGateway)
        const html = yield* get(url)
        deepStrictEqual([html.status, html.headers["content-type"]], [502, "text/html"])
        assert.match(html.text, /^<html>/)

        yield* inject(Fault.make({ status: 200, body: { base64: "/w==" } }))
        assert.strictEqual((yield* get(url)).text, "\uFFFD")

        yield* inject(Fault.largeBody)
        assert.strictEqual((yield* get(url)).text.length, 10_000_000)

        for (const status of [204, 205, 304]) {
          yield* inject({ status, body: "x" })
          const response = yield* get(url)
          deepStrictEqual([response.status, response.text], [status, ""])
        }

        yield* inject(Fault.redirect("http://127.0.0.1:9/elsewhere"))
        const redirect = yield* Effect.provideService(get(url), FetchHttpClient.RequestInit, { redirect: "manual" })
        deepStrictEqual([redirect.status, redirect.headers["location"]], [307, "http://127.0.0.1:9/elsewhere"])
      })
  )

  scenario("a slow body arrives completely", ({ inject, url }) =>
    Effect.gen(function* () {
      const whole = (yield* get(url)).text
      yield* inject(Fault.slowBody({ bytes: 100, every: "1 millis" }))
      const response = yield* HttpClient.get(`${url}/v1/groups/${id}`, { headers: good })
      const pieces = yield* Stream.runCollect(Stream.decodeText(response.stream))
      assert.strictEqual([...pieces].join(""), whole)
      if (transport === "in process") assert.strictEqual(pieces.length, Math.ceil(whole.length / 100))
    })
  )

  for (const at of ["Start", "Head", "Body"] as const) {
    scenario(
      `a stall at ${at} lasts until the caller gives up, and the sandbox keeps running`,
      ({ inject, requestStream, url }) =>
        Effect.gen(function* () {
          yield* inject(Fault.stall(at))
          const fiber = yield* Effect.fork(get(url))
          // The request is recorded when its response begins, and nothing more is sent.
          yield* Stream.runHead(requestStream)
          deepStrictEqual(yield* Fiber.poll(fiber), Option.none())
          yield* Fiber.interrupt(fiber)
          assert.strictEqual((yield* get(url)).status, 200)
        })
    )
  }

  scenario("a sandbox can stop while a response is stalled", () =>
    Effect.gen(function* () {
      const isRecorded = yield* Deferred.make<void>()
      const exit = yield* Effect.gen(function* () {
        const sandbox = yield* Sandbox.Sandbox
        yield* sandbox.inject(Fault.stall("Body"))
        yield* Effect.forkDaemon(get(sandbox.url))
        yield* Stream.runHead(sandbox.requestStream)
        yield* Deferred.succeed(isRecorded, undefined)
      }).pipe(Effect.provide(layer), Effect.exit)
      deepStrictEqual(exit, Exit.void)
      assert.isTrue(yield* Deferred.isDone(isRecorded))
    })
  )
})

describe("time in process is the caller's", () => {
  it.effect("delays, slow bodies and stalls wait for TestClock", () =>
    Effect.gen(function* () {
      const { inject, url } = yield* Sandbox.Sandbox
      const lasts = (fault: Fault.Fault, duration: Duration.DurationInput) =>
        Effect.gen(function* () {
          yield* inject(fault)
          const fiber = yield* Effect.fork(get(url))
          yield* TestClock.adjust(Duration.subtract(duration, "1 millis"))
          // A response is read through promises, which a clock does not control, so other responses are read in the meantime.
          yield* Effect.replicateEffect(get(url), 5)
          deepStrictEqual(yield* Fiber.poll(fiber), Option.none())
          yield* TestClock.adjust("1 millis")
          return yield* Fiber.join(fiber)
        })
      assert.strictEqual((yield* lasts(Fault.delay("1 hour"), "1 hour")).status, 200)
      assert.strictEqual((yield* lasts(Fault.after(Fault.error("conflict"), "2 seconds"), "2 seconds")).status, 409)
      // A body of 400 bytes in pieces of 100 has three pauses.
      const slow = Fault.make({ status: 200, body: "x".repeat(400), slowBody: { bytes: 100, every: "10 seconds" } })
      assert.strictEqual((yield* lasts(slow, "30 seconds")).text.length, 400)

      yield* inject(Fault.stall("Body"))
      const fiber = yield* Effect.fork(Effect.timeout(get(url), "1 hour"))
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(outcomeOf(yield* Fiber.await(fiber)), "TimeoutException")
    }).pipe(Effect.provide(inProcess))
  )

  it.effect("a change is stored before a delayed response", () =>
    Effect.gen(function* () {
      const { inject, url } = yield* Sandbox.Sandbox
      yield* inject(Fault.delay("1 hour"))
      const fiber = yield* Effect.fork(patch(url, { name: "changed" }))
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* name(url), "changed")
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.provide(inProcess))
  )
})

describe("pending faults", () => {
  it.effect("the first matching rule is applied, and the others stay pending", () =>
    Effect.gen(function* () {
      const { faults, inject, url } = yield* Sandbox.Sandbox
      yield* inject({ status: 402 }, { method: "PATCH", times: 2 })
      yield* inject({ status: 403 }, { path: "/v1/groups/other" })
      yield* inject({ status: 409 })
      assert.strictEqual((yield* get(url)).status, 409)
      assert.strictEqual((yield* get(url)).status, 200)
      assert.strictEqual((yield* patch(url)).status, 402)
      assert.strictEqual((yield* get(url, "/v1/groups/other?x")).status, 403)
      deepStrictEqual(yield* faults, [{ fault: { status: 402 }, method: "PATCH", times: 1 }])
      const { clearFaults } = yield* Sandbox.Sandbox
      yield* clearFaults
      assert.strictEqual((yield* patch(url)).status, 200)
    }).pipe(Effect.provide(inProcess))
  )

  it.effect("can be set with options", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      const statuses = [
        (yield* get(url)).status,
        (yield* get(url)).status,
        (yield* get(url)).status,
        (yield* get(url)).status
      ]
      deepStrictEqual(statuses, [503, 500, 500, 200])
    }).pipe(
      Effect.provide(
        Sandbox.layerInProcess({ ...options, faults: [{ status: 503 }, { fault: { status: 500 }, times: 2 }] })
      )
    )
  )

  const luck = (seed: string, probability: number) =>
    Effect.gen(function* () {
      const { inject, url } = yield* Sandbox.Sandbox
      yield* inject({ status: 503 }, { probability })
      return (yield* Effect.replicateEffect(get(url), 80)).map(({ status }) => status === 503)
    }).pipe(Effect.provide(Sandbox.layerInProcess({ ...options, seed })))

  it.effect("a probability is met approximately, and repeats with the same seed", () =>
    Effect.gen(function* () {
      const first = yield* luck("a", 0.25)
      deepStrictEqual(yield* luck("a", 0.25), first)
      assert.notDeepEqual(yield* luck("b", 0.25), first)
      const hits = first.filter(Boolean).length
      assert.isAbove(hits, 8)
      assert.isBelow(hits, 36)
      assert.isTrue((yield* luck("a", 0)).every((hit) => !hit))
      assert.isTrue((yield* luck("a", 1)).every((hit) => hit))
    })
  )

  const unusable: ReadonlyArray<readonly [title: string, fault: Fault.Fault, matcher: Fault.Matcher, field: string]> = [
    ["a status that is interim", { status: 100 }, {}, "fault.status"],
    ["a status that does not exist", { status: 600 }, {}, "fault.status"],
    ["a header that would split the response", { headers: { x: "a\r\nb: c" } }, {}, "fault.headers.x"],
    ["a header with an empty name", { headers: { "": "a" } }, {}, "fault.headers"],
    ["a body larger than 64 MiB", { body: { bytes: 2 ** 27 } }, {}, "fault.body"],
    ["a delay that is too long for a timer", { delay: Duration.days(30) }, {}, "fault.delay"],
    ["zero times", {}, { times: 0 }, "times"],
    ["a probability above 1", {}, { probability: 1.1 }, "probability"],
    ["a path without a slash", {}, { path: "v1" }, "path"]
  ]
  it.effect.each(unusable)("rejects %s", ([, fault, matcher, field]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Sandbox.inject(fault, matcher))
      assert.strictEqual(error._tag, "SandboxInvalidOptions")
      assert.include(error.message, field)
    }).pipe(Effect.provide(inProcess))
  )
})

describe("a rule in one argument", () => {
  const read = Schema.decodeEither(FaultSyntax.RuleFromString)
  const words: ReadonlyArray<readonly [string, Fault.Rule]> = [
    ["503", { fault: { status: 503 } }],
    ["rate_limited*3", { fault: Fault.error("rate_limited"), times: 3 }],
    ["reset@10%", { fault: Fault.reset(), probability: 0.1 }],
    ["stall-body*2@0.5%", { fault: Fault.stall("Body"), times: 2, probability: 0.005 }],
    [
      '{"fault":{"status":500,"delay":"2 seconds"},"path":"/v1"}',
      { fault: Fault.make({ status: 500, delay: 2000 }), path: "/v1" }
    ]
  ]
  it.each(words)("%s", (word, rule) => {
    deepStrictEqual(Schema.decodeSync(FaultSyntax.RuleFromString)(word), rule)
  })

  it.each([
    "",
    "nonsense",
    "100",
    "600",
    "reset*0",
    "reset@101%",
    "reset@",
    "*3",
    "{",
    '{"fault":{"stauts":500}}',
    "__proto__",
    "toString"
  ])("rejects %j", (word) => assert.strictEqual(read(word)._tag, "Left"))

  it.effect.prop("any rule survives JSON", { fault: Fixture.arbitrary.fault }, ({ fault }) =>
    Effect.gen(function* () {
      const word = yield* Schema.encode(FaultSyntax.RuleFromString)({ fault })
      deepStrictEqual(yield* Schema.decode(FaultSyntax.RuleFromString)(word), { fault })
    })
  )
})
