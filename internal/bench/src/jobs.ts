/** Durable jobs: the cost of an item compared with alternatives, the use of a quota, and the effects of killing a runner. */
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import * as Child from "./jobs/child.js"
import type { CallsCost, Cost, JobCost, Settings } from "./jobs/measured.js"
import * as Quota from "./jobs/quota.js"
import * as Store from "./jobs/store.js"
import * as Takeover from "./jobs/takeover.js"
import { progress } from "./progress.js"
import { median } from "./stats.js"

export interface Size {
  readonly items: ReadonlyArray<number>
  /** The number of items for alternatives that need much longer. */
  readonly otherItems: ReadonlyArray<number>
  readonly warmUp: number
  /** Seconds until a process that measures an alternative is stopped. */
  readonly bound: number
  readonly quota: { readonly runners: ReadonlyArray<number>; readonly limit: number; readonly seconds: number }
  readonly takeovers: { readonly cases: ReadonlyArray<Takeover.Case>; readonly times: number; readonly items: number }
}

export type OurCost = JobCost & { readonly engine: Store.Engine }

export type OurCallsCost = CallsCost & { readonly engine: Store.Engine }

export interface OtherCost {
  readonly way: string
  readonly engine: Store.Engine
  readonly items: number
  /** `undefined` if the process was stopped. */
  readonly cost: Cost | undefined
}

export interface Jobs {
  readonly date: string
  readonly versions: Readonly<Record<"PostgreSQL" | "Redis", string>>
  readonly warmUp: number
  readonly bound: number
  /** Without calls, like the alternatives. */
  readonly ours: ReadonlyArray<OurCost>
  readonly withCalls: ReadonlyArray<OurCallsCost>
  readonly others: ReadonlyArray<OtherCost>
  readonly quota: ReadonlyArray<Quota.Quota>
  /** The number of runs; times are medians, and the counts of repeated and lost items are sums. */
  readonly takeoverTimes: number
  readonly takeovers: ReadonlyArray<Takeover.Takeover>
}

const engines: ReadonlyArray<Store.Engine> = ["SQLite", "PostgreSQL"]

interface Way {
  readonly way: string
  readonly program: string
  readonly engine: Store.Engine
  readonly shape?: Settings["shape"]
}

const ways: ReadonlyArray<Way> = [
  ...engines.map((engine) => ({ way: "an activity for each item", program: "activities", engine })),
  { way: "DBOS, a step for each item", program: "dbos", engine: "PostgreSQL", shape: "steps" },
  { way: "DBOS, a queued workflow for each item", program: "dbos", engine: "PostgreSQL", shape: "queue" }
]

const say = (what: string) => Effect.sync(() => progress(`jobs: ${what}`))

const cost = <A extends Cost>(
  program: string,
  engine: Store.Engine,
  settings: Omit<Settings, "store" | "port">,
  seconds: number
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const store = yield* Store.make(engine)
      const port = yield* Store.freePort
      return yield* Child.ask<Settings, A>(program, { ...settings, store, port }, seconds)
    })
  )

/** The time limit, because a million items take a quarter of an hour on a slow disk. */
const longest = 1800

const ourCost = <A extends JobCost>(engine: Store.Engine, items: number, warmUp: number, calls: boolean) =>
  say(`${items} items, ${engine}${calls ? ", with calls" : ""}`).pipe(
    Effect.zipRight(cost<A>("cost", engine, { items, warmUp, calls }, longest)),
    Effect.flatMap((found) =>
      found === undefined ? Effect.dieMessage(`${items} items took too long`) : Effect.succeed({ ...found, engine })
    )
  )

const ourCosts = ({ items, warmUp }: Size) =>
  Effect.all({
    ours: Effect.forEach(engines, (engine) =>
      Effect.forEach(items, (count) => ourCost<JobCost>(engine, count, warmUp, false))
    ).pipe(Effect.map((costs) => costs.flat())),
    withCalls: Effect.forEach(engines, (engine) => ourCost<CallsCost>(engine, Math.min(...items), warmUp, true))
  })

const otherCosts = ({ bound, otherItems }: Size) =>
  Effect.forEach(
    ways.flatMap((way) => otherItems.map((items) => ({ ...way, items }))),
    ({ engine, items, program, shape, way }) =>
      say(`${way}, ${items} items, ${engine}`).pipe(
        Effect.zipRight(
          cost<Cost>(program, engine, { items, warmUp: 200, ...(shape === undefined ? {} : { shape }) }, bound)
        ),
        Effect.map((found): OtherCost => ({ way, engine, items, cost: found }))
      )
  )

const takeover = (which: Takeover.Case, times: number, items: number) =>
  Effect.gen(function* () {
    const found: Array<Takeover.Takeover> = []
    for (let time = 1; time <= times; time++) {
      yield* say(`kill -9, ${which}, ${time} of ${times}`)
      found.push(yield* Takeover.measure(which, items))
    }
    const sum = (of: (one: Takeover.Takeover) => number) => found.reduce((total, one) => total + of(one), 0)
    return {
      case: which,
      seconds: median(found.map(({ seconds }) => seconds)),
      repeated: sum(({ repeated }) => repeated),
      lost: sum(({ lost }) => lost)
    }
  })

const redisVersion = () => /v=(\S+)/.exec(spawnSync("redis-server", ["--version"]).stdout?.toString() ?? "")?.[1] ?? "?"

export const run = (size: Size): Promise<Jobs> =>
  Effect.gen(function* () {
    const { bound, quota, takeovers, warmUp } = size
    const versions = { PostgreSQL: yield* Store.postgresVersion, Redis: redisVersion() }
    const measured = {
      takeovers: yield* Effect.forEach(takeovers.cases, (which) => takeover(which, takeovers.times, takeovers.items)),
      quota: yield* Effect.forEach(quota.runners, (runners) =>
        Effect.zipRight(
          say(`the quota of ${runners} ${runners === 1 ? "runner" : "runners"}`),
          Quota.measure(runners, quota.limit, quota.seconds)
        )
      ),
      others: yield* otherCosts(size),
      ...(yield* ourCosts(size))
    }
    return { date: new Date().toISOString(), versions, warmUp, bound, takeoverTimes: takeovers.times, ...measured }
  }).pipe(Effect.provide(Child.layer), Effect.runPromise)
