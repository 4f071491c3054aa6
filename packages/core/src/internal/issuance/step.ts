import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { CertifierError, Outcome } from "../../CertifierError.js"
import * as Credential from "../../Credential.js"
import { define } from "../define.js"
import * as Fields from "../schema/fields.js"

const attempted = {
  /**
   * Since when a request of this step may have reached the service. `Option.none`: there is no such request, or it is known
   * to have done nothing.
   */
  attemptedAt: Fields.nullish(Fields.Timestamp)
}

const created = { credentialId: Credential.CredentialId, publicId: Credential.PublicId }

/**
 * A credential is to be created. `start` returns the first one.
 *
 * @since 0.1.0
 * @category models
 */
export const Create = /* #__PURE__ */ define(() =>
  Schema.TaggedStruct("Create", {
    fields: Credential.Create,
    /** The key of the custom attribute that identifies this issuance, with `custom.` in front of it. */
    reference: Fields.nullish(Schema.String),
    /** Whether the credential is mailed once it is issued. */
    send: Schema.Boolean,
    ...attempted
  })
)

/**
 * @since 0.1.0
 * @category models
 */
export interface Create extends Schema.Schema.Type<typeof Create> {}

/**
 * A draft is to be issued. Whether it already is can be read, so this step can be repeated at any time. Nothing has been
 * mailed.
 *
 * @since 0.1.0
 * @category models
 */
export const Issue = /* #__PURE__ */ define(() =>
  Schema.TaggedStruct("Issue", {
    ...created,
    /** Whether the credential is mailed once it is issued. */
    send: Schema.Boolean
  })
)

/**
 * @since 0.1.0
 * @category models
 */
export interface Issue extends Schema.Schema.Type<typeof Issue> {}

/**
 * An issued credential is to be mailed. With `attemptedAt`, the mail may have been sent: nothing in the API shows it.
 *
 * @since 0.1.0
 * @category models
 */
export const Send = /* #__PURE__ */ define(() => Schema.TaggedStruct("Send", { ...created, ...attempted }))

/**
 * @since 0.1.0
 * @category models
 */
export interface Send extends Schema.Schema.Type<typeof Send> {}

/**
 * There is nothing left to do.
 *
 * @since 0.1.0
 * @category models
 */
export const Done = /* #__PURE__ */ define(() => Schema.TaggedStruct("Done", created))

/**
 * @since 0.1.0
 * @category models
 */
export interface Done extends Schema.Schema.Type<typeof Done> {}

/**
 * How far an issuance is: the step that comes next, with all that is needed to go on. It is JSON when encoded; store it, and
 * pass it to `resume`. A `Create` holds the recipient's name and email.
 *
 * @since 0.1.0
 * @category models
 */
export const Step = /* #__PURE__ */ define(() => Schema.Union(Create, Issue, Send, Done))

/**
 * @since 0.1.0
 * @category models
 */
export type Step = Create | Issue | Send | Done

const reasons = {
  NoDeliveryState: "a mail may have been sent, and the API does not report it",
  NotFound: "reading does not show what the request did, and it must not be repeated",
  Ambiguous: "what was read is not what this step leaves behind",
  NotRead: "reading what the request did has failed"
} as const

/**
 * Why it is not known what a request has done.
 *
 * - `NoDeliveryState`: the request was a `send`, and the API does not report whether it has mailed.
 * - `NotFound`: reading shows nothing of what the request was for, after `settle`, and either `attempts` requests were sent,
 *   or the service had returned a success.
 * - `Ambiguous`: a search for the created credential finds several, or one that is no longer a draft, so that another writer
 *   has gone on with it, or one that has no value for the `reference`; or the credential's status is not known to this version.
 * - `NotRead`: the reading has failed as well.
 *
 * @since 0.1.0
 * @category models
 */
export const Reason = /* #__PURE__ */ define(() =>
  Schema.Literal("NoDeliveryState", "NotFound", "Ambiguous", "NotRead")
)

/**
 * @since 0.1.0
 * @category models
 */
export type Reason = typeof Reason.Type

/**
 * Whether a step has taken effect is not known, and nothing more was sent. `step` is where it stopped, as `onStep` was given
 * it; look at the credential, and at the mailbox if need be, and then call `resume`.
 *
 * It is not one of the client's errors (`CertifierError`): no operation fails with it, and no retry policy retries after it.
 *
 * @since 0.1.0
 * @category errors
 */
export class Uncertain
  extends /* #__PURE__ */ define(() =>
    Schema.TaggedError<Uncertain>("@effect-certifier/core/Issuance/Uncertain")("CertifierIssuanceUncertain", {
      step: Step,
      reason: Reason,
      /** The credentials that the search for a created one has found. */
      found: Schema.Array(Credential.CredentialId),
      /** How the requests of this step and the reading after them have failed, oldest first; empty if an earlier run sent them. */
      failures: Schema.Array(CertifierError),
      outcome: Schema.propertySignature(Outcome).pipe(Schema.withConstructorDefault(() => "MaybeApplied" as const))
    })
  )
{
  override get message(): string {
    const { failures, found, reason, step } = this
    const which = "credentialId" in step ? ` of credential ${step.credentialId}` : ""
    const list = found.length === 0 ? "" : ` Found: ${found.join(", ")}.`
    const last = failures.at(-1)
    return `${step._tag}${which}: ${reasons[reason]}.${list}${last === undefined ? "" : ` Last failure: ${last.message}`}`
  }

  /** The credential, once its id is known. */
  get credentialId(): Option.Option<Credential.CredentialId> {
    return "credentialId" in this.step ? Option.some(this.step.credentialId) : Option.none()
  }
}
