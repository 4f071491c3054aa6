import * as Effect from "effect/Effect"

/** Notifies those who wait of changes. A slow one misses none: it is notified of several at once. */
export interface Changes {
  /** Of the latest change. */
  readonly version: () => number
  readonly announce: () => void
  /** Waits until there is a later version than this. */
  readonly after: (version: number) => Effect.Effect<void>
}

export const make = (): Changes => {
  let version = 0
  const waiting = new Set<() => void>()
  return {
    version: () => version,
    announce: () => {
      version++
      const woken = Array.from(waiting)
      woken.forEach((wake) => wake())
    },
    after: (seen) =>
      Effect.async<void>((resume) => {
        const wake = () => {
          waiting.delete(wake)
          resume(Effect.void)
        }
        if (version !== seen) return wake()
        waiting.add(wake)
        return Effect.sync(() => void waiting.delete(wake))
      })
  }
}
