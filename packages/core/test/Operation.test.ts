import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as CertifierClient from "../src/CertifierClient.js"
import { GroupId } from "../src/Group.js"
import * as Groups from "../src/Groups.js"
import * as Operation from "../src/Operation.js"
import * as Fake from "./support/fake.js"
import { groupId } from "./support/page.js"

/** An operation that a user declares. */
const declare = () => {
  let evaluated = 0
  const archive = Operation.make(() => {
    evaluated++
    return {
      name: "archiveGroup",
      method: "POST",
      path: "/v1/groups/{id}/archive",
      status: 202,
      safe: false,
      idempotent: false,
      toRequest: (id: string, options: { readonly reason: string; readonly notify?: boolean }) => ({
        path: { id },
        urlParams: { notify: options.notify === true ? ("yes" as const) : ("no" as const) },
        payload: { reason: options.reason }
      }),
      request: Schema.Struct({
        path: Schema.Struct({ id: GroupId }),
        urlParams: Schema.Struct({ notify: Schema.Literal("yes", "no") }),
        payload: Schema.Struct({ reason: Schema.NonEmptyString })
      }),
      success: Schema.Struct({ archived: Schema.Boolean })
    }
  })
  return { archive, evaluated: () => evaluated }
}

describe("a custom operation", () => {
  it.effect("is called according to its declaration", () =>
    Effect.gen(function* () {
      const { archive } = declare()
      const fake = Fake.make(() => Fake.json(202, `{"archived":true,"later":1}`))
      const result = yield* archive(groupId, { reason: "old", notify: true }).pipe(Effect.provide(fake.layer()))
      assert.isTrue(result.archived)
      const { body, method, url } = Fake.at(fake.requests)
      deepStrictEqual<unknown>(
        [method, url, body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""],
        ["POST", `https://api.certifier.io/v1/groups/${groupId}/archive?notify=yes`, `{"reason":"old"}`]
      )
    })
  )

  it.effect("is checked before it is sent, and its errors say whether it is idempotent", () =>
    Effect.gen(function* () {
      const { archive } = declare()
      const fake = Fake.make(() => Fake.json(500, ""))
      const invalid = yield* Effect.flip(archive("..", { reason: "" })).pipe(Effect.provide(fake.layer()))
      assert.strictEqual(invalid._tag, "CertifierInvalidRequest")
      assert.match(invalid.message, /^archiveGroup: id is not a valid group id.*; reason is empty/)
      assert.strictEqual(fake.requests.length, 0)
      const failed = yield* Effect.flip(archive(groupId, { reason: "old" })).pipe(Effect.provide(fake.layer()))
      deepStrictEqual<unknown>(
        [failed.operation, failed.idempotent, failed.outcome],
        ["archiveGroup", false, "MaybeApplied"]
      )
    })
  )

  it.effect("is declared when it is first called, and prepared once for each client", () =>
    Effect.gen(function* () {
      const { archive, evaluated } = declare()
      const names: Array<string> = []
      const fake = Fake.make(() => Fake.json(202, `{"archived":true}`))
      const layer = fake.layer({
        transformClient: (client, operation) => {
          names.push(
            `${operation.name} ${operation.method} ${operation.path} ${operation.safe} ${operation.idempotent}`
          )
          return client
        }
      })
      const call = archive(groupId, { reason: "old" })
      assert.strictEqual(evaluated(), 0)
      yield* Effect.provide(Effect.zipRight(call, call), layer)
      assert.strictEqual(evaluated(), 1)
      yield* Effect.provide(call, layer)
      assert.strictEqual(evaluated(), 1)
      const prepared = "archiveGroup POST /v1/groups/{id}/archive false false"
      deepStrictEqual(names, [prepared, prepared])
    })
  )

  it.effect("is distinct from another of the same name", () =>
    Effect.gen(function* () {
      const one = declare().archive
      const other = Operation.make(() => ({
        ...Operation.declaration(one),
        success: Schema.Struct({ done: Schema.String })
      }))
      const fake = Fake.make(() => Fake.json(202, `{"archived":true,"done":"yes"}`))
      yield* Effect.gen(function* () {
        assert.isTrue((yield* one(groupId, { reason: "old" })).archived)
        assert.strictEqual((yield* other(groupId, { reason: "old" })).done, "yes")
      }).pipe(Effect.provide(fake.layer()))
    })
  )
})

describe("CertifierClient.layerMock", () => {
  const CertifierTest = CertifierClient.layerMock(
    Operation.handle(Groups.delete, (id) => (id === groupId ? Effect.void : Effect.dieMessage("another id")))
  )

  it.effect("calls the handler of an operation with the arguments of the call", () =>
    Effect.gen(function* () {
      const { archive } = declare()
      const seen: Array<unknown> = []
      const layer = CertifierClient.layerMock(
        Operation.handle(archive, (id, { reason }) => {
          seen.push([id, reason])
          return Effect.succeed({ archived: reason === "old" })
        })
      )
      const result = yield* Effect.provide(archive(groupId, { reason: "old" }), layer)
      assert.isTrue(result.archived)
      deepStrictEqual(seen, [[groupId, "old"]])
      assert.isUndefined(yield* Effect.provide(Groups.delete(groupId), CertifierTest))
    })
  )

  it.effect("rejects invalid input like a client, before the handler", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Groups.delete("..")).pipe(Effect.provide(CertifierTest))
      deepStrictEqual<unknown>(
        [error._tag, error.operation, error.idempotent, error.outcome],
        ["CertifierInvalidRequest", "deleteGroup", true, "NotSent"]
      )
    })
  )

  it.effect("dies without a handler, with a message that names the operation", () =>
    Effect.gen(function* () {
      const defect = yield* Effect.flip(Effect.sandbox(Groups.get(groupId))).pipe(Effect.provide(CertifierTest))
      assert.match(String(defect), /CertifierClient\.layerMock: no handler for getGroup/)
    })
  )

  it.effect("does not affect the clients of other layers", () =>
    Effect.gen(function* () {
      const fake = Fake.make(() => new Response(null, { status: 204 }))
      yield* Effect.provide(Groups.delete(groupId), CertifierTest)
      yield* Effect.provide(Groups.delete("another"), fake.layer())
      assert.strictEqual(fake.requests.length, 1)
    })
  )
})

it.effect("a transform around a call and one of the client see the same operation", () =>
  Effect.gen(function* () {
    const seen: Array<string> = []
    const noting =
      (where: string): CertifierClient.ClientTransform =>
      (client, { idempotent, name }) => {
        seen.push(`${where} ${name} ${idempotent}`)
        return HttpClient.mapRequest(client, HttpClientRequest.setHeader("x-where", where))
      }
    const fake = Fake.make()
    yield* Groups.get(groupId).pipe(
      CertifierClient.withClientTransform(noting("call")),
      Effect.provide(fake.layer({ transformClient: noting("client") }))
    )
    deepStrictEqual(seen, ["client getGroup true", "call getGroup true"])
  })
)
