/**
 * A date of the calendar, such as the day on which a credential is issued: a year, a month and a day, without a time and
 * without a time zone.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as order from "effect/Order"
import * as Schema from "effect/Schema"
import { define } from "./internal/define.js"
import type * as Operation from "./Operation.js"

/** The days of a month from 1 to 12; the Gregorian calendar, also before it was introduced (ISO 8601). */
const daysOf = (year: number, month: number): number => {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

const isReal = (text: string): boolean => {
  const [year, month, day] = text.split("-").map(Number)
  return (
    year !== undefined &&
    month !== undefined &&
    day !== undefined &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysOf(year, month)
  )
}

/**
 * A date as `YYYY-MM-DD` that exists in the calendar: `2026-02-29` is refused. It stays the text that was given, so no time
 * zone can shift it.
 *
 * @example
 * ```ts
 * import { CalendarDate } from "@effect-certifier/core"
 * import { Schema } from "effect"
 *
 * const date = Schema.decodeSync(CalendarDate.CalendarDate)("2026-01-15")
 * console.log(date) // 2026-01-15
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export const CalendarDate = /* #__PURE__ */ define(() =>
  Schema.String.pipe(
    Schema.filter((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isReal(text), {
      description: "a date as YYYY-MM-DD",
      message: () => "is not a date as YYYY-MM-DD",
      jsonSchema: { type: "string", format: "date" },
      arbitrary: () => (fc) =>
        fc
          .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
          .map((date) => date.toISOString().slice(0, 10))
    }),
    Schema.brand("CalendarDate")
  )
)

/**
 * @since 0.1.0
 * @category models
 */
export type CalendarDate = typeof CalendarDate.Type

/**
 * A date as a caller writes it: a plain string, which is checked before it is sent, or a `CalendarDate`.
 *
 * @since 0.1.0
 * @category models
 */
export type Input = Operation.IdInput<"CalendarDate">

/**
 * Whether a string is a date that exists in the calendar, as `YYYY-MM-DD`.
 *
 * @since 0.1.0
 * @category guards
 */
export const isCalendarDate: (u: unknown) => u is CalendarDate = /* #__PURE__ */ define(() => Schema.is(CalendarDate))

/**
 * Earlier dates first.
 *
 * @since 0.1.0
 * @category instances
 */
export const Order: order.Order<CalendarDate> = order.string

/**
 * The date of a moment: in the zone of a `DateTime.Zoned`, in UTC otherwise.
 *
 * @example
 * ```ts
 * import { CalendarDate } from "@effect-certifier/core"
 * import { DateTime } from "effect"
 *
 * const moment = DateTime.unsafeMakeZoned("2026-01-15T23:30:00Z", { timeZone: "Europe/Warsaw" })
 * console.log(CalendarDate.fromDateTime(moment)) // 2026-01-16
 * ```
 *
 * @since 0.1.0
 * @category conversions
 */
export const fromDateTime = (moment: DateTime.DateTime): CalendarDate =>
  CalendarDate.make(DateTime.formatIsoDate(moment))

/**
 * The first moment of a date in a time zone (a day can start after midnight where clocks change). The zone is always named:
 * a date alone is not a moment.
 *
 * @example
 * ```ts
 * import { CalendarDate } from "@effect-certifier/core"
 * import { DateTime, Schema } from "effect"
 *
 * const date = Schema.decodeSync(CalendarDate.CalendarDate)("2026-01-15")
 * const start = CalendarDate.toDateTime(date, DateTime.zoneUnsafeMakeNamed("Europe/Warsaw"))
 * console.log(DateTime.formatIso(start)) // 2026-01-14T23:00:00.000Z
 * ```
 *
 * @since 0.1.0
 * @category conversions
 */
export const toDateTime = (date: CalendarDate, zone: DateTime.TimeZone): DateTime.Zoned =>
  DateTime.unsafeMakeZoned(`${date}T00:00:00.000Z`, { timeZone: zone, adjustForTimeZone: true })

/**
 * Today in a time zone, by the `Clock`.
 *
 * @since 0.1.0
 * @category conversions
 */
export const today = (zone: DateTime.TimeZone): Effect.Effect<CalendarDate> =>
  Effect.map(DateTime.now, (now) => fromDateTime(DateTime.setZone(now, zone)))
