import * as Effect from "effect/Effect"

/**
 * A mutex for fibers, strictly in the order of arrival. Interrupted waiters leave the queue.
 *
 * Effect's semaphore does not keep the order: each release wakes all waiters, of which all but one are queued again behind those
 * that arrived in between, and a new fiber can overtake all of them.
 */
export class FairMutex {
  private locked = false
  private readonly waiting = new Set<() => void>()

  /** The number of fibers that hold the mutex or wait for it. */
  get size(): number {
    return this.waiting.size + (this.locked ? 1 : 0)
  }

  readonly acquire: Effect.Effect<void> = Effect.async<void>((resume) => {
    const grant = () => resume(Effect.void)
    if (this.locked) {
      this.waiting.add(grant)
    } else {
      this.locked = true
      grant()
    }
    // The interruption can also happen after the mutex was granted and before the fiber resumes.
    return Effect.suspend(() => (this.waiting.delete(grant) ? Effect.void : this.release))
  })

  readonly release: Effect.Effect<void> = Effect.sync(() => {
    const [next] = this.waiting
    if (next === undefined) {
      this.locked = false
    } else {
      this.waiting.delete(next)
      next()
    }
  })
}
