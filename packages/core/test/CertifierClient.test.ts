import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Cookies from "@effect/platform/Cookies"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { inspect } from "node:util"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FC from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as CertifierClient from "../src/CertifierClient.js"
import * as CertifierError from "../src/CertifierError.js"
import { Group } from "../src/Group.js"
import { version } from "../src/internal/version.js"
import * as Groups from "../src/Groups.js"
import packageJson from "../package.json" with { type: "json" }
import * as Fake from "./support/fake.js"
import { errors, groupId, groupJson } from "./support/page.js"
import * as RecordingTracer from "./support/tracer.js"

const update = CertifierClient.updateGroup(groupId, { name: "Financial Markets" })

/** The error of a call that gets this response. */
const failure = (respond: Fake.Respond, options?: Partial<CertifierClient.Options>) =>
  Effect.flip(update).pipe(Effect.provide(Fake.make(respond).layer(options)))

const expectTag = <Tag extends CertifierError.CertifierError["_tag"]>(
  error: CertifierError.CertifierError,
  tag: Tag
): Extract<CertifierError.CertifierError, { _tag: Tag }> => {
  const is = (candidate: CertifierError.CertifierError): candidate is Extract<typeof candidate, { _tag: Tag }> =>
    candidate._tag === tag
  if (!is(error)) return assert.fail(`expected ${tag}, got ${error._tag}: ${error.message}`)
  return error
}

describe("the request", () => {
  it.effect("is the documented curl call, byte for byte", () =>
    Effect.gen(function* () {
      const fake = Fake.make()
      yield* CertifierClient.updateGroup("01g90279gp5sbmfek7wymcsvec", {}).pipe(Effect.provide(fake.layer()))
      const request = Fake.at(fake.requests)
      assert.strictEqual(request.method, "PATCH")
      assert.strictEqual(request.url, "https://api.certifier.io/v1/groups/01g90279gp5sbmfek7wymcsvec")
      assert.strictEqual(request.urlParams.length, 0)
      deepStrictEqual(
        { ...request.headers },
        {
          authorization: `Bearer ${Fake.token}`,
          "certifier-version": "2022-10-26",
          accept: "application/json",
          "user-agent": `effect-certifier/${packageJson.version}`,
          "content-type": "application/json",
          "content-length": "2"
        }
      )
      assert.strictEqual(request.body._tag, "Uint8Array")
      if (request.body._tag !== "Uint8Array") return
      deepStrictEqual([...request.body.body], [0x7b, 0x7d])
      assert.strictEqual(version, packageJson.version)
    })
  )

  it.effect("getGroup has no body", () =>
    Effect.gen(function* () {
      const fake = Fake.make()
      const group = yield* Groups.get(groupId).pipe(Effect.provide(fake.layer()))
      assert.strictEqual(group.name, "Financial Markets")
      const request = Fake.at(fake.requests)
      assert.strictEqual(request.method, "GET")
      assert.strictEqual(request.url, `https://api.certifier.io/v1/groups/${groupId}`)
      assert.strictEqual(request.body._tag, "Empty")
      deepStrictEqual(Object.keys(request.headers).toSorted(), [
        "accept",
        "authorization",
        "certifier-version",
        "user-agent"
      ])
    })
  )

  it.effect("a failed read is never MaybeApplied", () =>
    Effect.gen(function* () {
      const ends: ReadonlyArray<Fake.Respond> = [
        () => Fake.json(500, ""),
        () => Fake.json(503, "<html>"),
        () => Fake.json(200, "{}"),
        () => Fake.json(200, new Uint8Array([0xff])),
        () =>
          Effect.fail(new HttpClientError.RequestError({ request: HttpClientRequest.get("x"), reason: "Transport" })),
        () => Effect.never
      ]
      for (const end of ends) {
        const fiber = yield* Effect.fork(Effect.flip(Groups.get(groupId)).pipe(Effect.provide(Fake.make(end).layer())))
        yield* TestClock.adjust("30 seconds")
        const error = yield* Fiber.join(fiber)
        assert.strictEqual(error.operation, "getGroup")
        assert.strictEqual(error.outcome, "NotApplied", error._tag)
      }
    })
  )

  it.effect("has base URL, prefix and version from the options", () =>
    Effect.gen(function* () {
      const fake = Fake.make()
      yield* update.pipe(
        Effect.provide(fake.layer({ baseUrl: new URL("http://[::1]:8080/proxy//"), apiVersion: "2031-01-01" }))
      )
      assert.strictEqual(Fake.at(fake.requests).url, `http://[::1]:8080/proxy/v1/groups/${groupId}`)
      assert.strictEqual(Fake.at(fake.requests).headers["certifier-version"], "2031-01-01")
    })
  )

  it.effect("is not sent if the input is invalid, and all issues are reported", () =>
    Effect.gen(function* () {
      const fake = Fake.make()
      const error = yield* Effect.flip(
        CertifierClient.updateGroup("../secrets", { name: " ", designIds: ["a"], badgeDesignId: "" })
      ).pipe(Effect.provide(fake.layer()))
      const invalid = expectTag(error, "CertifierInvalidRequest")
      deepStrictEqual(
        invalid.issues.map((issue) => issue.field),
        ["id", "name", "badgeDesignId"]
      )
      assert.strictEqual(invalid.outcome, "NotSent")
      assert.strictEqual(fake.requests.length, 0)
    })
  )

  it.effect("nothing is sent before the effect is run", () =>
    Effect.gen(function* () {
      const fake = Fake.make()
      yield* Effect.gen(function* () {
        const client = yield* CertifierClient.CertifierClient
        const call = client.call(CertifierClient.updateGroup, groupId, {})
        assert.strictEqual(fake.requests.length, 0)
        yield* call
        yield* call
        assert.strictEqual(fake.requests.length, 2)
      }).pipe(Effect.provide(fake.layer()))
    })
  )
})

describe("the response", () => {
  it.effect("is the documented group", () =>
    Effect.gen(function* () {
      const group = yield* update.pipe(Effect.provide(Fake.make().layer()))
      assert.instanceOf(group, Group)
      assert.strictEqual(group.id, "01g90279gp5sbmfek7wymcsvec")
    })
  )

  it.effect.each([200, 201, 202, 206, 299])("status %s is a success", (status) =>
    Effect.gen(function* () {
      const group = yield* update.pipe(Effect.provide(Fake.make(() => Fake.json(status, groupJson)).layer()))
      assert.strictEqual(group.name, "Financial Markets")
    })
  )

  it.effect("may begin with a byte order mark and lack a content type", () =>
    Effect.gen(function* () {
      const fake = Fake.make(() => new Response(`\ufeff${groupJson}`))
      assert.strictEqual((yield* update.pipe(Effect.provide(fake.layer()))).id, groupId)
    })
  )

  it.effect.each([
    { name: "empty", body: "", message: /with an invalid body: it is empty, expected a JSON object/ },
    { name: "HTML", body: "<html>ok</html>", message: /it is not JSON/ },
    { name: "truncated JSON", body: groupJson.slice(0, 100), message: /it is not JSON/ },
    { name: "null", body: "null", message: /it is null, expected/ },
    { name: "an array", body: `[${groupJson}]`, message: /it is an array, expected/ },
    { name: "another object", body: "{}", message: /id is missing, expected 1 to 128 .*; name is missing/ },
    {
      name: "a member of the wrong type",
      body: groupJson.replace(`"Financial Markets"`, "42"),
      message: /name is a number, expected a string/
    },
    {
      name: "a wrong element",
      body: groupJson.replace(`"name"`, `"designIds": ["a", 1], "name"`),
      message: /designIds\[1\] is a number, expected 1 to 128 letters/
    },
    {
      name: "an impossible date",
      body: groupJson.replace("2022-01-01T00:00:00.000Z", "2022-13-01T00:00:00.000Z"),
      message: /createdAt can't be read, expected an ISO 8601 date and time/
    },
    {
      name: "a wrong date",
      body: groupJson.replace("2022-01-01T00:00:00.000Z", "yesterday"),
      message: /createdAt is not a date and time, expected an ISO 8601 date and time/
    },
    { name: "not UTF-8", body: new Uint8Array([0x7b, 0xff, 0x7d]), message: /it is not UTF-8, expected UTF-8/ },
    { name: "too large", body: "x".repeat(1024 * 1024 + 1), message: /it is too large, expected at most 1048576 bytes/ }
  ])("a success that is $name is a decode error that says where", ({ body, message }) =>
    Effect.gen(function* () {
      const error = expectTag(
        yield* failure(() => Fake.json(200, body, { "x-request-id": "req-7" })),
        "CertifierResponseDecodeError"
      )
      assert.match(error.message, message)
      assert.strictEqual(error.status, 200)
      assert.strictEqual(error.outcome, "MaybeApplied")
      deepStrictEqual(error.requestId, Option.some("req-7"))
      assert.isAtMost(error.excerpt.length, 512)
    })
  )

  it.effect("without a body is a decode error too", () =>
    Effect.gen(function* () {
      const error = expectTag(yield* failure(() => new Response(null, { status: 204 })), "CertifierResponseDecodeError")
      assert.match(error.message, /it is empty, expected a JSON object/)
    })
  )

  it.effect("of exactly the limit is read", () =>
    Effect.gen(function* () {
      const body = groupJson.replace("Financial Markets", "x".repeat(1024 * 1024 - groupJson.length + 17))
      assert.strictEqual(body.length, 1024 * 1024)
      for (const headers of [{}, { "content-length": `${body.length}` }]) {
        const group = yield* update.pipe(Effect.provide(Fake.make(() => Fake.json(200, body, headers)).layer()))
        assert.strictEqual(group.id, groupId)
      }
    })
  )

  it.effect("with a Content-Length over the limit is not read completely", () =>
    Effect.gen(function* () {
      let read = 0
      const error = yield* failure(
        () =>
          new Response(
            new ReadableStream({
              pull: (controller) => {
                read++
                controller.enqueue(new Uint8Array(1024 * 1024))
              }
            }),
            { headers: { "content-length": "99999999" } }
          )
      )
      expectTag(error, "CertifierResponseDecodeError")
      assert.isAtMost(read, 4)
    })
  )

  it.effect("with the Content-Length of a compressed body is read within the limit as well", () =>
    Effect.gen(function* () {
      const error = yield* failure(() =>
        Fake.json(200, "x".repeat(1024 * 1024 + 1), { "content-length": "1000", "content-encoding": "gzip" })
      )
      assert.match(expectTag(error, "CertifierResponseDecodeError").message, /too large/)
    })
  )
})

describe("the error table", () => {
  it.effect.each([...errors])("$status $tag", ({ body, outcome, retryable, status, tag }) =>
    Effect.gen(function* () {
      const error = yield* failure(() => Fake.json(status, body))
      assert.strictEqual(error._tag, tag)
      if (!("apiMessage" in error)) return assert.fail(error.message)
      const literal: { readonly error: { readonly code: string; readonly message: string } } = JSON.parse(body)
      assert.strictEqual(error.operation, "updateGroup")
      assert.strictEqual(error.status, status)
      deepStrictEqual<unknown>(error.code, literal.error.code)
      deepStrictEqual(error.apiMessage, Option.some(literal.error.message))
      assert.strictEqual(error.outcome, outcome)
      assert.strictEqual(CertifierError.isRetryable(error), retryable)
      deepStrictEqual(error.retryAfter, Option.none())
      deepStrictEqual(error.details, {})
      assert.include(error.message, literal.error.message)
    })
  )

  it.effect("the code takes precedence over the status", () =>
    Effect.gen(function* () {
      const body = `{"error":{"code":"not_found","message":"Gone"}}`
      const error = expectTag(yield* failure(() => Fake.json(500, body)), "CertifierNotFound")
      assert.strictEqual(error.status, 500)
      assert.strictEqual(error.outcome, "MaybeApplied")
    })
  )

  it.effect.each([
    [401, "CertifierUnauthorized"],
    [402, "CertifierPaymentRequired"],
    [403, "CertifierForbidden"],
    [404, "CertifierNotFound"],
    [409, "CertifierConflict"],
    [429, "CertifierRateLimited"],
    [500, "CertifierInternalServerError"]
  ] as const)("status %s determines the error if the body has no code", ([status, tag]) =>
    Effect.gen(function* () {
      const bodies = [
        "",
        "<html>no</html>",
        `{"error":{"co`,
        "null",
        "[]",
        `{"error":"text"}`,
        `{"error":{"code":7}}`,
        `{"error":{"code":""}}`,
        new Uint8Array([0xff, 0xfe])
      ]
      for (const body of bodies) {
        const error = expectTag(yield* failure(() => Fake.json(status, body)), tag)
        assert.strictEqual(
          error.code,
          Object.entries(CertifierError.table).find(([, row]) => row.status === status)?.[0]
        )
      }
    })
  )

  it.effect("a code outside the table is kept, and the status determines the error", () =>
    Effect.gen(function* () {
      const body = `{"error":{"code":"group_not_found","message":"No such group"}}`
      assert.strictEqual(
        expectTag(yield* failure(() => Fake.json(404, body)), "CertifierNotFound").code,
        "group_not_found"
      )
    })
  )

  it.effect.each([400, 405, 418, 422, 501, 502, 503, 504, 599])("status %s without a known code is unknown", (status) =>
    Effect.gen(function* () {
      for (const code of ["bad_request", "constructor", "__proto__", "toString"]) {
        const body = `{"error":{"code":"${code}","message":"No"}}`
        const error = expectTag(yield* failure(() => Fake.json(status, body)), "CertifierUnknownApiError")
        assert.strictEqual(error.status, status)
        deepStrictEqual(error.code, Option.some(code))
        deepStrictEqual(error.apiMessage, Option.some("No"))
        assert.strictEqual(error.excerpt, body)
        assert.strictEqual(error.outcome, status < 500 ? "NotApplied" : "MaybeApplied")
      }
      const page = expectTag(yield* failure(() => Fake.json(status, "<html>".repeat(1000))), "CertifierUnknownApiError")
      deepStrictEqual(page.code, Option.none())
      assert.strictEqual(page.excerpt.length, 512)
      assert.match(page.excerpt, /^<html><html>.*…$/)
    })
  )

  it.effect("other fields of the API's error object are kept", () =>
    Effect.gen(function* () {
      const body = `{"error":{"code":"validation_error","message":"No","params":[{"path":"name","limit":255}],"doc":null}}`
      const error = expectTag(yield* failure(() => Fake.json(400, body)), "CertifierValidationError")
      deepStrictEqual(error.details, { params: [{ path: "name", limit: 255 }], doc: null })
    })
  )

  it.effect("fields that are nested deeper than the stack don't hide the error", () =>
    Effect.gen(function* () {
      const deep = "[".repeat(30_000) + "]".repeat(30_000)
      const error = yield* failure(() => Fake.json(409, `{"error":{"code":"conflict","message":"No","deep":${deep}}}`))
      deepStrictEqual(expectTag(error, "CertifierConflict").apiMessage, Option.some("No"))
    })
  )

  it.effect("texts from the response are truncated", () =>
    Effect.gen(function* () {
      const body = JSON.stringify({ error: { code: "c".repeat(1000), message: "m".repeat(5000) } })
      const error = expectTag(
        yield* failure(() =>
          Fake.json(400, body, { "x-request-id": "r".repeat(1000), "x-ratelimit-policy": "p".repeat(1000) })
        ),
        "CertifierUnknownApiError"
      )
      assert.strictEqual(Option.getOrThrow(error.code).length, 64)
      assert.strictEqual(Option.getOrThrow(error.apiMessage).length, 1024)
      assert.strictEqual(Option.getOrThrow(error.requestId).length, 128)
      assert.strictEqual(error.rateLimitHeaders["x-ratelimit-policy"]?.length, 256)
    })
  )

  it.effect.each(["x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "cf-ray"])(
    "a request id is taken from %s",
    (name) =>
      Effect.gen(function* () {
        const error = yield* failure(() => Fake.json(404, "", { [name]: "req-9" }))
        deepStrictEqual(expectTag(error, "CertifierNotFound").requestId, Option.some("req-9"))
        assert.match(error.message, /\(request id req-9\)$/)
      })
  )

  it.effect.each([400, 401, 404, 409, 429, 500, 503])(
    "Retry-After is read on a %s, when the response arrives",
    (status) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(Date.UTC(2026, 10, 23, 12, 0, 0))
        const wait = (header: string) =>
          Effect.map(
            failure(() => Fake.json(status, "", { "retry-after": header })),
            (error) => Option.map(CertifierError.retryAfter(error), Duration.toSeconds)
          )
        deepStrictEqual(yield* wait("17"), Option.some(17))
        deepStrictEqual(yield* wait("Mon, 23 Nov 2026 12:00:05 GMT"), Option.some(5))
        deepStrictEqual(yield* wait("Monday, 23-Nov-26 12:00:06 GMT"), Option.some(6))
        deepStrictEqual(yield* wait("Mon Nov 23 12:00:07 2026"), Option.some(7))
        deepStrictEqual(yield* wait("next week"), Option.none())
      })
  )

  it.effect("only the rate limit headers and the date of a response are kept", () =>
    Effect.gen(function* () {
      const error = yield* failure(() =>
        Fake.json(429, "", { RateLimit: `"default";r=0;t=5`, "X-RateLimit-Reset": "5", "set-cookie": "a=b", etag: "x" })
      )
      deepStrictEqual(expectTag(error, "CertifierRateLimited").rateLimitHeaders, {
        ratelimit: `"default";r=0;t=5`,
        "x-ratelimit-reset": "5"
      })
    })
  )

  it.effect.each([300, 301, 302, 303, 304, 307, 308])("a redirect (%s) is an error", (status) =>
    Effect.gen(function* () {
      const respond = () =>
        new Response(null, { status, headers: { location: "https://elsewhere.example/v1?token=abc#frag" } })
      const error = expectTag(yield* failure(respond), "CertifierUnknownApiError")
      assert.strictEqual(error.outcome, "NotApplied")
      deepStrictEqual(error.location, Option.some("https://elsewhere.example/v1"))
      assert.include(
        error.message,
        `the API returned ${status}, a redirect to https://elsewhere.example/v1, which is not followed: check baseUrl`
      )
    })
  )

  it.effect("a redirect that a browser hides is an error too", () =>
    Effect.gen(function* () {
      const error = expectTag(yield* failure(() => Response.error()), "CertifierUnknownApiError")
      assert.strictEqual(error.status, 0)
      assert.strictEqual(error.outcome, "NotApplied")
      assert.include(error.message, "the API returned 0, a redirect, which is not followed")
    })
  )

  it.effect("a transport that fails on a status makes no difference", () =>
    Effect.gen(function* () {
      const fake = Fake.make(() => Fake.json(404, errors[7].body))
      const error = yield* Effect.flip(update).pipe(
        Effect.provide(Layer.orDie(CertifierClient.layer({ accessToken: Redacted.make(Fake.token) }))),
        Effect.provideService(HttpClient.HttpClient, HttpClient.filterStatusOk(fake.httpClient))
      )
      deepStrictEqual(
        expectTag(error, "CertifierNotFound").apiMessage,
        Option.some("The requested resource does not exist")
      )
    })
  )

  it.effect.prop(
    "any bytes, under any status, are a group or a typed error",
    [
      FC.integer({ min: 200, max: 599 }),
      FC.oneof(
        FC.uint8Array({ maxLength: 300 }),
        FC.json().map((text) => new TextEncoder().encode(text)),
        FC.jsonValue().map((value) => new TextEncoder().encode(JSON.stringify({ error: value }))),
        FC.record({ code: FC.jsonValue(), message: FC.jsonValue(), extra: FC.jsonValue() }).map((error) =>
          new TextEncoder().encode(JSON.stringify({ error }))
        ),
        FC.nat({ max: groupJson.length }).map((length) => new TextEncoder().encode(groupJson.slice(0, length)))
      ),
      FC.string()
    ],
    ([status, bytes, retryAfter]) =>
      Effect.gen(function* () {
        const fake = Fake.make((request) => {
          const response = new Response([204, 205, 304].includes(status) ? null : new Uint8Array(bytes), { status })
          // A header that is invalid in HTTP never arrives.
          if (/^[\x20-\x7e]*$/.test(retryAfter)) response.headers.set("retry-after", retryAfter)
          assert.strictEqual(request.method, "PATCH")
          return response
        })
        const exit = yield* Effect.exit(update).pipe(Effect.provide(fake.layer()))
        if (Exit.isSuccess(exit)) return assert.instanceOf(exit.value, Group)
        const error = Option.getOrThrow(Cause.failureOption(exit.cause))
        assert.isTrue(CertifierError.isCertifierError(error))
        assert.isAbove(error.message.length, 20)
      }),
    { fastCheck: { numRuns: 100 } }
  )
})

describe("the transport", () => {
  it.effect("an error of the transport becomes plain data", () =>
    Effect.gen(function* () {
      const cases = [
        { cause: { code: "ENOTFOUND", syscall: "getaddrinfo" }, reason: "Dns", outcome: "NotSent" },
        { cause: { code: "EAI_AGAIN" }, reason: "Dns", outcome: "NotSent" },
        { cause: { code: "ETIMEDOUT", syscall: "connect" }, reason: "Connect", outcome: "NotSent" },
        { cause: { code: "ETIMEDOUT", syscall: "read" }, reason: "Disconnected", outcome: "MaybeApplied" },
        { cause: { code: "UND_ERR_CONNECT_TIMEOUT" }, reason: "Connect", outcome: "NotSent" },
        { cause: { code: "UND_ERR_SOCKET" }, reason: "Disconnected", outcome: "MaybeApplied" },
        { cause: { code: "CERT_HAS_EXPIRED" }, reason: "Certificate", outcome: "NotSent" },
        { cause: { code: "ERR_TLS_CERT_ALTNAME_INVALID" }, reason: "Certificate", outcome: "NotSent" },
        { cause: { code: "EPROTO" }, reason: "Tls", outcome: "MaybeApplied" },
        {
          cause: new TypeError("fetch failed", { cause: { code: "ECONNRESET" } }),
          reason: "Disconnected",
          outcome: "MaybeApplied"
        },
        {
          cause: new AggregateError([{ code: "ECONNREFUSED" }, { code: "ECONNREFUSED" }]),
          reason: "Connect",
          outcome: "NotSent"
        },
        { cause: { code: "EWHATEVER" }, reason: "Unknown", outcome: "MaybeApplied" },
        { cause: { code: "not a code" }, reason: "Unknown", outcome: "MaybeApplied" },
        { cause: new TypeError("Failed to fetch"), reason: "Unknown", outcome: "MaybeApplied" },
        { cause: undefined, reason: "Unknown", outcome: "MaybeApplied" }
      ] as const
      for (const { cause, outcome, reason } of cases) {
        const fake = Fake.make(() =>
          Effect.fail(
            new HttpClientError.RequestError({ request: HttpClientRequest.get("x"), reason: "Transport", cause })
          )
        )
        const error = expectTag(
          yield* Effect.flip(update).pipe(Effect.provide(fake.layer())),
          "CertifierTransportError"
        )
        deepStrictEqual([error.reason, error.outcome], [reason, outcome], JSON.stringify(cause))
        deepStrictEqual(error.origin, Option.some("https://api.certifier.io"))
      }
    })
  )

  it.effect("a cyclic chain of causes is followed up to a limit", () =>
    Effect.gen(function* () {
      const cause: { cause?: unknown } = {}
      cause.cause = cause
      const error = yield* failure(() =>
        Effect.fail(
          new HttpClientError.RequestError({ request: HttpClientRequest.get("x"), reason: "Transport", cause })
        )
      )
      assert.strictEqual(expectTag(error, "CertifierTransportError").reason, "Unknown")
    })
  )

  it.effect("a request that can't be encoded was not sent, and is not retryable", () =>
    Effect.gen(function* () {
      const error = yield* failure(() =>
        Effect.fail(new HttpClientError.RequestError({ request: HttpClientRequest.get("x"), reason: "Encode" }))
      )
      assert.strictEqual(expectTag(error, "CertifierTransportError").outcome, "NotSent")
      assert.isFalse(CertifierError.isRetryable(error))
    })
  )

  it.effect("fetch gets redirect: manual, and keeps the RequestInit of its layer", () =>
    Effect.gen(function* () {
      const seen: Array<RequestInit | undefined> = []
      const fetch: typeof globalThis.fetch = (_input, init) => {
        seen.push(init)
        return Promise.resolve(Fake.json(200, groupJson))
      }
      const transport = FetchHttpClient.layer.pipe(
        Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)),
        Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, { credentials: "include", redirect: "follow" }))
      )
      yield* Effect.gen(function* () {
        yield* update
        // The settings of the call do not remain after it.
        assert.isTrue(Option.isNone(yield* Effect.serviceOption(FetchHttpClient.RequestInit)))
      }).pipe(
        Effect.provide(Layer.orDie(CertifierClient.layer({ accessToken: Redacted.make(Fake.token) }))),
        Effect.provide(transport)
      )
      assert.strictEqual(seen[0]?.redirect, "manual")
      assert.strictEqual(seen[0]?.credentials, "include")
    })
  )
})

describe("one client", () => {
  // In real time, because `TestClock` is slow with a thousand sleeping fibers, and nothing waits here.
  it.live("serves a thousand fibers at once, each with its own response", () =>
    Effect.gen(function* () {
      const fake = Fake.make((request) =>
        Effect.as(
          Effect.yieldNow(),
          Fake.json(200, groupJson.replace(groupId, request.url.slice(request.url.lastIndexOf("/") + 1)))
        )
      )
      const ids = Array.from({ length: 1000 }, (_, index) => `group-${index}`)
      const groups = yield* Effect.forEach(ids, (id) => CertifierClient.updateGroup(id, {}), {
        concurrency: "unbounded"
      }).pipe(Effect.provide(fake.layer()))
      deepStrictEqual<unknown>(
        groups.map((group) => group.id),
        ids
      )
    })
  )
})

describe("the fiber", () => {
  it.effect("leaves the context of the fiber unchanged after a call", () =>
    Effect.gen(function* () {
      // A custom transport does not restore the settings that the call makes for fetch.
      yield* update
      assert.isTrue(Option.isNone(yield* Effect.serviceOption(FetchHttpClient.RequestInit)))
    }).pipe(Effect.provide(Fake.make().layer()))
  )
})

describe("the time limit", () => {
  it.effect("is 30 seconds for one attempt by default", () =>
    Effect.gen(function* () {
      const fake = Fake.make(() => Effect.never)
      const fiber = yield* Effect.flip(update).pipe(Effect.provide(fake.layer()), Effect.fork)
      yield* TestClock.adjust("29999 millis")
      assert.isNull(fiber.unsafePoll())
      yield* TestClock.adjust("1 millis")
      const error = expectTag(yield* Fiber.join(fiber), "CertifierTimeout")
      assert.strictEqual(Duration.toSeconds(error.limit), 30)
      assert.strictEqual(error.outcome, "MaybeApplied")
    })
  )

  it.effect("includes the body", () =>
    Effect.gen(function* () {
      const fake = Fake.make(() => new Response(new ReadableStream({ pull: () => new Promise(() => {}) })))
      const fiber = yield* Effect.flip(update).pipe(Effect.provide(fake.layer({ timeout: "2 seconds" })), Effect.fork)
      yield* TestClock.adjust("2 seconds")
      expectTag(yield* Fiber.join(fiber), "CertifierTimeout")
    })
  )
})

describe("options", () => {
  const configError = (options: Partial<CertifierClient.Options>) =>
    Effect.flip(Layer.build(Fake.make().fallible(options))).pipe(Effect.scoped)

  it.effect.each<readonly [field: string, options: Partial<CertifierClient.Options>]>([
    ["accessToken", { accessToken: Redacted.make("") }],
    ["accessToken", { accessToken: Redacted.make("  ") }],
    ["accessToken", { accessToken: Redacted.make("pasted-token\n") }],
    ["accessToken", { accessToken: Redacted.make("to\0ken") }],
    ["baseUrl", { baseUrl: "" }],
    ["baseUrl", { baseUrl: "api.certifier.io" }],
    ["baseUrl", { baseUrl: "http://api.certifier.io" }],
    ["baseUrl", { baseUrl: "http://127.0.0.1.example.org" }],
    ["baseUrl", { baseUrl: "http://localhost.example.org" }],
    ["baseUrl", { baseUrl: "ftp://localhost" }],
    ["baseUrl", { baseUrl: "https://me:s3cr3t@api.certifier.io" }],
    ["baseUrl", { baseUrl: "https://api.certifier.io?key=s3cr3t" }],
    ["baseUrl", { baseUrl: "https://api.certifier.io#s3cr3t" }],
    ["apiVersion", { apiVersion: "" }],
    ["apiVersion", { apiVersion: "2022-10-26\r\nx-evil: s3cr3t" }],
    ["timeout", { timeout: 0 }],
    ["timeout", { timeout: -5 }],
    ["timeout", { timeout: Duration.infinity }],
    ["timeout", { timeout: 2 ** 31 }],
    ["timeout", { timeout: NaN }]
  ])("an invalid %s is a ConfigError", ([field, options]) =>
    Effect.gen(function* () {
      const error = yield* configError(options)
      assert.isTrue(ConfigError.isInvalidData(error))
      if (!ConfigError.isInvalidData(error)) return
      deepStrictEqual(error.path, [field])
      assert.match(error.message, /^Expected /)
      for (const secret of ["s3cr3t", "pasted", "to\0ken"]) assert.notInclude(String(error), secret)
    })
  )

  it.effect.each([
    "http://localhost:1",
    "http://127.0.0.1",
    "http://127.255.255.254:99/x",
    "http://[::1]:3",
    "https://x.org/y/"
  ])("%s is a base URL", (baseUrl) => Effect.asVoid(Layer.build(Fake.make().fallible({ baseUrl }))).pipe(Effect.scoped))

  const build = (env: Record<string, string>, layer = CertifierClient.layerConfig()) => {
    const fake = Fake.make()
    return update.pipe(
      Effect.provide(layer),
      Effect.provideService(HttpClient.HttpClient, fake.httpClient),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(env)))),
      Effect.as(fake.requests)
    )
  }

  it.effect("layerConfig reads the environment", () =>
    Effect.gen(function* () {
      const request = Fake.at(
        yield* build({
          CERTIFIER_ACCESS_TOKEN: "from-env",
          CERTIFIER_BASE_URL: "http://localhost:4010",
          CERTIFIER_VERSION: "2030-01-01",
          CERTIFIER_TIMEOUT: "5 seconds"
        })
      )
      assert.strictEqual(request.url, `http://localhost:4010/v1/groups/${groupId}`)
      assert.strictEqual(request.headers["authorization"], "Bearer from-env")
      assert.strictEqual(request.headers["certifier-version"], "2030-01-01")
      const byDefault = Fake.at(yield* build({ CERTIFIER_ACCESS_TOKEN: "from-env" }))
      assert.strictEqual(byDefault.url, `https://api.certifier.io/v1/groups/${groupId}`)
      assert.strictEqual(byDefault.headers["certifier-version"], "2022-10-26")
    })
  )

  it.effect("CERTIFIER_TIMEOUT is the time limit", () =>
    Effect.gen(function* () {
      const fake = Fake.make(() => Effect.never)
      const fiber = yield* Effect.flip(update).pipe(
        Effect.provide(Layer.orDie(CertifierClient.layerConfig())),
        Effect.provideService(HttpClient.HttpClient, fake.httpClient),
        Effect.withConfigProvider(
          ConfigProvider.fromMap(
            new Map([
              ["CERTIFIER_ACCESS_TOKEN", "x"],
              ["CERTIFIER_TIMEOUT", "5 seconds"]
            ])
          )
        ),
        Effect.fork
      )
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "CertifierTimeout")
    })
  )

  it.effect("a missing token is a ConfigError that names the variable", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(build({}))
      assert.isTrue(ConfigError.isConfigError(error))
      assert.include(String(error), "CERTIFIER_ACCESS_TOKEN")
    })
  )

  it.effect.each([
    ["CERTIFIER_ACCESS_TOKEN", ""],
    ["CERTIFIER_ACCESS_TOKEN", "pasted-token\n"],
    ["CERTIFIER_BASE_URL", "http://api.certifier.io"],
    ["CERTIFIER_VERSION", " "],
    ["CERTIFIER_TIMEOUT", "0 seconds"],
    ["CERTIFIER_TIMEOUT", "soon"]
  ] as const)("an invalid %s is a ConfigError that names the variable", ([name, value]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(build({ CERTIFIER_ACCESS_TOKEN: "x", [name]: value }))
      assert.isTrue(ConfigError.isConfigError(error))
      assert.include(String(error), name)
      assert.notInclude(String(error), "pasted")
    })
  )

  it.effect("a Config of the caller replaces a variable", () =>
    Effect.gen(function* () {
      const request = Fake.at(
        yield* build(
          { MY_TOKEN: "mine" },
          CertifierClient.layerConfig({
            accessToken: Config.redacted("MY_TOKEN"),
            baseUrl: Config.succeed("https://proxy.example.org")
          })
        )
      )
      assert.strictEqual(request.headers["authorization"], "Bearer mine")
      assert.strictEqual(request.url, `https://proxy.example.org/v1/groups/${groupId}`)
    })
  )
})

describe("client transforms", () => {
  const tagged =
    (name: string, seen: Array<string>): CertifierClient.ClientTransform =>
    (client, operation) =>
      HttpClient.transform(client, (effect, request) =>
        Effect.suspend(() => {
          seen.push(`${name} ${operation.name} ${request.method}`)
          return effect
        })
      )

  it.effect("get each attempt with typed errors, the outermost last", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const fake = Fake.make()
      yield* update.pipe(
        CertifierClient.withClientTransform(tagged("inner", seen)),
        CertifierClient.withClientTransform(tagged("outer", seen)),
        Effect.provide(fake.layer({ transformClient: tagged("option", seen) }))
      )
      deepStrictEqual(seen, ["outer updateGroup PATCH", "inner updateGroup PATCH", "option updateGroup PATCH"])
      assert.strictEqual(fake.requests.length, 1)
    })
  )

  it.effect("withClientTransform is scoped to its effect", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      yield* Effect.gen(function* () {
        yield* CertifierClient.withClientTransform(update, tagged("a", seen))
        yield* update
        yield* Effect.all([update, CertifierClient.withClientTransform(update, tagged("b", seen))], {
          concurrency: "unbounded"
        })
      }).pipe(Effect.provide(Fake.make().layer()))
      deepStrictEqual(seen, ["a updateGroup PATCH", "b updateGroup PATCH"])
    })
  )

  it.effect("can retry on a typed error, and read the body several times", () =>
    Effect.gen(function* () {
      let calls = 0
      const fake = Fake.make(() =>
        ++calls < 3 ? Fake.json(429, errors[9].body) : Fake.json(200, groupJson, { "set-cookie": "a=b" })
      )
      const seen: Array<Record<string, unknown>> = []
      const group = yield* update.pipe(
        Effect.provide(
          fake.layer({
            transformClient: (client) =>
              client.pipe(
                HttpClient.transformResponse(Effect.retry({ while: CertifierError.isRateLimited })),
                HttpClient.tap((response) =>
                  Effect.all({
                    text: response.text,
                    json: response.json,
                    bytes: Effect.map(response.arrayBuffer, (buffer) => new TextDecoder().decode(buffer)),
                    chunks: Effect.map(Stream.runCollect(Stream.decodeText(response.stream)), Chunk.join("")),
                    params: Effect.map(response.urlParamsBody, (params) => params.length),
                    form: Effect.map(Effect.flip(response.formData), (error) => error.reason),
                    cookies: Effect.succeed(Cookies.toRecord(response.cookies)),
                    remoteAddress: Effect.succeed(response.remoteAddress),
                    status: Effect.succeed(response.status),
                    url: Effect.succeed(response.request.url),
                    inspected: Effect.succeed(inspect(response))
                  }).pipe(
                    Effect.orDie,
                    Effect.tap((all) => Effect.sync(() => seen.push(all)))
                  )
                )
              )
          })
        )
      )
      assert.strictEqual(group.id, groupId)
      assert.strictEqual(fake.requests.length, 3)
      const { inspected, ...all } = Fake.at(seen)
      deepStrictEqual(all, {
        text: groupJson,
        json: JSON.parse(groupJson),
        bytes: groupJson,
        chunks: groupJson,
        params: 1,
        form: "Decode",
        cookies: { a: "b" },
        remoteAddress: Option.none(),
        status: 200,
        url: `https://api.certifier.io/v1/groups/${groupId}`
      })
      assert.include(inspected, "status: 200")
      assert.notInclude(inspected, Fake.token)
    })
  )

  it.effect("that read JSON from another body get the error of the transport", () =>
    Effect.gen(function* () {
      const reasons: Array<string> = []
      const error = yield* Effect.flip(update).pipe(
        CertifierClient.withClientTransform(
          HttpClient.tap((response) =>
            Effect.matchEffect(response.json, {
              onSuccess: () => Effect.void,
              onFailure: (error) => Effect.sync(() => reasons.push(error.reason))
            })
          )
        ),
        Effect.provide(Fake.make(() => Fake.json(200, "<html>")).layer())
      )
      deepStrictEqual(reasons, ["Decode"])
      expectTag(error, "CertifierResponseDecodeError")
    })
  )

  it.effect("change the request", () =>
    Effect.gen(function* () {
      const fake = Fake.make()
      yield* update.pipe(
        CertifierClient.withClientTransform(HttpClient.mapRequest(HttpClientRequest.setHeader("x-trial", "1"))),
        Effect.provide(fake.layer())
      )
      assert.strictEqual(Fake.at(fake.requests).headers["x-trial"], "1")
    })
  )

  it.effect("a response that a transform creates is decoded like any other", () =>
    Effect.gen(function* () {
      const fake = Fake.make()
      const answering = (respond: () => Response): CertifierClient.ClientTransform =>
        HttpClient.transform((_effect, request) => Effect.sync(() => HttpClientResponse.fromWeb(request, respond())))
      const group = yield* update.pipe(
        CertifierClient.withClientTransform(answering(() => Fake.json(200, groupJson))),
        Effect.provide(fake.layer())
      )
      assert.strictEqual(group.id, groupId)
      const used = new Response("x")
      yield* Effect.promise(() => used.text())
      const error = yield* Effect.flip(update).pipe(
        CertifierClient.withClientTransform(answering(() => used)),
        Effect.provide(fake.layer())
      )
      expectTag(error, "CertifierTransportError")
      assert.strictEqual(fake.requests.length, 0)
    })
  )
})

describe("observability", () => {
  it.effect("one span for the operation, with OpenTelemetry's attributes and without trace headers", () =>
    Effect.gen(function* () {
      const { spans, tracer } = RecordingTracer.recording()
      const fake = Fake.make()
      yield* update.pipe(Effect.provide(fake.layer({ baseUrl: "http://localhost:4010" })), Effect.withTracer(tracer))
      assert.strictEqual(spans.length, 1)
      const span = Fake.at(spans)
      assert.strictEqual(span.name, "CertifierClient.updateGroup")
      assert.strictEqual(span.kind, "client")
      deepStrictEqual(Object.fromEntries([...span.attributes].filter(([name]) => !name.startsWith("code."))), {
        "http.request.method": "PATCH",
        "url.template": "/v1/groups/{id}",
        "server.address": "localhost",
        "server.port": 4010,
        "url.full": `http://localhost:4010/v1/groups/${groupId}`,
        "http.response.status_code": 200
      })
      assert.isTrue(span.status._tag === "Ended" && Exit.isSuccess(span.status.exit))
      assert.isUndefined(Fake.at(fake.requests).headers["traceparent"])
      assert.isUndefined(Fake.at(fake.requests).headers["b3"])
    })
  )

  it.effect.each([
    { timed: true, start: 5_000_000_000n, end: 7_000_000_000n },
    { timed: false, start: 0n, end: 0n }
  ])("the span has the times of the clock, or none where spans are not timed ($timed)", ({ end, start, timed }) =>
    Effect.gen(function* () {
      const { spans, tracer } = RecordingTracer.recording()
      yield* TestClock.adjust("5 seconds")
      const transformClient = HttpClient.tapRequest(() => TestClock.adjust("2 seconds"))
      yield* update.pipe(
        Effect.provide(Fake.make().layer({ transformClient })),
        Effect.withTracer(tracer),
        Effect.withTracerTiming(timed)
      )
      const { status } = Fake.at(spans)
      assert.strictEqual(status.startTime, start)
      assert.strictEqual(status._tag === "Ended" ? status.endTime : undefined, end)
    })
  )

  it.effect("the span is the current one in the call, and not after it", () =>
    Effect.gen(function* () {
      const { spans, tracer } = RecordingTracer.recording()
      const names: Array<string> = []
      const note = Effect.flatMap(Effect.option(Effect.currentSpan), (span) =>
        Effect.sync(() => names.push(Option.match(span, { onNone: () => "none", onSome: ({ name }) => name })))
      )
      const transformClient = HttpClient.tapRequest(() => note)
      yield* Effect.zipRight(update, note).pipe(
        Effect.provide(Fake.make().layer({ transformClient })),
        Effect.withTracer(tracer)
      )
      deepStrictEqual(names, ["CertifierClient.updateGroup", "none"])
      assert.strictEqual(spans.length, 1)
    })
  )

  it.effect("the span fails with the error of the operation", () =>
    Effect.gen(function* () {
      const { spans, tracer } = RecordingTracer.recording()
      const layer = Fake.make(() => Fake.json(503, "<html>")).layer()
      yield* Effect.flip(update).pipe(Effect.provide(layer), Effect.withTracer(tracer))
      yield* Effect.flip(CertifierClient.updateGroup("", {})).pipe(Effect.provide(layer), Effect.withTracer(tracer))
      const [unknown, invalid] = [Fake.at(spans), Fake.at(spans, 1)]
      assert.isTrue(unknown.status._tag === "Ended" && Exit.isFailure(unknown.status.exit))
      assert.strictEqual(unknown.attributes.get("error.type"), "CertifierUnknownApiError")
      assert.strictEqual(unknown.attributes.get("http.response.status_code"), 503)
      assert.strictEqual(invalid.attributes.get("error.type"), "CertifierInvalidRequest")
      assert.isFalse(invalid.attributes.has("http.response.status_code"))
    })
  )

  it.effect("the trace context is sent with tracerPropagation", () =>
    Effect.gen(function* () {
      const { spans, tracer } = RecordingTracer.recording()
      const fake = Fake.make()
      const traced = update.pipe(Effect.provide(fake.layer({ tracerPropagation: true })))
      yield* Effect.withTracer(traced, tracer)
      assert.strictEqual(
        Fake.at(fake.requests).headers["traceparent"],
        `00-${spans[0]?.traceId}-${spans[0]?.spanId}-01`
      )
      yield* Effect.withTracerEnabled(traced, false)
      assert.isUndefined(Fake.at(fake.requests, 1).headers["traceparent"])
    })
  )

  const calls = (outcome: string) =>
    Metric.value(
      Metric.counter("certifier.client.calls", {
        description: "Finished calls",
        incremental: true
      }).pipe(Metric.tagged("operation", "updateGroup"), Metric.tagged("outcome", outcome))
    ).pipe(Effect.map((state) => state.count))

  it.effect("counts calls by outcome", () =>
    Effect.gen(function* () {
      const outcomes = ["Success", "CertifierNotFound", "CertifierInvalidRequest", "Interrupted", "Defect"]
      const before = yield* Effect.forEach(outcomes, calls)
      const layer = (respond: Fake.Respond) => Effect.provide(Fake.make(respond).layer())
      yield* update.pipe(layer(() => Fake.json(200, groupJson)))
      yield* update.pipe(layer(() => Fake.json(200, groupJson)))
      yield* Effect.flip(update).pipe(layer(() => Fake.json(404, "")))
      yield* Effect.flip(CertifierClient.updateGroup("", {})).pipe(layer(() => Fake.json(404, "")))
      const fiber = yield* Effect.fork(update.pipe(layer(() => Effect.never)))
      yield* TestClock.adjust("1 millis")
      yield* Fiber.interrupt(fiber)
      yield* Effect.exit(update).pipe(layer(() => Effect.die("boom")))
      const after = yield* Effect.forEach(outcomes, calls)
      deepStrictEqual(
        after.map((count, index) => count - (before[index] ?? 0)),
        [2, 1, 1, 1, 1]
      )
    })
  )

  it.effect("counts with the tags of the caller", () =>
    Effect.gen(function* () {
      yield* Effect.tagMetrics(update, "tenant", "blue").pipe(Effect.provide(Fake.make().layer()))
      // Effect counts the fibers with these tags as well.
      const names = (yield* Metric.snapshot).flatMap(({ metricKey: { name, tags } }) =>
        name.startsWith("certifier.") && tags.some(({ key, value }) => key === "tenant" && value === "blue")
          ? [name]
          : []
      )
      deepStrictEqual(names.toSorted(), ["certifier.client.call.duration", "certifier.client.calls"])
    })
  )

  it.effect("measures durations in seconds", () =>
    Effect.gen(function* () {
      const total = Effect.map(Metric.snapshot, (pairs) =>
        pairs.reduce(
          (sum, pair) =>
            pair.metricKey.name === "certifier.client.call.duration" &&
            // Other files of the same worker have called other operations, and with other tags.
            pair.metricKey.tags.some(({ value }) => value === "updateGroup") &&
            "sum" in pair.metricState
              ? sum + Number(pair.metricState.sum)
              : sum,
          0
        )
      )
      const before = yield* total
      const fake = Fake.make(() => Effect.as(Effect.sleep("1500 millis"), Fake.json(200, groupJson)))
      const fiber = yield* Effect.fork(update.pipe(Effect.provide(fake.layer())))
      yield* TestClock.adjust("1500 millis")
      yield* Fiber.join(fiber)
      assert.approximately((yield* total) - before, 1.5, 1e-6)
    })
  )
})
