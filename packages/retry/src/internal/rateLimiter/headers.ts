import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { parseList } from "structured-headers"

type Headers = Readonly<Record<string, string | undefined>>

/** At least one of these fields is present if any limit is reported. */
const names = ["ratelimit", "ratelimit-remaining", "x-ratelimit-remaining"]

/** A field that is not a list of RFC 9651 counts as absent. */
const items = (field: string | undefined) =>
  field === undefined
    ? []
    : Either.getOrElse(
        Either.try(() => parseList(field)),
        () => []
      )

const count = (value: unknown): Option.Option<number> =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? Option.some(value) : Option.none()

/**
 * `RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers-10: for each limit with nothing remaining (`r=0`)
 * the seconds until its reset (`t`) or, without `t`, the window (`w`) of the policy of that name.
 */
const standardResets = (headers: Headers): ReadonlyArray<number> => {
  const windows = new Map(
    items(headers["ratelimit-policy"]).flatMap(([name, parameters]) =>
      // A quota in other units does not apply to requests.
      (parameters.get("qu") ?? "requests") === "requests" ? [[String(name), parameters.get("w")]] : []
    )
  )
  return items(headers["ratelimit"]).flatMap(([name, parameters]) =>
    parameters.get("r") === 0 ? Option.toArray(count(parameters.get("t") ?? windows.get(String(name)))) : []
  )
}

/** The preferred form of an HTTP-date (RFC 9110, section 5.6.7), the only form that a server may send. */
const httpDate = /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/

/** When a response was sent according to its `Date`, which its times are relative to, or `now` without a valid `Date`. */
const sentAt = ({ date = "" }: Headers, now: number): number => {
  const sent = httpDate.test(date) ? Date.parse(date) : Number.NaN
  return Number.isNaN(sent) ? now : sent
}

/** The size of `…-Reset` determines its meaning: seconds to wait, or a Unix time in seconds or milliseconds. */
const secondsUntil = (reset: number, now: number): number =>
  reset < 1e9 ? reset : reset < 1e12 ? reset - now / 1000 : (reset - now) / 1000

/** The conventional fields that predate the draft, with and without `X-`. They have no specification. */
const conventionalResets = (headers: Headers, now: number): ReadonlyArray<number> =>
  ["x-ratelimit", "ratelimit"].flatMap((prefix) => {
    const reset = headers[`${prefix}-reset`] ?? ""
    return /^0+$/.test(headers[`${prefix}-remaining`] ?? "") && /^\d{1,15}(\.\d{1,9})?$/.test(reset)
      ? [secondsUntil(Number(reset), now)]
      : []
  })

/**
 * How long the API admits no request, according to the response headers. `Option.none` if requests remain, or if the headers are
 * absent or malformed. `now` is the time of this machine in milliseconds, for responses without a `Date`.
 */
export const exhaustedFor = (headers: Headers, now: number): Option.Option<Duration.Duration> => {
  // The fast path: few responses have these fields, and each call checks.
  if (!names.some((name) => name in headers)) return Option.none()
  const standard = standardResets(headers)
  const seconds = Math.max(0, ...(standard.length > 0 ? standard : conventionalResets(headers, sentAt(headers, now))))
  return seconds > 0 ? Option.some(Duration.millis(Math.ceil(seconds * 1000))) : Option.none()
}
