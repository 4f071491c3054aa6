import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import type { Page, PageOptions } from "../../Operation.js"
import type { LazyArbitrary } from "effect/Arbitrary"
import { define } from "../define.js"

/** What the service creates: 26 lower-case letters and digits. */
const ulid: LazyArbitrary<string> = (fc) => fc.stringMatching(/^[0-9a-z]{26}$/)

/**
 * An id that becomes a segment of a URL's path, so it has to stay one: 1 to 128 of the characters that RFC 3986 (section
 * 2.3) calls unreserved, and neither `.` nor `..`, which URL parsing resolves even when they are percent-encoded.
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

/** Known values of a text to which the vendor may add others: an unknown one is kept, so it never fails a whole page. */
export const open = <const Known extends string>(known: readonly [Known, ...ReadonlyArray<Known>]) => {
  const schema: Schema.Schema<Known | (string & {}), string> = Schema.String.annotations({
    description: `${known.join(", ")}, or another string`,
    examples: [...known]
  })
  return schema
}

/** One of the known values of a text, for what is sent. */
export const oneOf = <const Known extends string>(what: string, known: ReadonlyArray<Known>) =>
  Schema.String.pipe(
    Schema.filter((text): text is Known => known.some((value) => value === text), {
      description: `one of ${known.join(", ")}`,
      message: () => `is not a known ${what}`,
      jsonSchema: { type: "string", enum: known },
      arbitrary: () => (fc) => fc.constantFrom(...known)
    })
  )

/** A list; `null` and an absent key mean an empty one. */
export const list = <A, I>(item: Schema.Schema<A, I>) =>
  Schema.optionalToRequired(Schema.NullOr(Schema.Array(item)), Schema.Array(Schema.typeSchema(item)), {
    decode: Option.match({ onNone: () => [], onSome: (items) => items ?? [] }),
    encode: Option.some
  })

/** A map whose values may be `null`, which means the same as an absent key; so does `null` instead of the whole map. */
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

/** `null` and an absent key mean the same to the API; neither is sent back. */
export const nullish = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalWith(schema, { as: "Option", exact: true, nullable: true })

/** Absent in the request when absent or `undefined` in the input; `null` is refused as the schema refuses it. */
export const optional = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalToOptional(Schema.UndefinedOr(schema), Schema.typeSchema(schema), {
    decode: Option.filter(Predicate.isNotUndefined),
    encode: (value) => value
  })

/** ISO 8601 with a zone: `new Date` alone would also read `"1"` and `"January 5"`, the latter in the machine's zone. */
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

/** Checked, never rewritten: a parsed and printed URL is another string than the one that was given. */
export const HttpUrl = /* #__PURE__ */ define(() =>
  Schema.String.pipe(
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
)

/** A request body: a field that the API does not know is refused, because the API would ignore it and report success. */
export const body = <A, I>(schema: Schema.Schema<A, I>) =>
  schema.annotations({ description: "an object with the fields to set", parseOptions: { onExcessProperty: "error" } })

/** Opaque. `null`, an empty one and an absent key all mean that there is nothing more; encoding writes `null`, as the API does. */
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

/** One page of a list, or a bare array of all items: for lists of which the vendor does not document the form. */
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

/** The query of a list. */
export const PageParams = /* #__PURE__ */ define(() =>
  Schema.Struct({
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
)

/** Numbers as a query has them. */
export const toPageParams = (options?: PageOptions): typeof PageParams.Encoded => ({
  ...(options?.cursor === undefined ? {} : { cursor: options.cursor }),
  ...(options?.limit === undefined ? {} : { limit: String(options.limit) })
})
