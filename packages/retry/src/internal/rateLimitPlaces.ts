/** A limit in numbers; times are in milliseconds. */
export interface Shape {
  readonly limit: number
  readonly window: number
  readonly margin: number
}

/** The gap behind the first call after a cool-down. It gets shorter with every call, down to the pace of the limit. */
const spread = 50

/**
 * A bucket of `limit` places, taken in turn. A place that a call has used is free again one window after the service is
 * known to have counted the call: when it has answered, or `margin` after it was sent. So whatever the service's window is
 * (fixed, sliding, a bucket), and wherever it begins, it never sees more than `limit` calls in one.
 *
 * Times are those of a clock that never steps. Nothing here waits, and no fiber can get in between.
 */
export class Places {
  private readonly shape: Shape
  /** Until when the call that has a place may still be on its way to the service. */
  private readonly ends: Float64Array
  /** The end of a cool-down, or later. */
  private readonly notBefore: Float64Array
  private next = 0
  coolDownUntil = Number.NEGATIVE_INFINITY

  constructor(shape: Shape) {
    this.shape = shape
    this.ends = new Float64Array(shape.limit).fill(Number.NEGATIVE_INFINITY)
    this.notBefore = new Float64Array(shape.limit).fill(Number.NEGATIVE_INFINITY)
  }

  /**
   * When the call with `ahead` others before it can start. For a place whose call is not answered yet it is the earliest
   * possible time: ask again then.
   */
  earliest(now: number, ahead: number): number {
    const { limit, window } = this.shape
    const index = (this.next + ahead) % limit
    const free = Math.max(this.notBefore[index] ?? now, Math.min(this.ends[index] ?? now, now) + window)
    return Math.max(now, free) + Math.floor(ahead / limit) * window
  }

  /** Takes the next place; the result is to be called with the time of the answer. */
  take(now: number): (answered: number) => void {
    const { ends, next, shape } = this
    const end = now + shape.margin
    ends[next] = end
    this.next = (next + 1) % shape.limit
    return (answered) => {
      // By then the place may be another call's, whose end is later.
      if (ends[next] === end) ends[next] = Math.min(end, answered)
    }
  }

  /**
   * No place before `until`, and from then on one after the other instead of all at once. Answers whether that is later
   * than what was known: a cool-down only ever gets longer.
   */
  coolDown(until: number): boolean {
    if (until <= this.coolDownUntil) return false
    this.coolDownUntil = until
    const { limit, window } = this.shape
    for (let i = 0, at = until; i < limit; i++, at += Math.max(window / limit, spread / i)) {
      this.notBefore[(this.next + i) % limit] = at
    }
    return true
  }
}
