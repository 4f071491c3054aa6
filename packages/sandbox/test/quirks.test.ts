import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Either, Layer, Schema } from "effect"
import { Quirk, Sandbox } from "../src/index.js"

/** Each quirk with each of its values. */
const each = Object.entries<Quirk.Quirk>(Quirk.table).flatMap(([name, { values }]) =>
  Object.keys(values).map((value) => [name, value] as const)
)

describe("the table", () => {
  it("has a default and at least one alternative for each quirk, with a question and its evidence", () => {
    assert.isAbove(each.length, 2 * 50)
    for (const [name, quirk] of Object.entries<Quirk.Quirk>(Quirk.table)) {
      assert.match(name, /^[a-z][A-Za-z]+$/)
      assert.match(quirk.question, /\?( \(experimental\))?$/, name)
      assert.match(quirk.evidence, /\.$/, name)
      assert.isTrue(Object.hasOwn(quirk.values, quirk.default), name)
      assert.isAbove(Object.keys(quirk.values).length, 1, name)
    }
    deepStrictEqual(Quirk.defaults.issueTwice, "invalid")
  })

  it.effect.each<readonly [quirks: Record<string, string>, problem: string]>([
    [{ issueTwice: "maybe" }, "quirks.issueTwice is not one of invalid, conflict, accept"],
    [{ issueThrice: "conflict" }, "quirks.issueThrice is not the name of a quirk, see the list of all"],
    [{ __proto__x: "conflict" }, "quirks.__proto__x is not the name of a quirk, see the list of all"]
  ])("refuses %j", ([quirks, problem]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Layer.build(Sandbox.layerInProcess({ quirks })))
      assert.strictEqual(error.message, problem)
    }).pipe(Effect.scoped)
  )

  it("reads one quirk from text", () => {
    const read = Schema.decodeEither(Quirk.FromString)
    deepStrictEqual(read("issueTwice=conflict"), Either.right({ issueTwice: "conflict" as const }))
    for (const text of ["issueTwice", "issueTwice=", "=conflict", "issueTwice=conflict=x", "a b=c"]) {
      assert.isTrue(Either.isLeft(read(text)), text)
    }
  })
})
