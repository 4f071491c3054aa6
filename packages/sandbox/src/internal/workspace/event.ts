import type { Attribute, Credential, Design, EmailTemplate, Group, Interaction } from "@effect-certifier/core"
import * as Data from "effect/Data"
import type { ScheduledIssue } from "../../Workspace.js"

/** The objects of a workspace, by kind. */
export interface Kinds {
  readonly groups: Group.Group
  readonly designs: Design.Design
  readonly credentials: Credential.Credential
  readonly interactions: Interaction.Interaction
  readonly attributes: Attribute.Attribute
  readonly emailTemplates: EmailTemplate.EmailTemplate
  readonly schedules: ScheduledIssue
}

export type Kind = keyof Kinds

export interface Put<K extends Kind = Kind> {
  readonly _tag: "Put"
  readonly kind: K
  readonly id: string
  readonly value: Kinds[K]
}

export interface Remove {
  readonly _tag: "Remove"
  readonly kind: Kind
  readonly id: string
}

/** One object that was stored or removed. */
export type Write = { readonly [K in Kind]: Put<K> }[Kind] | Remove

/**
 * An event in terms of the service. One request can cause several events, such as creating, issuing and sending. `Replaced` means
 * that any object may have changed, because a snapshot was restored or data was imported.
 */
export type Event = Data.TaggedEnum<{
  readonly CredentialCreated: { readonly credential: Credential.Credential }
  readonly CredentialUpdated: { readonly credential: Credential.Credential; readonly previous: Credential.Credential }
  readonly CredentialScheduled: { readonly credential: Credential.Credential }
  readonly CredentialIssued: { readonly credential: Credential.Credential }
  /** The real service would send a mail. */
  readonly CredentialSent: { readonly credential: Credential.Credential }
  readonly CredentialExpired: { readonly credential: Credential.Credential }
  readonly CredentialDeleted: { readonly credential: Credential.Credential }
  readonly InteractionCreated: {
    readonly interaction: Interaction.Interaction
    readonly credential: Credential.Credential
  }
  readonly GroupCreated: { readonly group: Group.Group }
  readonly GroupUpdated: { readonly group: Group.Group; readonly previous: Group.Group }
  readonly GroupDeleted: { readonly group: Group.Group }
  readonly Replaced: {}
}>

export const Event = Data.taggedEnum<Event>()

/** One change. It is announced once it is complete and, if there is a file, saved. */
export interface Commit {
  readonly writes: ReadonlyArray<Write>
  readonly events: ReadonlyArray<Event>
}
