import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as CertifierError from "../src/CertifierError.js"
import * as Credentials from "../src/Credentials.js"
import * as Groups from "../src/Groups.js"
import * as Fake from "./support/fake.js"

const refusing = (message: string, code = "validation_error") =>
  Fake.make(() => Fake.json(400, JSON.stringify({ error: { code, message, hint: "x" } }))).layer()

const customAttributes = { tutor: "Kim", "custom.course of 2026": "First Aid", mentor: "Lin", "0": "zero" }
const fields = { groupId: "01k0grp00000000000000000g1", recipient: { name: "Ada Example" }, customAttributes }

const calls = {
  create: Credentials.create(fields),
  createIssueSend: Credentials.createIssueSend(fields),
  update: Credentials.update("01k0crd00000000000000000c1", { customAttributes })
}

describe.each(Object.entries(calls))("a 400 of %s that names an attribute in square brackets", (_, call) => {
  it.effect.each<readonly [message: string, attributes: ReadonlyArray<string>]>([
    ["The attribute [custom.tutor] does not exist", ["tutor"]],
    ["Unknown attributes: [tutor]", ["tutor"]],
    [`Unknown: [ "custom.course of 2026" , 'mentor']`, ["custom.course of 2026", "mentor"]],
    ["[custom.mentor] and [custom.tutor] are unknown", ["tutor", "mentor"]],
    ["customAttributes[0]: [custom.tutor] is unknown", ["tutor"]],
    // Brackets with other contents.
    ["designIds[1] is unknown", []],
    ["groupId [01k0grp00000000000000000g1] is malformed", []],
    ["issueDate is malformed", []],
    ["[] [ ] [,]", []],
    ["custom.tutor", []]
  ])("%s", ([message, attributes]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(call).pipe(Effect.provide(refusing(message)))
      assert.strictEqual(error._tag, "CertifierValidationError")
      if (error._tag !== "CertifierValidationError") return
      deepStrictEqual(
        error.issues.map(String),
        attributes.map(
          (name) => `customAttributes.${name} does not exist in the workspace, expected an existing attribute`
        )
      )
      // The rest of the error is unchanged.
      deepStrictEqual(
        [error.apiMessage, error.details, error.status, error.code, error.outcome],
        [Option.some(message), { hint: "x" }, 400, "validation_error", "NotApplied"]
      )
    })
  )
})

describe("other errors", () => {
  it.effect("a 400 with another code is unchanged", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(calls.create).pipe(Effect.provide(refusing("[custom.tutor]", "invalid_json")))
      assert.strictEqual(error._tag, "CertifierInvalidJson")
    })
  )

  it.effect("a 400 of another operation, or of a request without attributes, has no issues", () =>
    Effect.gen(function* () {
      const others = [
        Effect.asVoid(Groups.create({ name: "First Aid" })),
        Effect.asVoid(Credentials.create({ groupId: fields.groupId, recipient: fields.recipient }))
      ]
      for (const call of others) {
        const error = yield* Effect.flip(call).pipe(Effect.provide(refusing("[custom.tutor]")))
        deepStrictEqual(error._tag === "CertifierValidationError" && error.issues, [])
      }
    })
  )

  it("issues can cross a boundary, and an error of an older version has none", () => {
    const issue = new CertifierError.Issue({ field: "a", problem: "is unknown", expected: "b" })
    const error = new CertifierError.ValidationError({ operation: "createCredential", issues: [issue] })
    const encoded = Schema.encodeSync(CertifierError.CertifierError)(error)
    const wire: unknown = JSON.parse(JSON.stringify(encoded))
    deepStrictEqual(Schema.decodeUnknownSync(CertifierError.CertifierError)(wire), error)
    const { issues: _, ...older } = { issues: [], ...encoded }
    const decoded = Schema.decodeUnknownSync(CertifierError.ValidationError)(older)
    deepStrictEqual(decoded.issues, [])
  })
})
