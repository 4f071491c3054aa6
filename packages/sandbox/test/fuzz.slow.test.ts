import { FetchHttpClient } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Random } from "effect"
import { ErrorEnvelope, Fixture, Sandbox } from "../src/index.js"
import { get, id, patch, token } from "./support/request.js"
import * as Command from "./support/command.js"
import { exchange, open, parse } from "./support/raw.js"

const requestBytes = (method: string, target: string, headers: ReadonlyArray<string>, body = ""): Buffer =>
  Buffer.from(
    [
      `${method} ${target} HTTP/1.1`,
      "host: 127.0.0.1",
      `authorization: Bearer ${token}`,
      "certifier-version: 2022-10-26",
      ...headers,
      "",
      body
    ].join("\r\n")
  )

const withBody = (method: string, target: string, body: string) =>
  requestBytes(method, target, ["content-type: application/json", `content-length: ${Buffer.byteLength(body)}`], body)

const withForm = (target: string, body: string) =>
  requestBytes(
    "POST",
    target,
    ["content-type: application/x-www-form-urlencoded", `content-length: ${Buffer.byteLength(body)}`],
    body
  )

const credential = Fixture.credentialJson.id

const fields = `"groupId":"${id}","recipient":{"name":"Ada Example","email":"ada@example.com"}`

const filter = `{"AND":[{"groupId":{"equals":"${id}"}},{"OR":[{"recipient":{"email":{"endsWith":"@example.com"}}},{"NOT":[{"status":{"in":["draft","issued"]}}]}]},{"expiryDate":{"gt":"2026-01-15"}}]}`

/** One request of each operation, and some of the sandbox's own endpoints. */
const seeds: ReadonlyArray<Buffer> = [
  requestBytes("GET", "/v1/designs?limit=2", []),
  requestBytes("GET", "/v1/designs/01k0dsn00000000000000000d1", []),
  requestBytes("GET", "/v1/credentials?limit=3&cursor=WyJhZnRlciIsMCwxXQ", []),
  requestBytes("GET", `/v1/credentials/${credential}`, []),
  requestBytes("GET", `/v1/credentials/${credential}/designs`, []),
  requestBytes("DELETE", "/v1/credentials/nobody", []),
  requestBytes("GET", `/v1/credential-interactions?credentialId=${credential}`, []),
  requestBytes("GET", "/v1/attributes", []),
  requestBytes("GET", "/v1/email-templates", []),
  withBody(
    "POST",
    "/v1/credentials",
    `{${fields},"issueDate":"2026-01-15","customAttributes":{"custom.mentor":"Lin"}}`
  ),
  withBody("POST", "/v1/credentials/create-issue-send", `{${fields},"expiryDate":"2099-12-31"}`),
  withBody(
    "PATCH",
    `/v1/credentials/${credential}`,
    '{"recipient":{"name":"Zoë"},"expiryDate":null,"customAttributes":{"mentor":"Kim"}}'
  ),
  withBody("POST", `/v1/credentials/${credential}/issue`, "[]"),
  withBody("POST", `/v1/credentials/${credential}/send`, '{"deliveryMethod":"email"}'),
  withBody(
    "POST",
    `/v1/credentials/${credential}/schedule`,
    '{"issueAt":"2026-01-15T10:00:00.000Z","sendAtIssuance":true}'
  ),
  withBody(
    "POST",
    "/v1/credentials/search",
    `{"filter":${filter},"sort":{"property":"updatedAt","order":"desc"},"limit":5}`
  ),
  withBody(
    "POST",
    "/v1/credential-interactions",
    `{"credentialId":"${credential}","eventType":"credential_viewed","triggeredBy":"guest","triggeredAt":"2026-01-15T10:00:00Z"}`
  ),
  requestBytes("GET", "/__sandbox/workspace/designs", []),
  withBody("PATCH", "/__sandbox/workspace", '{"attributes":[{"tag":"custom.tutor","name":"Tutor"}]}'),
  withBody("POST", "/__sandbox/snapshots", '{"name":"one"}'),
  requestBytes("POST", "/__sandbox/snapshots/one/restore", []),
  requestBytes("GET", "/__sandbox/mails", []),
  requestBytes("POST", "/__sandbox/deliveries/1/redeliver", []),
  withBody("PATCH", "/__sandbox/webhooks", '{"doubled":true,"delay":"2 seconds"}'),
  withBody("POST", "/__sandbox/bounces", '{"address":"ada@example.com"}'),
  requestBytes("GET", "/", []),
  requestBytes("GET", `/credentials/${Fixture.credentialJson.publicId}?recipient=true`, []),
  withForm(`/credentials/${Fixture.credentialJson.publicId}`, "eventType=credential_downloaded"),
  requestBytes(
    "GET",
    `/previews/w1%2Fcredentials%2F${credential}%2Fdesigns%2F01k0dsn00000000000000000d1%2Fabc.png`,
    []
  ),
  requestBytes("GET", "/previews/w1%2Fdesigns%2F01k0dsn00000000000000000d1%2Fabc.png", []),
  withForm("/__sandbox/console/clear-faults", ""),
  withForm("/__sandbox/console/clock", "by=1+minute"),
  withForm("/__sandbox/console/bounce", "address=ada%40example.com"),
  withForm("/__sandbox/console/snapshot", "name=two"),
  withForm("/__sandbox/console/redeliver", "number=1"),
  requestBytes("GET", `/v1/groups/${id}`, []),
  requestBytes("GET", "/v1/groups?limit=2&cursor=YWZ0ZXI6MDow", ["accept: */*"]),
  requestBytes("DELETE", "/v1/groups/nobody", []),
  requestBytes("GET", "/openapi.json", []),
  withBody(
    "PATCH",
    `/v1/groups/${id}`,
    '{"name":"Financial Markets","learningEventUrl":"https://example.org/ü?a=b#c"}'
  ),
  withBody("PATCH", `/v1/groups/${id}`, '{"designIds":["01fpwtztwf7sacca5r0c483mnm","01hz2ej4yzdcfkq9fa78nhyj0x"]}'),
  withBody("POST", "/v1/groups", '{"nmae":"New"}'),
  withBody("POST", "/__sandbox/requests", '{"fault":{"status":503}}'),
  requestBytes(
    "PATCH",
    `/v1/groups/${id}`,
    ["content-type: application/json", "transfer-encoding: chunked"],
    '5\r\n{"nam\r\na\r\ne":"Money"}\r\n0\r\n\r\n'
  )
]

/** Fragments that are hard for parsers. */
const pieces: ReadonlyArray<Buffer> = [
  "\r\n",
  "\n",
  "\0",
  " ",
  ":",
  "%",
  "%00",
  "%ff",
  "%2e%2e%2f",
  "/../",
  "//",
  "\\",
  "?",
  "#",
  "*",
  "http://other.example/v1/groups",
  "\ufeff",
  "ü",
  "😀",
  '"',
  "{",
  "[".repeat(300),
  '{"a":'.repeat(300),
  "1e999",
  "__proto__",
  "constructor",
  "null",
  "content-length: 0\r\n",
  "content-length: 99999999999\r\n",
  "content-length: -1\r\n",
  "transfer-encoding: chunked\r\n",
  "transfer-encoding: identity\r\n",
  "connection: close\r\n",
  "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
  "expect: 100-continue\r\n",
  "expect: nothing\r\n",
  "authorization: Bearer\r\n",
  "certifier-version: x\r\n",
  "x: ".padEnd(20_000, "x"),
  "CONNECT other:1 HTTP/1.1\r\n\r\n",
  "TRACE / HTTP/1.1\r\n\r\n",
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "GET / HTTP/0.9\r\n",
  "ffffffffffffffff\r\n"
]
  .map((text) => Buffer.from(text))
  .concat([Buffer.of(0xff), Buffer.of(0xc3, 0x28), Buffer.of(0xed, 0xa0, 0x80)])

const one = <A>(values: ReadonlyArray<A>, otherwise: A): Effect.Effect<A> =>
  Effect.map(Random.nextIntBetween(0, values.length), (index) => values[index] ?? otherwise)

/** One to three changes of one request. */
const mutant: Effect.Effect<Buffer> = Effect.gen(function* () {
  let bytes = Buffer.from(yield* one(seeds, Buffer.alloc(0)))
  const changes = yield* Random.nextIntBetween(1, 4)
  for (let change = 0; change < changes; change++) {
    const at = yield* Random.nextIntBetween(0, bytes.length + 1)
    const to = Math.min(bytes.length, at + (yield* Random.nextIntBetween(0, 24)))
    const between = [
      yield* one(pieces, Buffer.alloc(0)),
      Buffer.of(yield* Random.nextIntBetween(0, 256)),
      Buffer.alloc(0),
      Buffer.concat([bytes.subarray(at, to), bytes.subarray(at, to)]),
      yield* one(seeds, Buffer.alloc(0))
    ]
    bytes = Buffer.concat([bytes.subarray(0, at), yield* one(between, Buffer.alloc(0)), bytes.subarray(to)])
  }
  return bytes
})

/** Whether a response is a page or text of the console, which is not part of the API. */
const isOfPage = (status: number, body: string): boolean =>
  (status === 303 && body === "") || ([400, 401, 403, 404].includes(status) && /^[^{]/.test(body))

/** Whether all responses follow the contract: a success, or an error of the table with its status, but not a server error. */
const isContract = (received: Buffer): boolean =>
  parse(received).every(({ body, status }) => {
    if (status >= 200 && status < 300) return true
    // No request injects a fault.
    if (status >= 500) return false
    if (isOfPage(status, body)) return true
    const code = /^\{"error":\{"code":"(\w+)","message":"/.exec(body)?.[1] ?? ""
    return ErrorEnvelope.isCode(code) ? ErrorEnvelope.statusOf(code) === status : false
  })

const storm = (url: string, count: number) =>
  Effect.forEach(
    Array.from({ length: count }),
    () =>
      Effect.gen(function* () {
        const sent = yield* mutant
        const received = yield* exchange(url, sent)
        if (!isContract(received)) {
          assert.fail(
            `${JSON.stringify(sent.toString("latin1"))} returned ${JSON.stringify(received.toString("latin1"))}`
          )
        }
        return parse(received).length > 0 ? 1 : 0
      }),
    { concurrency: 64 }
  )

describe("bad input", () => {
  it.scopedLive(
    "in ten thousand mutated requests gets the contract's errors or a closed connection, and leaks nothing",
    () =>
      Effect.gen(function* () {
        const running = yield* Command.start("served.ts", [], ["--expose-gc"])
        const url = (yield* running.line(/^listens /)).slice("listens ".length)
        yield* storm(url, 1000)
        const before = yield* Command.heldBy(running, 1)
        const responded = yield* storm(url, 10_000)
        const after = yield* Command.heldBy(running, 2)
        // Most mutants get a response, so this does not only test the parser.
        assert.isAbove(responded.filter((n) => n === 1).length, 7000)
        assert.isBelow(after.megabytes, before.megabytes + 8, "the heap has grown")
        assert.strictEqual(after.sockets, 0)
        const response = yield* patch(url, { name: "still here" })
        assert.strictEqual(response.status, 200)
        assert.strictEqual(JSON.parse((yield* get(url)).text).name, "still here")
        assert.notMatch(yield* running.output, /could not respond/)
      }).pipe(Effect.provide(FetchHttpClient.layer), Effect.withRandom(Random.make("mutants"))),
    120_000
  )

  const served = Effect.map(Sandbox.serve({ rateLimit: "Unlimited", requestTimeout: "300 millis" }), ({ url }) => url)
  const whole = withBody("PATCH", `/v1/groups/${id}`, "{}")

  it.scopedLive("pipelined requests get responses in order", () =>
    Effect.gen(function* () {
      const url = yield* served
      const received = yield* exchange(
        url,
        Buffer.concat([whole, requestBytes("GET", "/v1/nothing", []), requestBytes("GET", "/v1/groups", [])])
      )
      deepStrictEqual(
        parse(received).map(({ status }) => status),
        [200, 404, 200]
      )
    })
  )

  it.scopedLive("invalid HTTP gets an error of the API, and the connection is closed", () =>
    Effect.gen(function* () {
      const url = yield* served
      for (const text of [
        "hello\r\n\r\n",
        "GET / HTTP/1.1\r\nx\r\n\r\n",
        `GET / HTTP/1.1\r\nx: ${"x".repeat(20_000)}\r\n\r\n`
      ]) {
        const [response] = parse(yield* exchange(url, Buffer.from(text), true))
        deepStrictEqual(
          [response?.status, response?.body],
          [400, '{"error":{"code":"validation_error","message":"This is not an HTTP request, or it took too long"}}']
        )
      }
    })
  )

  it.scopedLive("a slow caller is disconnected, at whatever point it stops", () =>
    Effect.gen(function* () {
      const url = yield* served
      const responses = yield* Effect.forEach(
        [0, 1, 20, whole.indexOf("\r\n\r\n") + 2, whole.length - 1],
        (sent) => exchange(url, whole.subarray(0, sent), true),
        { concurrency: "unbounded" }
      )
      for (const received of responses) assert.isTrue(isContract(received), received.toString())
    })
  )

  it.scopedLive("a body of up to 1 MiB is read, and a larger one is rejected, with and without Content-Length", () =>
    Effect.gen(function* () {
      const url = yield* served
      const chunked = (body: string) =>
        requestBytes(
          "PATCH",
          `/v1/groups/${id}`,
          ["content-type: application/json", "transfer-encoding: chunked"],
          `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
        )
      for (const make of [chunked, (body: string) => withBody("PATCH", `/v1/groups/${id}`, body)]) {
        const largest = `{"name":"${"x".repeat(2 ** 20 - 11)}"}`
        assert.strictEqual(parse(yield* exchange(url, make(largest)))[0]?.status, 200)
        const [rejected] = parse(yield* exchange(url, make(`${largest} `)))
        deepStrictEqual(
          [rejected?.status, rejected?.body],
          [400, '{"error":{"code":"validation_error","message":"The request\'s body is larger than 1048576 bytes"}}']
        )
      }
    })
  )

  it.scopedLive(
    "four hundred concurrent connections get responses, and idle connections don't prevent a sandbox from stopping",
    () =>
      Effect.gen(function* () {
        const idle = yield* Effect.gen(function* () {
          const { url } = yield* Sandbox.serve({ rateLimit: "Unlimited" })
          const received = yield* Effect.all(
            Array.from({ length: 400 }, () => exchange(url, whole)),
            { concurrency: "unbounded" }
          )
          assert.isTrue(received.every((bytes) => parse(bytes)[0]?.status === 200))
          return yield* Effect.forEach(Array.from({ length: 100 }), () => open(url), { concurrency: "unbounded" })
        }).pipe(Effect.scoped)
        yield* Effect.all(idle)
      })
  )
})
