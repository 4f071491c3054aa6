/**
 * A credential interaction: that somebody has viewed, shared, downloaded or verified a credential.
 *
 * @since 0.1.0
 */
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { CredentialId } from "./Credential.js"
import { define } from "./internal/define.js"
import * as Fields from "./internal/schema/fields.js"
import type * as Operation from "./Operation.js"

/**
 * The id of an interaction. Opaque, and safe as one segment of a URL's path.
 *
 * @since 0.1.0
 * @category models
 */
export const InteractionId = /* #__PURE__ */ Fields.pathId("InteractionId", "interaction")

/**
 * @since 0.1.0
 * @category models
 */
export type InteractionId = typeof InteractionId.Type

/**
 * The 13 types of events that the vendor documents. These can be sent.
 *
 * @since 0.1.0
 * @category models
 */
export const knownEventTypes = [
  "credential_viewed",
  "credential_shared_to_linkedin",
  "credential_shared_to_facebook",
  "credential_shared_to_twitter",
  "credential_shared_to_messenger",
  "credential_shared_to_whatsapp",
  "credential_shared_to_pinterest",
  "credential_shared_to_telegram",
  "credential_shared_to_weibo",
  "credential_added_to_linkedin_profile",
  "credential_downloaded",
  "credential_link_copied",
  "credential_verified"
] as const

/**
 * @since 0.1.0
 * @category models
 */
export type KnownEventType = (typeof knownEventTypes)[number]

/**
 * The type of an event, as it is read: a known one, or any other string that the API sends.
 *
 * @since 0.1.0
 * @category models
 */
export const EventType = /* #__PURE__ */ Fields.open(knownEventTypes)

/**
 * @since 0.1.0
 * @category models
 */
export type EventType = typeof EventType.Type

/**
 * Who can have caused an interaction. These can be sent.
 *
 * @since 0.1.0
 * @category models
 */
export const knownTriggeredBy = ["recipient", "guest"] as const

/**
 * @since 0.1.0
 * @category models
 */
export type KnownTriggeredBy = (typeof knownTriggeredBy)[number]

/**
 * Who has caused an interaction, as it is read: `recipient`, `guest`, or any other string that the API sends. The public
 * page knows the recipient only by `?recipient=true` in its URL.
 *
 * @since 0.1.0
 * @category models
 */
export const TriggeredBy = /* #__PURE__ */ Fields.open(knownTriggeredBy)

/**
 * @since 0.1.0
 * @category models
 */
export type TriggeredBy = typeof TriggeredBy.Type

/**
 * An interaction. Unknown members are ignored, and encoding returns the JSON of the API.
 *
 * @example
 * ```ts
 * import { Interaction } from "@effect-certifier/core"
 * import { Schema } from "effect"
 *
 * const interaction = Schema.decodeUnknownSync(Interaction.Interaction)({
 *   id: "01k0nct00000000000000000n1",
 *   credentialId: "01k0crd00000000000000000c1",
 *   eventType: "credential_viewed",
 *   triggeredBy: "recipient",
 *   triggeredAt: "2026-01-15T10:00:00.000Z"
 * })
 * console.log(interaction.eventType) // credential_viewed
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export class Interaction
  extends /* #__PURE__ */ define(() =>
    Schema.Class<Interaction>("@effect-certifier/core/Interaction")(
      {
        id: InteractionId,
        credentialId: CredentialId,
        eventType: EventType,
        triggeredBy: TriggeredBy,
        triggeredAt: Fields.Timestamp
      },
      { identifier: "Interaction", description: "a credential interaction" }
    )
  ) {}

/**
 * One page of the interactions: its interactions, and the cursors of the pages around it.
 *
 * @since 0.1.0
 * @category models
 */
export const Page = /* #__PURE__ */ define(() =>
  Fields.page(Interaction).annotations({
    identifier: "InteractionPage",
    description: "one page of the credential interactions"
  })
)

/**
 * @since 0.1.0
 * @category models
 */
export type Page = Operation.Page<Interaction>

/**
 * The body of `POST /v1/credential-interactions`: all four fields are required, and only known types of events and known
 * causes are sent.
 *
 * @since 0.1.0
 * @category models
 */
export const Create = /* #__PURE__ */ define(() =>
  Fields.body(
    Schema.Struct({
      credentialId: CredentialId,
      eventType: Fields.oneOf("type of event", knownEventTypes),
      triggeredBy: Fields.oneOf("cause", knownTriggeredBy),
      triggeredAt: Fields.Timestamp
    })
  )
)

/**
 * The checked fields of a new interaction.
 *
 * @since 0.1.0
 * @category models
 */
export interface Create extends Schema.Schema.Type<typeof Create> {}

/**
 * The fields of a new interaction, as a caller writes them. The API accepts a `triggeredAt` in the past.
 *
 * @since 0.1.0
 * @category models
 */
export interface CreateInput {
  readonly credentialId: Operation.IdInput<"CredentialId">
  readonly eventType: KnownEventType
  readonly triggeredBy: KnownTriggeredBy
  /** A moment, or ISO 8601 with a zone. */
  readonly triggeredAt: DateTime.DateTime | string
}
