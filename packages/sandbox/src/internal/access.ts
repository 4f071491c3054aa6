import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { createHash, timingSafeEqual } from "node:crypto"
import type { IncomingRequest } from "./message.js"

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

/** The addresses of this machine. */
const own = /^(127\.|::1$|::ffff:127\.)/

/** A page of another origin can't set `X-Forwarded-Proto`: it is that of a proxy in front of the sandbox. */
const isSameOrigin = ({ headers }: IncomingRequest): boolean => {
  const protocol = headers["x-forwarded-proto"] === "https" ? "https" : "http"
  return headers["origin"] === undefined || headers["origin"] === `${protocol}://${headers["host"]}`
}

/**
 * Whether a request is from this machine: it comes from there, its `Host` is this machine (a page elsewhere can point its own
 * name to 127.0.0.1), and it is not from a page of another origin.
 */
const isLocal = (incoming: IncomingRequest): boolean => {
  const { host } = incoming.headers
  return own.test(incoming.address) && (host === undefined || loopback.test(host)) && isSameOrigin(incoming)
}

const digest = (text: string) => createHash("sha256").update(text).digest()

/** In constant time: neither the length nor the first difference can be measured. */
const isEqual = (self: string, that: string): boolean => timingSafeEqual(digest(self), digest(that))

const cookieName = "effect-certifier-sandbox"

const tokenIn = ({ authorization, cookie }: IncomingRequest["headers"]): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1] ??
  new RegExp(`(?:^|; *)${cookieName}=([\\w%.~-]+)`).exec(cookie ?? "")?.[1]

/** Who may control the sandbox and see its console. */
export interface Access {
  readonly isAllowed: (incoming: IncomingRequest) => boolean
  /** The header that lets a browser in, if this is the token. */
  readonly logIn: (token: string) => Option.Option<Readonly<Record<string, string>>>
}

/**
 * Without a token, callers on this machine. With one, every caller that has it, from any address and by any name of the host, and
 * nobody else: behind a proxy or in a container all callers can seem to be on this machine.
 */
export const make = (token: Redacted.Redacted | undefined): Access => {
  if (token === undefined) return { isAllowed: isLocal, logIn: () => Option.none() }
  const expected = Redacted.value(token)
  const inCookie = encodeURIComponent(expected)
  return {
    isAllowed: (incoming) => {
      const given = tokenIn(incoming.headers) ?? ""
      // Both are compared, so that the time does not reveal in which form it was given.
      const matches = [isEqual(given, expected), isEqual(given, inCookie)]
      return matches.includes(true) && isSameOrigin(incoming)
    },
    logIn: (given) =>
      isEqual(given, expected)
        ? Option.some({ "set-cookie": `${cookieName}=${inCookie}; Path=/; HttpOnly; SameSite=Strict` })
        : Option.none()
  }
}
