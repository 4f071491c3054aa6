/**
 * The body of an update: the fields to set. A field that is not given is left as it is.
 *
 * @since 0.1.0
 */
import * as Array from "effect/Array"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { DesignId } from "./Group.js"

const Name = Schema.String.pipe(
  Schema.filter((name) => name.trim() !== "" && name.isWellFormed(), {
    description: "a name that is not blank",
    message: () => "is blank or not well-formed Unicode"
  })
)

/** Checked, never rewritten: a parsed and printed URL is another string than the one that was given. */
const HttpUrl = Schema.String.pipe(
  Schema.filter(
    // The URL parser alone is too kind: it trims, drops tabs and line breaks, and reads "https:host" as absolute.
    (url) => /^https?:\/\/[^\s/?#\\][^\s\p{Cc}\p{Cs}]*$/iu.test(url) && URL.canParse(url),
    {
      description: "an absolute http or https URL",
      message: () => "is not an absolute http or https URL",
      arbitrary: () => (fc) => fc.webUrl({ withFragments: true, withQueryParameters: true })
    }
  )
)

/** Absent on the wire when absent or `undefined` in the input; `null` is refused as the schema refuses it. */
const field = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalToOptional(Schema.UndefinedOr(schema), Schema.typeSchema(schema), {
    decode: Option.filter(Predicate.isNotUndefined),
    encode: (value) => value
  })

/**
 * The body of `PATCH /v1/groups/{id}`, as a `Schema`: it decodes what a caller writes and encodes what is sent.
 *
 * - every field is optional; absent and `undefined` are not sent, `null` is refused, `{}` is allowed;
 * - a field that the API does not know is refused by its name, because the API would ignore it and answer success;
 * - `name` is not blank; `learningEventUrl` is an absolute http(s) URL and is sent exactly as given;
 * - `designIds` is not empty, keeps its order, replaces the whole list, and excludes the two older fields.
 *
 * @example
 * ```ts
 * import { GroupPatch } from "@effect-certifier/core"
 * import { Schema } from "effect"
 *
 * const patch = Schema.decodeSync(GroupPatch.GroupPatch)({ name: "Financial Markets", learningEventUrl: undefined })
 * console.log(JSON.stringify(patch)) // {"name":"Financial Markets"}
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export const GroupPatch = Schema.Struct({
  name: field(Name),
  certificateDesignId: field(DesignId),
  badgeDesignId: field(DesignId),
  designIds: field(
    Schema.Array(DesignId).pipe(
      Schema.filter(Array.isNonEmptyReadonlyArray, {
        description: "a list of at least one design's id",
        message: () => "is empty"
      })
    )
  ),
  learningEventUrl: field(HttpUrl)
})
  .annotations({ description: "an object with the fields to set", parseOptions: { onExcessProperty: "error" } })
  .pipe(
    Schema.filter(
      (patch) =>
        patch.designIds === undefined || (patch.certificateDesignId ?? patch.badgeDesignId) === undefined
          ? undefined
          : { path: ["designIds"], message: "is given together with certificateDesignId or badgeDesignId" },
      { description: "either designIds, or the two older fields" }
    )
  )

/**
 * A checked patch.
 *
 * @since 0.1.0
 * @category models
 */
export type GroupPatch = typeof GroupPatch.Type

/**
 * What a caller writes: plain strings; a key whose value is `undefined` counts as absent.
 *
 * @since 0.1.0
 * @category models
 */
export type Input = typeof GroupPatch.Encoded
