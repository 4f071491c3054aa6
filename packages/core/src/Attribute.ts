/**
 * An attribute of the workspace, which designs can show. **Experimental**: the vendor does not document it.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { define } from "./internal/define.js"
import * as Fields from "./internal/schema/fields.js"

/**
 * An attribute. Unknown members are ignored; `null` and absent are both `Option.none`, and `false` in `isDefault`.
 *
 * @since 0.1.0
 * @category experimental
 */
export class Attribute
  extends /* #__PURE__ */ define(() =>
    Schema.Class<Attribute>("@effect-certifier/core/Attribute")(
      {
        id: Fields.nullish(Schema.String),
        /** With or without `custom.` in front, see `key`. */
        tag: Schema.String,
        name: Schema.String,
        type: Fields.nullish(Schema.String),
        /** Whether every workspace has it. */
        isDefault: Schema.optionalWith(Schema.Boolean, { default: () => false, nullable: true, exact: true })
      },
      { identifier: "Attribute", description: "an attribute" }
    )
  ) {}

/**
 * The key of an attribute in the `customAttributes` or `attributes` of a credential: `custom.` is put in front of the tag of a
 * custom attribute that does not have it.
 *
 * @since 0.1.0
 * @category experimental
 */
export const key = ({ isDefault, tag }: Pick<Attribute, "isDefault" | "tag">): string =>
  isDefault || tag.startsWith("custom.") ? tag : `custom.${tag}`
