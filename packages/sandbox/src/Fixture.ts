/**
 * Values for tests: objects in the service's format, and arbitraries of valid values.
 *
 * @since 0.1.0
 */
import { Attribute, Credential, Design, EmailTemplate, Group, Interaction } from "@effect-certifier/core"
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

const at = { createdAt: "2022-01-01T00:00:00.000Z", updatedAt: "2022-01-01T00:00:00.000Z" }

/**
 * A design in its encoded form.
 *
 * @since 0.1.0
 * @category models
 */
export const designJson: typeof Design.Design.Encoded = {
  id: "01k0dsn00000000000000000d1",
  name: "Blue frame",
  type: "certificate",
  ...at
}

/**
 * Creates a design: the sample with the given fields, which are in their encoded form.
 *
 * @since 0.1.0
 * @category testing
 */
export const design = (fields?: Partial<typeof Design.Design.Encoded>): Design.Design =>
  Schema.decodeSync(Design.Design)({ ...designJson, ...fields })

/**
 * The designs of a new sandbox: those of the sample group, and two more.
 *
 * @since 0.1.0
 * @category models
 */
export const designs: ReadonlyArray<Design.Design> = [
  { id: "01fpwtztwf7sacca5r0c483mnm", name: "Certificate of completion", type: "certificate" },
  { id: "01hz2ej4yzdcfkq9fa78nhyj0x", name: "Badge of completion", type: "badge" },
  { id: "01k0dsn00000000000000000d1", name: "Blue frame", type: "certificate" },
  { id: "01k0dsn00000000000000000d2", name: "Blue badge", type: "badge" }
].map(design)

/**
 * Creates an attribute of the workspace.
 *
 * @since 0.1.0
 * @category testing
 */
export const attribute = (fields?: Partial<typeof Attribute.Attribute.Encoded>): Attribute.Attribute =>
  Schema.decodeSync(Attribute.Attribute)({
    tag: "custom.mentor",
    name: "Mentor",
    type: "text",
    isDefault: false,
    ...fields
  })

/**
 * The attributes of a new sandbox: three custom ones, and two that every workspace has.
 *
 * @since 0.1.0
 * @category models
 */
export const attributes: ReadonlyArray<Attribute.Attribute> = [
  attribute({ id: "01k0att00000000000000000a1" }),
  attribute({ id: "01k0att00000000000000000a2", tag: "custom.course", name: "Course" }),
  attribute({ id: "01k0att00000000000000000a3", tag: "custom.grade", name: "Grade" }),
  attribute({ id: "01k0att00000000000000000a4", tag: "recipient.name", name: "Recipient name", isDefault: true }),
  attribute({ id: "01k0att00000000000000000a5", tag: "group.name", name: "Group name", isDefault: true })
]

/**
 * The email templates of a new sandbox.
 *
 * @since 0.1.0
 * @category models
 */
export const emailTemplates: ReadonlyArray<EmailTemplate.EmailTemplate> = Schema.decodeSync(
  Schema.Array(EmailTemplate.EmailTemplate)
)([{ id: "01k0eml00000000000000000e1", name: "Default", subject: "Your credential is ready", ...at }])

/**
 * A credential in its encoded form: issued, in the group of `groupJson`.
 *
 * @since 0.1.0
 * @category models
 */
export const credentialJson: typeof Credential.Credential.Encoded = {
  id: "01k0crd00000000000000000c1",
  publicId: "6f1d2c3b-4a59-4e68-8b77-0123456789ab",
  groupId: "01g90279gp5sbmfek7wymcsvec",
  status: "issued",
  recipient: { id: "01k0rcp00000000000000000r1", name: "Ada Example", email: "ada@example.com" },
  issueDate: "2026-01-15",
  expiryDate: null,
  attributes: { "recipient.name": "Ada Example" },
  customAttributes: { "custom.mentor": "Lin Example" },
  createdAt: "2026-01-15T09:30:00.000Z",
  updatedAt: "2026-01-15T09:31:00.000Z"
}

/**
 * Creates a credential: the sample with the given fields, which are in their encoded form.
 *
 * @example
 * ```ts
 * import { Fixture, Sandbox } from "@effect-certifier/sandbox"
 *
 * const SandboxTest = Sandbox.layerInProcess({ credentials: [Fixture.credential({ status: "draft" })] })
 * ```
 *
 * @since 0.1.0
 * @category testing
 */
export const credential = (fields?: Partial<typeof Credential.Credential.Encoded>): Credential.Credential =>
  Schema.decodeSync(Credential.Credential)({ ...credentialJson, ...fields })

/**
 * Creates an interaction with the credential of `credentialJson`; the given fields are in their encoded form.
 *
 * @since 0.1.0
 * @category testing
 */
export const interaction = (fields?: Partial<typeof Interaction.Interaction.Encoded>): Interaction.Interaction =>
  Schema.decodeSync(Interaction.Interaction)({
    id: "01k0nct00000000000000000n1",
    credentialId: "01k0crd00000000000000000c1",
    eventType: "credential_viewed",
    triggeredBy: "recipient",
    triggeredAt: "2026-01-15T10:00:00.000Z",
    ...fields
  })

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
