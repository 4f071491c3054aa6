/**
 * Credentials (a certificate or badge of one recipient), and the request bodies of their operations.
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
 * The id of a credential in the API. Opaque, and safe as a path segment of a URL. The public page has a different id, see
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
 * The id of a credential's public page, see `publicUrl`. The API does not accept it as a `CredentialId`.
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
 * The documented statuses, which can be searched for.
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
 * The status of a credential: `draft`, `scheduled`, `issued` or `expired`. Any other string sent by the API is kept. Neither
 * the status nor anything else in the API shows whether a credential was mailed.
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
 * The recipient of a credential, in responses.
 *
 * @since 0.1.0
 * @category models
 */
export const Recipient = /* #__PURE__ */ define(() =>
  Schema.Struct({
    id: Fields.nullish(RecipientId),
    /** Can be outdated after an update, see `recipientName`. */
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
 * A credential. Unknown fields are ignored; `null` and absent fields decode to `Option.none`, or to an empty record for
 * `attributes` and `customAttributes`. Encoding returns the JSON of the API.
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
        /** The values rendered in the designs, by attribute, such as `recipient.name`. */
        attributes: Fields.textMap,
        /** The values of the workspace's custom attributes; each key begins with `custom.`. */
        customAttributes: Fields.textMap,
        createdAt: Fields.Timestamp,
        updatedAt: Fields.Timestamp
      },
      { identifier: "Credential", description: "a credential" }
    )
  ) {}

/**
 * One page of credentials, with the cursors of the previous and next pages.
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
 * A rendered image of a credential in one design.
 *
 * @since 0.1.0
 * @category models
 */
export const Preview = /* #__PURE__ */ define(() =>
  Schema.Struct({
    format: Fields.open(["png", "pdf"]),
    /** The image at a URL never changes: after a change of the credential or its designs, fetch the designs again. */
    url: Schema.String
  })
)

/**
 * @since 0.1.0
 * @category models
 */
export interface Preview extends Schema.Schema.Type<typeof Preview> {}

/**
 * A design of one credential, with its previews. Previews can be missing right after issuing: fetch the designs again later.
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

/** Matches names from templates whose variables were missing. */
const isFilledIn = (name: string): boolean => {
  const words = name.trim().split(/\s+/)
  return !words.includes("undefined") && !words.every((word) => word === "null")
}

/**
 * Exactly one address: neither a list nor a display name with an address in brackets. Characters of the local part that require
 * quotes (RFC 5322, section 3.2.3) are rejected without them. Whether the address exists is not checked.
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
 * Decodes custom attributes with or without the prefix `custom.` in their keys; the request always has the prefix. Every key
 * has to exist in the workspace, which only the API can check, see `CertifierError.ValidationError`.
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

/** The rules that involve several fields. */
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
 * The request body of `POST /v1/credentials` and `POST /v1/credentials/create-issue-send`: decodes a `CreateInput` and encodes
 * to the JSON of the request.
 *
 * - `groupId` and `recipient.name` are required. Absent and `undefined` fields are not sent; `null` is rejected.
 * - Unknown fields are rejected by name.
 * - `recipient.name` is not blank, and not the output of a template whose name was missing (`undefined undefined`).
 * - Dates are existing dates as `YYYY-MM-DD`, and `expiryDate` is not before `issueDate`.
 * - The keys of `customAttributes` are sent with the prefix `custom.`, which is optional in the input.
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
 * The validated fields of a new credential.
 *
 * @since 0.1.0
 * @category models
 */
export interface Create extends Schema.Schema.Type<typeof Create> {}

/**
 * A recipient, as input.
 *
 * @since 0.1.0
 * @category models
 */
export interface RecipientInput {
  /** The id of an existing recipient: specify it whenever it is known, see `recipientInput`. */
  readonly id?: Operation.IdInput<"RecipientId"> | undefined
  /** Not blank. */
  readonly name: string
  /** Required for sending mail. */
  readonly email?: string | undefined
}

/**
 * The fields of a new credential, as input: plain strings; `undefined` counts as absent.
 *
 * @since 0.1.0
 * @category models
 */
export interface CreateInput {
  readonly groupId: Operation.IdInput<"GroupId">
  readonly recipient: RecipientInput
  /** `YYYY-MM-DD`. Default of the API: the current date; its time zone is not documented. */
  readonly issueDate?: CalendarDate.Input | undefined
  /** `YYYY-MM-DD`. Default of the API: the group's setting. */
  readonly expiryDate?: CalendarDate.Input | undefined
  /** By key, with or without the prefix `custom.`. */
  readonly customAttributes?: { readonly [key: string]: string } | undefined
}

/**
 * The request body of `PATCH /v1/credentials/{id}`: decodes an `UpdateInput` and encodes to the JSON of the request. All fields
 * are optional: absent and `undefined` leave a field unchanged, and `expiryDate: null` clears the date. The other rules are
 * those of `Create`.
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
 * A validated update.
 *
 * @since 0.1.0
 * @category models
 */
export interface Update extends Schema.Schema.Type<typeof Update> {}

/**
 * The fields to set on a credential, as input.
 *
 * @since 0.1.0
 * @category models
 */
export interface UpdateInput {
  /** Name and email, and the id of the recipient if it is known, see `recipientInput`. */
  readonly recipient?: RecipientInput | undefined
  /** `YYYY-MM-DD`. */
  readonly issueDate?: CalendarDate.Input | undefined
  /** `YYYY-MM-DD`, or `null` to clear it. */
  readonly expiryDate?: CalendarDate.Input | null | undefined
  /**
   * By key, with or without the prefix `custom.`. It is not documented whether the API keeps omitted attributes: specify all of
   * them.
   */
  readonly customAttributes?: { readonly [key: string]: string } | undefined
}

/**
 * The name that is rendered on a credential: `attributes["recipient.name"]`, or `recipient.name` if it is absent. After a
 * recipient is renamed, `recipient.name` still has the old name.
 *
 * @since 0.1.0
 * @category combinators
 */
export const recipientName = ({ attributes, recipient }: Pick<Credential, "attributes" | "recipient">): string =>
  attributes["recipient.name"] ?? recipient.name

/**
 * The recipient of a credential as input for an update, with some fields changed. It contains the id of the recipient if it is
 * known: the vendor's OpenAPI document requires the id, although the API does not.
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
 * The URL of a credential's public page. `baseUrl` is the custom domain of the workspace; default `https://credsverse.com`.
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
 * Whether a credential is valid at `now`: it is issued, and its expiry date has not passed. On the expiry date itself the
 * status decides, because the instant of expiry is not documented. The date of `now` is taken in its time zone, or in UTC.
 *
 * A credential with an unknown status is not usable.
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
