import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Duration, Effect, Random } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Bundle from "./support/bundle.js"
import { inFlight } from "./support/settings.js"
import { run, signal, until, type World } from "./support/world.js"

const seed = Number(process.env["SEED"] ?? 20_261_127)

const kills = Number(process.env["KILLS"] ?? 100)

const sizes = { update: 30, create: 30, issue: 40, send: 60 }

const folder = mkdtempSync(join(tmpdir(), "certifier-job-faults-"))
let worker = ""
beforeAll(async () => {
  worker = await Effect.runPromise(Bundle.make(folder, "SQLite"))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let killed = 0

const isEnough = () => killed >= kills

/** Kills each process of the runner, until the jobs are over or enough processes were killed. */
const killing = ({ api, runners }: World) =>
  Effect.gen(function* () {
    const runner = yield* Effect.orDie(Effect.fromNullable(runners[0]))
    while (!isEnough() && !runner.isOver()) {
      const before = { lives: runner.lives(), killed: runner.killed() }
      // Most processes are killed soon after their first request, the others while they start.
      const isAtWork = (yield* Random.next) < 0.8
      if (isAtWork) yield* until("a request", () => runner.isOver() || api.hasSent(runner.current()?.pid))
      yield* Effect.sleep(Duration.millis(yield* Random.nextIntBetween(0, isAtWork ? 150 : 1000)))
      yield* signal(runner, "SIGKILL")
      yield* until("another life", () => runner.isOver() || runner.lives() > before.lives)
      killed += runner.killed() - before.killed
    }
  })

/** Runs jobs one after another, so that they are also killed at their beginning and at their end. */
const lane = (nth: number) =>
  Effect.gen(function* () {
    while (!isEnough()) {
      const result = yield* run(
        worker,
        { store: "SQLite", runners: 1, settle: 200, limit: 150, sizes, deaths: [] },
        killing
      )
      deepStrictEqual([result.found, result.failures], [[], []])
      assert.isAtMost(result.unknown, result.kills * inFlight)
      console.log(`${result.kills} kills, ${result.requests} requests, ${result.unknown} unknown`)
    }
  }).pipe(Effect.withRandom(Random.make(seed + nth)))

describe("jobs over SQLite", () => {
  it.live(
    `lose and repeat nothing when their process is killed ${kills} times (SEED=${seed})`,
    () =>
      Effect.zipRight(
        // One lane for each of two cores.
        Effect.all([lane(0), lane(1)], { concurrency: "unbounded" }),
        Effect.sync(() => assert.isAtLeast(killed, kills))
      ),
    kills * 10_000
  )
})
