import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

const month = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
const months = month.split("|")
const time = "(?<hour>[01]\\d|2[0-3]):(?<minute>[0-5]\\d):(?<second>[0-5]\\d|60)"

/** The three grammars of HTTP-date, RFC 9110, section 5.6.7: IMF-fixdate, RFC 850's, and C's asctime(). */
const grammars = [
  new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d{2}) (?<month>${month}) (?<year>\\d{4}) ${time} GMT$`),
  new RegExp(
    `^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d{2})-(?<month>${month})-(?<year>\\d{2}) ${time} GMT$`
  ),
  new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?<month>${month}) (?<day>\\d{2}| \\d) ${time} (?<year>\\d{4})$`)
]

/** The moment that an HTTP-date names, in milliseconds since 1970; `now` settles the century of a two-digit year. */
export const parseHttpDate = (text: string, now: number): Option.Option<number> => {
  const groups = grammars.map((grammar) => grammar.exec(text)?.groups).find((found) => found !== undefined)
  if (groups === undefined) return Option.none()
  const day = Number(groups["day"])
  const at = (year: number): number =>
    new Date(0).setUTCFullYear(year, months.indexOf(groups["month"] ?? ""), day) +
    (Number(groups["hour"]) * 3600 + Number(groups["minute"]) * 60 + Number(groups["second"])) * 1000
  let year = Number(groups["year"])
  if (groups["year"]?.length === 2) {
    // "More than 50 years in the future" means the most recent year in the past with the same last two digits.
    const thisYear = new Date(now).getUTCFullYear()
    year += Math.floor((thisYear + 50) / 100) * 100
    if (at(year) > new Date(now).setUTCFullYear(thisYear + 50)) year -= 100
  }
  const moment = at(year)
  // The 31st of February would have become a day of March.
  return new Date(moment - (groups["second"] === "60" ? 1000 : 0)).getUTCDate() === day
    ? Option.some(moment)
    : Option.none()
}

/**
 * `Retry-After` of RFC 9110, section 10.2.3: whole seconds or an HTTP-date; a date in the past is zero (as `Duration` has no negative values). Anything else is
 * as if the header was not there.
 */
export const parse = (header: string | undefined, now: number): Option.Option<Duration.Duration> => {
  const text = header?.replace(/^[ \t]+|[ \t]+$/g, "") ?? ""
  const millis = /^\d+$/.test(text)
    ? Option.some(Number(text) * 1000)
    : Option.map(parseHttpDate(text, now), (moment) => moment - now)
  return Option.map(millis, (wait) => Duration.millis(Math.min(wait, Number.MAX_SAFE_INTEGER)))
}
