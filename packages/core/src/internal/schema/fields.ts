import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import type { Page, PageOptions } from "../../Operation.js"
import type { LazyArbitrary } from "effect/Arbitrary"
import { define } from "../define.js"

/** The format that the API generates: 26 lower-case letters and digits. */
const ulid: LazyArbitrary<string> = (fc) => fc.stringMatching(/^[0-9a-z]{26}$/)

/**
 * An id that is safe as a path segment of a URL: 1 to 128 unreserved characters of RFC 3986, section 2.3, and neither `.` nor
 * `..`, which URL parsing resolves even if they are percent-encoded.
 */
export const pathId = <const Brand extends string>(brand: Brand, what: string) =>
  Schema.String.pipe(
    Schema.pattern(/^(?!\.{1,2}$)[A-Za-z0-9\-._~]{1,128}$/, {
      description: "1 to 128 letters, digits, '-', '.', '_' or '~'",
      message: () => `is not a valid ${what} id`,
      arbitrary: () => ulid
    }),
    Schema.brand(brand)
  )

/** An open enumeration: unknown values are kept, so that a value added by the vendor does not fail a whole page. */
export const open = <const Known extends string>(known: readonly [Known, ...ReadonlyArray<Known>]) => {
  const schema: Schema.Schema<Known | (string & {}), string> = Schema.String.annotations({
    description: `${known.join(", ")}, or another string`,
    examples: [...known]
  })
  return schema
}

/** A closed enumeration, for requests. */
export const oneOf = <const Known extends string>(what: string, known: ReadonlyArray<Known>) =>
  Schema.String.pipe(
    Schema.filter((text): text is Known => known.some((value) => value === text), {
      description: `one of ${known.join(", ")}`,
      message: () => `is not a known ${what}`,
      jsonSchema: { type: "string", enum: known },
      arbitrary: () => (fc) => fc.constantFrom(...known)
    })
  )

/** A list; `null` and absent mean empty. */
export const list = <A, I>(item: Schema.Schema<A, I>) =>
  Schema.optionalToRequired(Schema.NullOr(Schema.Array(item)), Schema.Array(Schema.typeSchema(item)), {
    decode: Option.match({ onNone: () => [], onSome: (items) => items ?? [] }),
    encode: Option.some
  })

/** A record; `null` values mean absent keys, and `null` for the whole record means empty. */
export const textMap = /* #__PURE__ */ define(() =>
  Schema.optionalToRequired(
    Schema.NullOr(Schema.Record({ key: Schema.String, value: Schema.NullOr(Schema.String) })),
    Schema.Record({ key: Schema.String, value: Schema.String }),
    {
      decode: Option.match({
        onNone: () => ({}),
        onSome: (map) => Record.filter(map ?? {}, Predicate.isNotNull)
      }),
      encode: Option.some
    }
  )
)

/** `null` and absent are equivalent in the API; neither is encoded. */
export const nullish = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalWith(schema, { as: "Option", exact: true, nullable: true })

/** Absent in the request if absent or `undefined` in the input; `null` is rejected by the schema. */
export const optional = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalToOptional(Schema.UndefinedOr(schema), Schema.typeSchema(schema), {
    decode: Option.filter(Predicate.isNotUndefined),
    encode: (value) => value
  })

/** ISO 8601 with a zone: `new Date` alone would also accept `"1"` and `"January 5"`, the latter in the local time zone. */
export const Timestamp = /* #__PURE__ */ define(() =>
  Schema.compose(
    Schema.String.pipe(
      Schema.pattern(/^(\d{4}|[+-]\d{6})-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/, {
        message: () => "is not a date and time"
      })
    ),
    Schema.DateTimeUtc
  ).annotations({ description: "an ISO 8601 date and time" })
)

export const Name = /* #__PURE__ */ define(() =>
  Schema.String.pipe(
    Schema.filter((name) => name.trim() !== "" && name.isWellFormed(), {
      description: "a name that is not blank",
      message: () => "is blank or malformed Unicode"
    })
  )
)

/** Validated but never normalized: a parsed and serialized URL can differ from the input. */
export const HttpUrl = /* #__PURE__ */ define(() =>
  Schema.String.pipe(
    Schema.filter(
      // The URL parser alone is too lenient: it trims, drops tabs and line breaks, and accepts "https:host" as absolute.
      (url) => /^https?:\/\/[^\s/?#\\][^\s\p{Cc}\p{Cs}]*$/iu.test(url) && URL.canParse(url),
      {
        description: "an absolute http or https URL",
        message: () => "is not an absolute http or https URL",
        arbitrary: () => (fc) => fc.webUrl()
      }
    )
  )
)

/** A request body. Unknown fields are rejected, because the API would ignore them and report success. */
export const body = <A, I>(schema: Schema.Schema<A, I>) =>
  schema.annotations({ description: "an object with the fields to set", parseOptions: { onExcessProperty: "error" } })

/** An opaque cursor. `null`, empty and absent all mean that there are no more pages; encoded as `null`, like the API does. */
const Cursor = /* #__PURE__ */ define(() =>
  Schema.optionalToRequired(Schema.NullOr(Schema.String), Schema.OptionFromSelf(Schema.String), {
    decode: Option.flatMap((cursor) => Option.fromNullable(cursor === "" ? null : cursor)),
    encode: (cursor) => Option.some(Option.getOrNull(cursor))
  })
)

/** One page of a list. */
export const page = <A, I>(
  item: Schema.Schema<A, I>
): Schema.Schema<
  Page<A>,
  { readonly data: ReadonlyArray<I>; readonly pagination: { readonly [K in "prev" | "next"]?: string | null } }
> => Schema.Struct({ data: Schema.Array(item), pagination: Schema.Struct({ prev: Cursor, next: Cursor }) })

/** One page of a list, or a bare array of all items, for lists with an undocumented format. */
export const pageOrArray = <A, I>(item: Schema.Schema<A, I>) =>
  Schema.transform(
    Schema.Union(Schema.Array(item), page(item)),
    Schema.Struct({
      data: Schema.Array(Schema.typeSchema(item)),
      pagination: Schema.Struct({
        prev: Schema.OptionFromSelf(Schema.String),
        next: Schema.OptionFromSelf(Schema.String)
      })
    }),
    {
      strict: true,
      decode: (list) =>
        "data" in list ? list : { data: list, pagination: { prev: Option.none(), next: Option.none() } },
      encode: (list) => list
    }
  )

const pageSize = { description: "a page size: a whole number from 1 to 100" }

/** The query parameters of a list. */
export const PageParams = /* #__PURE__ */ define(() =>
  Schema.Struct({
    cursor: Schema.optionalWith(Schema.NonEmptyString.annotations({ description: "the cursor of another page" }), {
      exact: true
    }),
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
)

/** The query parameters of page options. */
export const toPageParams = (options?: PageOptions): typeof PageParams.Encoded => ({
  ...(options?.cursor === undefined ? {} : { cursor: options.cursor }),
  ...(options?.limit === undefined ? {} : { limit: String(options.limit) })
})
