/**
 * Type-safe filters for `Credentials.search`: each field has only the operators that the API documents for it, so
 * `Search.status.contains` does not compile.
 *
 * @example
 * ```ts
 * import { Credentials, Search } from "@effect-certifier/core"
 *
 * const found = Credentials.search({
 *   filter: Search.all(
 *     Search.groupId.equals("01k0grp00000000000000000g1"),
 *     Search.recipientEmail.endsWith("@example.com"),
 *     Search.not(Search.status.in(["draft", "scheduled"]))
 *   ),
 *   sort: { property: "createdAt", order: "desc" }
 * })
 * ```
 *
 * @since 0.1.0
 */
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as CalendarDate from "./CalendarDate.js"
import { Issue } from "./CertifierError.js"
import { type KnownStatus, knownStatuses } from "./Credential.js"
import { define } from "./internal/define.js"
import * as Fields from "./internal/schema/fields.js"
import * as Issues from "./internal/schema/issues.js"
import type * as Operation from "./Operation.js"

/**
 * The operators of a text. Case sensitivity is not documented.
 *
 * @since 0.1.0
 * @category models
 */
export interface TextOperators {
  readonly equals?: string
  readonly contains?: string
  readonly startsWith?: string
  readonly endsWith?: string
  readonly in?: ReadonlyArray<string>
}

/**
 * The operators of a status.
 *
 * @since 0.1.0
 * @category models
 */
export interface StatusOperators {
  readonly equals?: KnownStatus
  readonly in?: ReadonlyArray<KnownStatus>
}

/**
 * The operators of a date.
 *
 * @since 0.1.0
 * @category models
 */
export interface DateOperators {
  readonly equals?: string
  readonly lt?: string
  readonly lte?: string
  readonly gt?: string
  readonly gte?: string
}

/**
 * A filter in the format of the API: a condition, or a combination of filters. Create one with `all`, `any`, `not` and the
 * fields of this module, or decode one with `fromJson`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Filter {
  readonly AND?: ReadonlyArray<Filter>
  readonly OR?: ReadonlyArray<Filter>
  readonly NOT?: ReadonlyArray<Filter>
  readonly recipient?: { readonly name?: TextOperators; readonly email?: TextOperators }
  readonly id?: TextOperators
  readonly publicId?: TextOperators
  readonly groupId?: TextOperators
  readonly status?: StatusOperators
  readonly issueDate?: DateOperators
  readonly expiryDate?: DateOperators
  readonly createdAt?: DateOperators
  readonly updatedAt?: DateOperators
}

const exact = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })

/** If strict, exactly one key: the API does not document objects with none or several. */
const keys = (isStrict: boolean) =>
  isStrict
    ? ({ holds: (count: number) => count === 1, description: "an object with one field" } as const)
    : ({ holds: (count: number) => count > 0, description: "an object with a field" } as const)

const grammar = (isStrict: boolean): Schema.Schema<Filter> => {
  const identifier = isStrict ? "DocumentedSearchFilter" : "SearchFilter"
  const { description, holds } = keys(isStrict)
  const counted = <A extends object, I>(schema: Schema.Schema<A, I>) =>
    schema.pipe(
      Schema.filter((value) => holds(Object.keys(value).length), {
        description,
        message: ({ actual }) => (Object.keys(Object(actual)).length === 0 ? "is empty" : "has several fields")
      })
    )
  const listOf = <A, I>(schema: Schema.Schema<A, I>) => {
    const list = Schema.Array(schema)
    return isStrict
      ? list.pipe(
          Schema.filter((items) => items.length > 0, {
            description: "a list that is not empty",
            message: () => "is empty"
          })
        )
      : list
  }
  const string = Schema.String.annotations({ description: "a text" })
  const text = counted(
    Schema.Struct({
      equals: exact(string),
      contains: exact(string),
      startsWith: exact(string),
      endsWith: exact(string),
      in: exact(listOf(string))
    })
  )
  const knownStatus = Schema.typeSchema(Fields.oneOf("status", knownStatuses))
  const status = counted(Schema.Struct({ equals: exact(knownStatus), in: exact(listOf(knownStatus)) }))
  const ordered = (value: Schema.Schema<string>) =>
    counted(
      Schema.Struct({
        equals: exact(value),
        lt: exact(value),
        lte: exact(value),
        gt: exact(value),
        gte: exact(value)
      })
    )
  const date = ordered(
    Schema.String.pipe(
      Schema.filter((value): boolean => CalendarDate.isCalendarDate(value), {
        description: "a date as YYYY-MM-DD",
        message: () => "is not a date as YYYY-MM-DD"
      })
    )
  )
  const isTimestamp = Schema.is(Schema.encodedBoundSchema(Fields.Timestamp))
  const moment = ordered(
    Schema.String.pipe(
      Schema.filter((value) => CalendarDate.isCalendarDate(value) || isTimestamp(value), {
        description: "a date as YYYY-MM-DD",
        message: () => "is not a date as YYYY-MM-DD"
      })
    )
  )
  const filters = listOf(Schema.suspend((): Schema.Schema<Filter> => filter).annotations({ identifier }))
  const not = isStrict
    ? filters.pipe(
        Schema.filter((items) => items.length === 1, {
          description: "a list of one filter",
          message: () => "has several filters"
        })
      )
    : filters
  const filter: Schema.Schema<Filter> = counted(
    Schema.Struct({
      AND: exact(filters),
      OR: exact(filters),
      NOT: exact(not),
      recipient: exact(counted(Schema.Struct({ name: exact(text), email: exact(text) }))),
      id: exact(text),
      publicId: exact(text),
      groupId: exact(text),
      status: exact(status),
      issueDate: exact(date),
      expiryDate: exact(date),
      createdAt: exact(moment),
      updatedAt: exact(moment)
    })
  )
  return filter.annotations({ identifier, parseOptions: { onExcessProperty: "error" } })
}

/**
 * A filter, restricted to the documented grammar: each object has one key, lists are not empty, and a `NOT` has one filter.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Filter: Schema.Schema<Filter> = /* #__PURE__ */ define(() => grammar(true))

/** Levels of JSON, two for each nested filter. Without a limit, a few kilobytes of brackets would overflow the stack. */
const maxLevels = 200

const isWithin = (json: unknown, levels: number): boolean =>
  !Predicate.isObject(json) || (levels > 0 && Object.values(json).every((inner) => isWithin(inner, levels - 1)))

const tooDeep = (): NonEmptyReadonlyArray<Issue> => [
  new Issue({ field: "", problem: "is nested too deeply", expected: "a filter of at most 100 levels" })
]

/**
 * Decodes a filter from parsed JSON, such as the content of a file or a query of your own API. Reports what is invalid and
 * where: `AND[1].status.contains is not a known field, expected one of equals, in`.
 *
 * @example
 * ```ts
 * import { Search } from "@effect-certifier/core"
 *
 * const filter = Search.fromJson(JSON.parse(`{"status":{"in":["issued"]}}`))
 * ```
 *
 * @since 0.1.0
 * @category conversions
 */
export const fromJson: (json: unknown) => Either.Either<Filter, NonEmptyReadonlyArray<Issue>> = /* #__PURE__ */ define(
  () => {
    let decode: ReturnType<typeof Issues.decoder<Filter, Filter>> | undefined
    return (json) => (isWithin(json, maxLevels) ? (decode ??= Issues.decoder(Filter))(json) : Either.left(tooDeep()))
  }
)

const sortProperties = ["id", "createdAt", "updatedAt", "issueDate", "expiryDate"] as const

const sortOrders = ["asc", "desc"] as const

/**
 * The order of the results. The API requires both fields.
 *
 * @since 0.1.0
 * @category models
 */
export interface Sort {
  readonly property: (typeof sortProperties)[number]
  readonly order: (typeof sortOrders)[number]
}

/**
 * The filter and order of a search. Default: all credentials. The default order is not documented.
 *
 * @since 0.1.0
 * @category models
 */
export interface Query {
  readonly filter?: Filter | undefined
  readonly sort?: Sort | undefined
}

/**
 * The request body of `POST /v1/credentials/search`. It accepts the whole grammar of filters, including what `Filter` rejects.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Body = /* #__PURE__ */ define(() =>
  Fields.body(
    Schema.Struct({
      filter: Fields.optional(grammar(false)),
      sort: Fields.optional(
        Schema.Struct({
          property: Fields.oneOf("property to sort by", sortProperties),
          order: Fields.oneOf("order", sortOrders)
        })
      ),
      limit: Fields.optional(
        Schema.Number.pipe(
          Schema.filter((size) => Number.isInteger(size) && size >= 1 && size <= 100, {
            description: "a page size: a whole number from 1 to 100",
            message: () => "is not a whole number from 1 to 100",
            jsonSchema: { type: "integer", minimum: 1, maximum: 100 }
          })
        )
      ),
      cursor: Fields.optional(Schema.NonEmptyString.annotations({ description: "the cursor of another page" }))
    })
  )
)

/**
 * The request body of a search: the filter is wrapped in an `AND`, the only form that all sources show.
 *
 * @since 0.1.0
 * @category combinators
 */
export const toBody = ({ cursor, filter, limit, sort }: Query & Operation.PageOptions): typeof Body.Encoded => ({
  filter: filter === undefined || "AND" in filter ? filter : { AND: [filter] },
  sort,
  limit,
  cursor
})

/**
 * Matches if all filters match.
 *
 * @since 0.1.0
 * @category combinators
 */
export const all = (...filters: readonly [Filter, ...ReadonlyArray<Filter>]): Filter => ({ AND: filters })

/**
 * Matches if at least one filter matches.
 *
 * @since 0.1.0
 * @category combinators
 */
export const any = (...filters: readonly [Filter, ...ReadonlyArray<Filter>]): Filter => ({ OR: filters })

/**
 * Matches if the filter does not match.
 *
 * @since 0.1.0
 * @category combinators
 */
export const not = (filter: Filter): Filter => ({ NOT: [filter] })

/** The operators of a text field. */
const textField = <Value extends string = string>(wrap: (operators: TextOperators) => Filter) => ({
  equals: (value: Value): Filter => wrap({ equals: value }),
  contains: (part: string): Filter => wrap({ contains: part }),
  startsWith: (part: string): Filter => wrap({ startsWith: part }),
  endsWith: (part: string): Filter => wrap({ endsWith: part }),
  in: (values: readonly [Value, ...ReadonlyArray<Value>]): Filter => wrap({ in: values })
})

/** The operators of a date field. */
const dateField = (wrap: (operators: DateOperators) => Filter) => ({
  equals: (date: CalendarDate.Input): Filter => wrap({ equals: date }),
  lt: (date: CalendarDate.Input): Filter => wrap({ lt: date }),
  lte: (date: CalendarDate.Input): Filter => wrap({ lte: date }),
  gt: (date: CalendarDate.Input): Filter => wrap({ gt: date }),
  gte: (date: CalendarDate.Input): Filter => wrap({ gte: date })
})

/**
 * @since 0.1.0
 * @category fields
 */
export const id = /* #__PURE__ */ textField<Operation.IdInput<"CredentialId">>((id) => ({ id }))

/**
 * @since 0.1.0
 * @category fields
 */
export const publicId = /* #__PURE__ */ textField<Operation.IdInput<"PublicId">>((publicId) => ({ publicId }))

/**
 * @since 0.1.0
 * @category fields
 */
export const groupId = /* #__PURE__ */ textField<Operation.IdInput<"GroupId">>((groupId) => ({ groupId }))

/**
 * The name of the recipient. After a rename this can be the old name.
 *
 * @since 0.1.0
 * @category fields
 */
export const recipientName = /* #__PURE__ */ textField((name) => ({ recipient: { name } }))

/**
 * @since 0.1.0
 * @category fields
 */
export const recipientEmail = /* #__PURE__ */ textField((email) => ({ recipient: { email } }))

/**
 * @since 0.1.0
 * @category fields
 */
export const status = {
  equals: (status: KnownStatus): Filter => ({ status: { equals: status } }),
  in: (statuses: readonly [KnownStatus, ...ReadonlyArray<KnownStatus>]): Filter => ({ status: { in: statuses } })
} as const

/**
 * @since 0.1.0
 * @category fields
 */
export const issueDate = /* #__PURE__ */ dateField((issueDate) => ({ issueDate }))

/**
 * @since 0.1.0
 * @category fields
 */
export const expiryDate = /* #__PURE__ */ dateField((expiryDate) => ({ expiryDate }))

/**
 * The date on which a credential was created.
 *
 * @since 0.1.0
 * @category fields
 */
export const createdAt = /* #__PURE__ */ dateField((createdAt) => ({ createdAt }))

/**
 * The date on which a credential was last updated.
 *
 * @since 0.1.0
 * @category fields
 */
export const updatedAt = /* #__PURE__ */ dateField((updatedAt) => ({ updatedAt }))
