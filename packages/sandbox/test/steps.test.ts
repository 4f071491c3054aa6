import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { CertifierApi, Operation } from "@effect-certifier/core"
import { Effect, Schema } from "effect"
import { Fault, FaultSyntax, Fixture, Sandbox } from "../src/index.js"
import { good, sendTo } from "./support/request.js"

const Unlimited = Sandbox.layerInProcess({ rateLimit: "Unlimited" })

const body = JSON.stringify({
  groupId: Fixture.groupJson.id,
  recipient: { name: "Ada Example", email: "ada@example.com" }
})

const path = "/v1/credentials/create-issue-send"

const serverError = Fault.error("internal_server_error")

describe("a request that fails in the middle of issuing", () => {
  const steps: ReadonlyArray<readonly [fault: Fault.Fault, left: ReadonlyArray<string>]> = [
    [serverError, []],
    [Fault.appliedUntil(serverError, "Created"), ["draft"]],
    [Fault.appliedUntil(serverError, "Issued"), ["issued"]],
    [Fault.appliedUntil(serverError, "Sent"), ["issued"]],
    [Fault.applied(serverError), ["issued"]]
  ]
  it.effect.each(steps)("%j leaves %j behind", ([fault, left]) =>
    Effect.gen(function* () {
      const { credentials, inject, url } = yield* Sandbox.Sandbox
      yield* inject(fault)
      const response = yield* sendTo(url, { method: "POST", path, body })
      assert.strictEqual(response.status, 500)
      deepStrictEqual(
        (yield* credentials).map(({ status }) => status),
        left
      )
    }).pipe(Effect.provide(Unlimited))
  )

  it.effect("leaves the draft behind without a response, too", () =>
    Effect.gen(function* () {
      const { credentials, inject, url } = yield* Sandbox.Sandbox
      yield* inject(Fault.appliedUntil(Fault.reset(), "Created"))
      assert.strictEqual((yield* Effect.flip(sendTo(url, { method: "POST", path, body })))._tag, "RequestError")
      deepStrictEqual(
        (yield* credentials).map(({ status }) => status),
        ["draft"]
      )
    }).pipe(Effect.provide(Unlimited))
  )

  it.effect("fails once, and the next request runs all steps", () =>
    Effect.gen(function* () {
      const { credentials, inject, url } = yield* Sandbox.Sandbox
      yield* inject(Fault.appliedUntil(serverError, "Created"))
      yield* sendTo(url, { method: "POST", path, body })
      assert.strictEqual((yield* sendTo(url, { method: "POST", path, body })).status, 201)
      deepStrictEqual(
        (yield* credentials).map(({ status }) => status),
        ["draft", "issued"]
      )
    }).pipe(Effect.provide(Unlimited))
  )
})

describe("a fault of one operation", () => {
  const paths = Object.entries(CertifierApi.operations).map(([name, operation]) => {
    const { method, path } =
      Operation.declaration<ReturnType<Operation.Any[Operation.TypeId]["declaration"]>>(operation)
    return [name, method, path.replace(/\{\w+\}/g, "01k0crd00000000000000000c1")] as const
  })

  it.effect.each(paths)("%s applies to %s %s only", ([name, method, path]) =>
    Effect.gen(function* () {
      const { faults, inject, url } = yield* Sandbox.Sandbox
      yield* inject({ status: 503 }, { operation: name })
      for (const [other, otherMethod, otherPath] of paths) {
        if (other === name) continue
        const response = yield* sendTo(url, { method: otherMethod, path: otherPath, headers: good, body: "{}" })
        assert.notStrictEqual(response.status, 503, other)
      }
      assert.strictEqual((yield* faults).length, 1)
      const response = yield* sendTo(url, { method, path: `${path}?limit=1`, headers: good, body: "{}" })
      assert.strictEqual(response.status, 503)
    }).pipe(Effect.provide(Unlimited))
  )

  it.effect("is rejected for an unknown operation", () =>
    Effect.gen(function* () {
      const { inject } = yield* Sandbox.Sandbox
      const error = yield* Effect.flip(inject({ status: 503 }, { operation: "sendAll" }))
      assert.strictEqual(error.message, "operation is not the name of an operation")
    }).pipe(Effect.provide(Unlimited))
  )
})

describe("steps and operations as text", () => {
  it.each<readonly [text: string, rule: Fault.Rule]>([
    ["503+applied", { fault: { status: 503, applied: true } }],
    ["503+created*3", { fault: { status: 503, applied: "Created" }, times: 3 }],
    [
      "createIssueSendCredential:reset+issued@10%",
      {
        fault: { disconnect: { how: "Reset", at: "Start" }, applied: "Issued" },
        operation: "createIssueSendCredential",
        probability: 0.1
      }
    ],
    ["sendCredential:503*2", { fault: { status: 503 }, operation: "sendCredential", times: 2 }]
  ])("%s", (text, rule) => {
    deepStrictEqual(Schema.decodeSync(FaultSyntax.RuleFromString)(text), rule)
  })

  it.each(["503+mailed", "sendAll:503", ":503", "503+"])("%s is rejected", (text) => {
    assert.throws(() => Schema.decodeSync(FaultSyntax.RuleFromString)(text))
  })
})
