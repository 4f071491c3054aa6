/**
 * A group of credentials (newer documentation of the vendor says "credential template"), and the bodies of its requests.
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
 * The id of a group. Opaque, but it becomes a segment of a URL's path, so it has to stay one: 1 to 128 of the characters
 * that RFC 3986 (section 2.3) calls unreserved (letters, digits, `-`, `.`, `_`, `~`), and neither `.` nor `..`.
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
 * A group. Unknown members are ignored, `null` and absent are both `Option.none`, and encoding returns the JSON of the API.
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
    /** Feeds the `[group.name]` attribute of credentials. */
    name: Schema.String,
    /** The learning event's URL, shown in the digital wallet. */
    learningEventUrl: Fields.nullish(Schema.String),
    /** Newer documentation calls this and `badgeDesignId` legacy; see `designIds`. */
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
 * One page of the groups: its groups, and the cursors of the pages around it.
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

/** The fields that a group can be given, except its name. */
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

/** The rules of a whole body. */
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
 * The body of `PATCH /v1/groups/{id}`: decodes `PatchInput` and encodes the JSON that is sent.
 *
 * - Every field is optional. Absent and `undefined` are not sent, `null` is refused, `{}` is allowed.
 * - A field that the API does not know is refused by its name, because the API would ignore it and report success.
 * - `name` is not blank. `learningEventUrl` is an absolute http(s) URL and is sent exactly as given.
 * - `designIds` is not empty, keeps its order, replaces the whole list, and excludes the two older fields.
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
 * A checked patch.
 *
 * @since 0.1.0
 * @category models
 */
export interface Patch extends Schema.Schema.Type<typeof Patch> {}

/**
 * The fields to set on a group, as a caller writes them: plain strings; a key whose value is `undefined` counts as absent.
 *
 * @since 0.1.0
 * @category models
 */
export interface PatchInput {
  /** Not blank. */
  readonly name?: string | undefined
  /** An absolute http(s) URL, sent exactly as given. */
  readonly learningEventUrl?: string | undefined
  /** All designs, in order, instead of the existing ones; not empty. Excludes the two older fields. */
  readonly designIds?: ReadonlyArray<Operation.IdInput<"DesignId">> | undefined
  readonly certificateDesignId?: Operation.IdInput<"DesignId"> | undefined
  readonly badgeDesignId?: Operation.IdInput<"DesignId"> | undefined
}

/**
 * The body of `POST /v1/groups`: decodes `CreateInput` and encodes the JSON that is sent. `name` is required; the other
 * fields and all rules are those of `Patch`.
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
 * The checked fields of a new group.
 *
 * @since 0.1.0
 * @category models
 */
export interface Create extends Schema.Schema.Type<typeof Create> {}

/**
 * The fields of a new group, as a caller writes them: plain strings; a key whose value is `undefined` counts as absent.
 *
 * @since 0.1.0
 * @category models
 */
export interface CreateInput extends PatchInput {
  /** Not blank. */
  readonly name: string
}
