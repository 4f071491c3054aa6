import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as CertifierError from "../src/CertifierError.js"
import { errors } from "./support/page.js"

const encode = Schema.encodeSync(CertifierError.CertifierError)
const decode = Schema.decodeUnknownSync(CertifierError.CertifierError)

/** The errors that are not in the API's table, one of each kind with different behaviour. */
const others = {
  gateway: new CertifierError.UnknownApiError({
    operation: "updateGroup",
    status: 503,
    excerpt: "<html>",
    outcome: "MaybeApplied"
  }),
  teapot: new CertifierError.UnknownApiError({
    operation: "updateGroup",
    status: 418,
    code: Option.some("bad_request"),
    apiMessage: Option.some("I am short and stout"),
    outcome: "NotApplied"
  }),
  hidden: new CertifierError.UnknownApiError({ operation: "updateGroup", status: 0, outcome: "NotApplied" }),
  undecodable: new CertifierError.ResponseDecodeError({
    operation: "updateGroup",
    status: 200,
    issues: [new CertifierError.Issue({ field: "name", problem: "is missing", expected: "a string" })],
    excerpt: "{}"
  }),
  refused: new CertifierError.TransportError({
    operation: "updateGroup",
    reason: "Connect",
    systemCode: Option.some("ECONNREFUSED"),
    origin: Option.some("https://api.certifier.io"),
    outcome: "NotSent"
  }),
  unsendable: new CertifierError.TransportError({ operation: "updateGroup", reason: "Encode", outcome: "NotSent" }),
  timeout: new CertifierError.Timeout({ operation: "updateGroup", limit: Duration.seconds(30) }),
  invalid: new CertifierError.InvalidRequest({
    operation: "updateGroup",
    issues: [new CertifierError.Issue({ field: "id", problem: "is empty", expected: "an id" })]
  }),
  throttled: new CertifierError.RateLimiterRejected({
    operation: "updateGroup",
    reason: "the queue is full",
    retryAfter: Option.some(Duration.seconds(2))
  })
}

const rows = Object.values(CertifierError.table).map(
  (row) => new row({ operation: "updateGroup", apiMessage: Option.some("Words of the API") })
)

describe("CertifierError", () => {
  it("has one tagged error for each code of the table, named after the code", () => {
    deepStrictEqual(
      Object.entries(CertifierError.table).map(([code, row]) => [code, row._tag]),
      [
        ["missing_version", "CertifierMissingVersion"],
        ["invalid_version", "CertifierInvalidVersion"],
        ["invalid_json", "CertifierInvalidJson"],
        ["validation_error", "CertifierValidationError"],
        ["unauthorized", "CertifierUnauthorized"],
        ["payment_required", "CertifierPaymentRequired"],
        ["forbidden", "CertifierForbidden"],
        ["not_found", "CertifierNotFound"],
        ["conflict", "CertifierConflict"],
        ["rate_limited", "CertifierRateLimited"],
        ["internal_server_error", "CertifierInternalServerError"]
      ]
    )
  })

  it("the defaults of an error are those of the table", () => {
    deepStrictEqual(
      rows.map((error) => [error.status, error._tag, error.outcome, CertifierError.isRetryable(error)]),
      errors.map((row) => [row.status, row.tag, row.outcome, row.retryable])
    )
  })

  it("every error of the table round-trips through JSON", () => {
    for (const error of [...rows, ...Object.values(others)]) {
      const back = decode(JSON.parse(JSON.stringify(encode(error))))
      assert.strictEqual(back.constructor, error.constructor)
      deepStrictEqual({ ...back }, { ...error })
      assert.strictEqual(back.message, error.message)
    }
  })

  it.prop("any error round-trips through JSON", [CertifierError.CertifierError], ([error]) => {
    const wire: unknown = JSON.parse(JSON.stringify(encode(error)))
    deepStrictEqual<unknown>(JSON.parse(JSON.stringify(encode(decode(wire)))), wire)
  })

  it("an infinite wait, which JSON can't represent, is rejected", () => {
    assert.throws(
      () => new CertifierError.RateLimiterRejected({ reason: "x", retryAfter: Option.some(Duration.infinity) }),
      /retryAfter/
    )
  })

  it("isRetryable", () => {
    deepStrictEqual(
      Object.entries(others).flatMap(([name, error]) => (CertifierError.isRetryable(error) ? [name] : [])),
      ["gateway", "refused", "timeout"]
    )
    for (const [status, expected] of [
      [501, false],
      [502, true],
      [504, true],
      [505, false]
    ] as const) {
      const error = new CertifierError.UnknownApiError({ operation: "x", status, outcome: "MaybeApplied" })
      assert.strictEqual(CertifierError.isRetryable(error), expected, `${status}`)
    }
    for (const foreign of [undefined, "CertifierTimeout", { _tag: "CertifierTimeout" }, new Error("timeout")]) {
      assert.isFalse(CertifierError.isRetryable(foreign))
    }
  })

  it("isRateLimited", () => {
    deepStrictEqual(
      [...rows, ...Object.values(others)].filter(CertifierError.isRateLimited).map((error) => error._tag),
      ["CertifierRateLimited"]
    )
  })

  it("isCertifierError", () => {
    for (const error of [...rows, ...Object.values(others)]) assert.isTrue(CertifierError.isCertifierError(error))
    for (const other of [
      null,
      undefined,
      "CertifierNotFound",
      { _tag: "CertifierNotFound" },
      new Error("x"),
      Object.create(null)
    ]) {
      assert.isFalse(CertifierError.isCertifierError(other))
    }
  })

  it("retryAfter reads the wait of any error that has one", () => {
    deepStrictEqual(CertifierError.retryAfter(others.throttled), Option.some(Duration.seconds(2)))
    deepStrictEqual(CertifierError.retryAfter(others.timeout), Option.none())
  })

  it("the message describes what happened and what to do", () => {
    const message = (error: CertifierError.CertifierError) => error.message
    assert.strictEqual(
      message(
        new CertifierError.RateLimited({
          operation: "updateGroup",
          apiMessage: Option.some("You have exceeded the rate limit"),
          retryAfter: Option.some(Duration.seconds(3)),
          requestId: Option.some("req-1")
        })
      ),
      "updateGroup: the API returned 429 rate_limited: You have exceeded the rate limit. Use a rate limiter or a retry policy. Retry after 3s. Nothing was changed. (request id req-1)"
    )
    assert.strictEqual(
      message(new CertifierError.InternalServerError({ operation: "updateGroup" })),
      "updateGroup: the API returned 500 internal_server_error: no message. Retry later. It may have taken effect."
    )
    assert.strictEqual(
      message(others.gateway),
      "updateGroup: the API returned 503 without a code. It may have taken effect."
    )
    assert.strictEqual(
      message(others.teapot),
      "updateGroup: the API returned 418 bad_request (I am short and stout). Nothing was changed."
    )
    assert.strictEqual(
      message(others.hidden),
      "updateGroup: the API returned 0, a redirect, which is not followed: check baseUrl. Nothing was changed."
    )
    assert.strictEqual(
      message(others.undecodable),
      "updateGroup: the API returned 200 with an invalid body: name is missing, expected a string. It may have taken effect."
    )
    assert.strictEqual(
      message(others.refused),
      "updateGroup: no connection at https://api.certifier.io (ECONNREFUSED). Nothing was sent."
    )
    assert.strictEqual(message(others.timeout), "updateGroup: no response within 30s. It may have taken effect.")
    assert.strictEqual(message(others.invalid), "updateGroup: id is empty, expected an id. Nothing was sent.")
    assert.strictEqual(
      message(others.throttled),
      "updateGroup: rejected by this client: the queue is full. Nothing was sent."
    )
  })

  it("the stack trace begins with the message", () => {
    assert.match(rows[0]?.stack ?? "", /^CertifierMissingVersion: updateGroup: the API returned 400 missing_version/)
  })
})
