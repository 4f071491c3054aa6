import { Fault } from "@effect-certifier/sandbox"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Duration, Effect, Random, type Scope } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Point } from "./support/api.js"
import * as Bundle from "./support/bundle.js"
import type { Own } from "./support/settings.js"
import * as Store from "./support/store.js"
import type { Sizes } from "./support/work.js"
import { type Runner, run, signal, until, type World } from "./support/world.js"

const seed = Number(process.env["SEED"] ?? 20_261_127)

const small: Sizes = { update: 6, create: 6, issue: 10, send: 6 }

const medium: Sizes = { update: 12, create: 12, issue: 20, send: 12 }

const large: Sizes = { update: 60, create: 60, issue: 90, send: 60 }

const huge: Sizes = { update: 120, create: 120, issue: 180, send: 120 }

interface Scenario {
  readonly name: string
  readonly on: ReadonlyArray<"SQLite" | "PostgreSQL">
  /** The number of runners over PostgreSQL. Default 3. */
  readonly runners?: number
  readonly sizes?: Sizes
  /** Milliseconds; longer than the delay of a late request. Default 1000. */
  readonly settle?: number
  readonly deaths?: ReadonlyArray<{ readonly point: Own; readonly passes: number }>
  readonly fault?: (world: World) => Effect.Effect<void, never, Scope.Scope>
  /** The minimum number of `kill -9`s. */
  readonly kills?: number
  /** The maximum number of `unknown` items, which were in flight when a process was killed or a response lost. Default none. */
  readonly unknown?: number
}

const both = ["SQLite", "PostgreSQL"] as const

const passes = [2, 5, 9, 14]

/** Two chunks of four items for each of four jobs. */
const inFlight = 32

const own = (point: Own): Scenario => ({
  name: `kill -9 ${point}`,
  on: both,
  runners: 2,
  // Many items are one statement, and each pass is a statement.
  sizes: large,
  kills: passes.length,
  // Each runner dies when it reaches the point.
  unknown: 2 * passes.length * inFlight,
  deaths: passes.map((passes) => ({ point, passes }))
})

const seen = (point: Point): Scenario => ({
  name: `kill -9 while a request is ${point}`,
  on: both,
  runners: 2,
  kills: passes.length,
  unknown: passes.length * inFlight,
  fault: ({ api }) => Effect.sync(() => api.killAt(point, [3, 8, 13, 18]))
})

/** Waits until this many requests have been sent. */
const after = ({ api }: World, requests: number) => until(`${requests} requests`, () => api.requests() >= requests)

const runnerOf = ({ runners }: World, index: number): Effect.Effect<Runner> =>
  Effect.fromNullable(runners[index]).pipe(Effect.orDie)

/** Waits until a process of a runner is working, or all jobs are over. */
const atWork = (runner: Runner) =>
  until("a process at work", () => runner.isOver() || runner.current()?.hasSubmitted() === true)

const random = (kills: number): Scenario => ({
  name: `kill -9 at random (SEED=${seed})`,
  on: ["PostgreSQL"],
  sizes: huge,
  kills,
  unknown: kills * inFlight,
  fault: (world) =>
    Effect.gen(function* () {
      for (let kill = 0; kill < kills; kill += 1) {
        const runner = yield* runnerOf(world, yield* Random.nextIntBetween(0, world.runners.length))
        // Most kills happen while the process is working, and some while it starts.
        if ((yield* Random.next) < 0.8) yield* atWork(runner)
        yield* Effect.sleep(Duration.millis(yield* Random.nextIntBetween(0, 1000)))
        const lives = runner.lives()
        yield* signal(runner, "SIGKILL")
        yield* until("another life", () => runner.lives() > lives || runner.isOver())
      }
    }).pipe(Effect.withRandom(Random.make(seed)))
})

/** Restarts a process like a deployment does, and waits until the next one is working. */
const restart = (world: World, index: number) =>
  Effect.gen(function* () {
    const runner = yield* runnerOf(world, index)
    yield* atWork(runner)
    const lives = runner.lives()
    yield* signal(runner, "SIGTERM")
    yield* until("another life", () => runner.lives() > lives || runner.isOver())
  })

const linkOf = ({ link }: World) => Effect.orDie(Effect.fromNullable(link))

/** The lock of a runner expires after 5 seconds here, and by default after 15. */
const scaled = (seconds: number) => Duration.seconds(seconds / 3)

const refused = (seconds: number): Scenario => ({
  name: `the database refuses connections for ${seconds} seconds, scaled to ${Duration.format(scaled(seconds))}`,
  on: ["PostgreSQL"],
  sizes: medium,
  unknown: inFlight,
  fault: (world) =>
    Effect.gen(function* () {
      yield* after(world, 20)
      const { awayWhile } = yield* linkOf(world)
      yield* awayWhile(Effect.sleep(scaled(seconds)))
    })
})

const always = { times: 1_000_000 } as const

const scenarios: ReadonlyArray<Scenario> = [
  random(26),
  own("before intent"),
  own("after intent"),
  seen("on its way"),
  seen("applied"),
  seen("responded"),
  own("before outcome"),
  { name: "all processes start for the first time at once", on: ["PostgreSQL"] },
  {
    name: "a submit that dies twice",
    on: both,
    kills: 2,
    runners: 1,
    deaths: [1, 2].map((passes) => ({ point: "before start", passes }))
  },
  {
    name: "a second process on the file is rejected",
    on: ["SQLite"],
    sizes: large,
    fault: (world) =>
      Effect.gen(function* () {
        yield* after(world, 5)
        const { code, output } = yield* world.another
        assert.strictEqual(code, 1)
        assert.include(output, "is in use by another process")
      })
  },
  {
    name: "SIGTERM while it works",
    on: ["SQLite"],
    fault: (world) => restart(world, 0)
  },
  {
    name: "a rolling restart",
    on: ["PostgreSQL"],
    sizes: medium,
    fault: (world) => Effect.forEach(world.runners, (_, index) => restart(world, index), { discard: true })
  },
  {
    name: "SIGSTOP for longer than the lock",
    on: ["PostgreSQL"],
    sizes: medium,
    unknown: inFlight,
    // A process that is suspended for longer than this can send late requests: see the guide.
    settle: 9000,
    fault: (world) =>
      Effect.gen(function* () {
        yield* after(world, 1)
        const isSending = ({ current }: Runner) => world.api.hasSent(current()?.pid)
        const runner = yield* Effect.orDie(Effect.fromNullable(world.runners.find(isSending)))
        yield* signal(runner, "SIGSTOP")
        yield* Effect.sleep("7 seconds")
        yield* signal(runner, "SIGCONT")
      })
  },
  {
    name: "connections to the database are cut three times",
    on: ["PostgreSQL"],
    sizes: medium,
    unknown: 3 * inFlight,
    fault: (world) =>
      Effect.forEach([10, 30, 60], (requests) =>
        Effect.zipRight(
          after(world, requests),
          Effect.flatMap(linkOf(world), ({ cut }) => cut)
        )
      ).pipe(Effect.asVoid)
  },
  refused(3),
  refused(12),
  refused(40),
  {
    name: "Redis is unavailable for 3 seconds",
    on: ["PostgreSQL"],
    sizes: medium,
    unknown: inFlight,
    fault: (world) =>
      Effect.gen(function* () {
        yield* after(world, 20)
        const { awayWhile } = yield* Effect.orDie(Effect.fromNullable(world.redis))
        yield* awayWhile(Effect.sleep("3 seconds"))
      })
  },
  {
    name: "429 with Retry-After",
    on: both,
    // A process that gets too little CPU on a busy machine loses its lock, like a stopped one.
    unknown: inFlight,
    fault: (world) =>
      Effect.zipRight(
        after(world, 10),
        Effect.orDie(world.api.sandbox.inject(Fault.error("rate_limited", { retryAfter: "1" }), { times: 6 }))
      )
  },
  {
    name: "a storm of 5xx",
    on: both,
    unknown: 2 * inFlight,
    fault: ({ api: { sandbox } }) =>
      Effect.gen(function* () {
        const applied = Fault.applied(Fault.error("internal_server_error"))
        yield* sandbox.inject(applied, { probability: 0.15, times: 15 })
        yield* sandbox.inject(Fault.make({ status: 503, body: "" }), { probability: 0.3, times: 30 })
        // A storm after the last item would delay the retries for minutes.
        yield* Effect.sleep("4 seconds")
        yield* sandbox.clearFaults
      }).pipe(Effect.orDie)
  },
  {
    name: "the token is revoked, and valid again",
    on: both,
    sizes: medium,
    fault: (world) =>
      Effect.gen(function* () {
        const { sandbox } = world.api
        yield* after(world, 20)
        yield* Effect.orDie(sandbox.inject(Fault.error("unauthorized"), always))
        yield* until("paused jobs", () => world.runners.every((runner) => runner.isPaused()))
        yield* sandbox.clearFaults
        yield* world.resume
      })
  }
]

const missing = await Store.missing()
if (missing.length > 0)
  process.stderr.write(`No ${missing.join(" and no ")}: tests of runners that need it are skipped.\n`)

let worker = ""
const folder = mkdtempSync(join(tmpdir(), "certifier-job-faults-"))
beforeAll(async () => {
  worker = await Effect.runPromise(Bundle.make(folder))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The number of concurrent processes; most scenarios mostly wait. */
const processes = Effect.unsafeMakeSemaphore(4)

const timeout = 600_000

const check = (
  on: "SQLite" | "PostgreSQL",
  { deaths = [], fault, kills = 0, runners = 3, settle = 1000, sizes = small, unknown = 0 }: Scenario
) => {
  const count = on === "SQLite" ? 1 : runners
  return Effect.gen(function* () {
    const result = yield* run(
      worker,
      { store: on, runners: count, settle, sizes, deaths },
      fault ?? (() => Effect.void)
    )
    deepStrictEqual(result.found, [], JSON.stringify(result.failures))
    assert.isAtLeast(result.kills, kills)
    assert.isAtMost(result.unknown, unknown)
  }).pipe(processes.withPermits(on === "SQLite" ? 2 : count))
}

describe.concurrent.each(both)("jobs over %s", (on) => {
  const possible = on === "SQLite" || missing.length === 0
  const runs = scenarios.filter(({ on: stores }) => possible && stores.includes(on))
  for (const scenario of runs) {
    it.live(scenario.name, () => check(on, scenario), timeout)
  }
})
