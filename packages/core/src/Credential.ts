/**
 * A credential: a certificate or badge of one recipient, and the bodies of its requests.
 *
 * @since 0.1.0
 */
import type * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import * as CalendarDate from "./CalendarDate.js"
import { DesignId } from "./Design.js"
import { GroupId } from "./Group.js"
import { define } from "./internal/define.js"
import * as Fields from "./internal/schema/fields.js"
import type * as Operation from "./Operation.js"

/**
 * The id of a credential for the API. Opaque, and safe as one segment of a URL's path. The public page has another id, see
 * `PublicId`.
 *
 * @since 0.1.0
 * @category models
 */
export const CredentialId = /* #__PURE__ */ Fields.pathId("CredentialId", "credential")

/**
 * @since 0.1.0
 * @category models
 */
export type CredentialId = typeof CredentialId.Type

/**
 * The id of a credential's public page, see `publicUrl`. The API does not accept it instead of the `CredentialId`.
 *
 * @since 0.1.0
 * @category models
 */
export const PublicId = /* #__PURE__ */ Fields.pathId("PublicId", "public")

/**
 * @since 0.1.0
 * @category models
 */
export type PublicId = typeof PublicId.Type

/**
 * The id of a recipient.
 *
 * @since 0.1.0
 * @category models
 */
export const RecipientId = /* #__PURE__ */ Fields.pathId("RecipientId", "recipient")

/**
 * @since 0.1.0
 * @category models
 */
export type RecipientId = typeof RecipientId.Type

/**
 * The states that the vendor documents. These can be searched for.
 *
 * @since 0.1.0
 * @category models
 */
export const knownStatuses = ["draft", "scheduled", "issued", "expired"] as const

/**
 * @since 0.1.0
 * @category models
 */
export type KnownStatus = (typeof knownStatuses)[number]

/**
 * The state of a credential: `draft`, `scheduled`, `issued` or `expired`; any other string that the API sends is kept.
 * Whether a credential has been mailed is not part of it, nor of anything else in the API.
 *
 * @since 0.1.0
 * @category models
 */
export const Status = /* #__PURE__ */ Fields.open(knownStatuses)

/**
 * @since 0.1.0
 * @category models
 */
export type Status = typeof Status.Type

/**
 * The recipient of a credential, as it is read.
 *
 * @since 0.1.0
 * @category models
 */
export const Recipient = /* #__PURE__ */ define(() =>
  Schema.Struct({
    id: Fields.nullish(RecipientId),
    /** Can be out of date after an update, see `recipientName`. */
    name: Schema.String,
    email: Fields.nullish(Schema.String)
  })
)

/**
 * @since 0.1.0
 * @category models
 */
export interface Recipient extends Schema.Schema.Type<typeof Recipient> {}

/**
 * A credential. Unknown members are ignored, `null` and absent are both `Option.none` (and an empty map in `attributes` and
 * `customAttributes`), and encoding returns the JSON of the API.
 *
 * @example
 * ```ts
 * import { Credential } from "@effect-certifier/core"
 * import { Option, Schema } from "effect"
 *
 * const credential = Schema.decodeUnknownSync(Credential.Credential)({
 *   id: "01k0crd00000000000000000c1",
 *   publicId: "6f1d2c3b-4a59-4e68-8b77-0123456789ab",
 *   groupId: "01k0grp00000000000000000g1",
 *   status: "issued",
 *   recipient: { id: "01k0rcp00000000000000000r1", name: "Ada Example", email: "ada@example.com" },
 *   issueDate: "2026-01-15",
 *   expiryDate: null,
 *   attributes: { "recipient.name": "Ada Example" },
 *   customAttributes: { "custom.mentor": "Lin Example" },
 *   createdAt: "2026-01-15T09:30:00.000Z",
 *   updatedAt: "2026-01-15T09:31:00.000Z"
 * })
 * console.log(Option.isNone(credential.expiryDate)) // true
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export class Credential
  extends /* #__PURE__ */ define(() =>
    Schema.Class<Credential>("@effect-certifier/core/Credential")(
      {
        id: CredentialId,
        publicId: PublicId,
        groupId: GroupId,
        status: Status,
        recipient: Recipient,
        issueDate: Fields.nullish(CalendarDate.CalendarDate),
        expiryDate: Fields.nullish(CalendarDate.CalendarDate),
        /** What the designs are rendered with, by attribute, such as `recipient.name`. */
        attributes: Fields.textMap,
        /** The values of the workspace's own attributes; each key begins with `custom.`. */
        customAttributes: Fields.textMap,
        createdAt: Fields.Timestamp,
        updatedAt: Fields.Timestamp
      },
      { identifier: "Credential", description: "a credential" }
    )
  ) {}

/**
 * One page of credentials, and the cursors of the pages around it.
 *
 * @since 0.1.0
 * @category models
 */
export const Page = /* #__PURE__ */ define(() =>
  Fields.page(Credential).annotations({ identifier: "CredentialPage", description: "one page of credentials" })
)

/**
 * @since 0.1.0
 * @category models
 */
export type Page = Operation.Page<Credential>

/**
 * A rendered picture of a credential in one design.
 *
 * @since 0.1.0
 * @category models
 */
export const Preview = /* #__PURE__ */ define(() =>
  Schema.Struct({
    format: Fields.open(["png", "pdf"]),
    /** Never changes what it shows: after a change of the credential or its designs, read the designs again. */
    url: Schema.String
  })
)

/**
 * @since 0.1.0
 * @category models
 */
export interface Preview extends Schema.Schema.Type<typeof Preview> {}

/**
 * A design of one credential, with its previews. There can be none right after issuing: then read the designs again later.
 *
 * @since 0.1.0
 * @category models
 */
export class CredentialDesign
  extends /* #__PURE__ */ define(() =>
    Schema.Class<CredentialDesign>("@effect-certifier/core/CredentialDesign")(
      { id: DesignId, name: Schema.String, previews: Fields.list(Preview) },
      { identifier: "CredentialDesign", description: "a design of a credential" }
    )
  ) {}

/** A name that a template has filled with nothing is not a name. */
const isFilledIn = (name: string): boolean => {
  const words = name.trim().split(/\s+/)
  return !words.includes("undefined") && !words.every((word) => word === "null")
}

/**
 * One address and nothing around it: not a list of them, and no name with the address in brackets. What a local part needs quotes
 * for (RFC 5322, section 3.2.3) is refused without them; which addresses exist, only a mail shows.
 */
const address = /^(?:"[^"\s\p{Cc}]+"|[^\s\p{Cc}()<>[\]:;@\\,"]+)@[^\s\p{Cc}()<>;@\\,"]+$/u

const recipient = () =>
  Schema.Struct({
    id: Fields.optional(RecipientId),
    name: Fields.Name.pipe(
      Schema.filter(isFilledIn, {
        description: "the name of a person",
        message: () => "has the word undefined or null where a name should be",
        arbitrary: () => (fc) => fc.constantFrom("Ada Example", "Zoë Ångström", "Lin")
      })
    ),
    email: Fields.optional(
      Schema.String.pipe(
        Schema.filter((email) => address.test(email) && email.isWellFormed(), {
          description: "an email address",
          message: () => "is not an email address",
          arbitrary: () => (fc) => fc.emailAddress()
        })
      )
    )
  })

const prefix = "custom."

const withPrefix = (key: string): string => (key.startsWith(prefix) ? key : `${prefix}${key}`)

/**
 * Custom attributes as a caller writes them, with or without `custom.` in front of the key, to what is sent, which has it.
 * Every key has to exist in the workspace, which only the API can check, see `CertifierError.ValidationError`.
 */
const customAttributes = () =>
  Schema.transform(
    Schema.Record({ key: Schema.String, value: Schema.String }).pipe(
      Schema.filter(
        (attributes) => {
          const seen = new Set<string>()
          return Object.keys(attributes).flatMap((key) => {
            const full = withPrefix(key)
            if (full.slice(prefix.length).trim() === "") return [{ path: [key], message: "has no name" }]
            if (seen.has(full)) return [{ path: [key], message: `is there twice, with and without ${prefix}` }]
            seen.add(full)
            return []
          })
        },
        { description: "the value of each custom attribute" }
      )
    ),
    Schema.Record({ key: Schema.String, value: Schema.String }),
    { strict: true, decode: Record.mapKeys(withPrefix), encode: (attributes) => attributes }
  )

interface Dates {
  readonly issueDate?: CalendarDate.CalendarDate | undefined
  readonly expiryDate?: CalendarDate.CalendarDate | null | undefined
}

/** The rules of a whole body. */
const body = <A extends Dates, I>(schema: Schema.Schema<A, I>) =>
  Fields.body(schema).pipe(
    Schema.filter(
      ({ expiryDate, issueDate }) =>
        issueDate === undefined || typeof expiryDate !== "string" || issueDate <= expiryDate
          ? undefined
          : { path: ["expiryDate"], message: "is before issueDate" },
      { description: "a date that is not before issueDate" }
    )
  )

/**
 * The body of `POST /v1/credentials`, and of `POST /v1/credentials/create-issue-send`: decodes `CreateInput` and encodes the
 * JSON that is sent.
 *
 * - `groupId` and `recipient.name` are required. Absent and `undefined` are not sent, `null` is refused.
 * - A field that the API does not know is refused by its name.
 * - `recipient.name` is not blank, and not what a template writes without a name (`undefined undefined`).
 * - Dates are `YYYY-MM-DD` and exist; `expiryDate` is not before `issueDate`.
 * - The keys of `customAttributes` are sent with `custom.` in front, whether or not they are written with it.
 *
 * @example
 * ```ts
 * import { Credential } from "@effect-certifier/core"
 * import { Schema } from "effect"
 *
 * const fields = Schema.decodeSync(Credential.Create)({
 *   groupId: "01k0grp00000000000000000g1",
 *   recipient: { name: "Ada Example" },
 *   customAttributes: { mentor: "Lin Example" }
 * })
 * console.log(JSON.stringify(fields.customAttributes)) // {"custom.mentor":"Lin Example"}
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export const Create = /* #__PURE__ */ define(() =>
  body(
    Schema.Struct({
      groupId: GroupId,
      recipient: recipient(),
      issueDate: Fields.optional(CalendarDate.CalendarDate),
      expiryDate: Fields.optional(CalendarDate.CalendarDate),
      customAttributes: Fields.optional(customAttributes())
    })
  )
)

/**
 * The checked fields of a new credential.
 *
 * @since 0.1.0
 * @category models
 */
export interface Create extends Schema.Schema.Type<typeof Create> {}

/**
 * A recipient, as a caller writes one.
 *
 * @since 0.1.0
 * @category models
 */
export interface RecipientInput {
  /** The id of an existing recipient: send it whenever it is known, see `recipientInput`. */
  readonly id?: Operation.IdInput<"RecipientId"> | undefined
  /** Not blank. */
  readonly name: string
  /** Needed for mailing. */
  readonly email?: string | undefined
}

/**
 * The fields of a new credential, as a caller writes them: plain strings; a key whose value is `undefined` counts as absent.
 *
 * @since 0.1.0
 * @category models
 */
export interface CreateInput {
  readonly groupId: Operation.IdInput<"GroupId">
  readonly recipient: RecipientInput
  /** `YYYY-MM-DD`. Default of the API: today; in which time zone is not documented. */
  readonly issueDate?: CalendarDate.Input | undefined
  /** `YYYY-MM-DD`. Default of the API: the group's setting. */
  readonly expiryDate?: CalendarDate.Input | undefined
  /** By key, with or without `custom.` in front of it. */
  readonly customAttributes?: { readonly [key: string]: string } | undefined
}

/**
 * The body of `PATCH /v1/credentials/{id}`: decodes `UpdateInput` and encodes the JSON that is sent. Every field is optional:
 * absent and `undefined` leave it unchanged, and `expiryDate: null` clears the date. The other rules are those of `Create`.
 *
 * @example
 * ```ts
 * import { Credential } from "@effect-certifier/core"
 * import { Schema } from "effect"
 *
 * const patch = Schema.decodeSync(Credential.Update)({ issueDate: undefined, expiryDate: null })
 * console.log(JSON.stringify(patch)) // {"expiryDate":null}
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export const Update = /* #__PURE__ */ define(() =>
  body(
    Schema.Struct({
      recipient: Fields.optional(recipient()),
      issueDate: Fields.optional(CalendarDate.CalendarDate),
      expiryDate: Fields.optional(Schema.NullOr(CalendarDate.CalendarDate)),
      customAttributes: Fields.optional(customAttributes())
    })
  )
)

/**
 * A checked update.
 *
 * @since 0.1.0
 * @category models
 */
export interface Update extends Schema.Schema.Type<typeof Update> {}

/**
 * The fields to set on a credential, as a caller writes them.
 *
 * @since 0.1.0
 * @category models
 */
export interface UpdateInput {
  /** Name and email; with the id of the recipient where it is known, see `recipientInput`. */
  readonly recipient?: RecipientInput | undefined
  /** `YYYY-MM-DD`. */
  readonly issueDate?: CalendarDate.Input | undefined
  /** `YYYY-MM-DD`, or `null` to clear it. */
  readonly expiryDate?: CalendarDate.Input | null | undefined
  /**
   * By key, with or without `custom.` in front of it. Whether the API keeps the attributes that are not given is not
   * documented: give all of them.
   */
  readonly customAttributes?: { readonly [key: string]: string } | undefined
}

/**
 * The name that a credential is rendered with: `attributes["recipient.name"]`, or else `recipient.name`, which stays the old
 * one after a recipient is renamed.
 *
 * @since 0.1.0
 * @category combinators
 */
export const recipientName = ({ attributes, recipient }: Pick<Credential, "attributes" | "recipient">): string =>
  attributes["recipient.name"] ?? recipient.name

/**
 * The recipient of a credential for an update of it, with some of its fields changed. It has the recipient's id where that is
 * known: the vendor's OpenAPI document requires it, and the service does not.
 *
 * @example
 * ```ts
 * import { Credential, Credentials } from "@effect-certifier/core"
 *
 * const rename = (credential: Credential.Credential, name: string) =>
 *   Credentials.update(credential.id, { recipient: Credential.recipientInput(credential, { name }) })
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const recipientInput = (
  credential: Pick<Credential, "attributes" | "recipient">,
  changes: { readonly name?: string | undefined; readonly email?: string | undefined } = {}
): RecipientInput => ({
  id: Option.getOrUndefined(credential.recipient.id),
  name: changes.name ?? recipientName(credential),
  email: changes.email ?? Option.getOrUndefined(credential.recipient.email)
})

/**
 * The URL of a credential's public page. `baseUrl` is a workspace's own domain; default `https://credsverse.com`.
 *
 * @example
 * ```ts
 * import { Credential } from "@effect-certifier/core"
 *
 * const publicId = Credential.PublicId.make("6f1d2c3b-4a59-4e68-8b77-0123456789ab")
 * console.log(Credential.publicUrl({ publicId }))
 * // https://credsverse.com/credentials/6f1d2c3b-4a59-4e68-8b77-0123456789ab
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const publicUrl = (
  { publicId }: Pick<Credential, "publicId">,
  baseUrl: string | URL = "https://credsverse.com"
): string => `${String(baseUrl).replace(/\/+$/, "")}/credentials/${publicId}`

/**
 * Whether a credential is valid at a moment: it is issued, and its expiry date has not passed. On the expiry date itself its
 * status decides, as the vendor does not document the instant. The date of `now` is that of its zone, or of UTC.
 *
 * An unknown status is not usable.
 *
 * @since 0.1.0
 * @category combinators
 */
export const isUsable = (
  { expiryDate, status }: Pick<Credential, "expiryDate" | "status">,
  now: DateTime.DateTime
): boolean =>
  status === "issued" &&
  Option.match(expiryDate, { onNone: () => true, onSome: (date) => CalendarDate.fromDateTime(now) <= date })
