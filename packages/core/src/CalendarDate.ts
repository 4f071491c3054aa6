/**
 * A calendar date, such as the issue date of a credential: a year, a month and a day, without a time or a time zone.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as order from "effect/Order"
import * as Schema from "effect/Schema"
import { define } from "./internal/define.js"
import type * as Operation from "./Operation.js"

/** The number of days in a month (1 to 12) of the proleptic Gregorian calendar, as in ISO 8601. */
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
 * An existing date as `YYYY-MM-DD`: `2026-02-29` is rejected. The value remains the original string, so no time zone can shift
 * it.
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
 * A date as input: a plain string, validated before it is sent, or a `CalendarDate`.
 *
 * @since 0.1.0
 * @category models
 */
export type Input = Operation.IdInput<"CalendarDate">

/**
 * Whether a string is an existing date as `YYYY-MM-DD`.
 *
 * @since 0.1.0
 * @category guards
 */
export const isCalendarDate: (u: unknown) => u is CalendarDate = /* #__PURE__ */ define(() => Schema.is(CalendarDate))

/**
 * Orders dates from earliest to latest.
 *
 * @since 0.1.0
 * @category instances
 */
export const Order: order.Order<CalendarDate> = order.string

/**
 * The date of a `DateTime`, in its own zone if it is a `DateTime.Zoned` and in UTC otherwise.
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
 * The first instant of a date in a time zone. Where clocks change, a day can start after midnight. The zone is required,
 * because a date alone is not an instant.
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
 * The current date in a time zone, according to the `Clock`.
 *
 * @since 0.1.0
 * @category conversions
 */
export const today = (zone: DateTime.TimeZone): Effect.Effect<CalendarDate> =>
  Effect.map(DateTime.now, (now) => fromDateTime(DateTime.setZone(now, zone)))
