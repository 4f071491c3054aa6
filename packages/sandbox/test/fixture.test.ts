import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { CertifierClient, CertifierError, Group, Groups } from "@effect-certifier/core"
import { Effect, Exit, FastCheck, Layer, Redacted, Schema } from "effect"
import { ErrorEnvelope, Fault, Fixture, RateLimit, RecordedRequest, Sandbox } from "../src/index.js"
import { get } from "./support/request.js"

const TestLayer = (options: Sandbox.Options) =>
  CertifierClient.layer({ accessToken: Redacted.make("any") }).pipe(
    Layer.provideMerge(Sandbox.layerInProcess({ rateLimit: "Unlimited", ...options }))
  )

describe("builders", () => {
  it("create the vendor's group with overridden fields", () => {
    const group = Fixture.group({ name: "Other", badgeDesignId: null })
    assert.strictEqual(
      JSON.stringify(Schema.encodeSync(Group.Group)(group)),
      '{"id":"01g90279gp5sbmfek7wymcsvec","name":"Other","learningEventUrl":"https://www.coursera.org/learn/financial-markets-global","certificateDesignId":"01fpwtztwf7sacca5r0c483mnm","createdAt":"2022-01-01T00:00:00.000Z","updatedAt":"2022-01-01T00:00:00.000Z"}'
    )
  })

  it.effect.each(ErrorEnvelope.codes)("create the error %s, as core's client decodes it", (code) =>
    Effect.gen(function* () {
      yield* Sandbox.inject(Fault.error(code, { message: "in other words" }))
      const error = yield* Effect.flip(Groups.get(Fixture.groupJson.id))
      assert.strictEqual(error._tag, CertifierError.table[code]._tag)
      assert.include(error.message, "in other words")
    }).pipe(Effect.provide(TestLayer({})))
  )
})

describe("arbitraries", () => {
  it.effect.prop(
    "of groups: the sandbox stores them, and core's client decodes them",
    [Fixture.arbitrary.group],
    ([group]) =>
      Effect.gen(function* () {
        deepStrictEqual(yield* Groups.get(group.id), group)
      }).pipe(Effect.provide(TestLayer({ groups: [group] }))),
    { fastCheck: { numRuns: 30 } }
  )

  it.effect("of patches: core's client and the sandbox accept them", () =>
    Effect.gen(function* () {
      const { groups } = yield* Sandbox.Sandbox
      for (const patch of FastCheck.sample(Fixture.arbitrary.groupPatch, 200)) {
        const group = yield* CertifierClient.updateGroup(Fixture.groupJson.id, patch)
        const encoded: Readonly<Record<string, unknown>> = { ...Schema.encodeSync(Group.Group)(group) }
        for (const [field, value] of Object.entries(patch)) deepStrictEqual(encoded[field], value)
        deepStrictEqual(yield* groups, [group])
      }
    }).pipe(Effect.provide(TestLayer({ quirks: { unknownDesign: "accept" } })))
  )

  it("of error envelopes: all codes", () => {
    const codes = new Set(FastCheck.sample(Fixture.arbitrary.errorEnvelope, 500).map(({ error }) => error.code))
    assert.sameMembers([...codes], [...ErrorEnvelope.codes])
  })

  it.effect("of faults: the sandbox can apply them", () =>
    Effect.gen(function* () {
      const { inject, url } = yield* Sandbox.Sandbox
      for (const { delay: _, slowBody: __, ...fault } of FastCheck.sample(Fixture.arbitrary.fault, 200)) {
        if (fault.disconnect?.how === "Stall") continue
        yield* inject(fault)
        const exit = yield* Effect.exit(get(url))
        if (Exit.isSuccess(exit)) assert.strictEqual(exit.value.status, fault.status ?? 200)
        else assert.isDefined(fault.disconnect)
      }
    }).pipe(Effect.provide(TestLayer({})))
  )

  it.prop(
    "of rate limits and recorded requests: survive JSON",
    [RateLimit.RateLimit, RecordedRequest.RecordedRequest],
    ([rateLimit, request]) => {
      const again = <A, I>(schema: Schema.Schema<A, I>, value: A) =>
        Schema.decodeUnknownSync(schema)(JSON.parse(JSON.stringify(Schema.encodeSync(schema)(value))))
      deepStrictEqual(again(RateLimit.RateLimit, rateLimit), rateLimit)
      deepStrictEqual(again(RecordedRequest.RecordedRequest, request), request)
    }
  )
})
