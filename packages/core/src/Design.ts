/**
 * Designs of certificates and badges ("design templates" in the vendor's newer documentation). Designs are created in the
 * dashboard; the API is read-only.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { define } from "./internal/define.js"
import * as Fields from "./internal/schema/fields.js"
import type * as Operation from "./Operation.js"

/**
 * The id of a design. Opaque, and safe as a path segment of a URL, see `Group.GroupId`.
 *
 * @since 0.1.0
 * @category models
 */
export const DesignId = /* #__PURE__ */ Fields.pathId("DesignId", "design")

/**
 * @since 0.1.0
 * @category models
 */
export type DesignId = typeof DesignId.Type

/**
 * The type of a design: `certificate` or `badge`. Any other string sent by the API is kept.
 *
 * @since 0.1.0
 * @category models
 */
export const Type = /* #__PURE__ */ Fields.open(["certificate", "badge"])

/**
 * @since 0.1.0
 * @category models
 */
export type Type = typeof Type.Type

/**
 * A design. Unknown fields are ignored; `null` and absent fields decode to `Option.none`. Encoding returns the JSON of the API.
 *
 * @example
 * ```ts
 * import { Design } from "@effect-certifier/core"
 * import { Schema } from "effect"
 *
 * const design = Schema.decodeUnknownSync(Design.Design)({
 *   id: "01k0dsn00000000000000000d1",
 *   name: "Blue frame",
 *   type: "certificate",
 *   createdAt: "2026-01-15T09:30:00.000Z",
 *   updatedAt: "2026-01-15T09:30:00.000Z"
 * })
 * console.log(design.name) // Blue frame
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export class Design
  extends /* #__PURE__ */ define(() =>
    Schema.Class<Design>("@effect-certifier/core/Design")(
      {
        id: DesignId,
        name: Schema.String,
        type: Type,
        /** An image of the design. The path contains percent-encoded slashes: use the URL unchanged. */
        previewUrl: Fields.nullish(Schema.String),
        createdAt: Fields.Timestamp,
        updatedAt: Fields.Timestamp
      },
      { identifier: "Design", description: "a design" }
    )
  ) {}

/**
 * One page of designs, with the cursors of the previous and next pages.
 *
 * @since 0.1.0
 * @category models
 */
export const Page = /* #__PURE__ */ define(() =>
  Fields.page(Design).annotations({ identifier: "DesignPage", description: "one page of the designs" })
)

/**
 * @since 0.1.0
 * @category models
 */
export type Page = Operation.Page<Design>
