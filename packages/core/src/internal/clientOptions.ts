import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { type Checked, invalid } from "../Options.js"

/** The options that only the client has. A token can be pasted into the wrong one, and a URL can hold a password. */

export const vendorUrl = "https://api.certifier.io"
export const vendorVersion = "2022-10-26"

/** Header values: anything visible or blank, no control characters. */
const isHeaderText = (text: string): boolean => text.trim() !== "" && !/[\p{Cc}\p{Cs}]/u.test(text)

export const accessToken = (name: string, token: Redacted.Redacted): Checked<Redacted.Redacted> =>
  isHeaderText(Redacted.value(token))
    ? Either.right(token)
    : invalid(name, "an access token that is not empty and has no control characters (a line break at its end?)")

export const apiVersion = (name: string, version: string): Checked<string> =>
  isHeaderText(version) ? Either.right(version) : invalid(name, "a version such as 2022-10-26")

export interface BaseUrl {
  readonly origin: string
  /** Origin and path prefix, without a slash at the end. */
  readonly prefix: string
  readonly hostname: string
  readonly port: number
}

const isLoopback = (hostname: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)

export const baseUrl = (name: string, input: string | URL): Checked<BaseUrl> => {
  if (!URL.canParse(input)) return invalid(name, "an absolute URL")
  const url = new URL(input)
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    return invalid(name, "an https URL (or http for localhost, 127.0.0.1 and [::1] only)")
  }
  if (url.username !== "" || url.password !== "") return invalid(name, "a URL without user name and password")
  if (url.search !== "" || url.hash !== "") return invalid(name, "a URL without query and fragment")
  return Either.right({
    origin: url.origin,
    prefix: `${url.origin}${url.pathname.replace(/\/+$/, "")}`,
    hostname: url.hostname,
    port: Number(url.port || (url.protocol === "https:" ? 443 : 80))
  })
}
