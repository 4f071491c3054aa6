/** Kills a runner with `kill -9`, and measures how long its part is idle, and how many items are repeated. */
import { randomUUID } from "node:crypto"
import { Jobs } from "@effect-certifier/jobs"
import * as JobEngine from "@effect-certifier/jobs/JobEngine"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type Programs, type Runner, runner } from "./child.js"
import * as Service from "./service.js"
import { jobId } from "./settings.js"
import * as Store from "./store.js"

export type Case = "embedded, started again" | "PostgreSQL, started again" | "PostgreSQL, another one is alive"

export const cases: ReadonlyArray<Case> = [
  "embedded, started again",
  "PostgreSQL, started again",
  "PostgreSQL, another one is alive"
]

export interface Takeover {
  readonly case: Case
  /** Seconds from `kill -9` to the next call of the dead runner's part. */
  readonly seconds: number
  /** Groups that exist more than once when the job is over. */
  readonly repeated: number
  /** Items that are not done. */
  readonly lost: number
}

const limit = 100

/** The number of items that a job runs as one part. */
const chunk = 500

const chunkOf = ({ item }: Service.Call) => Math.floor(item / chunk)

const until = <A, E>(what: Effect.Effect<A, E>, holds: (value: A) => boolean) =>
  Effect.repeat(Effect.delay(what, "20 millis"), { until: holds }).pipe(Effect.timeout("2 minutes"))

const readerOf = (store: Store.Store) =>
  store.engine === "SQLite" ? JobEngine.layerDatabase({ file: store.file }) : Store.pg(store.url, 1)

export const measure = (which: Case, items: number): Effect.Effect<Takeover, never, Programs> =>
  Effect.gen(function* () {
    const service = yield* Service.make("Unlimited")
    const store = yield* Store.make(which === "embedded, started again" ? "SQLite" : "PostgreSQL")
    const hasOther = which === "PostgreSQL, another one is alive"
    const prefix = hasOther ? { prefix: `certifier:bench:${randomUUID()}:` } : {}
    const settings = { store, api: service.url, limit, items, ...prefix }
    const start = Effect.flatMap(Store.freePort, (port) => runner({ ...settings, port }))
    const first: ReadonlyArray<Runner> = hasOther ? [yield* start, yield* start] : [yield* start]
    const before = yield* until(service.calls, (calls) => calls.length >= items / 5)
    const victim = first.find(({ pid }) => pid === before.at(-1)?.pid)
    if (victim === undefined) return yield* Effect.dieMessage("A call of no runner")
    yield* victim.kill
    const killed = yield* Clock.currentTimeMillis
    if (!hasOther) yield* start
    const isDead = ({ pid }: Service.Call) => pid === victim.pid
    const dead = new Set((yield* service.calls).filter(isDead).slice(-8).map(chunkOf))
    const isNext = (call: Service.Call) => call.at >= killed && !isDead(call) && dead.has(chunkOf(call))
    const calls = yield* until(service.calls, (all) => all.some(isNext))
    const next = calls.find(isNext)?.at ?? Number.NaN
    const { done } = yield* Jobs.await(jobId, { every: "200 millis" }).pipe(
      Effect.timeout("2 minutes"),
      Effect.provide(readerOf(store))
    )
    return {
      case: which,
      seconds: (next - killed) / 1000,
      repeated: yield* service.repeated,
      lost: items - done
    }
  }).pipe(Effect.scoped, Effect.orDie)
