/**
 * The mails that the service would have sent. The sandbox sends none.
 *
 * @since 0.1.0
 */
import { Credential } from "@effect-certifier/core"
import * as Schema from "effect/Schema"

/**
 * A mail to the recipient of a credential, which the service would have sent for `Credentials.send` or
 * `Credentials.createIssueSend`.
 *
 * @since 0.1.0
 * @category models
 */
export class Mail extends Schema.Class<Mail>("@effect-certifier/sandbox/Mail")({
  /** 1 for the first mail, and so on. */
  number: Schema.Int,
  /** When it would have been sent, by the sandbox's `Clock`. */
  at: Schema.DateTimeUtc,
  credentialId: Credential.CredentialId,
  to: Schema.String,
  subject: Schema.String,
  /** The public page of the credential, as the recipient opens it. */
  url: Schema.String,
  /** Whether it bounced, see `Sandbox.bounce`. */
  bounced: Schema.Boolean
}) {}
