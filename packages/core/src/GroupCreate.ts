/**
 * The body of a creation: the fields of a new group.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type * as GroupPatch from "./GroupPatch.js"
import * as GroupFields from "./internal/groupFields.js"

/**
 * The body of `POST /v1/groups`, as a `Schema`: it decodes what a caller writes and encodes what is sent. `name` is
 * required; the other fields and all rules are those of `GroupPatch`.
 *
 * @example
 * ```ts
 * import { GroupCreate } from "@effect-certifier/core"
 * import { Schema } from "effect"
 *
 * const fields = Schema.decodeSync(GroupCreate.GroupCreate)({ name: "Financial Markets", designIds: ["01fpwtztwf7sacca5r0c483mnm"] })
 * console.log(fields.name) // Financial Markets
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export const GroupCreate = GroupFields.body(Schema.Struct({ name: GroupFields.Name, ...GroupFields.fields }))

/**
 * The checked fields of a new group.
 *
 * @since 0.1.0
 * @category models
 */
export interface GroupCreate extends Schema.Schema.Type<typeof GroupCreate> {}

/**
 * What a caller writes: plain strings; a key whose value is `undefined` counts as absent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Input extends GroupPatch.Input {
  /** Not blank. */
  readonly name: string
}
