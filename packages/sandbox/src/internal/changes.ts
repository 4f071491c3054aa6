import * as Effect from "effect/Effect"

/** Notifies subscribers of changes. A slow subscriber misses none, but is notified of several at once. */
export interface Changes {
  /** The version of the latest change. */
  readonly version: () => number
  readonly announce: () => void
  /** Waits for a version later than this one. */
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
