import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import * as CalendarDate from "../src/CalendarDate.js"

const decode = Schema.decodeUnknownEither(CalendarDate.CalendarDate)
const date = Schema.decodeSync(CalendarDate.CalendarDate)
const zone = DateTime.zoneUnsafeMakeNamed

describe("CalendarDate", () => {
  it.each(["2026-01-15", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"])("%s is a date", (text) => {
    deepStrictEqual<unknown>(decode(text), Either.right(text))
  })

  it.each([
    "2026-02-29",
    "1900-02-29",
    "2026-04-31",
    "2026-13-01",
    "2026-00-10",
    "2026-01-00",
    "2026-1-5",
    "26-01-05",
    "+002026-01-05",
    "2026-01-15T00:00:00.000Z",
    "2026-01-15\n",
    " 2026-01-15",
    "15.01.2026",
    "",
    20260115,
    null,
    new Date()
  ])("%s is not a date", (value) => {
    assert.isTrue(Either.isLeft(decode(value)))
    assert.isFalse(CalendarDate.isCalendarDate(value))
  })

  it("accepts every day of four years, like JavaScript's Date", () => {
    const start = Date.UTC(1999, 0, 1)
    for (let day = 0; day < 1461; day++) {
      assert.isTrue(CalendarDate.isCalendarDate(new Date(start + day * 86_400_000).toISOString().slice(0, 10)))
    }
  })

  it("is ordered by time", () => {
    const dates = ["2026-01-15", "2025-12-31", "2026-01-02"].map((text) => date(text))
    deepStrictEqual<unknown>(dates.toSorted(CalendarDate.Order), ["2025-12-31", "2026-01-02", "2026-01-15"])
  })

  it.each([
    ["2026-01-15T23:30:00Z", "Europe/Warsaw", "2026-01-16"],
    ["2026-01-15T00:30:00Z", "America/New_York", "2026-01-14"],
    ["2026-01-15T00:30:00Z", "UTC", "2026-01-15"]
  ])("of %s in %s is %s", (moment, name, expected) => {
    const zoned = DateTime.unsafeMakeZoned(moment, { timeZone: name })
    assert.strictEqual(CalendarDate.fromDateTime(zoned), expected)
    assert.strictEqual(CalendarDate.fromDateTime(DateTime.toUtc(zoned)), "2026-01-15")
  })

  it.each([
    ["2026-01-15", "Europe/Warsaw", "2026-01-14T23:00:00.000Z"],
    ["2026-07-15", "America/New_York", "2026-07-15T04:00:00.000Z"],
    // The clocks of this night go from 23:59 to 1:00.
    ["2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00.000Z"]
  ])("%s begins in %s at %s", (text, name, expected) => {
    const start = CalendarDate.toDateTime(date(text), zone(name))
    assert.strictEqual(DateTime.formatIso(start), expected)
    assert.strictEqual(CalendarDate.fromDateTime(start), text)
  })

  it("is not shifted by the zone of the machine", () => {
    const before = process.env["TZ"]
    try {
      for (const name of ["Pacific/Kiritimati", "Pacific/Pago_Pago"]) {
        process.env["TZ"] = name
        assert.strictEqual(JSON.stringify(date("2026-01-15")), `"2026-01-15"`)
        assert.strictEqual(
          CalendarDate.fromDateTime(CalendarDate.toDateTime(date("2026-01-15"), zone("UTC"))),
          "2026-01-15"
        )
      }
    } finally {
      if (before === undefined) delete process.env["TZ"]
      else process.env["TZ"] = before
    }
  })

  it.effect("today is the date of the clock in a zone", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse("2026-01-15T23:30:00Z"))
      assert.strictEqual(yield* CalendarDate.today(zone("UTC")), "2026-01-15")
      assert.strictEqual(yield* CalendarDate.today(zone("Asia/Tokyo")), "2026-01-16")
    })
  )
})
