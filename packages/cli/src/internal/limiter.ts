import * as RateLimiter from "@effect-certifier/retry/RateLimiter"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { CliFailure, nothingChanged } from "./failure.js"

const invalid = (problem: string, next: string) =>
  new CliFailure({ exit: "configuration", problem, changed: nothingChanged, next })

/** Parses the URL of a connection. */
const connectionOf = (url: Redacted.Redacted) =>
  Effect.gen(function* () {
    const text = Redacted.value(url)
    if (!/^rediss?:\/\/./.test(text) || !URL.canParse(text)) {
      return yield* invalid(
        "CERTIFIER_REDIS_URL is not the URL of a Redis server.",
        "For example: redis://user:password@host:6379"
      )
    }
    const { hostname, password, pathname, port, protocol, username } = new URL(text)
    return {
      // In a URL, an IPv6 address has brackets.
      host: hostname.replace(/^\[(.*)\]$/, "$1"),
      port: Number(port || 6379),
      ...(username === "" ? {} : { username: decodeURIComponent(username) }),
      ...(password === "" ? {} : { password: decodeURIComponent(password) }),
      ...(/^\/\d+$/.test(pathname) ? { db: Number(pathname.slice(1)) } : {}),
      ...(protocol === "rediss:" ? { tls: {} } : {})
    }
  })

const overRedis = (url: Redacted.Redacted, limit: number) =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const redis = yield* connectionOf(url)
      const RedisRateLimiter = yield* Effect.tryPromise({
        try: () => import("@effect-certifier/retry/RedisRateLimiter"),
        catch: () =>
          invalid(
            "CERTIFIER_REDIS_URL requires the package ioredis.",
            "Install it next to certifier: npm install --global ioredis@5"
          )
      })
      return RedisRateLimiter.layer({ limit, redis })
    })
  )

/** The layer of the rate limiter, and whether it is shared by several machines. */
export const make = Effect.fnUntraced(function* (limit: number) {
  const url = yield* Config.option(Config.redacted(Config.nonEmptyString("CERTIFIER_REDIS_URL")))
  return {
    isShared: Option.isSome(url),
    layer: Option.match(url, {
      onNone: () => RateLimiter.layer({ limit }),
      onSome: (url) => overRedis(url, limit)
    })
  }
})
