import { FetchHttpClient, HttpClient, HttpClientRequest } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Chunk, Effect, Fiber, Inspectable, Layer, Option, Schema, Stream } from "effect"
import { createHash } from "node:crypto"
import { Fault, RecordedRequest, Sandbox } from "../src/index.js"
import { sendTo, get, good, id, patch, token } from "./support/request.js"

const inProcess = Sandbox.layerInProcess({ rateLimit: "Unlimited" })
const overSocket = Layer.merge(Sandbox.layer({ rateLimit: "Unlimited" }), FetchHttpClient.layer)
const fingerprint = createHash("sha256").update(token).digest("hex").slice(0, 8)

describe.each([
  ["in process", inProcess],
  ["over a socket", overSocket]
])("the recorded requests, %s", (_, layer) => {
  it.live("contain the request, and the status of the response", () =>
    Effect.gen(function* () {
      const { clearRequests, inject, requests, url } = yield* Sandbox.Sandbox
      yield* patch(url, { name: "Money" })
      yield* get(url, "/v1/groups?limit=5&cursor=a%20b")
      yield* inject(Fault.error("conflict"))
      yield* get(url)
      const [first, second, third] = yield* requests
      deepStrictEqual(
        [first, second, third].map((request) => [
          request?.number,
          request?.method,
          request?.path,
          request?.query,
          request?.body
        ]),
        [
          [1, "PATCH", `/v1/groups/${id}`, "", '{"name":"Money"}'],
          [2, "GET", "/v1/groups", "limit=5&cursor=a%20b", ""],
          [3, "GET", `/v1/groups/${id}`, "", ""]
        ]
      )
      deepStrictEqual(
        [first, second, third].map((request) => [request?.status, request?.faulted]),
        [
          [Option.some(200), false],
          [Option.some(400), false],
          [Option.some(409), true]
        ]
      )
      deepStrictEqual(first?.json, Option.some({ name: "Money" }))
      assert.strictEqual(first?.headers["certifier-version"], "2022-10-26")
      yield* Sandbox.expectRequests([
        { method: "PATCH", json: { name: "Money" }, status: 200, headers: { "content-type": "application/json" } },
        { query: { limit: "5", cursor: "a b" }, fingerprint },
        { faulted: true }
      ])
      yield* clearRequests
      deepStrictEqual(yield* requests, [])
    }).pipe(Effect.provide(layer))
  )

  it.live("never contain the access token, wherever it was sent", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* Sandbox.Sandbox
      yield* sendTo(url, {
        method: "PATCH",
        path: `/v1/groups/${token}?token=${token}`,
        headers: { ...good, cookie: "a=secret-cookie", "x-api-key": "secret-key", "x-other": `has ${token}` },
        body: JSON.stringify({ name: token })
      })
      yield* sendTo(url, {
        method: "GET",
        path: "/v1/groups",
        headers: { ...good, authorization: "Basic c2VjcmV0LWJhc2lj" }
      })
      const kept = yield* requests
      const lines = kept.map(RecordedRequest.line)
      const printed = [
        JSON.stringify(kept),
        Inspectable.format(kept),
        lines.join("\n"),
        JSON.stringify(yield* Effect.flip(RecordedRequest.expect(kept, [])))
      ]
      for (const text of printed) {
        for (const secret of [token, "secret-cookie", "secret-key", "c2VjcmV0LWJhc2lj"]) assert.notInclude(text, secret)
      }
      deepStrictEqual(kept[0]?.fingerprint, Option.some(fingerprint))
      assert.strictEqual(kept[0]?.headers["authorization"], `Bearer <${fingerprint}>`)
      assert.include(lines[0], `PATCH /v1/groups/<${fingerprint}>?token=<${fingerprint}> 404 <${fingerprint}>`)
    }).pipe(Effect.provide(layer))
  )

  it.live("are available as a stream of past and then new requests", () =>
    Effect.gen(function* () {
      const { requestStream, url } = yield* Sandbox.Sandbox
      yield* get(url)
      const numbers = yield* requestStream.pipe(
        Stream.map(({ number }) => number),
        // Each emitted request triggers the next one.
        Stream.tap(() => get(url)),
        Stream.take(5),
        Stream.runCollect
      )
      deepStrictEqual(Chunk.toReadonlyArray(numbers), [1, 2, 3, 4, 5])
    }).pipe(Effect.provide(layer))
  )
})

describe("assertions", () => {
  it.effect("fail with the expected and the actual requests", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      yield* patch(url, { name: "Money" })
      const fails = (patterns: ReadonlyArray<RecordedRequest.Pattern>) => Effect.flip(Sandbox.expectRequests(patterns))
      const error = yield* fails([{ method: "PATCH", json: { name: "Honey" } }])
      assert.strictEqual(error._tag, "SandboxUnexpectedRequests")
      assert.strictEqual(
        error.message,
        `Expected requests:
  {"method":"PATCH","json":{"name":"Honey"}}
Actual requests:
  {"method":"PATCH","path":"/v1/groups/${id}","json":{"name":"Money"},"status":200}`
      )
      for (const pattern of [
        { method: "GET" },
        { path: "/v1/groups" },
        { query: { a: "b" } },
        { headers: { "x-missing": "" } },
        { json: { name: "Money", more: 1 } },
        { fingerprint: "00000000" },
        { status: 404 },
        { faulted: true }
      ]) {
        yield* fails([pattern])
      }
      yield* fails([])
      yield* fails([{}, {}])
      yield* Sandbox.expectRequests([{}])
    }).pipe(Effect.provide(inProcess))
  )

  it.effect("only the newest requests are kept, up to a limit", () =>
    Effect.gen(function* () {
      const { forgotten, requests, url } = yield* Sandbox.Sandbox
      yield* Effect.replicateEffect(get(url), 5)
      deepStrictEqual(
        (yield* requests).map(({ number }) => number),
        [4, 5]
      )
      deepStrictEqual(yield* forgotten, { requests: 3, mails: 0, deliveries: 0 })
    }).pipe(Effect.provide(Sandbox.layerInProcess({ rateLimit: "Unlimited", keepRequests: 2 })))
  )

  it("a line of the log contains no control characters", () => {
    const request = Schema.decodeSync(RecordedRequest.RecordedRequest)({
      number: 1,
      at: "2026-01-01T00:00:00.000Z",
      method: "GET",
      path: "/\u001b[2J\r\n",
      query: "a=b",
      headers: {},
      body: "",
      faulted: true
    })
    assert.strictEqual(RecordedRequest.line(request), "2026-01-01T00:00:00.000Z GET /?[2J???a=b no response fault")
  })
})

describe("the control endpoints", () => {
  const json = { "content-type": "application/json" }
  const control = (
    url: string,
    method: "GET" | "POST" | "DELETE",
    path: string,
    body?: string,
    headers: Readonly<Record<string, string>> = json
  ) => sendTo(url, { method, path: `/__sandbox/${path}`, headers, ...(body === undefined ? {} : { body }) })

  it.live("control the faults and list the requests, without a token", () =>
    Effect.gen(function* () {
      const { faults, url } = yield* Sandbox.Sandbox
      const added = yield* control(url, "POST", "faults", '{"fault":{"status":503,"delay":"1 millis"},"times":2}')
      deepStrictEqual([added.status, added.text], [200, '[{"fault":{"status":503,"delay":1},"times":2}]'])
      yield* control(url, "POST", "faults", '[{"fault":{"disconnect":{"how":"Reset","at":"Start"}}},{"fault":{}}]')
      assert.strictEqual((yield* faults).length, 3)
      assert.strictEqual((yield* get(url)).status, 503)
      assert.strictEqual((yield* control(url, "DELETE", "faults")).status, 204)
      assert.strictEqual((yield* control(url, "GET", "faults")).text, "[]")
      assert.strictEqual((yield* get(url)).status, 200)
      const listed = yield* control(url, "GET", "requests")
      const requests = yield* Schema.decode(Schema.parseJson(Schema.Array(RecordedRequest.RecordedRequest)))(
        listed.text
      )
      deepStrictEqual(
        requests.map(({ faulted, status }) => [faulted, status]),
        [
          [true, Option.some(503)],
          [false, Option.some(200)]
        ]
      )
      assert.notInclude(listed.text, token)
      yield* control(url, "DELETE", "requests")
      assert.strictEqual((yield* control(url, "GET", "requests")).text, "[]")
    }).pipe(Effect.provide(overSocket))
  )

  it.live("name the invalid field of a fault", () =>
    Effect.gen(function* () {
      const { faults, url } = yield* Sandbox.Sandbox
      const rejected: ReadonlyArray<readonly [string, RegExp]> = [
        ['{"fault":{"status":99}}', /"validation_error","message":".*fault\.status /],
        ['{"fault":{"stauts":503}}', /"validation_error","message":".*stauts/],
        ["{", /"invalid_json"/]
      ]
      for (const [body, pattern] of rejected) {
        const { status, text } = yield* control(url, "POST", "faults", body)
        assert.strictEqual(status, 400)
        assert.match(text, pattern)
      }
      deepStrictEqual(yield* faults, [])
      assert.strictEqual((yield* control(url, "GET", "nothing")).status, 404)
    }).pipe(Effect.provide(overSocket))
  )

  it.live("return 404 to pages of other origins and for other hosts", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      const status = (headers: Readonly<Record<string, string>>) =>
        Effect.map(control(url, "GET", "faults", undefined, headers), ({ status }) => status)
      assert.strictEqual(yield* status({ origin: "https://example.org" }), 404)
      assert.strictEqual(yield* status({ host: "rebound.example.org", "x-forwarded-for": "127.0.0.1" }), 404)
      assert.strictEqual(yield* status({ host: "localhost:4010" }), 200)
      assert.strictEqual(yield* status({ host: "[::1]:4010", origin: "http://[::1]:4010" }), 200)
    }).pipe(Effect.provide(Sandbox.layerInProcess()))
  )

  it.live("are neither recorded nor rate-limited", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* Sandbox.Sandbox
      for (let n = 0; n < 10; n++) assert.strictEqual((yield* control(url, "GET", "requests")).status, 200)
      deepStrictEqual(yield* requests, [])
      assert.strictEqual((yield* get(url)).status, 200)
    }).pipe(Effect.provide(Sandbox.layerInProcess()))
  )
})

describe("a client in process", () => {
  it.effect("can send every kind of body", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* Sandbox.Sandbox
      const request = HttpClientRequest.patch(`${url}/v1/groups/${id}`, { headers: good })
      const form = new FormData()
      form.set("name", "x")
      const bytes = new TextEncoder().encode('{"name":"streamed"}')
      yield* Effect.forEach(
        [
          HttpClientRequest.bodyText(request, '{"name":"text"}', "application/json"),
          HttpClientRequest.bodyStream(request, Stream.make(bytes.subarray(0, 5), bytes.subarray(5)), {
            contentType: "application/json"
          }),
          HttpClientRequest.bodyFormData(HttpClientRequest.patch(`${url}/v1/groups/${id}`), form)
        ],
        HttpClient.execute
      )
      const [text, stream, multipart] = yield* requests
      deepStrictEqual([text?.status, text?.body], [Option.some(200), '{"name":"text"}'])
      deepStrictEqual([stream?.status, stream?.body], [Option.some(200), '{"name":"streamed"}'])
      assert.match(multipart?.headers["content-type"] ?? "", /^multipart\/form-data; boundary=/)
      assert.include(multipart?.body, 'name="name"')
    }).pipe(Effect.provide(inProcess))
  )

  it.effect("ends the response when the caller aborts", () =>
    Effect.gen(function* () {
      const { inject, url } = yield* Sandbox.Sandbox
      yield* inject(Fault.stall("Body"))
      const response = yield* HttpClient.get(`${url}/v1/groups/${id}`, { headers: good })
      const fiber = yield* Effect.fork(response.text)
      yield* Effect.yieldNow()
      assert.isTrue((yield* Effect.exit(Fiber.interrupt(fiber)))._tag === "Success")
    }).pipe(Effect.provide(inProcess))
  )
})
