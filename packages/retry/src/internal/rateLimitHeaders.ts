import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { parseList } from "structured-headers"

type Headers = Readonly<Record<string, string | undefined>>

/** The fields of which at least one is there when any of them says something. */
const names = ["ratelimit", "ratelimit-remaining", "x-ratelimit-remaining"]

/** A field that is not a list of RFC 9651 is as if it was not there. */
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
 * `RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers-10: of every limit with nothing remaining
 * (`r=0`) the seconds until its reset (`t`) or, without them, the whole window (`w`) of the policy of that name.
 */
const standardResets = (headers: Headers): ReadonlyArray<number> => {
  const windows = new Map(
    items(headers["ratelimit-policy"]).flatMap(([name, parameters]) =>
      // Another unit than requests says nothing about when a request is welcome again.
      (parameters.get("qu") ?? "requests") === "requests" ? [[String(name), parameters.get("w")]] : []
    )
  )
  return items(headers["ratelimit"]).flatMap(([name, parameters]) =>
    parameters.get("r") === 0 ? Option.toArray(count(parameters.get("t") ?? windows.get(String(name)))) : []
  )
}

/** What a number of `…-Reset` means depends on its size alone: seconds to wait, or a time in seconds or milliseconds. */
const secondsUntil = (reset: number, now: number): number =>
  reset < 1e9 ? reset : reset < 1e12 ? reset - now / 1000 : (reset - now) / 1000

/** The fields that were usual before the standard, with and without `X-`. No specification; names and units by custom. */
const usualResets = (headers: Headers, now: number): ReadonlyArray<number> =>
  ["x-ratelimit", "ratelimit"].flatMap((prefix) => {
    const reset = headers[`${prefix}-reset`] ?? ""
    return /^0+$/.test(headers[`${prefix}-remaining`] ?? "") && /^\d{1,15}(\.\d{1,9})?$/.test(reset)
      ? [secondsUntil(Number(reset), now)]
      : []
  })

/**
 * How long the headers of an answer say that no request will be let through; none when some are left, when they don't
 * say it, or when they are malformed. `now` is the wall clock's time in milliseconds.
 */
export const exhaustedFor = (headers: Headers, now: number): Option.Option<Duration.Duration> => {
  // What next to every answer is like, and an answer is looked at for each call.
  if (!names.some((name) => name in headers)) return Option.none()
  const standard = standardResets(headers)
  const seconds = Math.max(0, ...(standard.length > 0 ? standard : usualResets(headers, now)))
  return seconds > 0 ? Option.some(Duration.millis(Math.ceil(seconds * 1000))) : Option.none()
}
