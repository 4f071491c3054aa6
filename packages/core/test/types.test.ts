import { describe, expectTypeOf, it } from "@effect/vitest"
import type * as HttpClient from "@effect/platform/HttpClient"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import * as CertifierClient from "../src/CertifierClient.js"
import { type CertifierError, NotFound } from "../src/CertifierError.js"
import type { DesignId } from "../src/Design.js"
import type { Group, Patch as CheckedPatch, PatchInput } from "../src/Group.js"
import * as Groups from "../src/Groups.js"
import * as Operation from "../src/Operation.js"

/** These tests fail when they are compiled, not when they are run. */
describe("types", () => {
  const call = CertifierClient.updateGroup("id", { name: "Financial Markets" })

  it("the type of a call has its result, its errors and its requirements", () => {
    expectTypeOf(call).toEqualTypeOf<Effect.Effect<Group, CertifierError, CertifierClient.CertifierClient>>()
    expectTypeOf(CertifierClient.layerConfig()).toEqualTypeOf<
      Layer.Layer<CertifierClient.CertifierClient, ConfigError.ConfigError, HttpClient.HttpClient>
    >()
  })

  it("handling every tag leaves no error", () => {
    const handled = call.pipe(
      Effect.catchTags({
        CertifierMissingVersion: () => Effect.void,
        CertifierInvalidVersion: () => Effect.void,
        CertifierInvalidJson: () => Effect.void,
        CertifierValidationError: () => Effect.void,
        CertifierUnauthorized: () => Effect.void,
        CertifierPaymentRequired: () => Effect.void,
        CertifierForbidden: () => Effect.void,
        CertifierNotFound: () => Effect.void,
        CertifierConflict: () => Effect.void,
        CertifierRateLimited: () => Effect.void,
        CertifierInternalServerError: () => Effect.void,
        CertifierUnknownApiError: () => Effect.void,
        CertifierResponseDecodeError: () => Effect.void,
        CertifierTransportError: () => Effect.void,
        CertifierTimeout: () => Effect.void,
        CertifierInvalidRequest: () => Effect.void,
        CertifierRateLimiterRejected: () => Effect.void,
        CertifierConcurrentModification: () => Effect.void
      })
    )
    expectTypeOf(handled).toEqualTypeOf<Effect.Effect<Group | void, never, CertifierClient.CertifierClient>>()
  })

  it("handling one tag leaves the other errors", () => {
    const rest = Effect.catchTag(call, "CertifierNotFound", () => Effect.void)
    expectTypeOf<Effect.Effect.Error<typeof rest>>().toEqualTypeOf<Exclude<CertifierError, NotFound>>()
  })

  it("a patch accepts plain strings, and no unknown field", () => {
    type Patch = Parameters<typeof CertifierClient.updateGroup>[1]
    expectTypeOf<{}>().toExtend<Patch>()
    expectTypeOf<{ name: string | undefined }>().toExtend<Patch>()
    expectTypeOf<{ designIds: ReadonlyArray<string> }>().toExtend<Patch>()
    expectTypeOf<CheckedPatch>().toExtend<Patch>()
    expectTypeOf<{ name: null }>().not.toExtend<Patch>()
    expectTypeOf<{ name: number }>().not.toExtend<Patch>()
    expectTypeOf<{ learningEventUrl: URL }>().not.toExtend<Patch>()
    expectTypeOf<{ designIds: string }>().not.toExtend<Patch>()
    // @ts-expect-error a misspelt field of an object literal does not compile
    CertifierClient.updateGroup("id", { nmae: "Financial Markets" })
    // @ts-expect-error nor does a whole group as a patch
    expectTypeOf<Group>().toExtend<Patch>()
  })

  it("the fields of a group have the documented types", () => {
    expectTypeOf<Group["badgeDesignId"]>().toEqualTypeOf<Option.Option<DesignId>>()
    expectTypeOf<Group["designIds"]>().toEqualTypeOf<Option.Option<ReadonlyArray<DesignId>>>()
  })

  it("a handler of a mock has the arguments and the result of its operation", () => {
    Operation.handle(Groups.update, (...args) => {
      expectTypeOf(args).toEqualTypeOf<[id: Operation.IdInput<"GroupId">, patch: PatchInput]>()
      return new NotFound({ operation: "updateGroup" })
    })
    Operation.handle(Groups.delete, (id) => {
      expectTypeOf(id).toExtend<string>()
      return Effect.void
    })
    // @ts-expect-error a handler returns what its operation returns
    Operation.handle(Groups.get, () => Effect.succeed("Financial Markets"))
    // @ts-expect-error it fails only with the errors of its operation
    Operation.handle(Groups.delete, () => Effect.fail("no"))
    // @ts-expect-error it has only the arguments of its operation
    Operation.handle(Groups.get, (id: number) => Effect.dieMessage(String(id)))
    // @ts-expect-error its requirements must be provided
    Operation.handle(Groups.get, (id) => Groups.get(id))
  })
})
