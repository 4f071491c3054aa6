import { Credential, Interaction } from "@effect-certifier/core"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { type Behavior, standard } from "../../Delivery.js"
import type { Quirks } from "../../Quirk.js"
import * as Shape from "../quirks/shape.js"
import type { Event } from "../workspace/event.js"
import type { State } from "../workspace/state.js"

/** The content of a webhook's event. */
export interface News {
  readonly type: string
  readonly credential: Credential.Credential
  readonly interaction?: Interaction.Interaction
}

const encodeCredential = Schema.encodeSync(Credential.Credential)

const encodeInteraction = Schema.encodeSync(Interaction.Interaction)

/** The type of the event for an interaction, if there is one. */
const typeOfInteraction = (type: string, { interactionEvents }: Quirks): string | undefined => {
  if (type === "credential_viewed") return "credential.viewed"
  if (interactionEvents === "viewed") return undefined
  if (type === "credential_downloaded") return "credential.downloaded"
  if (type.startsWith("credential_shared_to_")) return "credential.shared"
  return interactionEvents === "all" ? type.replace("credential_", "credential.") : undefined
}

/** Whether an update has changed more than `updatedAt`. */
const isChanged = ({ credential, previous }: Extract<Event, { readonly _tag: "CredentialUpdated" }>): boolean => {
  const { updatedAt, ...json } = encodeCredential(credential)
  return JSON.stringify({ ...json, updatedAt }) !== JSON.stringify({ ...encodeCredential(previous), updatedAt })
}

/** The type of the webhook's event for an event of the workspace, if there is one. */
const typeOf = (event: Event, quirks: Quirks): string | undefined => {
  switch (event._tag) {
    case "CredentialCreated":
      return "credential.created"
    case "CredentialUpdated":
      return quirks.unchangedUpdate === "event" || isChanged(event) ? "credential.updated" : undefined
    case "CredentialIssued":
      return "credential.issued"
    case "CredentialDeleted":
      return "credential.deleted"
    case "CredentialExpired":
      return quirks.expiryEvent === "none" ? undefined : `credential.${quirks.expiryEvent}`
    case "InteractionCreated":
      return typeOfInteraction(event.interaction.eventType, quirks)
    default:
      return undefined
  }
}

/** The webhook's events of one change. */
export const newsOf = (events: ReadonlyArray<Event>, quirks: Quirks): ReadonlyArray<News> => {
  const isAtOnce = events.some(({ _tag }) => _tag === "CredentialIssued")
  return events.flatMap((event) => {
    const type = typeOf(event, quirks)
    if (type === undefined || !("credential" in event)) return []
    if (event._tag === "CredentialCreated" && isAtOnce && quirks.createIssueSendEvents === "issued") return []
    const { credential } = event
    return [
      event._tag === "InteractionCreated" ? { type, credential, interaction: event.interaction } : { type, credential }
    ]
  })
}

/** The default delivery behavior by the quirks. */
export const behaviorOf = ({ webhookCopies, webhookMembers, webhookOrder }: Quirks): Behavior => ({
  ...standard,
  doubled: webhookCopies === "twice",
  outOfOrder: webhookOrder === "swapped",
  reordered: webhookMembers === "reversed"
})

/** JSON with the members of each object in reverse order. */
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
  { bare, reordered }: Behavior,
  context: { readonly state: State; readonly quirks: Quirks; readonly url: () => string }
): string => {
  const { webhookObjects } = context.quirks
  const isBare = bare || webhookObjects === "none" || (webhookObjects === "interactions" && interaction === undefined)
  const objectOf = (operation: string, json: unknown) => Shape.body(operation, json, context)
  const event = {
    id,
    type,
    createdAt,
    data: {
      resource: { id: credential.id, type: "credential" },
      ...(isBare
        ? {}
        : {
            credential: objectOf("getCredential", encodeCredential(credential)),
            ...(interaction === undefined
              ? {}
              : { credentialInteraction: objectOf("createInteraction", encodeInteraction(interaction)) })
          })
    }
  }
  return JSON.stringify(reordered ? reversed(event) : event)
}
