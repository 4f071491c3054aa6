import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { CertifierError, Group } from "@effect-certifier/core"
import { Effect, FastCheck, Redacted, Schema, TestClock } from "effect"
import { ErrorEnvelope, Fault, Fixture, Sandbox } from "../src/index.js"
import { sendTo, get, good, id, patch, type RequestInput, without } from "./support/request.js"

const unlimited = Sandbox.layerInProcess({ rateLimit: "Unlimited" })

/** Rejects unknown fields, which are ignored by default. */
const strict = Sandbox.layerInProcess({ rateLimit: "Unlimited", quirks: { unknownFields: "refuse" } })

const parsed = (text: string): unknown => JSON.parse(text)

const send = (input: RequestInput) => Effect.flatMap(Sandbox.Sandbox, ({ url }) => sendTo(url, input))

const errorOf = (response: { readonly text: string }) =>
  Schema.decodeSync(
    Schema.parseJson(Schema.Struct({ error: Schema.Struct({ code: Schema.String, message: Schema.String }) }))
  )(response.text).error

const update = (body: string | Uint8Array, headers = good): RequestInput => ({
  method: "PATCH",
  path: `/v1/groups/${id}`,
  headers,
  body
})

describe("updating", () => {
  it.effect("sets the given fields, keeps the others, and advances updatedAt each time", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      const first = yield* patch(url, { name: "Money" })
      deepStrictEqual(parsed(first.text), {
        ...Fixture.groupJson,
        name: "Money",
        // The test's clock is at 1970, and updatedAt still increases.
        updatedAt: "2022-01-01T00:00:00.001Z"
      })
      yield* TestClock.setTime(Date.parse("2030-05-05T05:05:05.005Z"))
      const second = yield* patch(url, {
        designIds: ["01k0dsn00000000000000000d2", "01k0dsn00000000000000000d1"],
        learningEventUrl: "http://localhost/x?y#z"
      })
      deepStrictEqual(parsed(second.text), {
        ...Fixture.groupJson,
        name: "Money",
        designIds: ["01k0dsn00000000000000000d2", "01k0dsn00000000000000000d1"],
        learningEventUrl: "http://localhost/x?y#z",
        updatedAt: "2030-05-05T05:05:05.005Z"
      })
      const read = yield* get(url)
      assert.strictEqual(read.text, second.text)
      assert.strictEqual(JSON.parse((yield* patch(url)).text).updatedAt, "2030-05-05T05:05:05.006Z")
    }).pipe(Effect.provide(unlimited))
  )

  const malformed: ReadonlyArray<readonly [title: string, input: RequestInput, code: string, message: RegExp]> = [
    ["no body", { method: "PATCH", path: `/v1/groups/${id}`, headers: good }, "invalid_json", /./],
    ["an empty body", update(""), "invalid_json", /./],
    ["half a body", update('{"name":'), "invalid_json", /./],
    ["a trailing comma", update('{"name":"x",}'), "invalid_json", /./],
    ["invalid UTF-8", update(Uint8Array.of(0x22, 0xc3, 0x28, 0x22)), "invalid_json", /./],
    ["a byte order mark", update("\uFEFF{}"), "invalid_json", /./],
    ["brackets deeper than a stack", update("[".repeat(200_000)), "invalid_json", /./],
    [
      "a form",
      update("name=x", { ...good, "content-type": "application/x-www-form-urlencoded" }),
      "invalid_json",
      /content type/
    ],
    ["no content type", update("{}", without(good, "content-type")), "invalid_json", /content type/],
    ["an array", update("[]"), "validation_error", /./],
    ["null", update("null"), "validation_error", /./],
    ["a number for a name", update('{"name":5}'), "validation_error", /^name Expected string, actual 5$/],
    ["null for a name", update('{"name":null}'), "validation_error", /^name /],
    ["a blank name", update('{"name":" "}'), "validation_error", /^name is blank/],
    ["an invalid URL", update('{"learningEventUrl":"x"}'), "validation_error", /^learningEventUrl is not/],
    ["no designs", update('{"designIds":[]}'), "validation_error", /^designIds is empty/],
    ["an empty id among designs", update('{"designIds":["a",""]}'), "validation_error", /^designIds\.1 /],
    [
      "both kinds of designs",
      update('{"designIds":["a"],"badgeDesignId":"b"}'),
      "validation_error",
      /^designIds is given/
    ],
    ["an unknown field", update('{"nmae":"x"}'), "validation_error", /nmae/],
    ["a prototype", update('{"__proto__":{"name":"x"}}'), "validation_error", /__proto__/],
    [
      "two invalid fields",
      update('{"name":5,"learningEventUrl":5}'),
      "validation_error",
      /^name .*; learningEventUrl /
    ],
    [
      "a value that can't be printed",
      update(`{"name":${"[".repeat(5000)}${"]".repeat(5000)}}`),
      "validation_error",
      /./
    ]
  ]
  it.effect.each(malformed)("rejects %s", ([, input, code, message]) =>
    Effect.gen(function* () {
      const response = yield* send(input)
      assert.strictEqual(response.status, 400)
      const error = errorOf(response)
      assert.strictEqual(error.code, code)
      assert.match(error.message, message)
      assert.isAtMost(error.message.length, 1024)
      const sandbox = yield* Sandbox.Sandbox
      deepStrictEqual(yield* sandbox.groups, [Fixture.group()])
    }).pipe(Effect.provide(strict))
  )
})

describe("the order of the checks", () => {
  const nowhere = { method: "PUT", path: "/v9/nothing" } as const
  const cases: ReadonlyArray<readonly [title: string, input: RequestInput, status: number, code: string]> = [
    ["first the token, even for an unknown path", { ...nowhere, headers: {} }, 401, "unauthorized"],
    ["an empty token", { ...nowhere, headers: { authorization: "Bearer " } }, 401, "unauthorized"],
    ["another scheme", { ...nowhere, headers: { authorization: "Basic dXNlcjpwYXNz" } }, 401, "unauthorized"],
    ["a token without a scheme", { ...nowhere, headers: { authorization: "abcdefghijkl" } }, 401, "unauthorized"],
    [
      "then the version, before the path",
      { ...nowhere, headers: without(good, "certifier-version") },
      400,
      "missing_version"
    ],
    ["an empty version", { ...nowhere, headers: { ...good, "certifier-version": "" } }, 400, "missing_version"],
    [
      "an unknown version",
      { ...nowhere, headers: { ...good, "certifier-version": "2022-10-27" } },
      400,
      "invalid_version"
    ],
    ["then the path", { ...nowhere, headers: good }, 404, "not_found"],
    ["then the method", { method: "PUT", path: `/v1/groups/${id}`, headers: good, body: "{" }, 404, "not_found"],
    ["a trailing slash", { method: "GET", path: "/v1/groups/", headers: good }, 404, "not_found"],
    ["another case", { method: "GET", path: "/V1/groups", headers: good }, 404, "not_found"],
    ["then the body, before the group", { ...update("{"), path: "/v1/groups/nobody" }, 400, "invalid_json"],
    ["before a malformed id as well", { ...update("[]"), path: "/v1/groups/%20" }, 400, "validation_error"],
    ["a malformed id is an unknown one", { ...update("{}"), path: "/v1/groups/%20" }, 404, "not_found"],
    ["then the group", { ...update("{}"), path: "/v1/groups/nobody" }, 404, "not_found"],
    ["a group of the prototype", { method: "GET", path: "/v1/groups/__proto__", headers: good }, 404, "not_found"]
  ]
  it.effect.each(cases)("%s", ([, input, status, code]) =>
    Effect.gen(function* () {
      const response = yield* send(input)
      assert.strictEqual(response.status, status)
      assert.strictEqual(errorOf(response).code, code)
    }).pipe(Effect.provide(unlimited))
  )

  it.effect("only the given tokens are valid", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      assert.strictEqual((yield* get(url)).status, 401)
      const authorization = "Bearer the-right-one"
      const response = yield* sendTo(url, { method: "GET", path: "/v1/groups", headers: { ...good, authorization } })
      assert.strictEqual(response.status, 200)
    }).pipe(Effect.provide(Sandbox.layerInProcess({ accessTokens: [Redacted.make("the-right-one")] })))
  )

  it.effect("requests without a token don't count against the rate limit", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      for (let n = 0; n < 10; n++) {
        assert.strictEqual((yield* sendTo(url, { method: "GET", path: "/v1/groups", headers: {} })).status, 401)
      }
      assert.strictEqual((yield* get(url)).status, 200)
    }).pipe(Effect.provide(Sandbox.layerInProcess()))
  )
})

describe("the error table", () => {
  it("is the one of core", () => {
    assert.sameMembers([...ErrorEnvelope.codes], Object.keys(CertifierError.table))
  })

  it.effect.each(ErrorEnvelope.codes)("%s can be provoked", (code) =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      yield* Sandbox.inject(Fault.error(code))
      const response = yield* get(url)
      assert.strictEqual(response.status, CertifierError.table[code].status)
      assert.strictEqual(response.text, JSON.stringify(ErrorEnvelope.make(code)))
      yield* Sandbox.inject({ status: ErrorEnvelope.statusOf(code) })
      const byStatus = yield* get(url)
      assert.strictEqual(byStatus.status, response.status)
      assert.include(byStatus.text, '{"error":{"code":"')
    }).pipe(Effect.provide(unlimited))
  )
})

describe("the other endpoints", () => {
  it.effect("create, read and delete", () =>
    Effect.gen(function* () {
      const { groups, url } = yield* Sandbox.Sandbox
      const body = JSON.stringify({
        name: "New",
        designIds: ["01k0dsn00000000000000000d2", "01k0dsn00000000000000000d1"]
      })
      const created = yield* sendTo(url, { method: "POST", path: "/v1/groups", body })
      assert.strictEqual(created.status, 201)
      const group = JSON.parse(created.text)
      assert.match(group.id, /^[0-9a-z]{26}$/)
      deepStrictEqual(group, {
        id: group.id,
        name: "New",
        designIds: ["01k0dsn00000000000000000d2", "01k0dsn00000000000000000d1"],
        createdAt: "1970-01-01T00:00:00.000Z",
        updatedAt: "1970-01-01T00:00:00.000Z"
      })
      assert.strictEqual((yield* get(url, `/v1/groups/${group.id}`)).text, created.text)
      const deleted = yield* sendTo(url, { method: "DELETE", path: `/v1/groups/${group.id}` })
      deepStrictEqual([deleted.status, deleted.text], [204, ""])
      assert.strictEqual((yield* get(url, `/v1/groups/${group.id}`)).status, 404)
      assert.strictEqual((yield* sendTo(url, { method: "DELETE", path: `/v1/groups/${group.id}` })).status, 404)
      deepStrictEqual(yield* groups, [Fixture.group()])
    }).pipe(Effect.provide(unlimited))
  )

  it.effect("a new group requires a name", () =>
    Effect.gen(function* () {
      const response = yield* send({ method: "POST", path: "/v1/groups", body: "{}" })
      deepStrictEqual(
        [response.status, errorOf(response)],
        [400, { code: "validation_error", message: "name is missing" }]
      )
    }).pipe(Effect.provide(unlimited))
  )

  it.effect("HEAD returns the same response as GET, without its body", () =>
    Effect.gen(function* () {
      const response = yield* send({ method: "HEAD", path: `/v1/groups/${id}` })
      deepStrictEqual([response.status, response.text], [200, ""])
    }).pipe(Effect.provide(unlimited))
  )

  const Cursor = Schema.NullOr(Schema.String)
  const Page = Schema.parseJson(
    Schema.Struct({ data: Schema.Array(Group.Group), pagination: Schema.Struct({ prev: Cursor, next: Cursor }) })
  )

  it.effect.prop(
    "pages return every group once, forwards and backwards, in the same order",
    [FastCheck.integer({ min: 0, max: 12 }), FastCheck.integer({ min: 1, max: 5 })],
    ([count, limit]) =>
      Effect.gen(function* () {
        const { url } = yield* Sandbox.Sandbox
        const page = (cursor: string | null) =>
          Effect.flatMap(
            get(url, `/v1/groups?limit=${limit}${cursor === null ? "" : `&cursor=${cursor}`}`),
            ({ text }) => Schema.decode(Page)(text)
          )
        const there: Array<string> = []
        let last = yield* page(null)
        const pages = [last]
        there.push(...last.data.map((group) => group.id))
        while (last.pagination.next !== null) {
          last = yield* page(last.pagination.next)
          assert.isAtMost(last.data.length, limit)
          pages.push(last)
          there.push(...last.data.map((group) => group.id))
        }
        deepStrictEqual(there, names(count).toReversed())
        while (last.pagination.prev !== null) {
          pages.pop()
          last = yield* page(last.pagination.prev)
          deepStrictEqual(last.data, pages.at(-1)?.data)
        }
        assert.strictEqual(pages.length, 1)
      }).pipe(Effect.provide(Sandbox.layerInProcess({ rateLimit: "Unlimited", groups: seeds(count) }))),
    { fastCheck: { numRuns: 15, seed: 7 } }
  )

  it.effect("a cursor stays valid when its group is deleted", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      const first = yield* Effect.flatMap(get(url, "/v1/groups?limit=2"), ({ text }) => Schema.decode(Page)(text))
      yield* sendTo(url, { method: "DELETE", path: "/v1/groups/g03" })
      const next = yield* get(url, `/v1/groups?limit=2&cursor=${first.pagination.next}`)
      deepStrictEqual(
        (yield* Schema.decode(Page)(next.text)).data.map((group) => group.id),
        ["g02", "g01"]
      )
    }).pipe(Effect.provide(Sandbox.layerInProcess({ rateLimit: "Unlimited", groups: seeds(5) })))
  )

  it.effect.each(["limit=0", "limit=101", "limit=1.5", "limit=x", "limit=", "cursor=x", "cursor="])(
    "rejects %s with the name of the parameter",
    (query) =>
      Effect.gen(function* () {
        const response = yield* send({ method: "GET", path: `/v1/groups?${query}` })
        assert.strictEqual(response.status, 400)
        assert.strictEqual(errorOf(response).code, "validation_error")
        assert.include(errorOf(response).message, query.replace(/=.*/, ""))
      }).pipe(Effect.provide(unlimited))
  )

  it.effect("lists 20 by default", () =>
    Effect.gen(function* () {
      const { data } = yield* Effect.flatMap(send({ method: "GET", path: "/v1/groups" }), ({ text }) =>
        Schema.decode(Page)(text)
      )
      assert.strictEqual(data.length, 20)
    }).pipe(Effect.provide(Sandbox.layerInProcess({ groups: seeds(21) })))
  )
})

const names = (count: number) => Array.from({ length: count }, (_, n) => `g${String(n).padStart(2, "0")}`)

/** Pairs of groups with equal creation times, not in the order of lists. */
const seeds = (count: number) =>
  names(count)
    .map((id, n) =>
      Fixture.group({ id, createdAt: `2022-01-01T00:00:00.${String(Math.floor(n / 2)).padStart(3, "0")}Z` })
    )
    .toReversed()
