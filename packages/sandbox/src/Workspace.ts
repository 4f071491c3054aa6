/**
 * The contents of a sandbox as data, in the JSON of the API, to be exported and imported.
 *
 * @since 0.1.0
 */
import { Attribute, Credential, Design, EmailTemplate, Group, Interaction } from "@effect-certifier/core"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { InvalidOptions, UnknownSnapshot } from "./SandboxError.js"

/**
 * The time at which a scheduled credential is issued; `id` is the credential's.
 *
 * @since 0.1.0
 * @category models
 */
export const ScheduledIssue = Schema.Struct({
  id: Credential.CredentialId,
  issueAt: Schema.DateTimeUtc,
  sendAtIssuance: Schema.Boolean
})

/**
 * @since 0.1.0
 * @category models
 */
export interface ScheduledIssue extends Schema.Schema.Type<typeof ScheduledIssue> {}

const listOf = <A, I>(schema: Schema.Schema<A, I>) => Schema.optional(Schema.Array(schema))

/**
 * The objects of a workspace by kind. An import replaces all objects of the kinds that are present, and leaves the other
 * kinds unchanged.
 *
 * @example
 * ```ts
 * import { Fixture, Workspace } from "@effect-certifier/sandbox"
 * import { Schema } from "effect"
 *
 * const workspace: Workspace.Workspace = { groups: [Fixture.group()] }
 * const json = JSON.stringify(Schema.encodeSync(Workspace.Workspace)(workspace))
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export const Workspace = Schema.Struct({
  groups: listOf(Group.Group),
  designs: listOf(Design.Design),
  /** The attributes of the workspace; credentials have values for the custom ones. */
  attributes: listOf(Attribute.Attribute),
  emailTemplates: listOf(EmailTemplate.EmailTemplate),
  credentials: listOf(Credential.Credential),
  /** For credentials whose status is `scheduled`. */
  schedules: listOf(ScheduledIssue),
  interactions: listOf(Interaction.Interaction)
}).annotations({
  identifier: "Workspace",
  description: "the objects of a workspace",
  parseOptions: { onExcessProperty: "error" }
})

/**
 * @since 0.1.0
 * @category models
 */
export interface Workspace extends Schema.Schema.Type<typeof Workspace> {}

/**
 * The kinds of objects in a workspace.
 *
 * @since 0.1.0
 * @category models
 */
export type Kind = keyof Workspace

/**
 * A whole workspace, with all kinds.
 *
 * @since 0.1.0
 * @category models
 */
export type Complete = { readonly [K in Kind]-?: Exclude<Workspace[K], undefined> }

/**
 * Reads and changes the stored objects without a request. A change that can't be saved in the data file is a defect, and
 * changes nothing.
 *
 * @since 0.1.0
 * @category models
 */
export interface Store {
  /** The stored groups, oldest first. */
  readonly groups: Effect.Effect<ReadonlyArray<Group.Group>>
  /** Stores a group; replaces one with the same id. */
  readonly setGroup: (group: Group.Group) => Effect.Effect<void>
  /** The stored designs, oldest first. */
  readonly designs: Effect.Effect<ReadonlyArray<Design.Design>>
  /** Stores a design; replaces one with the same id. */
  readonly setDesign: (design: Design.Design) => Effect.Effect<void>
  /** The attributes of the workspace. */
  readonly attributes: Effect.Effect<ReadonlyArray<Attribute.Attribute>>
  /** Stores an attribute; replaces one with the same key. */
  readonly setAttribute: (attribute: Attribute.Attribute) => Effect.Effect<void>
  /** The email templates. */
  readonly emailTemplates: Effect.Effect<ReadonlyArray<EmailTemplate.EmailTemplate>>
  /** Stores an email template; replaces one with the same id. */
  readonly setEmailTemplate: (template: EmailTemplate.EmailTemplate) => Effect.Effect<void>
  /** The stored credentials, oldest first. */
  readonly credentials: Effect.Effect<ReadonlyArray<Credential.Credential>>
  /** Stores a credential; replaces one with the same id. */
  readonly setCredential: (credential: Credential.Credential) => Effect.Effect<void>
  /** The stored interactions, oldest first. */
  readonly interactions: Effect.Effect<ReadonlyArray<Interaction.Interaction>>
  /** Stores all these objects at once; replaces those with the same ids. All other objects stay. */
  readonly set: (workspace: Workspace) => Effect.Effect<void>
  /** Removes an object, even if others refer to it. Does nothing if there is none. */
  readonly remove: (kind: Kind, id: string) => Effect.Effect<void>
  /** Everything that is stored, as data. */
  readonly export: Effect.Effect<Complete>
  /** Replaces what is stored, kind by kind: see `Workspace`. */
  readonly import: (workspace: Workspace) => Effect.Effect<void>
  /** The names of the snapshots, oldest first. */
  readonly snapshots: Effect.Effect<ReadonlyArray<string>>
  /** Saves all stored objects as a snapshot; replaces a snapshot with the same name. At most 100. */
  readonly snapshot: (name: string) => Effect.Effect<void, InvalidOptions>
  /** Replaces all stored objects with those of a snapshot. */
  readonly restore: (name: string) => Effect.Effect<void, UnknownSnapshot>
  /** Removes a snapshot. Does nothing if there is none. */
  readonly removeSnapshot: (name: string) => Effect.Effect<void>
}
