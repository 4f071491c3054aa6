import { createHash } from "node:crypto"

/** The first 8 hexadecimal digits of a secret's SHA-256. */
export const fingerprintOf = (secret: string): string => createHash("sha256").update(secret).digest("hex").slice(0, 8)

const mask = (secret: string): string => (secret === "" ? "" : `<${fingerprintOf(secret)}>`)

/** Splits the value of `Authorization` into scheme and credentials. An unknown scheme can be a part of the secret. */
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

/** Masks the user name and password of URLs in a text. */
export const userinfo = (text: string): string =>
  text.replace(/(?<=:\/\/)[^/?#\s]+(?=@)/g, (secret) => mask(decoded(secret)))

/** Masks the parameters of a query whose names mark them as credentials. */
export const query = (text: string): string => userinfo(text).split("&").map(parameter).join("&")

/** Masks the queries of URLs in a text, such as the value of `Referer`. */
const queries = (text: string): string =>
  text.replace(/(?<=:\/\/[^\s?]*\?)[^\s#]+/g, (query) => query.split("&").map(parameter).join("&"))

/** Masks the credentials in the value of a header. */
export const header = (name: string, value: string): string => {
  if (!credentialHeaders.test(name)) return queries(userinfo(value))
  const [scheme, secret] = name.endsWith("authorization") ? schemeAndSecret(value) : ["", value.trim()]
  return scheme + mask(secret)
}

/** The least length of a token that does not occur in innocent text by chance. */
const longToken = 16

/** One character, verbatim, percent-encoded, or escaped as in JSON. */
const character = /%([\da-f]{2})|\\u00([\da-f]{2})|\\(\/)|[^]/iy

/** What precedes a whole token: nothing, a separator, or the encoding of one. */
const boundary = /(?:^|[^\w-]|%[\da-f]{2}|\\[bfnrt]|\\u[\da-f]{4})$/i

/** The end of the token that starts at an index, in any encoding; -1 if there is none. */
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
 * Masks each occurrence of a long token that is not a part of a word, whether verbatim, percent-encoded or escaped as in JSON. A
 * short token is not masked, because it can be a part of innocent text.
 */
export const tokenIn = (token: string | undefined): ((text: string) => string) => {
  if (token === undefined || token.length < longToken) return (text) => text
  const fingerprint = mask(token)
  // There are at most 256 such expressions, which V8 keeps once they are compiled.
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
