import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Item, Ledger, Settled } from "../src/internal/item.js"
import { Lost } from "../src/internal/lost.js"
import type { Failure } from "../src/JobError.js"

/** One item in memory, whose writes survive a run. */
export const makeLedger = (payload = `"a"`, limit = Number.POSITIVE_INFINITY) => {
  let item: Item = {
    seq: 0,
    payload,
    state: "pending",
    attempts: 0,
    sentAt: 0,
    since: 0,
    readAt: 0,
    step: Option.none(),
    repeats: false
  }
  let paused: Failure | undefined
  let last: Settled | undefined
  let writes = 0
  const write = (next: () => void) =>
    Effect.suspend(() => {
      if (paused !== undefined || writes++ >= limit) return new Lost()
      next()
      return Effect.void
    })
  const ledger: Ledger = {
    read: Effect.map(Clock.currentTimeMillis, (readAt) => ({ ...item, readAt })),
    intent: (now, counts) =>
      write(() => {
        item = {
          ...item,
          state: "sent",
          sentAt: now,
          since: item.since || now,
          attempts: item.attempts + (counts ? 1 : 0)
        }
      }),
    step: (text) =>
      write(() => {
        item = { ...item, step: Option.some(text), repeats: false }
      }),
    settle: (settled) =>
      write(() => {
        last = settled
        item = { ...item, state: settled.state }
      }),
    pause: (error) => Effect.sync(() => void (paused = error))
  }
  /** Does the same as `Jobs.retry` for an unknown item. */
  const retry = () => {
    item = { ...item, state: "pending", attempts: 0, repeats: true }
  }
  return { ledger, retry, item: () => item, paused: () => paused, last: () => last }
}
