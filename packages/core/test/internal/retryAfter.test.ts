import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import { parse, parseHttpDate } from "../../src/internal/call/retryAfter.js"

const now = Date.UTC(2026, 10, 23, 12, 0, 0)

describe("Retry-After (RFC 9110, section 10.2.3)", () => {
  it.each([
    ["0", 0],
    ["1", 1000],
    ["120", 120_000],
    ["007", 7000],
    [" \t30 ", 30_000],
    ["Mon, 23 Nov 2026 12:00:05 GMT", 5000],
    ["Monday, 23-Nov-26 12:01:00 GMT", 60_000],
    ["Mon Nov 23 13:00:00 2026", 3_600_000],
    ["Tue Dec  1 12:00:00 2026", 8 * 86_400_000],
    // In the past, by a little and by a lot.
    ["Mon, 23 Nov 2026 11:59:59 GMT", 0],
    ["Sun, 06 Nov 1994 08:49:37 GMT", 0],
    ["9".repeat(400), Number.MAX_SAFE_INTEGER]
  ])("%s", (header, millis) => {
    deepStrictEqual(Option.map(parse(header, now), Duration.toMillis), Option.some(millis))
  })

  it.each([
    undefined,
    "",
    " ",
    "-1",
    "+1",
    "1.5",
    "1e3",
    "0x10",
    "1, 2",
    "soon",
    "١٢",
    "1\n",
    "2026-11-23T12:00:05Z",
    "Mon, 23 Nov 2026 12:00:05",
    "Mon, 23 Nov 2026 12:00:05 UTC",
    "Mon, 23 Nov 2026 12:00:05 +0000",
    "mon, 23 nov 2026 12:00:05 gmt",
    "Mon, 3 Nov 2026 12:00:05 GMT",
    "Mon, 31 Feb 2026 12:00:05 GMT",
    "Mon, 00 Nov 2026 12:00:05 GMT",
    "Mon, 23 Nov 2026 24:00:00 GMT",
    "Mon, 23 Nov 2026 12:60:00 GMT",
    "Mon, 23 Nov 2026 12:00:61 GMT",
    "Mon Nov 23 12:00:00 2026 GMT"
  ])("%j is as if absent", (header) => {
    deepStrictEqual(parse(header, now), Option.none())
  })

  it("the three forms of the example in the RFC are the same instant", () => {
    const moment = Date.UTC(1994, 10, 6, 8, 49, 37)
    for (const text of [
      "Sun, 06 Nov 1994 08:49:37 GMT",
      "Sunday, 06-Nov-94 08:49:37 GMT",
      "Sun Nov  6 08:49:37 1994"
    ]) {
      deepStrictEqual(parseHttpDate(text, now), Option.some(moment), text)
    }
  })

  it("a two-digit year is at most 50 years ahead", () => {
    const year = (text: string, at: number) =>
      Option.map(parseHttpDate(text, at), (moment) => new Date(moment).getUTCFullYear())
    deepStrictEqual(year("Monday, 23-Nov-76 11:59:59 GMT", now), Option.some(2076))
    deepStrictEqual(year("Monday, 23-Nov-76 12:00:01 GMT", now), Option.some(1976))
    deepStrictEqual(year("Monday, 01-Jan-05 00:00:00 GMT", Date.UTC(2060, 0, 1)), Option.some(2105))
    deepStrictEqual(year("Monday, 01-Jan-70 00:00:00 GMT", Date.UTC(2060, 0, 1)), Option.some(2070))
  })

  it("a leap second counts as the last second before midnight", () => {
    deepStrictEqual(parseHttpDate("Sat, 31 Dec 2016 23:59:60 GMT", now), Option.some(Date.UTC(2017, 0, 1)))
  })

  it("does not depend on the time zone of the machine", () => {
    const zone = process.env["TZ"]
    try {
      for (const other of ["America/Los_Angeles", "Asia/Kathmandu", "Pacific/Kiritimati"]) {
        process.env["TZ"] = other
        assert.notStrictEqual(new Date(2026, 0, 1).getTime(), Date.UTC(2026, 0, 1))
        deepStrictEqual(Option.map(parse("Mon Nov 23 12:00:05 2026", now), Duration.toMillis), Option.some(5000))
      }
    } finally {
      if (zone === undefined) delete process.env["TZ"]
      else process.env["TZ"] = zone
    }
  })
})
