import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Groups from "../src/Groups.js"
import * as Fake from "./support/fake.js"
import { groupJson } from "./support/page.js"

const idOf = (url: string) => url.slice(url.lastIndexOf("/") + 1)

const updatesOf = (ids: Iterable<string>) =>
  Stream.map(Stream.fromIterable(ids), (id) => ({ id, patch: { name: "Money" } }))

/** A service that responds after the given number of milliseconds, with 404 for some ids. */
const slowly = (delays: Readonly<Record<string, number>>, missing: ReadonlyArray<string> = []) => {
  const onTheirWay = new Set<string>()
  let most = 0
  const fake = Fake.make(({ url }) => {
    const id = idOf(url)
    onTheirWay.add(id)
    most = Math.max(most, onTheirWay.size)
    return Effect.sync(() => {
      onTheirWay.delete(id)
      return missing.includes(id)
        ? Fake.json(404, "")
        : Fake.json(200, groupJson.replace("01g90279gp5sbmfek7wymcsvec", id))
    }).pipe(Effect.delay(delays[id] ?? 0))
  })
  return { ...fake, most: () => most, asked: () => fake.requests.map(({ url }) => idOf(url)) }
}

const text = ({ id, index, result }: Groups.UpdateResult) =>
  `${index} ${id} ${Either.match(result, { onLeft: (error) => error._tag, onRight: (group) => `ok ${group.id}` })}`

/** Runs an effect while the test clock advances. */
const patiently = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(self)
    yield* TestClock.adjust("1 hour")
    return yield* Fiber.join(fiber)
  })

const collect = <E, R>(results: Stream.Stream<Groups.UpdateResult, E, R>) =>
  patiently(Effect.map(Stream.runCollect(results), (all) => Chunk.toReadonlyArray(Chunk.map(all, text))))

describe("updateGroups", () => {
  it.effect("results, including failures, are emitted as updates complete, with positions and ids", () =>
    Effect.gen(function* () {
      const fake = slowly({ a: 30, b: 10, c: 20 }, ["b"])
      const results = updatesOf(["a", "b", "c", "d"]).pipe(Groups.updateMany({ concurrency: 3 }))
      deepStrictEqual(yield* collect(results).pipe(Effect.provide(fake.layer())), [
        "1 b CertifierNotFound",
        "3 d ok d",
        "2 c ok c",
        "0 a ok a"
      ])
    })
  )

  it.effect.each([
    [1, 1],
    [2, 2],
    [5, undefined]
  ] as const)("has at most %i updates in flight", ([most, concurrency]) =>
    Effect.gen(function* () {
      const ids = Array.from({ length: 20 }, (_, n) => `g${n}`)
      const fake = slowly(Object.fromEntries(ids.map((id) => [id, 100])))
      const results = Groups.updateMany(updatesOf(ids), concurrency === undefined ? undefined : { concurrency })
      const all = yield* collect(results).pipe(Effect.provide(fake.layer()))
      assert.strictEqual(all.length, 20)
      assert.strictEqual(fake.most(), most)
    })
  )

  it.effect("an invalid update is a failed result, and is not sent", () =>
    Effect.gen(function* () {
      const fake = slowly({})
      const results = Stream.make({ id: "../a", patch: {} }, { id: "b", patch: { name: "" } }, { id: "c", patch: {} })
      deepStrictEqual(
        yield* collect(Groups.updateMany(results, { concurrency: 1 })).pipe(Effect.provide(fake.layer())),
        ["0 ../a CertifierInvalidRequest", "1 b CertifierInvalidRequest", "2 c ok c"]
      )
      deepStrictEqual(fake.asked(), ["c"])
    })
  )

  it.effect.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("a concurrency of %d is rejected", (concurrency) =>
    Effect.gen(function* () {
      const fake = slowly({})
      const error = yield* Effect.flip(Stream.runDrain(Groups.updateMany(updatesOf(["a"]), { concurrency }))).pipe(
        Effect.provide(fake.layer())
      )
      assert.include(error.message, "concurrency is not a whole number of at least 1")
      assert.strictEqual(fake.requests.length, 0)
    })
  )

  it.effect("with onFailure: stop, updates in flight at the first failure are reported, and no others are sent", () =>
    Effect.gen(function* () {
      const fake = slowly({ a: 50, b: 10, c: 100, d: 1, e: 1 }, ["b"])
      let taken = 0
      const results = updatesOf(["a", "b", "c", "d", "e", "f", "g"]).pipe(
        Stream.tap(() => Effect.sync(() => void taken++)),
        Groups.updateMany({ concurrency: 3, onFailure: "stop" })
      )
      deepStrictEqual(yield* collect(results).pipe(Effect.provide(fake.layer())), [
        "1 b CertifierNotFound",
        "0 a ok a",
        "2 c ok c"
      ])
      deepStrictEqual(fake.asked(), ["a", "b", "c"])
      // An endless stream ends as well.
      const endless = Stream.iterate(0, (n) => n + 1).pipe(
        Stream.map((n) => ({ id: n === 7 ? "b" : `g${n}`, patch: {} })),
        Groups.updateMany({ concurrency: 1, onFailure: "stop" })
      )
      const all = yield* collect(endless).pipe(Effect.provide(slowly({}, ["b"]).layer()))
      deepStrictEqual([all.length, all.at(-1)], [8, "7 b CertifierNotFound"])
    })
  )

  it.effect("if the source fails, the results of sent updates are reported first", () =>
    Effect.gen(function* () {
      const fake = slowly({ a: 50, b: 10 })
      const seen: Array<string> = []
      const exit = yield* updatesOf(["a", "b"]).pipe(
        Stream.concat(Stream.fail("no more")),
        Groups.updateMany(),
        Stream.runForEach((result) => Effect.sync(() => seen.push(text(result)))),
        Effect.exit,
        patiently,
        Effect.provide(fake.layer())
      )
      deepStrictEqual(seen, ["1 b ok b", "0 a ok a"])
      deepStrictEqual(exit, Exit.fail("no more"))
      const defect = new Error("a defect")
      const died = yield* Stream.concat(updatesOf(["a"]), Stream.die(defect)).pipe(
        Groups.updateMany(),
        Stream.runDrain,
        Effect.exit,
        patiently,
        Effect.provide(slowly({}).layer())
      )
      deepStrictEqual(Exit.isFailure(died) && Cause.squash(died.cause), defect)
    })
  )

  it.effect("pulls updates only as results are pulled", () =>
    Effect.gen(function* () {
      let taken = 0
      const gate = yield* Deferred.make<void>()
      const fiber = yield* Stream.iterate(0, (n) => n + 1).pipe(
        Stream.take(100),
        Stream.map((n) => {
          taken++
          return { id: `g${n}`, patch: {} }
        }),
        Groups.updateMany({ concurrency: 4 }),
        Stream.runForEach(() => Deferred.await(gate)),
        Effect.provide(slowly({}).layer()),
        Effect.fork
      )
      yield* TestClock.adjust("1 hour")
      // The result that the consumer handles, buffered results (16), updates in flight (4) and the next update.
      assert.isAtMost(taken, 1 + 16 + 4 + 2)
      yield* Deferred.succeed(gate, undefined)
      yield* patiently(Fiber.join(fiber))
      assert.strictEqual(taken, 100)
    })
  )

  it.effect("an interruption interrupts updates in flight, and sends nothing more", () =>
    Effect.gen(function* () {
      const interrupted: Array<string> = []
      const fake = Fake.make(({ url }) =>
        Effect.onInterrupt(Effect.never, () => Effect.sync(() => interrupted.push(idOf(url))))
      )
      const fiber = yield* updatesOf(["a", "b", "c", "d"]).pipe(
        Groups.updateMany({ concurrency: 2 }),
        Stream.runDrain,
        Effect.provide(fake.layer()),
        Effect.fork
      )
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      deepStrictEqual(interrupted.toSorted(), ["a", "b"])
      assert.strictEqual(fake.requests.length, 2)
    })
  )

  it.effect("ends when the consumer stops", () =>
    Effect.gen(function* () {
      const fake = slowly({})
      const two = yield* updatesOf(Array.from({ length: 500 }, (_, n) => `g${n}`)).pipe(
        Groups.updateMany({ concurrency: 1 }),
        Stream.take(2),
        collect,
        Effect.provide(fake.layer())
      )
      assert.strictEqual(two.length, 2)
      assert.strictEqual(fake.requests.length, 2)
    })
  )

  it.effect("a stream starts at the first update each time it runs", () =>
    Effect.gen(function* () {
      const results = updatesOf(["a", "b", "c"]).pipe(Groups.updateMany({ concurrency: 1, onFailure: "stop" }))
      const layer = slowly({}, ["b"]).layer()
      deepStrictEqual(
        yield* collect(results).pipe(Effect.provide(layer)),
        yield* collect(results).pipe(Effect.provide(layer))
      )
    })
  )
})

describe("progress", () => {
  it.effect("counts results, and contains the latest one", () =>
    Effect.gen(function* () {
      const seen = yield* updatesOf(["a", "b", "c"]).pipe(
        Groups.updateMany({ concurrency: 1 }),
        Groups.progress,
        Stream.map(({ failed, last, succeeded }) => `${succeeded} ${failed} ${last.id}`),
        Stream.runCollect,
        patiently,
        Effect.provide(slowly({}, ["b"]).layer())
      )
      deepStrictEqual(Chunk.toReadonlyArray(seen), ["1 0 a", "1 1 b", "2 1 c"])
    })
  )
})
