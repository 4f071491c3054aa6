import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as SqlClient from "@effect/sql/SqlClient"
import { Duration, Effect, Option, Queue, Stream, TestClock } from "effect"
import { JobOperation, Jobs } from "../src/index.js"
import * as JobEngine from "../src/JobEngine.js"

const items = Stream.map(Stream.range(0, 9), (n) => ({ id: `01k0grp${String(n).padStart(19, "0")}` }))

describe("the progress of a job", () => {
  it.scoped("has the items a second since it is followed, and the time that the rest takes at this rate", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const settle = (below: number) => sql`UPDATE certifier_job_items SET state = 'done' WHERE seq < ${below}`
      yield* Jobs.createTables
      yield* Jobs.submit(JobOperation.deleteGroup, { id: "a", items })
      yield* settle(2)
      const seen = yield* Queue.unbounded<Jobs.Progress>()
      yield* Effect.forkScoped(Stream.runForEach(Jobs.progress("a"), (progress) => Queue.offer(seen, progress)))
      const next = Effect.map(Queue.take(seen), ({ done, pending, rate, remaining, total }) => ({
        total,
        done,
        pending,
        rate,
        remaining: Option.map(remaining, Duration.toSeconds)
      }))
      deepStrictEqual(yield* next, { total: 10, done: 2, pending: 8, rate: 0, remaining: Option.none() })
      yield* settle(6)
      yield* TestClock.adjust("1 second")
      deepStrictEqual(yield* next, { total: 10, done: 6, pending: 4, rate: 4, remaining: Option.some(1) })
    }).pipe(Effect.provide(JobEngine.layerMemory))
  )
})
