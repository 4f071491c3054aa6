/** A rate limit in numbers; times are in milliseconds. */
export interface Settings {
  readonly limit: number
  readonly window: number
  readonly margin: number
}

/** The interval after the first call of a recovery from a cool-down. It shrinks with each call, down to `window / limit`. */
const recoveryInterval = 50

/**
 * A sliding window of `limit` slots, used in turn. The slot of a call is free one window after the API is known to have counted
 * the call: after its response, or `margin` after the call was sent. The API therefore never counts more than `limit` calls per
 * window, whether its own window is fixed, sliding or a token bucket, and whenever it starts.
 *
 * Times are those of a monotonic clock. All methods are synchronous, so no other fiber runs in between.
 */
export class SlidingWindow {
  private readonly settings: Settings
  /** For each slot: the latest time at which its call may still reach the API. */
  private readonly ends: Float64Array
  /** For each slot: not free before this time, after a cool-down. */
  private readonly notBefore: Float64Array
  private next = 0
  coolDownUntil = Number.NEGATIVE_INFINITY

  constructor(settings: Settings) {
    this.settings = settings
    this.ends = new Float64Array(settings.limit).fill(Number.NEGATIVE_INFINITY)
    this.notBefore = new Float64Array(settings.limit).fill(Number.NEGATIVE_INFINITY)
  }

  /**
   * When the call with `ahead` calls before it can start. For a slot whose call has no response yet, this is a lower bound: check
   * again at that time.
   */
  earliest(now: number, ahead: number): number {
    const { limit, window } = this.settings
    const index = (this.next + ahead) % limit
    const free = Math.max(this.notBefore[index] ?? now, Math.min(this.ends[index] ?? now, now) + window)
    return Math.max(now, free) + Math.floor(ahead / limit) * window
  }

  /** Takes the next slot. Call the result with the time of the response. */
  take(now: number): (responded: number) => void {
    const { ends, next, settings } = this
    const end = now + settings.margin
    ends[next] = end
    this.next = (next + 1) % settings.limit
    return (responded) => {
      // By then the slot may belong to another call, which ends later.
      if (ends[next] === end) ends[next] = Math.min(end, responded)
    }
  }

  /**
   * No slot is free before `until`; after that they become free one by one instead of all at once. Returns whether the
   * cool-down got longer: it is never shortened.
   */
  coolDown(until: number): boolean {
    if (until <= this.coolDownUntil) return false
    this.coolDownUntil = until
    const { limit, window } = this.settings
    for (let i = 0, at = until; i < limit; i++, at += Math.max(window / limit, recoveryInterval / i)) {
      this.notBefore[(this.next + i) % limit] = at
    }
    return true
  }
}
