/**
 * Credential interactions: a credential was viewed, shared, downloaded or verified.
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
 * The id of an interaction. Opaque, and safe as a path segment of a URL.
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
 * The 13 documented event types, which can be sent.
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
 * The event type in responses: a known type, or any other string sent by the API.
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
 * The documented causes of an interaction, which can be sent.
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
 * The cause of an interaction in responses: `recipient`, `guest`, or any other string sent by the API. The public page
 * identifies the recipient only by `?recipient=true` in its URL.
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
 * An interaction. Unknown fields are ignored. Encoding returns the JSON of the API.
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
 * One page of interactions, with the cursors of the previous and next pages.
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
 * The request body of `POST /v1/credential-interactions`: all four fields are required, and only documented event types and
 * causes are accepted.
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
 * The validated fields of a new interaction.
 *
 * @since 0.1.0
 * @category models
 */
export interface Create extends Schema.Schema.Type<typeof Create> {}

/**
 * The fields of a new interaction, as input. The API accepts a `triggeredAt` in the past.
 *
 * @since 0.1.0
 * @category models
 */
export interface CreateInput {
  readonly credentialId: Operation.IdInput<"CredentialId">
  readonly eventType: KnownEventType
  readonly triggeredBy: KnownTriggeredBy
  /** A `DateTime`, or an ISO 8601 string with a zone. */
  readonly triggeredAt: DateTime.DateTime | string
}
