import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"

/**
 * Checks of the client's options. A `Left` says what was expected, and never the value: a token can be pasted into the
 * wrong place, and a URL can hold a password.
 */

export const vendorUrl = "https://api.certifier.io"
export const vendorVersion = "2022-10-26"
export const defaultTimeout: Duration.DurationInput = "30 seconds"

/** Header values: anything visible or blank, no control characters. */
const isHeaderText = (text: string): boolean => text.trim() !== "" && !/[\p{Cc}\p{Cs}]/u.test(text)

export const accessToken = (token: Redacted.Redacted): Either.Either<Redacted.Redacted, string> =>
  isHeaderText(Redacted.value(token))
    ? Either.right(token)
    : Either.left("Expected an access token that is not empty and has no control characters (a line break at its end?)")

export const apiVersion = (version: string): Either.Either<string, string> =>
  isHeaderText(version) ? Either.right(version) : Either.left("Expected a version such as 2022-10-26")

export interface BaseUrl {
  readonly origin: string
  /** Origin and path prefix, without a slash at the end. */
  readonly prefix: string
  readonly hostname: string
  readonly port: number
}

const isLoopback = (hostname: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)

export const baseUrl = (input: string | URL): Either.Either<BaseUrl, string> => {
  if (!URL.canParse(input)) return Either.left("Expected an absolute URL")
  const url = new URL(input)
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    return Either.left("Expected an https URL (or http for localhost, 127.0.0.1 and [::1] only)")
  }
  if (url.username !== "" || url.password !== "") return Either.left("Expected a URL without user name and password")
  if (url.search !== "" || url.hash !== "") return Either.left("Expected a URL without query and fragment")
  return Either.right({
    origin: url.origin,
    prefix: `${url.origin}${url.pathname.replace(/\/+$/, "")}`,
    hostname: url.hostname,
    port: Number(url.port || (url.protocol === "https:" ? 443 : 80))
  })
}

/** What a timer of JavaScript can wait for: one millisecond more would fire at once. */
const longest = Duration.millis(2 ** 31 - 1)

export const timeout = (input: Duration.DurationInput): Either.Either<Duration.Duration, string> => {
  const duration = Duration.decodeUnknown(input)
  return duration._tag === "Some" &&
    Duration.greaterThan(duration.value, Duration.zero) &&
    Duration.lessThanOrEqualTo(duration.value, longest)
    ? Either.right(duration.value)
    : Either.left("Expected a duration above zero and of at most 24 days, such as '30 seconds'")
}
