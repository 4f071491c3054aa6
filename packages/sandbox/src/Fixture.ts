/**
 * Values for tests: groups in the service's format, and arbitraries of valid values.
 *
 * @since 0.1.0
 */
import { Group } from "@effect-certifier/core"
import * as Arbitrary from "effect/Arbitrary"
import type * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import * as ErrorEnvelope from "./ErrorEnvelope.js"
import * as Fault from "./Fault.js"

/**
 * The group of the vendor's page "Update a group", in its encoded form.
 *
 * @since 0.1.0
 * @category models
 */
export const groupJson: typeof Group.Group.Encoded = {
  id: "01g90279gp5sbmfek7wymcsvec",
  name: "Financial Markets",
  learningEventUrl: "https://www.coursera.org/learn/financial-markets-global",
  certificateDesignId: "01fpwtztwf7sacca5r0c483mnm",
  badgeDesignId: "01hz2ej4yzdcfkq9fa78nhyj0x",
  createdAt: "2022-01-01T00:00:00.000Z",
  updatedAt: "2022-01-01T00:00:00.000Z"
}

/**
 * Creates a group: the vendor's sample with the given fields, which are in their encoded form.
 *
 * @example
 * ```ts
 * import { Fixture } from "@effect-certifier/sandbox"
 *
 * const group = Fixture.group({ name: "Advanced Gardening" })
 * console.log(group.id) // 01g90279gp5sbmfek7wymcsvec
 * ```
 *
 * @since 0.1.0
 * @category testing
 */
export const group = (fields?: Partial<typeof Group.Group.Encoded>): Group.Group =>
  Schema.decodeSync(Group.Group)({ ...groupJson, ...fields })

/**
 * Arbitraries for property tests. The schemas accept every value, and so would the service.
 *
 * - `group`: any group, as core decodes it;
 * - `groupPatch`: the body of an update, in its encoded form;
 * - `errorEnvelope`: the body of any error response;
 * - `fault`: any fault.
 *
 * @example
 * ```ts
 * import { Fixture, Sandbox } from "@effect-certifier/sandbox"
 * import { FastCheck } from "effect"
 *
 * const [group] = FastCheck.sample(Fixture.arbitrary.group, 1)
 * const SandboxTest = Sandbox.layerInProcess({ groups: group ? [group] : [] })
 * ```
 *
 * @since 0.1.0
 * @category testing
 */
export const arbitrary: {
  readonly group: FastCheck.Arbitrary<Group.Group>
  readonly groupPatch: FastCheck.Arbitrary<Group.PatchInput>
  readonly errorEnvelope: FastCheck.Arbitrary<ErrorEnvelope.ErrorEnvelope>
  readonly fault: FastCheck.Arbitrary<Fault.Fault>
} = {
  group: Arbitrary.make(Group.Group),
  groupPatch: Arbitrary.make(Group.Patch).map(Schema.encodeSync(Group.Patch)),
  errorEnvelope: Arbitrary.make(Schema.Union(...ErrorEnvelope.codes.map(ErrorEnvelope.schema))),
  fault: Arbitrary.make(Fault.Fault)
}
