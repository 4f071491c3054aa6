import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { RateLimit } from "../RateLimit.js"

/** Admits requests, and supplies the headers of a 429. */
export interface Limiter {
  /** Whether a request with this access token is admitted. */
  readonly take: (token: string) => Effect.Effect<boolean>
  /** How many requests would be admitted now, and how many after a pause; none without a limit. */
  readonly free: Effect.Effect<Option.Option<{ readonly now: number; readonly most: number }>>
  readonly refusalHeaders: (token: string) => Effect.Effect<Readonly<Record<string, string>>>
}

/**
 * The generic cell rate algorithm, whose only state is the theoretical arrival time of the next request. Time is that of
 * the caller's `Clock`, measured without its date, which can step back.
 */
export const make = (rateLimit: RateLimit): Effect.Effect<Limiter> =>
  Effect.sync(() => {
    const spacing = Duration.toMillis(rateLimit.interval) / rateLimit.limit
    const tolerance = spacing * (rateLimit.burst - 1)
    let arrival = -Infinity
    let origin: bigint | undefined
    /** Milliseconds since the first request. */
    const elapsed = Effect.map(Clock.currentTimeNanos, (now) => Number(now - (origin ??= now)) / 1e6)
    /** Rounding errors stay far below a thousandth of a millisecond. */
    const waitAt = (now: number) => Math.max(0, Math.ceil(arrival - tolerance - now - 0.001))
    return {
      take: () =>
        Effect.map(elapsed, (now) => {
          if (waitAt(now) > 0) return false
          arrival = Math.max(arrival, now) + spacing
          return true
        }),
      free: Effect.map(elapsed, (now) => {
        const used = Math.max(0, Math.ceil((arrival - now - 0.001) / spacing))
        return Option.some({ now: Math.max(0, rateLimit.burst - used), most: rateLimit.burst })
      }),
      refusalHeaders: () =>
        Effect.zipWith(elapsed, Clock.currentTimeMillis, (now, date): Readonly<Record<string, string>> => {
          switch (rateLimit.retryAfter) {
            case "Seconds":
              return { "retry-after": String(Math.max(1, Math.ceil(waitAt(now) / 1000))) }
            case "Date":
              // A date has whole seconds: this is the first one at which the wait is over.
              return { "retry-after": new Date(Math.ceil((date + waitAt(now)) / 1000) * 1000).toUTCString() }
            case "Absent":
              return {}
          }
        })
    }
  })

/** Of so many access tokens it is known when their next request is admitted. */
const mostTokens = 1000

/** A limit for each access token. What would be admitted is that of the last token. */
export const makePerToken = (rateLimit: RateLimit): Limiter => {
  const limiters = new Map<string, Limiter>()
  let last: Limiter | undefined
  const of = (token: string) =>
    Effect.suspend(() => {
      const known = limiters.get(token)
      return known === undefined ? make(rateLimit) : Effect.succeed(known)
    }).pipe(
      Effect.tap((limiter) => {
        // The token that has not been seen for the longest time is the first.
        limiters.delete(token)
        limiters.set(token, limiter)
        const [oldest] = limiters.keys()
        if (limiters.size > mostTokens && oldest !== undefined) limiters.delete(oldest)
        last = limiter
      })
    )
  return {
    take: (token) => Effect.flatMap(of(token), (limiter) => limiter.take(token)),
    free: Effect.suspend(() => last?.free ?? Effect.succeedSome({ now: rateLimit.burst, most: rateLimit.burst })),
    refusalHeaders: (token) => Effect.flatMap(of(token), (limiter) => limiter.refusalHeaders(token))
  }
}

export const unlimited: Limiter = {
  take: () => Effect.succeed(true),
  free: Effect.succeedNone,
  refusalHeaders: () => Effect.succeed({})
}
