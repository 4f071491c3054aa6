import { createHash } from "node:crypto"

/** The first 8 hexadecimal digits of a secret's SHA-256. */
export const fingerprintOf = (secret: string): string => createHash("sha256").update(secret).digest("hex").slice(0, 8)

const mask = (secret: string): string => (secret === "" ? "" : `<${fingerprintOf(secret)}>`)

/** The scheme of `Authorization` and the credentials; an unknown scheme can be a part of the secret. */
const schemeAndSecret = (credentials: string): readonly [scheme: string, secret: string] => {
  const text = credentials.trim()
  const scheme = /^(?:Bearer|Basic)\s+/i.exec(text)?.[0] ?? ""
  return [scheme, text.slice(scheme.length)]
}

export const secretOf = (credentials: string): string => schemeAndSecret(credentials)[1]

/** Headers that always hold credentials. */
const credentialHeaders = /^(authorization|proxy-authorization|cookie|x-api-key)$/

/** Names of query parameters that hold credentials, without their separators. */
const credentialNames =
  /^((access|refresh|id|auth|api|bearer|session)?token|(x?api|access|secret|private)key|(client)?secret|password|passwd|pwd|auth|authorization|bearer|credentials?)$/

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "))
  } catch {
    return text
  }
}

const isCredential = (name: string): boolean => credentialNames.test(decoded(name).toLowerCase().replace(/[\W_]/g, ""))

const parameter = (text: string): string => {
  const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? []
  return isCredential(name) ? `${name}=${mask(decoded(value))}` : text
}

/** The user name and password of URLs in a text. */
export const userinfo = (text: string): string =>
  text.replace(/(?<=:\/\/)[^/?#\s]+(?=@)/g, (secret) => mask(decoded(secret)))

/** A query without the values of parameters that are credentials by their name. */
export const query = (text: string): string => userinfo(text).split("&").map(parameter).join("&")

/** The query of a URL in a text, such as the value of `Referer`. */
const queries = (text: string): string =>
  text.replace(/(?<=:\/\/[^\s?]*\?)[^\s#]+/g, (query) => query.split("&").map(parameter).join("&"))

/** The value of a header. */
export const header = (name: string, value: string): string => {
  if (!credentialHeaders.test(name)) return queries(userinfo(value))
  const [scheme, secret] = name.endsWith("authorization") ? schemeAndSecret(value) : ["", value.trim()]
  return scheme + mask(secret)
}

/** A text this long is not found in innocent text by chance. */
const longToken = 16

/** One character, verbatim, percent-encoded, or escaped as in JSON. */
const character = /%([\da-f]{2})|\\u00([\da-f]{2})|\\(\/)|[^]/iy

/** What precedes a whole token: nothing, a separator, or the encoding of one. */
const boundary = /(?:^|[^\w-]|%[\da-f]{2}|\\[bfnrt]|\\u[\da-f]{4})$/i

/** Where the token that starts at an index ends, in any encoding; -1 if there is none. */
const endOf = (token: string, text: string, start: number): number => {
  character.lastIndex = start
  for (const expected of token) {
    const [all, percent, escape, slash] = character.exec(text) ?? []
    const hex = percent ?? escape
    if ((hex === undefined ? (slash ?? all) : String.fromCharCode(Number.parseInt(hex, 16))) !== expected) return -1
  }
  return character.lastIndex
}

/**
 * Masks a long token where it stands as a whole, as it is or percent-encoded or escaped as in JSON. A short one can be a
 * part of innocent text, so it stays.
 */
export const tokenIn = (token: string | undefined): ((text: string) => string) => {
  if (token === undefined || token.length < longToken) return (text) => text
  const fingerprint = mask(token)
  // One of at most 256 expressions: V8 keeps those that it has compiled.
  const first = new RegExp(`[%\\\\\\u${token.charCodeAt(0).toString(16).padStart(4, "0")}]`, "g")
  return (text) => {
    let masked = ""
    let done = 0
    for (const { index } of text.matchAll(first)) {
      if (index < done) continue
      const end = endOf(token, text, index)
      const before = text.slice(Math.max(done, index - 6), index)
      if (end < 0 || /^[\w-]/.test(text.slice(end, end + 1)) || !boundary.test(before)) continue
      masked += text.slice(done, index) + fingerprint
      done = end
    }
    return done === 0 ? text : masked + text.slice(done)
  }
}
