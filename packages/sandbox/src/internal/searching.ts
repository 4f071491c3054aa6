import { CalendarDate, type Credential, type Search } from "@effect-certifier/core"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import type { Order } from "./entries.js"

/** Case is ignored. */
const folded = (text: string): string => text.toLowerCase()

const matchesText = (operators: Search.TextOperators | undefined, actual: string | undefined): boolean => {
  if (operators === undefined) return true
  if (actual === undefined) return false
  const text = folded(actual)
  const { contains, endsWith, equals, startsWith } = operators
  return (
    (equals === undefined || text === folded(equals)) &&
    (contains === undefined || text.includes(folded(contains))) &&
    (startsWith === undefined || text.startsWith(folded(startsWith))) &&
    (endsWith === undefined || text.endsWith(folded(endsWith))) &&
    (operators.in === undefined || operators.in.some((value) => text === folded(value)))
  )
}

const matchesStatus = (operators: Search.StatusOperators | undefined, actual: string): boolean =>
  operators === undefined ||
  ((operators.equals === undefined || actual === operators.equals) &&
    (operators.in === undefined || operators.in.some((status) => actual === status)))

/** The first and the last millisecond of a date, which is a day in UTC, or of a moment. */
const rangeOf = (text: string): readonly [first: number, last: number] => {
  const first = Date.parse(text)
  return CalendarDate.isCalendarDate(text) ? [first, first + 86_399_999] : [first, first]
}

/** No date matches no comparison. */
const matchesDate = (operators: Search.DateOperators | undefined, actual: number | undefined): boolean => {
  if (operators === undefined) return true
  if (actual === undefined) return false
  const holds = (text: string | undefined, compare: (first: number, last: number) => boolean): boolean =>
    text === undefined || compare(...rangeOf(text))
  return (
    holds(operators.equals, (first, last) => first <= actual && actual <= last) &&
    holds(operators.lt, (first) => actual < first) &&
    holds(operators.lte, (_, last) => actual <= last) &&
    holds(operators.gt, (_, last) => actual > last) &&
    holds(operators.gte, (first) => actual >= first)
  )
}

const startOf = (date: Option.Option<CalendarDate.CalendarDate>): number | undefined =>
  Option.getOrUndefined(Option.map(date, Date.parse))

/**
 * Whether a filter finds a credential. Where the vendor does not document the grammar: of several fields in one object all
 * have to hold, of several filters in a `NOT` none may, and an empty `AND` or `NOT` holds while an empty `OR` does not.
 */
export const matches = (filter: Search.Filter, credential: Credential.Credential): boolean => {
  const holds = (inner: Search.Filter) => matches(inner, credential)
  const { recipient } = credential
  return (
    (filter.AND === undefined || filter.AND.every(holds)) &&
    (filter.OR === undefined || filter.OR.some(holds)) &&
    (filter.NOT === undefined || !filter.NOT.some(holds)) &&
    matchesText(filter.recipient?.name, recipient.name) &&
    matchesText(filter.recipient?.email, Option.getOrUndefined(recipient.email)) &&
    matchesText(filter.id, credential.id) &&
    matchesText(filter.publicId, credential.publicId) &&
    matchesText(filter.groupId, credential.groupId) &&
    matchesStatus(filter.status, credential.status) &&
    matchesDate(filter.issueDate, startOf(credential.issueDate)) &&
    matchesDate(filter.expiryDate, startOf(credential.expiryDate)) &&
    matchesDate(filter.createdAt, credential.createdAt.epochMillis) &&
    matchesDate(filter.updatedAt, credential.updatedAt.epochMillis)
  )
}

/** The order of a search. Credentials without the date come first when it ascends. */
export const orderOf = ({ order, property }: Search.Sort): Order<Credential.Credential> => ({
  isDescending: order === "desc",
  key: (credential) => {
    switch (property) {
      case "id":
        return credential.id
      case "createdAt":
      case "updatedAt":
        return DateTime.formatIso(credential[property])
      case "issueDate":
      case "expiryDate":
        return Option.getOrElse(credential[property], () => "")
    }
  }
})
