import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Quirks } from "../Quirk.js"
import type { RateLimit } from "../RateLimit.js"

/** The sender of a request. */
export interface Caller {
  readonly token: string
  readonly address: string
}

/** Admits requests, and supplies the headers of a 429. */
export interface Limiter {
  /** Whether a request of this caller is admitted. */
  readonly take: (caller: Caller) => Effect.Effect<boolean>
  /** The number of requests that the last caller could send now, and after a pause; none without a limit. */
  readonly free: Effect.Effect<Option.Option<{ readonly now: number; readonly most: number }>>
  readonly refusalHeaders: (caller: Caller) => Effect.Effect<Readonly<Record<string, string>>>
}

/** Counts requests. Times are in milliseconds since the first one. */
interface Meter {
  /** The time until a request is admitted. */
  readonly wait: (now: number) => number
  readonly take: (now: number) => void
  readonly used: (now: number) => number
}

/** A tolerance for rounding errors, which stay far below a thousandth of a millisecond. */
const tolerance = 0.001

/** The generic cell rate algorithm. Its only state is the theoretical arrival time of the next request. */
const moving = ({ burst, interval, limit }: RateLimit): Meter => {
  const spacing = Duration.toMillis(interval) / limit
  let arrival = -Infinity
  return {
    wait: (now) => arrival - spacing * (burst - 1) - now - tolerance,
    take: (now) => {
      arrival = Math.max(arrival, now) + spacing
    },
    used: (now) => (arrival - now - tolerance) / spacing
  }
}

/** Admits `burst` requests in each window. The length of a window is the time in which the rate allows as many. */
const fixed = ({ burst, interval, limit }: RateLimit): Meter => {
  const length = (Duration.toMillis(interval) / limit) * burst
  let current = 0
  let count = 0
  const indexOf = (now: number) => Math.floor((now + tolerance) / length)
  const used = (now: number) => (indexOf(now) === current ? count : 0)
  return {
    wait: (now) => (used(now) < burst ? 0 : (current + 1) * length - now - tolerance),
    take: (now) => {
      count = used(now) + 1
      current = indexOf(now)
    },
    used
  }
}

const meters = { moving, fixed } as const

/** The number of callers whose requests are counted. */
const mostCallers = 1000

const keyOf = ({ address, token }: Caller, { rateLimitScope }: Quirks): string =>
  ({ workspace: "", token, address })[rateLimitScope]

/**
 * Limits all requests together, or those of each caller by a quirk. Measures elapsed time with the caller's `Clock` but not by its
 * date, which can step back.
 */
export const make = (rateLimit: RateLimit, quirks: Quirks): Limiter => {
  const byKey = new Map<string, Meter>()
  let last: Meter | undefined
  let origin: bigint | undefined
  const elapsed = Effect.map(Clock.currentTimeNanos, (now) => Number(now - (origin ??= now)) / 1e6)
  const meterOf = (caller: Caller): Meter => {
    const key = keyOf(caller, quirks)
    const meter = byKey.get(key) ?? meters[quirks.rateLimitWindow](rateLimit)
    // The first key is that of the least recently seen caller.
    byKey.delete(key)
    byKey.set(key, meter)
    const [oldest] = byKey.keys()
    if (byKey.size > mostCallers && oldest !== undefined) byKey.delete(oldest)
    return (last = meter)
  }
  return {
    take: (caller) =>
      Effect.map(elapsed, (now) => {
        const meter = meterOf(caller)
        if (meter.wait(now) > 0) return false
        meter.take(now)
        return true
      }),
    free: Effect.map(elapsed, (now) => {
      const used = Math.max(0, Math.ceil(last?.used(now) ?? 0))
      return Option.some({ now: Math.max(0, rateLimit.burst - used), most: rateLimit.burst })
    }),
    refusalHeaders: (caller) =>
      Effect.zipWith(elapsed, Clock.currentTimeMillis, (now, date): Readonly<Record<string, string>> => {
        const wait = Math.max(0, Math.ceil(meterOf(caller).wait(now)))
        switch (rateLimit.retryAfter) {
          case "Seconds":
            return { "retry-after": String(Math.max(1, Math.ceil(wait / 1000))) }
          case "Date":
            // A date has whole seconds, so the end of the wait is rounded up.
            return { "retry-after": new Date(Math.ceil((date + wait) / 1000) * 1000).toUTCString() }
          case "Absent":
            return {}
        }
      })
  }
}

export const unlimited: Limiter = {
  take: () => Effect.succeed(true),
  free: Effect.succeedNone,
  refusalHeaders: () => Effect.succeed({})
}
