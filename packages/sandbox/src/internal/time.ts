import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Changes from "./changes.js"
import type { Workspace } from "./workspace/workspace.js"

/** The sandbox's clock: the caller's clock plus an offset. */
export interface Time {
  /** Runs an effect with the sandbox's clock instead of the caller's. */
  readonly within: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Moves the clock forward, and wakes sleepers that are then due. */
  readonly advance: (duration: Duration.Duration) => Effect.Effect<void>
  /** The offset. */
  readonly moved: Effect.Effect<Duration.Duration>
}

/** JavaScript's timers fire at once for 2^31 ms (about 24.8 days) and more. */
const longestSleep = 2 ** 31 - 1

export const make = (): Time => {
  let millis = 0
  const moves = Changes.make()
  const isMoved = new WeakSet<Clock.Clock>()

  const movedFrom = (base: Clock.Clock): Clock.Clock => {
    const sleep = (duration: Duration.Duration): Effect.Effect<void> =>
      Effect.flatMap(clock.currentTimeMillis, (start) => {
        const end = start + Duration.toMillis(duration)
        const rest = Effect.map(clock.currentTimeMillis, (now) => end - now)
        const wait = Effect.suspend(() => {
          const version = moves.version()
          return Effect.flatMap(rest, (left) =>
            Effect.race(base.sleep(Duration.millis(Math.min(left, longestSleep))), moves.after(version))
          )
        })
        return Effect.asVoid(Effect.zipRight(wait, rest).pipe(Effect.repeat({ while: (left) => left > 0 })))
      })
    const clock: Clock.Clock = {
      [Clock.ClockTypeId]: Clock.ClockTypeId,
      unsafeCurrentTimeMillis: () => base.unsafeCurrentTimeMillis() + millis,
      currentTimeMillis: Effect.map(base.currentTimeMillis, (now) => now + millis),
      unsafeCurrentTimeNanos: () => base.unsafeCurrentTimeNanos() + BigInt(millis) * 1_000_000n,
      currentTimeNanos: Effect.map(base.currentTimeNanos, (now) => now + BigInt(millis) * 1_000_000n),
      sleep: (duration) => (Duration.toMillis(duration) <= 0 ? base.sleep(duration) : sleep(duration))
    }
    isMoved.add(clock)
    return clock
  }

  return {
    within: (effect) =>
      Effect.clockWith((base) => (isMoved.has(base) ? effect : Effect.withClock(effect, movedFrom(base)))),
    advance: (duration) =>
      Effect.sync(() => {
        millis += Math.round(Duration.toMillis(duration))
        moves.announce()
      }),
    moved: Effect.sync(() => Duration.millis(millis))
  }
}

/** The workspace with the sandbox's clock, for every reader and writer. */
export const inTime = ({ within }: Time, workspace: Workspace): Workspace => ({
  ...workspace,
  state: within(workspace.state),
  modify: (change) => within(workspace.modify(change)),
  content: within(workspace.content),
  replace: (content) => within(workspace.replace(content))
})
