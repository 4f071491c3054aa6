import { CalendarDate, type Credential, type Search } from "@effect-certifier/core"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { ErrorEnvelope } from "../ErrorEnvelope.js"
import * as Api from "./api.js"
import type { Quirks } from "../Quirk.js"
import type { CredentialIndex, CredentialTable, CredentialText, Searchable } from "./workspace/state.js"
import { SortedList } from "./workspace/sortedList.js"
import type { Entry, Ordered } from "./workspace/table.js"

type Row = Entry<Credential.Credential, Searchable>

type Predicate = (row: Row) => boolean

const every = (predicates: ReadonlyArray<Predicate>): Predicate => {
  const [only] = predicates
  return predicates.length === 1 && only !== undefined ? only : (row) => predicates.every((holds) => holds(row))
}

const some =
  (predicates: ReadonlyArray<Predicate>): Predicate =>
  (row) =>
    predicates.some((holds) => holds(row))

const not =
  (predicate: Predicate): Predicate =>
  (row) =>
    !predicate(row)

/** The condition of an operator, if the operator is given. */
const given = <A>(value: A | undefined, condition: (value: A) => Predicate): ReadonlyArray<Predicate> =>
  value === undefined ? [] : [condition(value)]

const folded = (text: string): string => text.toLowerCase()

/**
 * The values of a text for comparison: unchanged, and in lower case. Those of names and email addresses are precomputed in lower
 * case.
 */
interface TextOf {
  readonly exact: (row: Row) => string | undefined
  readonly folded: (row: Row) => string | undefined
}

const texts: { readonly [field in "name" | "email" | "id" | "publicId" | "groupId"]: TextOf } = {
  name: { exact: ({ value }) => value.recipient.name, folded: ({ derived }) => derived.name },
  email: { exact: ({ value }) => Option.getOrUndefined(value.recipient.email), folded: ({ derived }) => derived.email },
  id: { exact: ({ id }) => id, folded: ({ id }) => folded(id) },
  publicId: { exact: ({ value }) => value.publicId, folded: ({ value }) => folded(value.publicId) },
  groupId: { exact: ({ value }) => value.groupId, folded: ({ value }) => folded(value.groupId) }
}

/** A missing text matches nothing. */
const text = (
  operators: Search.TextOperators | undefined,
  field: TextOf,
  { searchCase }: Quirks
): ReadonlyArray<Predicate> => {
  if (operators === undefined) return []
  const fold = searchCase === "ignored" ? folded : (text: string) => text
  const of = searchCase === "ignored" ? field.folded : field.exact
  const compare =
    (holds: (actual: string, wanted: string) => boolean) =>
    (value: string): Predicate => {
      const wanted = fold(value)
      return (row) => {
        const actual = of(row)
        return actual !== undefined && holds(actual, wanted)
      }
    }
  const isOneOf = (values: ReadonlyArray<string>): Predicate => {
    const wanted = new Set(values.map(fold))
    return (row) => wanted.has(of(row) ?? "\0")
  }
  return [
    ...given(
      operators.equals,
      compare((actual, wanted) => actual === wanted)
    ),
    ...given(
      operators.contains,
      compare((actual, wanted) => actual.includes(wanted))
    ),
    ...given(
      operators.startsWith,
      compare((actual, wanted) => actual.startsWith(wanted))
    ),
    ...given(
      operators.endsWith,
      compare((actual, wanted) => actual.endsWith(wanted))
    ),
    ...given(operators.in, isOneOf)
  ]
}

const status = (operators: Search.StatusOperators | undefined): ReadonlyArray<Predicate> => {
  if (operators === undefined) return []
  const isOneOf =
    (wanted: ReadonlyArray<string>): Predicate =>
    ({ value }) =>
      wanted.includes(value.status)
  return [...given(operators.equals, (wanted) => isOneOf([wanted])), ...given(operators.in, isOneOf)]
}

/** The first and the last millisecond of a date, which is a day in UTC, or of a time. */
const rangeOf = (text: string): readonly [first: number, last: number] => {
  const first = Date.parse(text)
  return CalendarDate.isCalendarDate(text) ? [first, first + 86_399_999] : [first, first]
}

/** A missing date matches no comparison. */
const date = (
  operators: Search.DateOperators | undefined,
  of: (row: Row) => number | undefined
): ReadonlyArray<Predicate> => {
  if (operators === undefined) return []
  const compare =
    (holds: (actual: number, first: number, last: number) => boolean) =>
    (text: string): Predicate => {
      const [first, last] = rangeOf(text)
      return (row) => {
        const actual = of(row)
        return actual !== undefined && holds(actual, first, last)
      }
    }
  return [
    ...given(
      operators.equals,
      compare((actual, first, last) => first <= actual && actual <= last)
    ),
    ...given(
      operators.lt,
      compare((actual, first) => actual < first)
    ),
    ...given(
      operators.lte,
      compare((actual, _, last) => actual <= last)
    ),
    ...given(
      operators.gt,
      compare((actual, _, last) => actual > last)
    ),
    ...given(
      operators.gte,
      compare((actual, first) => actual >= first)
    )
  ]
}

/** Compiles a filter to a predicate. Quirks decide the parts of the grammar that the vendor does not document. */
const compile = (filter: Search.Filter, quirks: Quirks): Predicate => {
  const all = (filters: ReadonlyArray<Search.Filter>) => filters.map((inner) => compile(inner, quirks))
  const refused = quirks.notOfSeveral === "none" ? some : every
  const expiry = ({ derived }: Row) => derived.expiryDate ?? (quirks.missingExpiry === "latest" ? Infinity : undefined)
  const conditions = [
    ...given(filter.AND, (filters) => every(all(filters))),
    ...given(filter.OR, (filters) => some(all(filters))),
    ...given(filter.NOT, (filters) => (filters.length === 0 ? () => true : not(refused(all(filters))))),
    ...text(filter.recipient?.name, texts.name, quirks),
    ...text(filter.recipient?.email, texts.email, quirks),
    ...text(filter.id, texts.id, quirks),
    ...text(filter.publicId, texts.publicId, quirks),
    ...text(filter.groupId, texts.groupId, quirks),
    ...status(filter.status),
    ...date(filter.issueDate, ({ derived }) => derived.issueDate),
    ...date(filter.expiryDate, expiry),
    ...date(filter.createdAt, ({ value }) => value.createdAt.epochMillis),
    ...date(filter.updatedAt, ({ value }) => value.updatedAt.epochMillis)
  ]
  return quirks.severalKeys === "any" ? some(conditions) : every(conditions)
}

/** The time during which searches do not find a new credential by a quirk, in milliseconds. */
const lag = 2000

/** The predicate of a search; undefined if it finds all credentials. */
export const predicate = (
  filter: Search.Filter | undefined,
  now: DateTime.Utc,
  quirks: Quirks
): Predicate | undefined => {
  const found = filter === undefined ? [] : [compile(filter, quirks)]
  const isThere: Predicate = ({ value }) => value.createdAt.epochMillis + lag <= now.epochMillis
  const all = quirks.searchLag === "none" ? found : [isThere, ...found]
  return all.length === 0 ? undefined : every(all)
}

/** Whether a filter for an id has an operator for substrings. */
const isPartial = (operators: Search.TextOperators | undefined): boolean =>
  Object.keys(operators ?? {}).some((operator) => operator !== "equals" && operator !== "in")

const isMoment = (operators: Search.DateOperators | undefined): boolean =>
  Object.values(operators ?? {}).some((value) => !CalendarDate.isCalendarDate(String(value)))

/** The problem with a filter by the quirks. */
const problemOf = (filter: Search.Filter, quirks: Quirks): string | undefined => {
  const { AND, NOT, OR, createdAt, recipient, updatedAt } = filter
  const lists = [AND, OR, NOT].filter((list) => list !== undefined)
  if (quirks.severalKeys === "refuse") {
    const objects = [filter, recipient, ...Object.values({ ...filter, ...recipient, AND, OR, NOT, recipient })]
    const isCrowded = (object: unknown) =>
      typeof object === "object" && object !== null && !Array.isArray(object) && Object.keys(object).length > 1
    if (objects.some(isCrowded)) return "filter has several fields in one object"
  }
  if (quirks.emptyCombinators === "refuse" && lists.some(({ length }) => length === 0)) {
    return "filter has an empty list"
  }
  if (quirks.searchTimes === "refuse" && (isMoment(createdAt) || isMoment(updatedAt))) {
    return "filter has a date and time where a date is expected"
  }
  if (quirks.idOperators === "equality" && [filter.id, filter.publicId, filter.groupId].some(isPartial)) {
    return "filter has an operator that ids do not have"
  }
  return lists.flat().reduce<string | undefined>((problem, inner) => problem ?? problemOf(inner, quirks), undefined)
}

/** Rejects a filter that the service does not support. */
export const check = (filter: Search.Filter | undefined, quirks: Quirks): Effect.Effect<void, ErrorEnvelope> => {
  const problem = (() => {
    if (filter === undefined) return quirks.searchFilter === "required" ? "filter is missing" : undefined
    const isBare = (filter.AND ?? filter.OR ?? filter.NOT) === undefined
    return quirks.bareCondition === "refuse" && isBare ? "filter has no AND, OR or NOT" : problemOf(filter, quirks)
  })()
  return problem === undefined ? Effect.void : Api.failWith("validation_error", problem)
}

/** Keys of indexes. Every match of the filter has one of the keys of each index listed. */
const keysOf = (
  filter: Search.Filter,
  quirks: Quirks
): ReadonlyArray<readonly [CredentialIndex, ReadonlyArray<string>]> => {
  if (quirks.severalKeys === "any") return []
  const exact = (
    index: CredentialIndex,
    operators: { readonly equals?: string; readonly in?: ReadonlyArray<string> } | undefined
  ) => [
    ...(operators?.equals === undefined ? [] : [[index, [folded(operators.equals)]] as const]),
    ...(operators?.in === undefined ? [] : [[index, operators.in.map(folded)] as const])
  ]
  return [
    ...(filter.AND ?? []).flatMap((inner) => keysOf(inner, quirks)),
    ...exact("id", filter.id),
    ...exact("publicId", filter.publicId),
    ...exact("groupId", filter.groupId),
    ...exact("email", filter.recipient?.email),
    ...exact("status", filter.status)
  ]
}

type List = Ordered<Credential.Credential, Searchable>

const sizeOf = (lists: ReadonlyArray<List>): number => lists.reduce((sum, { size }) => sum + size, 0)

/** The smallest set of credentials in the indexes that contains all matches of a filter; undefined if no index applies. */
const candidates = (table: CredentialTable, filter: Search.Filter, quirks: Quirks): ReadonlyArray<List> | undefined =>
  keysOf(filter, quirks)
    .map(([index, keys]) => Array.from(new Set(keys), (key) => table.lookUp(index, key)))
    .reduce<ReadonlyArray<List> | undefined>(
      (best, lists) => (best === undefined || sizeOf(lists) < sizeOf(best) ? lists : best),
      undefined
    )

/** Substrings that every match of a filter contains. */
const partsOf = (filter: Search.Filter, quirks: Quirks): ReadonlyArray<readonly [CredentialText, string]> => {
  // Only texts in lower case are precomputed.
  if (quirks.severalKeys === "any" || quirks.searchCase === "significant") return []
  const parts = (field: CredentialText, { contains, endsWith, equals, startsWith }: Search.TextOperators = {}) =>
    [contains, endsWith, equals, startsWith].flatMap((part) =>
      part === undefined || part === "" ? [] : [[field, folded(part)] as const]
    )
  return [
    ...(filter.AND ?? []).flatMap((inner) => partsOf(inner, quirks)),
    ...parts("name", filter.recipient?.name),
    ...parts("email", filter.recipient?.email)
  ]
}

/** The largest number of credentials to sort for one search. If there are more, a scan in order soon finds the next match. */
const largestSort = 2000

/** The credentials that contain the longest substring of a filter; undefined if it has none, or if there are too many. */
const byPart = (table: CredentialTable, filter: Search.Filter, quirks: Quirks): ReadonlyArray<Row> | undefined => {
  const [longest] = partsOf(filter, quirks).toSorted(([, a], [, b]) => b.length - a.length)
  return longest === undefined ? undefined : table.withPart(...longest, largestSort)
}

/**
 * The list to scan for a search, in its order: a few credentials found by an index or a substring, or all of them in a maintained
 * order.
 */
export const listOf = (
  table: CredentialTable,
  filter: Search.Filter | undefined,
  property: Search.Sort["property"] | undefined,
  quirks: Quirks
): List => {
  const all = property === undefined ? table.stored : table.orderedBy(property)
  if (filter === undefined) return all
  const sorted = (rows: ReadonlyArray<Row>): List => {
    const list = new SortedList<Row>(table.positionIn(property))
    list.addAll(rows)
    return list
  }
  const found = candidates(table, filter, quirks)
  const only = found?.length === 1 && property === undefined ? found[0] : undefined
  if (found !== undefined && sizeOf(found) <= largestSort) return only ?? sorted(found.flatMap((some) => [...some]))
  const few = byPart(table, filter, quirks)
  return few === undefined ? (only ?? all) : sorted(few)
}
