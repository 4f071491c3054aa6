import { assert, beforeAll, describe, it, vi } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Core from "../../src/index.js"
import { expectTag } from "../support/errors.js"
import { groupId, groupJson } from "../support/page.js"
import * as Service from "../support/service.js"

/** A second copy of the sources, like two versions of a package in one program. */
let other = Core

beforeAll(async () => {
  vi.resetModules()
  other = await import("../../src/index.js")
})

const fields = { name: "Money" }
const sent = `PATCH {"name":"Money"}`

describe("two copies of the library", () => {
  it("have different classes", () => {
    assert.notStrictEqual(other.CertifierError.NotFound, Core.CertifierError.NotFound)
    assert.notStrictEqual(other.Group.Group, Core.Group.Group)
  })

  it("recognize each other's errors", () => {
    const { isCertifierError, isRateLimited, isRetryable, retryAfter } = Core.CertifierError
    for (const row of Object.values(other.CertifierError.table)) {
      const error = new row({ operation: "updateGroup" })
      assert.isTrue(isCertifierError(error), error._tag)
      assert.strictEqual(isRetryable(error), row.retryable, error._tag)
      assert.strictEqual(isRateLimited(error), error._tag === "CertifierRateLimited", error._tag)
    }
    const operation = "updateGroup"
    const refused = new other.CertifierError.TransportError({ operation, reason: "Connect", outcome: "NotSent" })
    const untrusted = new other.CertifierError.TransportError({ operation, reason: "Certificate", outcome: "NotSent" })
    const late = new other.CertifierError.Timeout({ operation, limit: Duration.seconds(1) })
    const gateway = new other.CertifierError.UnknownApiError({ operation, status: 503, outcome: "MaybeApplied" })
    deepStrictEqual([refused, untrusted, late, gateway].map(isRetryable), [true, false, true, true])
    const wait = Option.some(Duration.seconds(2))
    deepStrictEqual(
      retryAfter(new other.CertifierError.RateLimiterRejected({ reason: "full", retryAfter: wait })),
      wait
    )
  })

  it("accept each other's groups", () => {
    const json: unknown = JSON.parse(groupJson)
    const current = Schema.decodeUnknownSync(Core.Group.Group)(json)
    const theirs = Schema.decodeUnknownSync(other.Group.Group)({ ...JSON.parse(groupJson), name: "Money" })
    deepStrictEqual(Either.getOrThrow(Core.Groups.diff(current, theirs)), Option.some(fields))
    deepStrictEqual(Either.getOrThrow(Core.Groups.diff(theirs, current)), Option.some({ name: "Financial Markets" }))
  })

  const directions = () =>
    [
      [Core, other],
      [other, Core]
    ] as const

  it.effect("check each other's updates for concurrent changes", () =>
    Effect.gen(function* () {
      for (const [one, another] of directions()) {
        for (const client of [one, another]) {
          const service = Service.make({}, { status: 500, applied: true })
          const layer = Layer.orDie(client.CertifierClient.layer({ accessToken: Redacted.make("x") })).pipe(
            Layer.provide(Layer.succeed(HttpClient.HttpClient, service.httpClient))
          )
          const group = yield* another.Groups.update(groupId, fields).pipe(
            Effect.retry({ times: 1, while: one.CertifierError.isRetryable }),
            one.Groups.withConcurrencyCheck(),
            Effect.provide(layer)
          )
          assert.strictEqual(group.name, "Money")
          deepStrictEqual(service.log, ["GET", sent, "GET"])
        }
      }
    })
  )

  it.effect("report a concurrent change of a group that the other has read", () =>
    Effect.gen(function* () {
      const theirs = Schema.decodeUnknownSync(other.Group.Group)({ ...JSON.parse(groupJson), name: "Before" })
      const service = Service.make()
      const error = yield* Core.Groups.update(groupId, fields).pipe(
        Core.Groups.withConcurrencyCheck({ before: theirs }),
        Effect.flip,
        Effect.provide(service.layer())
      )
      const { before, current } = expectTag(error, "CertifierConcurrentModification")
      deepStrictEqual([before.name, current.name], ["Before", "Financial Markets"])
      const encoded = Schema.encodeSync(Core.CertifierError.CertifierError)(error)
      assert.strictEqual(encoded._tag, "CertifierConcurrentModification")
    })
  )
})
