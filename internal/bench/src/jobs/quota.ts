/** Measures how much of a quota runners use, and whether they exceed it, against a service on loopback. */
import { randomUUID } from "node:crypto"
import * as Effect from "effect/Effect"
import { type Programs, runner } from "./child.js"
import * as Service from "./service.js"
import * as Store from "./store.js"

export interface Quota {
  readonly runners: number
  /** The number of runners that have sent a request. */
  readonly active: number
  /** Requests per second that the service accepts. */
  readonly limit: number
  readonly seconds: number
  /** The accepted requests as a share of the maximum that the service accepts in this time. */
  readonly used: number
  readonly refused: number
}

export const measure = (runners: number, limit: number, seconds: number): Effect.Effect<Quota, never, Programs> =>
  Effect.gen(function* () {
    const service = yield* Service.make({ limit, interval: "1 second" })
    const store = yield* Store.make("PostgreSQL")
    const prefix = `certifier:bench:${randomUUID()}:`
    const settings = { store, api: service.url, limit, prefix, items: limit * (seconds + 30) }
    for (let n = 0; n < runners; n++) yield* runner({ ...settings, port: yield* Store.freePort })
    // The first and the last second are incomplete and not counted.
    const window = (calls: ReadonlyArray<Service.Call>) => {
      const from = (calls[0]?.at ?? Infinity) + 2000
      return { from, to: from + seconds * 1000 }
    }
    const calls = yield* Effect.repeat(Effect.delay(service.calls, "1 second"), {
      until: (calls) => (calls.at(-1)?.at ?? 0) > window(calls).to
    }).pipe(Effect.timeout(`${seconds + 60} seconds`))
    const { from, to } = window(calls)
    const counted = calls.filter(({ at }) => at >= from && at < to)
    const accepted = counted.filter(({ isAccepted }) => isAccepted).length
    return {
      runners,
      active: new Set(counted.map(({ pid }) => pid)).size,
      limit,
      seconds,
      used: accepted / (limit * seconds),
      refused: counted.length - accepted
    }
  }).pipe(Effect.scoped, Effect.orDie)
