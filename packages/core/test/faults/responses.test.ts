import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as CertifierClient from "../../src/CertifierClient.js"
import * as CertifierError from "../../src/CertifierError.js"
import * as Groups from "../../src/Groups.js"
import { expectTag } from "../support/errors.js"
import * as Fake from "../support/fake.js"
import { errors, groupId } from "../support/page.js"

const failure = (respond: Fake.Respond) =>
  Effect.flip(CertifierClient.updateGroup(groupId, {})).pipe(Effect.provide(Fake.make(respond).layer()))

describe("a page of HTML instead of the API's error", () => {
  const html = `<!doctype html><title>Sign in</title>${"<p>".repeat(1000)}`

  it.effect.each([
    [401, "CertifierUnauthorized"],
    [403, "CertifierForbidden"],
    [404, "CertifierNotFound"],
    [429, "CertifierRateLimited"],
    [500, "CertifierInternalServerError"]
  ] as const)("of status %i has the error of its status, the beginning of the page, and says so", ([status, tag]) =>
    Effect.gen(function* () {
      const error = expectTag(yield* failure(() => Fake.json(status, html)), tag)
      assert.match(error.excerpt, /^<!doctype html><title>Sign in.*…$/)
      assert.strictEqual(error.excerpt.length, 512)
      assert.include(error.message, `the ${status} response is not from the API: check proxies and baseUrl.`)
      assert.notInclude(error.message, "doctype")
    })
  )

  it.effect.each([...errors])("differs from the API's own $tag", ({ body, status }) =>
    Effect.gen(function* () {
      const error = yield* failure(() => Fake.json(status, body))
      assert.strictEqual("excerpt" in error ? error.excerpt : undefined, "")
      assert.include(error.message, "the API returned")
    })
  )
})

describe("a success of a delete", () => {
  const remove = (status: number, body: string | null) =>
    Groups.delete(groupId).pipe(Effect.provide(Fake.make(() => new Response(body, { status })).layer()))

  it.effect.each([
    ["a page of HTML", "<html>Sign in</html>", "it is not JSON"],
    ["half of a JSON", `{"deleted":`, "it is not JSON"],
    ["an error", `{"error":{"code":"conflict","message":"In use"}}`, "error is present, expected no content"],
    ["an error of another form", `{"error":"in use"}`, "error is present, expected no content"]
  ] as const)("with %s fails: it may not have reached the API", ([, body, message]) =>
    Effect.gen(function* () {
      const error = expectTag(yield* Effect.flip(remove(200, body)), "CertifierResponseDecodeError")
      assert.include(error.message, message)
      deepStrictEqual([error.status, error.outcome, error.excerpt], [200, "MaybeApplied", body])
    })
  )

  it.effect.each([null, "", "\n", "{}", "null", `{"deleted":true}`, "[]"].map((body) => ({ body })))(
    "with the body $body succeeds",
    ({ body }) =>
      Effect.gen(function* () {
        assert.isUndefined(yield* remove(200, body))
      })
  )
})

describe("a character that controls a terminal or forges a line of a log", () => {
  /** ANSI escapes, line breaks of all kinds, a bell, a bidirectional override, a zero-width space. */
  const hostile = "a\u001b[31mb\r\nINFO c\u0007d\u202ee\u200bf\u2028g\u2029h\u0085i\u009bj"
  const steering = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

  const isPlain = (error: CertifierError.CertifierError) => {
    assert.notMatch(error.message, steering, error._tag)
    // Other characters are unchanged.
    assert.match(error.message, /a \[31mb INFO c d e f g h i j|req|not the API's own|invalid body/)
  }

  it.effect("is in no message", () =>
    Effect.gen(function* () {
      const headers = { "x-request-id": "req\u009b31m\u00851" }
      for (const status of [400, 404, 418, 503]) {
        for (const code of ["validation_error", hostile]) {
          const error = yield* failure(() =>
            Fake.json(status, JSON.stringify({ error: { code, message: hostile } }), headers)
          )
          isPlain(error)
          assert.include(error.message, "req 31m 1")
          if (!("apiMessage" in error)) return assert.fail(error._tag)
          const known = Option.isOption(error.code) ? Option.getOrThrow(error.code) : error.code
          for (const text of [Option.getOrThrow(error.apiMessage), known, error.excerpt]) {
            assert.notMatch(text, steering)
          }
        }
      }
      for (const status of [200, 401, 502]) {
        const error = yield* failure(() => Fake.json(status, `<html>${hostile}`, headers))
        isPlain(error)
        assert.notMatch("excerpt" in error ? error.excerpt : hostile, steering)
      }
      const redirect = expectTag(
        yield* failure(() => new Response(null, { status: 302, headers: { location: "https://x/\u009b31m" } })),
        "CertifierUnknownApiError"
      )
      assert.notMatch(redirect.message, steering)
    })
  )
})

describe("__proto__ in an error's body", () => {
  it.effect("becomes neither a prototype nor a key of details", () =>
    Effect.gen(function* () {
      const hostile = `"__proto__":{"isAdmin":true,"code":"conflict"}`
      const body = `{"error":{"code":"validation_error","message":"No",${hostile},"params":[{"path":"name",${hostile}}],"deep":{${hostile}}},${hostile}}`
      const error = expectTag(yield* failure(() => Fake.json(400, body)), "CertifierValidationError")
      const decoded = Schema.decodeUnknownSync(CertifierError.CertifierError)(
        JSON.parse(JSON.stringify(Schema.encodeSync(CertifierError.CertifierError)(error)))
      )
      for (const { details } of [error, expectTag(decoded, "CertifierValidationError")]) {
        deepStrictEqual(details, { params: [{ path: "name" }], deep: {} })
        const copies: ReadonlyArray<object> = [details, { ...details }, Object.assign({}, details)]
        for (const each of copies) {
          assert.strictEqual(Object.getPrototypeOf(each), Object.prototype)
          assert.isFalse(Object.hasOwn(each, "__proto__"))
          assert.notProperty(each, "isAdmin")
        }
        assert.notInclude(JSON.stringify(details), "__proto__")
      }
      assert.notProperty({}, "isAdmin")
    })
  )
})

describe("isRetryable", () => {
  it.effect.each([
    [408, true],
    [425, false],
    [502, true],
    [503, true],
    [504, true],
    [505, false],
    [519, false],
    [520, true],
    [521, true],
    [522, true],
    [523, true],
    [524, true],
    [525, false],
    [526, false],
    [530, false]
  ] as const)("of status %i is %s", ([status, expected]) =>
    Effect.gen(function* () {
      const error = yield* failure(() => Fake.json(status, "<html>"))
      assert.strictEqual(expectTag(error, "CertifierUnknownApiError").status, status)
      assert.strictEqual(CertifierError.isRetryable(error), expected)
    })
  )
})
