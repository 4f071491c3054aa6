import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { createHash, timingSafeEqual } from "node:crypto"
import type { IncomingRequest } from "./message.js"

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

/** Loopback addresses. */
const own = /^(127\.|::1$|::ffff:127\.)/

/** A page of another origin can't set `X-Forwarded-Proto`, so its value comes from a proxy in front of the sandbox. */
const isSameOrigin = ({ headers }: IncomingRequest): boolean => {
  const protocol = headers["x-forwarded-proto"] === "https" ? "https" : "http"
  return headers["origin"] === undefined || headers["origin"] === `${protocol}://${headers["host"]}`
}

/**
 * Whether a request is from this machine: its address is local, its `Host` is this machine (a foreign name can resolve to
 * 127.0.0.1), and it is not from a page of another origin.
 */
const isLocal = (incoming: IncomingRequest): boolean => {
  const { host } = incoming.headers
  return own.test(incoming.address) && (host === undefined || loopback.test(host)) && isSameOrigin(incoming)
}

const digest = (text: string) => createHash("sha256").update(text).digest()

/** Compares in constant time, so that neither the length nor the first difference can be measured. */
const isEqual = (self: string, that: string): boolean => timingSafeEqual(digest(self), digest(that))

const cookieName = "effect-certifier-sandbox"

const tokenIn = ({ authorization, cookie }: IncomingRequest["headers"]): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1] ??
  new RegExp(`(?:^|; *)${cookieName}=([\\w%.~-]+)`).exec(cookie ?? "")?.[1]

/** Decides which requests may control the sandbox and see its console. */
export interface Access {
  readonly isAllowed: (incoming: IncomingRequest) => boolean
  /** The header that logs a browser in, if this is the token. */
  readonly logIn: (token: string) => Option.Option<Readonly<Record<string, string>>>
}

/**
 * Without a token, admits callers on this machine. With one, admits only callers that have it, from any address and with any host
 * name, because behind a proxy or in a container all callers can seem to be on this machine.
 */
export const make = (token: Redacted.Redacted | undefined): Access => {
  if (token === undefined) return { isAllowed: isLocal, logIn: () => Option.none() }
  const expected = Redacted.value(token)
  const inCookie = encodeURIComponent(expected)
  return {
    isAllowed: (incoming) => {
      const given = tokenIn(incoming.headers) ?? ""
      // Compares both, so that the time does not reveal whether the token was in a header or in the cookie.
      const matches = [isEqual(given, expected), isEqual(given, inCookie)]
      return matches.includes(true) && isSameOrigin(incoming)
    },
    logIn: (given) =>
      isEqual(given, expected)
        ? Option.some({ "set-cookie": `${cookieName}=${inCookie}; Path=/; HttpOnly; SameSite=Strict` })
        : Option.none()
  }
}
