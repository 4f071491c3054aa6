import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

/** The three formats of HTTP-date (RFC 9110, section 5.6.7): IMF-fixdate, RFC 850 and C's asctime(). */
const httpDate = /^\w+, (\d\d)[ -](\w{3})[ -](\d\d|\d{4}) ([\d:]{8}) GMT$|^\w{3} (\w{3}) ([ \d]\d) ([\d:]{8}) (\d{4})$/

/** The timestamp of a date and time; none if it does not round-trip, like February 31. */
const momentOf = (day: string, month: string, year: number, time: string): Option.Option<number> => {
  // A leap second is treated as the second after 59.
  const [text, leap] = time.endsWith(":60") ? [time.replace(/60$/, "59"), 1000] : [time, 0]
  const written = `${day} ${month} ${year} ${text} GMT`
  const moment = Date.parse(written)
  return Option.liftPredicate(moment + leap, () => new Date(moment).toUTCString().endsWith(`, ${written}`))
}

/** The timestamp of an HTTP-date, in milliseconds since 1970; `now` determines the century of a two-digit year. */
export const parseHttpDate = (text: string, now: number): Option.Option<number> => {
  const found = httpDate.exec(text)
  if (found === null) return Option.none()
  const [, day = found[6] ?? "", month = found[5] ?? "", year = found[8] ?? "", time = found[7] ?? ""] = found
  const at = (year: number) => momentOf(day.replace(" ", "0"), month, year, time)
  if (year.length === 4) return at(Number(year))
  // "More than 50 years in the future" means the most recent year in the past with the same last two digits.
  const latest = new Date(now).setUTCFullYear(new Date(now).getUTCFullYear() + 50)
  const nearest = Number(year) + Math.floor(new Date(latest).getUTCFullYear() / 100) * 100
  return Option.orElse(
    Option.filter(at(nearest), (moment) => moment <= latest),
    () => at(nearest - 100)
  )
}

/** When a response was sent, by the server's clock, to which its times are relative. Without a `Date`, by the local clock. */
export const sentAt = (date: string | undefined, now: number): number =>
  Option.getOrElse(parseHttpDate(date ?? "", now), () => now)

/**
 * `Retry-After` of RFC 9110, section 10.2.3: whole seconds or an HTTP-date. A date in the past is zero, because `Duration` has
 * no negative values. Any other value counts as absent.
 */
export const parse = (header: string | undefined, now: number): Option.Option<Duration.Duration> => {
  const text = header?.replace(/^[ \t]+|[ \t]+$/g, "") ?? ""
  const millis = /^\d+$/.test(text)
    ? Option.some(Number(text) * 1000)
    : Option.map(parseHttpDate(text, now), (moment) => moment - now)
  return Option.map(millis, (wait) => Duration.millis(Math.min(wait, Number.MAX_SAFE_INTEGER)))
}
