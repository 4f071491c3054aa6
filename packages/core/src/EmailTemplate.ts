/**
 * Templates of the mails sent by `Credentials.send`. **Experimental**: not documented by the vendor.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { define } from "./internal/define.js"
import * as Fields from "./internal/schema/fields.js"

/**
 * An email template. Unknown fields are ignored; `null` and absent fields decode to `Option.none`.
 *
 * @since 0.1.0
 * @category experimental
 */
export class EmailTemplate
  extends /* #__PURE__ */ define(() =>
    Schema.Class<EmailTemplate>("@effect-certifier/core/EmailTemplate")(
      {
        id: Schema.String,
        name: Schema.String,
        subject: Fields.nullish(Schema.String),
        createdAt: Fields.nullish(Fields.Timestamp),
        updatedAt: Fields.nullish(Fields.Timestamp)
      },
      { identifier: "EmailTemplate", description: "an email template" }
    )
  ) {}
