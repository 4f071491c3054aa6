import { describe, expectTypeOf, it } from "@effect/vitest"
import type { CertifierApi, Group } from "@effect-certifier/core"
import type * as Effect from "effect/Effect"
import type { ErrorEnvelope } from "../src/ErrorEnvelope.js"
import type { Handlers } from "../src/internal/handlers.js"
import type { Given } from "../src/internal/quirks/given.js"

/** These tests fail at compile time, not at run time. */
describe("the handlers", () => {
  it("exist for exactly the operations of core", () => {
    expectTypeOf<keyof Handlers>().toEqualTypeOf<keyof typeof CertifierApi.operations>()
  })

  it("do not compile if one is missing, and the error names it", () => {
    const complain = (handlers: Omit<Handlers, "deleteGroup">) => {
      // @ts-expect-error: Property 'deleteGroup' is missing in type 'Omit<Handlers, "deleteGroup">'
      const incomplete: Handlers = handlers
      return incomplete
    }
    expectTypeOf(complain).returns.toEqualTypeOf<Handlers>()
  })

  it("take the validated parts of the request, and return a success or an error of the API", () => {
    expectTypeOf<Handlers["updateGroup"]>().toEqualTypeOf<
      (
        request: { readonly path: { readonly id: Group.GroupId }; readonly payload: Group.Patch },
        given: Given
      ) => Effect.Effect<Group.Group, ErrorEnvelope>
    >()
    expectTypeOf<Handlers["deleteGroup"]>().returns.toEqualTypeOf<Effect.Effect<void, ErrorEnvelope>>()
  })
})
