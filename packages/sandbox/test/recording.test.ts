import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option, Schema } from "effect"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { RecordedRequest, Sandbox } from "../src/index.js"
import * as Text from "../src/internal/text.js"
import { good, id, patch, sendTo, token } from "./support/request.js"

const unlimited = Sandbox.layerInProcess({ rateLimit: "Unlimited" })

describe("a slice of a large string does not keep the whole string alive", () => {
  setFlagsFromString("--expose-gc")
  const collect: unknown = runInNewContext("gc")
  const heap = () => {
    if (typeof collect === "function") collect()
    return process.memoryUsage().heapUsed / 2 ** 20
  }
  const requests = 30
  const large = (n: number) => String(n).padEnd(1024 * 1024, "x")

  it.live("in recorded bodies, paths, queries and headers of 1 MiB", () =>
    Effect.gen(function* () {
      const { requests: recorded, url } = yield* Sandbox.Sandbox
      const before = heap()
      for (let n = 0; n < requests; n++) {
        yield* sendTo(url, {
          method: "PATCH",
          path: `/${large(n)}?${large(n)}`,
          headers: { ...good, "x-large": large(n) },
          body: large(n)
        })
      }
      const kept = yield* recorded
      assert.strictEqual(kept.length, requests)
      // 24 KiB of path, query and header, at least 16 KiB of body, and 8 MiB for the bodies of the first ones.
      assert.isBelow(heap() - before, 25)
      assert.strictEqual(kept[0]?.body, large(0))
      assert.strictEqual(kept.at(-1)?.body, large(requests - 1).slice(0, 16 * 1024))
    }).pipe(Effect.provide(unlimited))
  )

  it.live("in the texts of errors", () =>
    Effect.gen(function* () {
      const { inject } = yield* Sandbox.Sandbox
      const before = heap()
      const texts = yield* Effect.forEach(
        Array.from({ length: requests }, (_, n) => n),
        (n) => Effect.map(Effect.flip(inject({ headers: { x: `\n${large(n)}` } })), ({ message }) => message)
      )
      assert.isBelow(heap() - before, 10)
      assert.strictEqual(texts.length, requests)
    }).pipe(Effect.provide(unlimited))
  )

  it("and a copy is the same text", () => {
    deepStrictEqual(["aü😀\ufeff", "😀".slice(0, 1)].map(Text.copy), ["aü😀\ufeff", "\ufffd"])
  })
})

describe("redaction does not mask innocent text", () => {
  const send = (
    input: { path?: string; headers?: Readonly<Record<string, string>>; body?: string },
    as: string = token
  ) =>
    Effect.gen(function* () {
      const { requests, url } = yield* Sandbox.Sandbox
      yield* sendTo(url, {
        method: "PATCH",
        path: input.path ?? `/v1/groups/${id}`,
        headers: { ...good, authorization: `Bearer ${as}`, ...input.headers },
        ...(input.body === undefined ? {} : { body: input.body })
      })
      const request = (yield* requests).at(-1)
      assert.isDefined(request)
      return request
    })

  it.effect("with a short token", () =>
    Effect.gen(function* () {
      const request = yield* send(
        { path: "/v1/any/company?name=any", headers: { "x-other": "many" }, body: '{"name":"Company"}' },
        "any"
      )
      deepStrictEqual(
        [request.path, request.query, request.body],
        ["/v1/any/company", "name=any", '{"name":"Company"}']
      )
      assert.strictEqual(request.headers["x-other"], "many")
      yield* Sandbox.expectRequests([{ json: { name: "Company" }, query: { name: "any" } }])
      assert.match(request.headers["authorization"] ?? "", /^Bearer <[0-9a-f]{8}>$/)
      // A secret that occurs in its own scheme.
      assert.match((yield* send({}, "B")).headers["authorization"] ?? "", /^Bearer <[0-9a-f]{8}>$/)
    }).pipe(Effect.provide(unlimited))
  )

  it.effect("with a long token that is only a part of a word", () =>
    Effect.gen(function* () {
      const body = JSON.stringify({ name: `${token}s`, other: `pre-${token}`, more: `x_${token}` })
      assert.strictEqual((yield* send({ body })).body, body)
    }).pipe(Effect.provide(unlimited))
  )

  it.effect("in a body of any length, which is compared unchanged", () =>
    Effect.gen(function* () {
      const name = "Company ".repeat(10_000)
      yield* send({ body: JSON.stringify({ name, link: "https://user:password@example.org/?token=x" }) }, "any")
      yield* send({ body: "\ufeff{}" }, "any")
      const { requests } = yield* Sandbox.Sandbox
      yield* Sandbox.expectRequests([{ json: { name, link: "https://user:password@example.org/?token=x" } }, {}])
      assert.strictEqual((yield* requests)[1]?.body, "\ufeff{}")
    }).pipe(Effect.provide(unlimited))
  )

  it.effect("but masks credentials in headers and URLs", () =>
    Effect.gen(function* () {
      const request = yield* send(
        {
          path: "/v1/groups?access_token=q-secret&API-Key=k%2Dsecret&tokens=2&monkey=3&pass%77ord=p-secret&key=innocent",
          headers: {
            "proxy-authorization": "Basic basic-secret",
            cookie: "a=cookie-secret; b=c",
            "x-api-key": "key-secret",
            referer: "https://name:url-secret@example.org/a?token=r-secret&b=1"
          }
        },
        "any"
      )
      const text = JSON.stringify(request)
      assert.notMatch(text, /[-D]secret/)
      assert.match(
        request.query,
        /^access_token=<\w{8}>&API-Key=<\w{8}>&tokens=2&monkey=3&pass%77ord=<\w{8}>&key=innocent$/
      )
      assert.match(request.headers["referer"] ?? "", /^https:\/\/<\w{8}>@example\.org\/a\?token=<\w{8}>&b=1$/)
      assert.match(request.headers["proxy-authorization"] ?? "", /^Basic <\w{8}>$/)
      const other = yield* send({ headers: { authorization: "first-secret second-secret" } })
      assert.match(other.headers["authorization"] ?? "", /^<\w{8}>$/)
    }).pipe(Effect.provide(unlimited))
  )

  it.effect("and masks each whole occurrence of a long token, in any encoding", () =>
    Effect.gen(function* () {
      const secret = "cert/test+5f0a1b2c3d=="
      const encoded = encodeURIComponent(secret)
      const escaped = JSON.stringify(secret).slice(1, -1).replaceAll("/", "\\/").replace("t", "\\u0074")
      const request = yield* send(
        {
          path: `/v1/groups%2F${encoded}/${encoded.toLowerCase()}?a=${encoded}&b=${secret}`,
          headers: { "x-other": `has ${secret}, too` },
          body: `{"name":"${escaped}","text":"\\n${secret}.","${secret}":"<${secret}>"}`
        },
        secret
      )
      for (const form of [secret, encoded, escaped, encoded.toLowerCase()]) {
        assert.notInclude(JSON.stringify(request).toLowerCase(), form.toLowerCase())
      }
      const mask = `<${Option.getOrThrow(request.fingerprint)}>`
      assert.strictEqual(request.path, `/v1/groups%2F${mask}/${mask}`)
      assert.strictEqual(request.body, `{"name":"${mask}","text":"\\n${mask}.","${mask}":"<${mask}>"}`)
    }).pipe(Effect.provide(unlimited))
  )

  it.effect("and shows no part of a long token that is truncated", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* Sandbox.Sandbox
      // The first bodies use up the space for whole bodies.
      for (let n = 0; n < 9; n++) yield* patch(url, { name: "x".repeat(1024 * 1024) })
      yield* send({ body: `${"€".repeat(16 * 1024 - 5)} ${token}` })
      assert.notInclude((yield* requests).at(-1)?.body, token.slice(0, 4))
    }).pipe(Effect.provide(unlimited))
  )
})

describe("control characters on a terminal", () => {
  const hostile = "\u001b[2J\u0007\r\n\u009b2J\u202e\u2028\u2029"
  const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

  it.effect("are neither in the line of a request nor in the message of unexpected requests", () =>
    Effect.gen(function* () {
      const request = Schema.decodeSync(RecordedRequest.RecordedRequest)({
        number: 1,
        at: "2026-01-01T00:00:00.000Z",
        method: `GET${hostile}`,
        path: `/${hostile}`,
        query: hostile,
        headers: {},
        body: hostile,
        faulted: false
      })
      assert.notMatch(RecordedRequest.line(request), invisible)
      const { message } = yield* Effect.flip(RecordedRequest.expect([request], [{ path: hostile }]))
      assert.notMatch(message.replaceAll("\n", ""), invisible)
      deepStrictEqual(JSON.parse(message.split("\n")[1] ?? ""), { path: hostile })
    })
  )
})
