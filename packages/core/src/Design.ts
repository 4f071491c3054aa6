/**
 * A design of certificates or badges (newer documentation of the vendor says "design template"). Designs are made in the
 * dashboard; the API only reads them.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { define } from "./internal/define.js"
import * as Fields from "./internal/schema/fields.js"
import type * as Operation from "./Operation.js"

/**
 * The id of a certificate's or a badge's design. Opaque, and safe as one segment of a URL's path, see `Group.GroupId`.
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
 * What a design is for: `certificate` or `badge`; any other string that the API sends is kept.
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
 * A design. Unknown members are ignored, `null` and absent are both `Option.none`, and encoding returns the JSON of the API.
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
        /** An image of the design. Its path has percent-encoded slashes: use it unchanged. */
        previewUrl: Fields.nullish(Schema.String),
        createdAt: Fields.Timestamp,
        updatedAt: Fields.Timestamp
      },
      { identifier: "Design", description: "a design" }
    )
  ) {}

/**
 * One page of the designs: its designs, and the cursors of the pages around it.
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
