import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Duration, Effect, Random } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Bundle from "./support/bundle.js"
import { inFlight } from "./support/settings.js"
import { run, signal, until, type World } from "./support/world.js"

/** A few faults of `matrix.slow.test.ts` and `kills.slow.test.ts`, in one run. */
const seed = Number(process.env["SEED"] ?? 20_261_127)

const folder = mkdtempSync(join(tmpdir(), "certifier-job-faults-"))
let worker = ""
beforeAll(async () => {
  worker = await Effect.runPromise(Bundle.make(folder, "SQLite"))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The time limit for six processes one after another, on a busy machine. */
const timeout = 240_000

const deaths = [
  { point: "after intent", passes: 3 },
  { point: "before outcome", passes: 4 }
] as const

/** Ends each process of the runner after it has sent a request. */
const faults = (world: World) =>
  Effect.gen(function* () {
    const runner = yield* Effect.orDie(Effect.fromNullable(world.runners[0]))
    const atWork = until("a request", () => world.api.hasSent(runner.current()?.pid))
    const life = (nth: number) => until(`life ${nth}`, () => runner.lives() === nth)
    yield* life(3)
    world.api.killAt("applied", [1])
    yield* life(4)
    yield* atWork
    yield* Effect.sleep(Duration.millis(yield* Random.nextIntBetween(0, 100)))
    yield* signal(runner, "SIGKILL")
    yield* life(5)
    yield* atWork
    yield* signal(runner, "SIGTERM")
    yield* life(6)
  }).pipe(Effect.withRandom(Random.make(seed)))

describe("jobs over SQLite", () => {
  it.live(
    `lose and repeat nothing after SIGTERM, and after kill -9 at specific and at random moments (SEED=${seed})`,
    () =>
      Effect.gen(function* () {
        const sizes = { update: 14, create: 14, issue: 14, send: 14 }
        const { failures, found, kills, unknown } = yield* run(
          worker,
          { store: "SQLite", runners: 1, settle: 300, sizes, deaths },
          faults
        )
        deepStrictEqual(found, [], JSON.stringify(failures))
        deepStrictEqual([kills, failures], [4, []])
        assert.isAtMost(unknown, kills * inFlight)
      }),
    timeout
  )
})
