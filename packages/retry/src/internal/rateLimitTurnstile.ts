import * as Effect from "effect/Effect"

/**
 * Lets one fiber through at a time, strictly in the order of arrival, and forgets the ones that are interrupted.
 *
 * Effect's semaphore does not keep the order: each release wakes all that wait, all but one of them queue up again behind
 * those that came in between, and a late comer can be faster than all.
 */
export class Turnstile {
  private taken = false
  private readonly waiting = new Set<() => void>()

  /** How many are in it or before it. */
  get size(): number {
    return this.waiting.size + (this.taken ? 1 : 0)
  }

  readonly enter: Effect.Effect<void> = Effect.async<void>((resume) => {
    const pass = () => resume(Effect.void)
    if (this.taken) {
      this.waiting.add(pass)
    } else {
      this.taken = true
      pass()
    }
    // An interruption can also come when the turn has been given and not yet been taken.
    return Effect.suspend(() => (this.waiting.delete(pass) ? Effect.void : this.leave))
  })

  readonly leave: Effect.Effect<void> = Effect.sync(() => {
    const [next] = this.waiting
    if (next === undefined) {
      this.taken = false
    } else {
      this.waiting.delete(next)
      next()
    }
  })
}
