import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { CertifierError, Outcome } from "../../CertifierError.js"
import * as Credential from "../../Credential.js"
import { define } from "../define.js"
import * as Fields from "../schema/fields.js"

const attempted = {
  /**
   * The time since when a request of this step may have reached the server. `Option.none` if no request was sent, or if it is
   * known to have had no effect.
   */
  attemptedAt: Fields.nullish(Fields.Timestamp)
}

const created = { credentialId: Credential.CredentialId, publicId: Credential.PublicId }

/**
 * The step that creates a credential, returned by `start`.
 *
 * @since 0.1.0
 * @category models
 */
export const Create = /* #__PURE__ */ define(() =>
  Schema.TaggedStruct("Create", {
    fields: Credential.Create,
    /** The key of the custom attribute that identifies this issuance, with the prefix `custom.`. */
    reference: Fields.nullish(Schema.String),
    /** Whether the credential is mailed after it is issued. */
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
 * The step that issues a draft. It can be repeated at any time, because the status can be read. Nothing has been mailed.
 *
 * @since 0.1.0
 * @category models
 */
export const Issue = /* #__PURE__ */ define(() =>
  Schema.TaggedStruct("Issue", {
    ...created,
    /** Whether the credential is mailed after it is issued. */
    send: Schema.Boolean
  })
)

/**
 * @since 0.1.0
 * @category models
 */
export interface Issue extends Schema.Schema.Type<typeof Issue> {}

/**
 * The step that mails an issued credential. If `attemptedAt` is present, the mail may have been sent; the API does not show
 * whether it was.
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
 * The final step.
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
 * The next step of an issuance, with everything needed to continue. Encodes to JSON: store it, and pass it to `resume`. A
 * `Create` contains the name and email of the recipient.
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
  NotFound: "the effect of the request was not found, and it must not be repeated",
  Ambiguous: "the state that was read is not the result of this step",
  NotRead: "the state could not be read"
} as const

/**
 * The reason why the effect of a request is unknown.
 *
 * - `NoDeliveryState`: the request was a `send`, and the API does not report whether a mail was sent.
 * - `NotFound`: reading shows no effect of the request after `settle`, and either `attempts` requests were sent, or the
 *   response was a success.
 * - `Ambiguous`: the search for the created credential finds several candidates, or one that another writer has already
 *   processed (no longer a draft), or one without a value for `reference`; or the status of the credential is unknown to this
 *   version.
 * - `NotRead`: reading failed as well.
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
 * It is unknown whether a step has taken effect, and nothing more was sent. `step` is the step at which the issuance stopped,
 * as passed to `onStep`. Check the credential, and the mailbox if necessary, and then call `resume`.
 *
 * It is not part of `CertifierError`: no operation fails with it, and no retry policy retries it.
 *
 * @since 0.1.0
 * @category errors
 */
export class Uncertain
  extends /* #__PURE__ */ define(() =>
    Schema.TaggedError<Uncertain>("@effect-certifier/core/Issuance/Uncertain")("CertifierIssuanceUncertain", {
      step: Step,
      reason: Reason,
      /** The credentials found by the search for a created one. */
      found: Schema.Array(Credential.CredentialId),
      /**
       * The failures of the requests of this step and of the reads after them, oldest first; empty if an earlier run sent them.
       */
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
