import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as CertifierClient from "../../src/CertifierClient.js"
import * as CertifierError from "../../src/CertifierError.js"
import * as Groups from "../../src/Groups.js"
import { expectTag } from "../support/errors.js"
import * as Fake from "../support/fake.js"
import { groupId } from "../support/page.js"

const failureOf = (cause: unknown) =>
  CertifierClient.updateGroup(groupId, {}).pipe(
    Effect.flip,
    Effect.map((error) => expectTag(error, "CertifierTransportError")),
    Effect.provide(
      Fake.make((request) =>
        Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause }))
      ).layer()
    )
  )

const refused = { code: "ECONNREFUSED", syscall: "connect" }
const timedOut = { code: "ETIMEDOUT", syscall: "connect" }
const reset = { code: "ECONNRESET", syscall: "read" }

describe("connecting to each address of a host in turn", () => {
  it.effect.each<readonly [title: string, errors: ReadonlyArray<unknown>, reason: string, outcome: string]>([
    ["all that fail to connect: nothing was sent", [timedOut, refused], "Connect", "NotSent"],
    ["one of them after it was connected: it may be applied", [timedOut, reset], "Disconnected", "MaybeApplied"],
    ["one of them unknown: it may be applied", [refused, { code: "EWHATEVER" }], "Unknown", "MaybeApplied"]
  ])("%s", ([, errors, reason, outcome]) =>
    Effect.gen(function* () {
      // Node's own error has a code, and no syscall.
      const cause = Object.assign(new AggregateError(errors), { code: "ETIMEDOUT" })
      for (const each of [cause, new TypeError("fetch failed", { cause })]) {
        const error = yield* failureOf(each)
        deepStrictEqual<unknown>([error.reason, error.outcome], [reason, outcome])
      }
    })
  )
})

describe("a request that is never sent", () => {
  it.effect("because fetch blocks its port is not retryable", () =>
    Effect.gen(function* () {
      const error = yield* failureOf(new TypeError("fetch failed", { cause: new Error("bad port") }))
      deepStrictEqual([error.reason, error.outcome, error.systemCode], ["Encode", "NotSent", Option.some("BAD_PORT")])
      assert.isFalse(CertifierError.isRetryable(error))
    })
  )

  it.effect("because a proxy rejects the tunnel is NotSent; an aborted one may be applied", () =>
    Effect.gen(function* () {
      const tunnel = Object.assign(new Error("Proxy response (407) !== 200 when HTTP Tunneling"), {
        code: "UND_ERR_ABORTED"
      })
      const error = yield* failureOf(tunnel)
      deepStrictEqual([error.reason, error.outcome], ["Connect", "NotSent"])
      const aborted = yield* failureOf(Object.assign(new Error("Request aborted"), { code: "UND_ERR_ABORTED" }))
      deepStrictEqual([aborted.reason, aborted.outcome], ["Disconnected", "MaybeApplied"])
    })
  )

  it.effect.each(["a\nb", "a\r\n", "\u200b", "a\0b", "\u201ctoken\u201d"])(
    "because of the header %j fails before the transport, and is not retryable",
    (value) =>
      Effect.gen(function* () {
        const fake = Fake.make()
        const error = yield* Effect.flip(CertifierClient.updateGroup(groupId, {})).pipe(
          CertifierClient.withClientTransform(HttpClient.mapRequest(HttpClientRequest.setHeader("x-bad", value))),
          Effect.provide(fake.layer())
        )
        const { outcome, reason } = expectTag(error, "CertifierTransportError")
        deepStrictEqual([reason, outcome], ["Encode", "NotSent"])
        assert.isFalse(CertifierError.isRetryable(error))
        assert.strictEqual(fake.requests.length, 0)
      })
  )

  it.effect.each(["x bad", "x:bad", "", "x-b\u00e4d", "x\nbad"])(
    "because of the header name %j fails before the transport",
    (name) =>
      Effect.gen(function* () {
        const fake = Fake.make()
        const error = yield* Effect.flip(CertifierClient.updateGroup(groupId, {})).pipe(
          CertifierClient.withClientTransform(HttpClient.mapRequest(HttpClientRequest.setHeader(name, "a"))),
          Effect.provide(fake.layer())
        )
        const { outcome, reason } = expectTag(error, "CertifierTransportError")
        deepStrictEqual([reason, outcome], ["Encode", "NotSent"])
        assert.strictEqual(fake.requests.length, 0)
      })
  )

  it.effect.each(["a b", "a\tb", "caf\u00e9", ""])("does not include one with the valid header %j", (value) =>
    Effect.gen(function* () {
      const fake = Fake.make()
      yield* Groups.get(groupId).pipe(
        CertifierClient.withClientTransform(HttpClient.mapRequest(HttpClientRequest.setHeader("x-good", value))),
        Effect.provide(fake.layer())
      )
      assert.strictEqual(Fake.at(fake.requests).headers["x-good"], value)
    })
  )
})
