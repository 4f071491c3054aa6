/**
 * A group of credentials (newer documentation of the vendor says "credential template"), as the API answers it.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * The id of a group. Opaque, but it becomes a segment of a URL's path, so it has to stay one: 1 to 128 of the characters
 * that RFC 3986 (section 2.3) calls unreserved (letters, digits, `-`, `.`, `_`, `~`), and neither `.` nor `..`.
 *
 * @since 0.1.0
 * @category models
 */
export const GroupId = Schema.String.pipe(
  Schema.pattern(/^(?!\.{1,2}$)[A-Za-z0-9\-._~]{1,128}$/, {
    description: "an id of 1 to 128 letters, digits, '-', '.', '_' or '~', other than '.' and '..'",
    message: () => "can't be a group's id",
    // What the service really makes: 26 lower-case letters and digits.
    arbitrary: () => (fc) => fc.stringMatching(/^[0-9a-z]{26}$/)
  }),
  Schema.brand("GroupId")
)

/**
 * @since 0.1.0
 * @category models
 */
export type GroupId = typeof GroupId.Type

/**
 * The id of a certificate's or a badge's design. Opaque; not empty.
 *
 * @since 0.1.0
 * @category models
 */
export const DesignId = Schema.String.pipe(
  Schema.filter((id) => id !== "" && id.isWellFormed(), {
    description: "a design's id: a string that is not empty",
    message: () => "can't be a design's id",
    arbitrary: () => (fc) => fc.stringMatching(/^[0-9a-z]{26}$/)
  }),
  Schema.brand("DesignId")
)

/**
 * @since 0.1.0
 * @category models
 */
export type DesignId = typeof DesignId.Type

/** `null` and an absent key mean the same to the API; neither is sent back. */
const nullish = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalWith(schema, { as: "Option", exact: true, nullable: true })

/** ISO 8601 with a zone: `new Date` alone would also read `"1"` and `"January 5"`, the latter in the machine's zone. */
const Timestamp = Schema.compose(
  Schema.String.pipe(
    Schema.pattern(/^(\d{4}|[+-]\d{6})-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/, {
      message: () => "is not a date and time"
    })
  ),
  Schema.DateTimeUtc
).annotations({ description: "an ISO 8601 date and time with its zone" })

/**
 * A group. Members that this version does not know are ignored, `null` and absent are both `Option.none`, and encoding
 * gives back the shape of the wire.
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
    learningEventUrl: nullish(Schema.String),
    /** Newer documentation calls this and `badgeDesignId` legacy; see `designIds`. */
    certificateDesignId: nullish(DesignId),
    badgeDesignId: nullish(DesignId),
    /** All designs, in order. */
    designIds: nullish(Schema.Array(DesignId)),
    createdAt: Timestamp,
    updatedAt: Timestamp
  },
  { identifier: "Group", description: "a group of credentials" }
) {}
