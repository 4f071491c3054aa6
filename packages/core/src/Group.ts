/**
 * Groups of credentials ("credential templates" in the vendor's newer documentation), and the request bodies of their
 * operations.
 *
 * @since 0.1.0
 */
import * as Array from "effect/Array"
import * as Schema from "effect/Schema"
import { DesignId } from "./Design.js"
import { define } from "./internal/define.js"
import * as Fields from "./internal/schema/fields.js"
import type * as Operation from "./Operation.js"

/**
 * The id of a group. Opaque, but safe as a path segment of a URL: 1 to 128 unreserved characters of RFC 3986, section 2.3
 * (letters, digits, `-`, `.`, `_`, `~`), and neither `.` nor `..`.
 *
 * @since 0.1.0
 * @category models
 */
export const GroupId = /* #__PURE__ */ Fields.pathId("GroupId", "group")

/**
 * @since 0.1.0
 * @category models
 */
export type GroupId = typeof GroupId.Type

/**
 * A group. Unknown fields are ignored; `null` and absent fields decode to `Option.none`. Encoding returns the JSON of the API.
 *
 * @example
 * ```ts
 * import { Group } from "@effect-certifier/core"
 * import { Option, Schema } from "effect"
 *
 * const group = Schema.decodeUnknownSync(Group.Group)({
 *   id: "01g90279gp5sbmfek7wymcsvec",
 *   name: "Financial Markets",
 *   createdAt: "2022-01-01T00:00:00.000Z",
 *   updatedAt: "2022-01-01T00:00:00.000Z"
 * })
 * console.log(Option.isNone(group.badgeDesignId)) // true
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export class Group extends Schema.Class<Group>("@effect-certifier/core/Group")(
  {
    id: GroupId,
    /** The value of the `[group.name]` attribute of credentials. */
    name: Schema.String,
    /** The URL of the learning event, shown in the digital wallet. */
    learningEventUrl: Fields.nullish(Schema.String),
    /** Like `badgeDesignId`, legacy according to the vendor's newer documentation; see `designIds`. */
    certificateDesignId: Fields.nullish(DesignId),
    badgeDesignId: Fields.nullish(DesignId),
    /** All designs, in order. */
    designIds: Fields.nullish(Schema.Array(DesignId)),
    createdAt: Fields.Timestamp,
    updatedAt: Fields.Timestamp
  },
  { identifier: "Group", description: "a group" }
) {}

/**
 * One page of groups, with the cursors of the previous and next pages.
 *
 * @since 0.1.0
 * @category models
 */
export const Page = /* #__PURE__ */ define(() =>
  Fields.page(Group).annotations({ identifier: "GroupPage", description: "one page of the groups" })
)

/**
 * @since 0.1.0
 * @category models
 */
export type Page = Operation.Page<Group>

/** The fields of a group that can be set, except its name. */
const settable = () => ({
  certificateDesignId: Fields.optional(DesignId),
  badgeDesignId: Fields.optional(DesignId),
  designIds: Fields.optional(
    Schema.Array(DesignId).pipe(
      Schema.filter(Array.isNonEmptyReadonlyArray, {
        description: "a list of at least one design id",
        message: () => "is empty"
      })
    )
  ),
  learningEventUrl: Fields.optional(Fields.HttpUrl)
})

/** The rules that involve several fields. */
const body = <A extends Schema.Struct.Type<ReturnType<typeof settable>>, I>(schema: Schema.Schema<A, I>) =>
  Fields.body(schema).pipe(
    Schema.filter(
      (fields) =>
        fields.designIds === undefined || (fields.certificateDesignId ?? fields.badgeDesignId) === undefined
          ? undefined
          : { path: ["designIds"], message: "is given together with certificateDesignId or badgeDesignId" },
      { description: "one of the two" }
    )
  )

/**
 * The request body of `PATCH /v1/groups/{id}`: decodes a `PatchInput` and encodes to the JSON of the request.
 *
 * - All fields are optional. Absent and `undefined` fields are not sent, `null` is rejected, `{}` is allowed.
 * - Unknown fields are rejected by name, because the API would ignore them and report success.
 * - `name` is not blank. `learningEventUrl` is an absolute http(s) URL, sent verbatim.
 * - `designIds` is an ordered, non-empty list that replaces the existing one, and excludes the two legacy fields.
 *
 * @example
 * ```ts
 * import { Group } from "@effect-certifier/core"
 * import { Schema } from "effect"
 *
 * const patch = Schema.decodeSync(Group.Patch)({ name: "Financial Markets", learningEventUrl: undefined })
 * console.log(JSON.stringify(patch)) // {"name":"Financial Markets"}
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export const Patch = /* #__PURE__ */ define(() =>
  body(Schema.Struct({ name: Fields.optional(Fields.Name), ...settable() }))
)

/**
 * A validated patch.
 *
 * @since 0.1.0
 * @category models
 */
export interface Patch extends Schema.Schema.Type<typeof Patch> {}

/**
 * The fields to set on a group, as input: plain strings; `undefined` counts as absent.
 *
 * @since 0.1.0
 * @category models
 */
export interface PatchInput {
  /** Not blank. */
  readonly name?: string | undefined
  /** An absolute http(s) URL, sent verbatim. */
  readonly learningEventUrl?: string | undefined
  /** All designs, in order; replaces the existing ones. Not empty. Excludes the two legacy fields. */
  readonly designIds?: ReadonlyArray<Operation.IdInput<"DesignId">> | undefined
  readonly certificateDesignId?: Operation.IdInput<"DesignId"> | undefined
  readonly badgeDesignId?: Operation.IdInput<"DesignId"> | undefined
}

/**
 * The request body of `POST /v1/groups`: decodes a `CreateInput` and encodes to the JSON of the request. `name` is required;
 * the other fields and all rules are those of `Patch`.
 *
 * @example
 * ```ts
 * import { Group } from "@effect-certifier/core"
 * import { Schema } from "effect"
 *
 * const fields = Schema.decodeSync(Group.Create)({ name: "Financial Markets", designIds: ["01fpwtztwf7sacca5r0c483mnm"] })
 * console.log(fields.name) // Financial Markets
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export const Create = /* #__PURE__ */ define(() => body(Schema.Struct({ name: Fields.Name, ...settable() })))

/**
 * The validated fields of a new group.
 *
 * @since 0.1.0
 * @category models
 */
export interface Create extends Schema.Schema.Type<typeof Create> {}

/**
 * The fields of a new group, as input: plain strings; `undefined` counts as absent.
 *
 * @since 0.1.0
 * @category models
 */
export interface CreateInput extends PatchInput {
  /** Not blank. */
  readonly name: string
}
