import { Clock, Duration, Effect } from "effect"

/** The client's time limit. Its odd value distinguishes its timer from other sleeps. */
export const timeout = Duration.millis(7777)

/**
 * Time that passes immediately: a sleep advances it, and a stalled service advances it to the client's time limit. A run therefore
 * takes milliseconds, and depends only on its seed.
 */
export const make = (start: number) => {
  let now = start
  const due = new Set<{ readonly at: number; readonly run: Effect.Effect<void> }>()
  const limits = new Set<() => void>()

  const advanceTo = (end: number): Effect.Effect<void> =>
    Effect.suspend(() => {
      const [next] = [...due].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)
      now = Math.max(now, next?.at ?? end)
      if (next === undefined) return Effect.void
      due.delete(next)
      return Effect.zipRight(next.run, advanceTo(end))
    })

  const sleep = (duration: Duration.Duration) =>
    Effect.suspend(() => advanceTo(now + Math.ceil(Duration.toMillis(duration))))

  const limit = Effect.async<void>((resume) => {
    const end = () => resume(Effect.void)
    limits.add(end)
    return Effect.sync(() => limits.delete(end))
  })

  /** `skew` is the lead of this clock in milliseconds. */
  const clock = (skew = 0): Clock.Clock => ({
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: () => now + skew,
    unsafeCurrentTimeNanos: () => BigInt(now + skew) * 1_000_000n,
    currentTimeMillis: Effect.sync(() => now + skew),
    currentTimeNanos: Effect.sync(() => BigInt(now + skew) * 1_000_000n),
    sleep: (duration) => (Duration.equals(duration, timeout) ? limit : sleep(duration))
  })

  /** A service that does not respond before the client's time limit. */
  const stall = Effect.gen(function* () {
    // The client starts its timer after the request, and must have stopped earlier timers.
    yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
    yield* sleep(timeout)
    for (const end of limits) end()
    return yield* Effect.never
  })

  const after = (millis: number, run: Effect.Effect<void>) => Effect.sync(() => void due.add({ at: now + millis, run }))

  return { after, clock, stall }
}
