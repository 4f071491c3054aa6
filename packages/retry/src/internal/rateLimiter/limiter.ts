import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { SlidingWindow } from "./slidingWindow.js"

export const read = (clock: Clock.Clock): number => Number(clock.unsafeCurrentTimeNanos()) / 1e6

/** Milliseconds of the monotonic clock; only differences are meaningful. */
export const now: Effect.Effect<number> = /* #__PURE__ */ Clock.clockWith((clock) => Effect.succeed(read(clock)))

/** Why a call is not admitted. */
export interface Rejection {
  readonly tag: "CoolDown" | "Limit" | "Redis"
  readonly reason: string
  /** In milliseconds from now. */
  readonly retryAfter: number
}

/** The permission to send one request; called with the time of its response. */
export type Slot = (responded: number) => void

/** Decides when calls may start. All times are of `now`. */
export interface Limiter {
  readonly coolDownUntil: () => number
  /** The earliest start of a call with `ahead` calls before it, according to this process. */
  readonly earliest: (now: number, ahead: number) => number
  /** Takes a slot synchronously if one is free; only for a call with an empty queue before it. */
  readonly takeNow?: (now: number) => Slot | undefined
  /** For the head of the queue: a slot, or when to try again. A call passes the same `waiter` each time it tries. */
  readonly admit: (
    request: HttpClientRequest.HttpClientRequest,
    waiter: object
  ) => Effect.Effect<Either.Either<Slot, number>, Rejection>
  /** Starts or extends the cool-down, and returns whether it got longer. */
  readonly coolDown: (until: number, request: HttpClientRequest.HttpClientRequest) => Effect.Effect<boolean>
}

/** The limiter of one process. */
export const local = (window: SlidingWindow): Limiter => ({
  coolDownUntil: () => window.coolDownUntil,
  earliest: (time, ahead) => window.earliest(time, ahead),
  takeNow: (time) => (window.earliest(time, 0) > time ? undefined : window.take(time)),
  admit: () =>
    Effect.map(now, (time) => {
      const start = window.earliest(time, 0)
      return start > time ? Either.left(start) : Either.right(window.take(time))
    }),
  coolDown: (until) => Effect.sync(() => window.coolDown(until))
})
