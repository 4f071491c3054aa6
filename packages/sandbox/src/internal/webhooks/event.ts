import { Credential, Interaction } from "@effect-certifier/core"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type { Behavior } from "../../Delivery.js"
import type { Event } from "../workspace/event.js"

/** What an event of a webhook is about. */
export interface News {
  readonly type: string
  readonly credential: Credential.Credential
  readonly interaction?: Interaction.Interaction
}

/** The type of the event for an interaction; the others have none. */
const typeOfInteraction = (type: string): string | undefined =>
  type === "credential_viewed"
    ? "credential.viewed"
    : type === "credential_downloaded"
      ? "credential.downloaded"
      : type.startsWith("credential_shared_to_")
        ? "credential.shared"
        : undefined

/** The types of what happens to a credential; what is not here fires no event. */
const types = {
  CredentialCreated: "credential.created",
  CredentialUpdated: "credential.updated",
  CredentialIssued: "credential.issued",
  CredentialDeleted: "credential.deleted"
} as const

/** The webhook event of a change; undefined if there is none. */
export const newsOf = (event: Event): News | undefined => {
  switch (event._tag) {
    case "CredentialCreated":
    case "CredentialUpdated":
    case "CredentialIssued":
    case "CredentialDeleted":
      return { type: types[event._tag], credential: event.credential }
    case "InteractionCreated": {
      const type = typeOfInteraction(event.interaction.eventType)
      return type === undefined ? undefined : { type, credential: event.credential, interaction: event.interaction }
    }
    default:
      return undefined
  }
}

const encodeCredential = Schema.encodeSync(Credential.Credential)

const encodeInteraction = Schema.encodeSync(Interaction.Interaction)

/** The same JSON with the members of each object in the opposite order. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed)
  return Predicate.isRecord(value)
    ? Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([name, member]) => [name, reversed(member)])
      )
    : value
}

/** The body of an event. */
export const bodyOf = (
  { credential, interaction, type }: News,
  { createdAt, id }: { readonly id: string; readonly createdAt: string },
  { bare, reordered }: Behavior
): string => {
  const event = {
    id,
    type,
    createdAt,
    data: {
      resource: { id: credential.id, type: "credential" },
      ...(bare
        ? {}
        : {
            credential: encodeCredential(credential),
            ...(interaction === undefined ? {} : { credentialInteraction: encodeInteraction(interaction) })
          })
    }
  }
  return JSON.stringify(reordered ? reversed(event) : event)
}
