/**
 * One page of a list of groups.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Group } from "./Group.js"

/** Opaque. `null` and an absent key both mean that there is nothing more; encoding writes `null`, as the API does. */
const Cursor = Schema.optionalToRequired(Schema.NullOr(Schema.String), Schema.OptionFromSelf(Schema.String), {
  decode: Option.flatMap(Option.fromNullable),
  encode: (cursor) => Option.some(Option.getOrNull(cursor))
})

/**
 * One page: its groups, and where the pages around it are.
 *
 * @since 0.1.0
 * @category models
 */
export class GroupPage extends Schema.Class<GroupPage>("@effect-certifier/core/GroupPage")(
  {
    data: Schema.Array(Group),
    /** The cursors of the page before and of the page after, where there is one. */
    pagination: Schema.Struct({ prev: Cursor, next: Cursor })
  },
  { identifier: "GroupPage", description: "one page of the groups" }
) {}

const pageSize = { description: "a page size: a whole number from 1 to 100" }

/**
 * The query of `GET /v1/groups`.
 *
 * @since 0.1.0
 * @category models
 */
export const UrlParams = Schema.Struct({
  cursor: Schema.optionalWith(
    Schema.NonEmptyString.annotations({ description: "the cursor that another page has named" }),
    { exact: true }
  ),
  limit: Schema.optionalWith(
    Schema.NumberFromString.pipe(
      Schema.filter((size) => Number.isInteger(size) && size >= 1 && size <= 100, {
        ...pageSize,
        message: () => "is not a whole number from 1 to 100",
        jsonSchema: { type: "integer", minimum: 1, maximum: 100 }
      })
    ).annotations(pageSize),
    { exact: true }
  )
})

/**
 * What a caller asks for.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The cursor that another page has named. Default: the first page. */
  readonly cursor?: string | undefined
  /** How many groups the page has at most, 1 to 100. Default of the API: 20. */
  readonly limit?: number | undefined
}
