import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { type Checked, invalid } from "../Options.js"

/**
 * The validation of the client's own options. Errors never contain a value: a token can be pasted into the wrong option, and a
 * URL can contain a password.
 */

export const vendorUrl = "https://api.certifier.io"
export const vendorVersion = "2022-10-26"

/** Visible ASCII, which every transport can send in a header (RFC 9110, section 5.5). */
const isHeaderText = (text: string): boolean => /^[\x21-\x7e]+$/.test(text)

export const accessToken = (name: string, token: Redacted.Redacted): Checked<Redacted.Redacted> =>
  isHeaderText(Redacted.value(token))
    ? Either.right(token)
    : invalid(name, "visible ASCII characters (is there a line break or a quote?)")

export const apiVersion = (name: string, version: string): Checked<string> =>
  isHeaderText(version) ? Either.right(version) : invalid(name, "a version such as 2022-10-26")

export interface BaseUrl {
  readonly origin: string
  /** Origin and path prefix, without `/v1` or a trailing slash. */
  readonly prefix: string
  readonly hostname: string
  readonly port: number
}

const isLoopback = (hostname: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)

export const baseUrl = (name: string, input: string | URL): Checked<BaseUrl> => {
  if (!URL.canParse(input)) return invalid(name, "an absolute URL")
  const url = new URL(input)
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    return invalid(name, "an https URL (http only for localhost, 127.0.0.1 and [::1])")
  }
  if (url.username !== "" || url.password !== "") return invalid(name, "a URL without credentials")
  if (url.search !== "" || url.hash !== "") return invalid(name, "a URL without query and fragment")
  return Either.right({
    origin: url.origin,
    // The vendor's plugins disagree on whether the version is part of the base URL. Here it is part of the operations' paths.
    prefix: `${url.origin}${url.pathname.replace(/\/+$/, "").replace(/\/v1$/, "")}`,
    hostname: url.hostname,
    port: Number(url.port || (url.protocol === "https:" ? 443 : 80))
  })
}
