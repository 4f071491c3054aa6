/**
 * An attribute of a workspace, shown by its designs. **Experimental**: not documented by the vendor.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { define } from "./internal/define.js"
import * as Fields from "./internal/schema/fields.js"

/**
 * An attribute. Unknown fields are ignored; `null` and absent fields decode to `Option.none`, or to `false` for `isDefault`.
 *
 * @since 0.1.0
 * @category experimental
 */
export class Attribute
  extends /* #__PURE__ */ define(() =>
    Schema.Class<Attribute>("@effect-certifier/core/Attribute")(
      {
        id: Fields.nullish(Schema.String),
        /** With or without the prefix `custom.`, see `key`. */
        tag: Schema.String,
        name: Schema.String,
        type: Fields.nullish(Schema.String),
        /** Whether every workspace has this attribute. */
        isDefault: Schema.optionalWith(Schema.Boolean, { default: () => false, nullable: true, exact: true })
      },
      { identifier: "Attribute", description: "an attribute" }
    )
  ) {}

/**
 * The key of an attribute in the `customAttributes` or `attributes` of a credential: its tag, with the prefix `custom.` added
 * if a custom attribute lacks it.
 *
 * @since 0.1.0
 * @category experimental
 */
export const key = ({ isDefault, tag }: Pick<Attribute, "isDefault" | "tag">): string =>
  isDefault || tag.startsWith("custom.") ? tag : `custom.${tag}`
