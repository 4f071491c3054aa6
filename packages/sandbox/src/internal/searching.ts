import { CalendarDate, type Credential, type Search } from "@effect-certifier/core"
import type { CredentialIndex, CredentialTable, Searchable } from "./workspace/state.js"
import { SortedList } from "./workspace/sortedList.js"
import type { Entry, Ordered } from "./workspace/table.js"

type Row = Entry<Credential.Credential, Searchable>

type Predicate = (row: Row) => boolean

const all = (predicates: ReadonlyArray<Predicate>): Predicate =>
  predicates.length === 1 && predicates[0] !== undefined
    ? predicates[0]
    : (row) => predicates.every((holds) => holds(row))

/** A condition for each operator that is given. */
const given = <A>(value: A | undefined, condition: (value: A) => Predicate): ReadonlyArray<Predicate> =>
  value === undefined ? [] : [condition(value)]

/** Case is ignored. A missing text matches nothing. */
const folded = (text: string): string => text.toLowerCase()

const text = (operators: Search.TextOperators | undefined, of: (row: Row) => string | undefined) => {
  if (operators === undefined) return []
  const compare =
    (holds: (actual: string) => boolean): Predicate =>
    (row) => {
      const actual = of(row)
      return actual !== undefined && holds(actual)
    }
  const { contains, endsWith, equals, startsWith } = operators
  return [
    ...given(equals, (value) => ((wanted) => compare((actual) => actual === wanted))(folded(value))),
    ...given(contains, (value) => ((part) => compare((actual) => actual.includes(part)))(folded(value))),
    ...given(startsWith, (value) => ((part) => compare((actual) => actual.startsWith(part)))(folded(value))),
    ...given(endsWith, (value) => ((part) => compare((actual) => actual.endsWith(part)))(folded(value))),
    ...given(operators.in, (values) =>
      ((wanted) => compare((actual) => wanted.has(actual)))(new Set(values.map(folded)))
    )
  ]
}

const status = (operators: Search.StatusOperators | undefined): ReadonlyArray<Predicate> => {
  if (operators === undefined) return []
  return [
    ...given(
      operators.equals,
      (wanted) =>
        ({ value }: Row) =>
          value.status === wanted
    ),
    ...given(
      operators.in,
      (wanted) =>
        ({ value }: Row) =>
          wanted.some((status) => status === value.status)
    )
  ]
}

/** The first and the last millisecond of a date, which is a day in UTC, or of a moment. */
const rangeOf = (text: string): readonly [first: number, last: number] => {
  const first = Date.parse(text)
  return CalendarDate.isCalendarDate(text) ? [first, first + 86_399_999] : [first, first]
}

/** No date matches no comparison. */
const date = (operators: Search.DateOperators | undefined, of: (row: Row) => number | undefined) => {
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

/**
 * Whether a filter finds a credential. Where the vendor does not document the grammar: of several fields in one object all
 * have to hold, of several filters in a `NOT` none may, and an empty `AND` or `NOT` holds while an empty `OR` does not.
 */
export const compile = (filter: Search.Filter): Predicate =>
  all([
    ...given(filter.AND, (filters) => all(filters.map(compile))),
    ...given(filter.OR, (filters) =>
      (
        (any) => (row: Row) =>
          any.some((holds) => holds(row))
      )(filters.map(compile))
    ),
    ...given(filter.NOT, (filters) =>
      (
        (any) => (row: Row) =>
          !any.some((holds) => holds(row))
      )(filters.map(compile))
    ),
    ...text(filter.recipient?.name, ({ derived }) => derived.name),
    ...text(filter.recipient?.email, ({ derived }) => derived.email),
    ...text(filter.id, ({ id }) => folded(id)),
    ...text(filter.publicId, ({ value }) => folded(value.publicId)),
    ...text(filter.groupId, ({ value }) => folded(value.groupId)),
    ...status(filter.status),
    ...date(filter.issueDate, ({ derived }) => derived.issueDate),
    ...date(filter.expiryDate, ({ derived }) => derived.expiryDate),
    ...date(filter.createdAt, ({ value }) => value.createdAt.epochMillis),
    ...date(filter.updatedAt, ({ value }) => value.updatedAt.epochMillis)
  ])

/** The keys of an index of which one has to be a credential's, for a filter to find it; none if it does not say. */
const keysOf = (filter: Search.Filter): ReadonlyArray<readonly [CredentialIndex, ReadonlyArray<string>]> => {
  const exact = (
    index: CredentialIndex,
    operators: { readonly equals?: string; readonly in?: ReadonlyArray<string> } | undefined
  ) => [
    ...(operators?.equals === undefined ? [] : [[index, [folded(operators.equals)]] as const]),
    ...(operators?.in === undefined ? [] : [[index, operators.in.map(folded)] as const])
  ]
  return [
    ...(filter.AND ?? []).flatMap(keysOf),
    ...exact("id", filter.id),
    ...exact("publicId", filter.publicId),
    ...exact("groupId", filter.groupId),
    ...exact("email", filter.recipient?.email),
    ...exact("status", filter.status)
  ]
}

type List = Ordered<Credential.Credential, Searchable>

/** The smallest set of credentials, by the indexes, in which a filter finds all that it finds. */
const candidates = (table: CredentialTable, filter: Search.Filter): ReadonlyArray<List> | undefined => {
  const sizeOf = (lists: ReadonlyArray<List>) => lists.reduce((sum, { size }) => sum + size, 0)
  return keysOf(filter)
    .map(([index, keys]) => [...new Set(keys)].map((key) => table.lookUp(index, key)))
    .reduce<ReadonlyArray<List> | undefined>(
      (best, lists) => (best === undefined || sizeOf(lists) < sizeOf(best) ? lists : best),
      undefined
    )
}

/** So many credentials are sorted for one search at most: with more of them, the next match is never far away. */
const largestSort = 2000

/**
 * The list that is looked through for a search, in its order: a few credentials that an index finds, or all of them in an
 * order that is kept.
 */
export const listOf = (
  table: CredentialTable,
  filter: Search.Filter | undefined,
  property: Search.Sort["property"] | undefined
): List => {
  const found = filter === undefined ? undefined : candidates(table, filter)
  if (found !== undefined) {
    const [only] = found
    if (property === undefined && only !== undefined && found.length === 1) return only
    if (found.reduce((sum, { size }) => sum + size, 0) <= largestSort) {
      const positionOf = table.positionIn(property)
      const list = new SortedList<Row>(positionOf)
      list.addAll(found.flatMap((some) => [...some]))
      return list
    }
  }
  return property === undefined ? table.stored : table.orderedBy(property)
}
