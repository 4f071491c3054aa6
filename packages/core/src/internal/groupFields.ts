import * as Array from "effect/Array"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { DesignId } from "../Group.js"

export const Name = Schema.String.pipe(
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
      arbitrary: () => (fc) => fc.webUrl()
    }
  )
)

/** Absent on the wire when absent or `undefined` in the input; `null` is refused as the schema refuses it. */
export const optional = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalToOptional(Schema.UndefinedOr(schema), Schema.typeSchema(schema), {
    decode: Option.filter(Predicate.isNotUndefined),
    encode: (value) => value
  })

/** The fields that a group can be given, but for its name. */
export const fields = {
  certificateDesignId: optional(DesignId),
  badgeDesignId: optional(DesignId),
  designIds: optional(
    Schema.Array(DesignId).pipe(
      Schema.filter(Array.isNonEmptyReadonlyArray, {
        description: "a list of at least one design's id",
        message: () => "is empty"
      })
    )
  ),
  learningEventUrl: optional(HttpUrl)
}

/** The rules for a whole body: no field that the API does not know, and one of the two shapes of designs. */
export const body = <A extends Schema.Struct.Type<typeof fields>, I>(schema: Schema.Schema<A, I>) =>
  schema
    .annotations({ description: "an object with the fields to set", parseOptions: { onExcessProperty: "error" } })
    .pipe(
      Schema.filter(
        (fields) =>
          fields.designIds === undefined || (fields.certificateDesignId ?? fields.badgeDesignId) === undefined
            ? undefined
            : { path: ["designIds"], message: "is given together with certificateDesignId or badgeDesignId" },
        { description: "either designIds, or the two older fields" }
      )
    )
