import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Groups from "../src/Groups.js"
import * as Fake from "./support/fake.js"

const groupOf = (id: string) =>
  `{"id":"${id}","name":"${id}","createdAt":"2022-01-01T00:00:00.000Z","updatedAt":"2022-01-01T00:00:00.000Z"}`

interface Page {
  readonly ids: ReadonlyArray<string>
  /** The cursor on the wire; absent if undefined. */
  readonly next?: string | null
}

/** A service with pages by their cursors; the first page has no cursor. */
const serve = (page: (cursor: string) => Page) =>
  Fake.make(({ url }) => {
    const { ids, next } = page(new URL(url).searchParams.get("cursor") ?? "")
    return Fake.json(
      200,
      `{"data":[${ids.map(groupOf).join(",")}],"pagination":{"prev":null${next === undefined ? "" : `,"next":${JSON.stringify(next)}`}}}`
    )
  })

const cursors = (fake: ReturnType<typeof serve>) =>
  fake.requests.map(({ url }) => new URL(url).searchParams.get("cursor"))

/** The received ids, and the result. */
const collect = (fake: ReturnType<typeof serve>, options?: Parameters<typeof Groups.list>[0]) => {
  const ids: Array<string> = []
  return Groups.list(options).pipe(
    Stream.runForEach((group) => Effect.sync(() => ids.push(group.id))),
    Effect.match({ onFailure: (error) => error.message, onSuccess: () => "end" }),
    Effect.map((end) => ({ ids, end })),
    Effect.provide(fake.layer())
  )
}

describe("listGroups", () => {
  it.effect.each([
    ["null", null],
    ["no next at all", undefined]
  ] as const)("follows the cursors to the end, which is %s", ([, end]) =>
    Effect.gen(function* () {
      const pages: Readonly<Record<string, Page>> = {
        "": { ids: ["a", "b"], next: "c1" },
        c1: { ids: ["c"], next: "c2" },
        c2: { ids: ["d", "e"], ...(end === undefined ? {} : { next: end }) }
      }
      const fake = serve((cursor) => pages[cursor] ?? { ids: [] })
      deepStrictEqual(yield* collect(fake), { ids: ["a", "b", "c", "d", "e"], end: "end" })
      deepStrictEqual(cursors(fake), [null, "c1", "c2"])
      deepStrictEqual(
        fake.requests.map(({ url }) => new URL(url).searchParams.get("limit")),
        ["100", "100", "100"]
      )
    })
  )

  it.effect("a workspace without groups is an empty stream", () =>
    Effect.gen(function* () {
      const fake = serve(() => ({ ids: [], next: null }))
      deepStrictEqual(yield* collect(fake, { pageSize: 7 }), { ids: [], end: "end" })
      assert.include(Fake.at(fake.requests).url, "limit=7")
    })
  )

  it.effect("requests a page only when the consumer needs it", () =>
    Effect.gen(function* () {
      const fake = serve((cursor) => ({ ids: [`${cursor}1`, `${cursor}2`], next: `${cursor}x` }))
      const seen: Array<number> = []
      const taken = yield* Groups.list().pipe(
        Stream.tap(() => Effect.sync(() => seen.push(fake.requests.length))),
        Stream.take(5),
        Stream.runCollect,
        Effect.provide(fake.layer())
      )
      deepStrictEqual(Chunk.toReadonlyArray(Chunk.map(taken, ({ id }) => String(id))), ["1", "2", "x1", "x2", "xx1"])
      deepStrictEqual(seen, [1, 1, 2, 2, 3])
      assert.strictEqual(fake.requests.length, 3)
    })
  )

  it.effect("a stream starts at the first page each time it runs", () =>
    Effect.gen(function* () {
      const fake = serve((cursor) => (cursor === "" ? { ids: ["a"], next: "n" } : { ids: ["b"], next: null }))
      const ids = Groups.list().pipe(
        Stream.map((group) => String(group.id)),
        Stream.runCollect
      )
      const [first, second] = yield* Effect.all([ids, ids]).pipe(Effect.provide(fake.layer()))
      deepStrictEqual(Chunk.toReadonlyArray(first), ["a", "b"])
      deepStrictEqual(Chunk.toReadonlyArray(second), ["a", "b"])
    })
  )

  it.effect("the same cursor twice fails, after the groups of its page", () =>
    Effect.gen(function* () {
      const { end, ids } = yield* collect(serve(() => ({ ids: ["a"], next: "same" })))
      deepStrictEqual(ids, ["a", "a"])
      assert.include(end, "pagination.next is a repeated cursor")
      assert.include(end, "Nothing was changed.")
    })
  )

  it.effect("a cycle of cursors fails before its first page is repeated", () =>
    Effect.gen(function* () {
      const next: Readonly<Record<string, string>> = { "": "b", b: "c", c: "d", d: "b" }
      const fake = serve((cursor) => ({ ids: [`g${cursor}`], next: next[cursor] ?? null }))
      const { end, ids } = yield* collect(fake)
      deepStrictEqual(ids, ["g", "gb", "gc", "gd"])
      assert.include(end, "pagination.next is a repeated cursor")
    })
  )

  it.effect("endless pagination fails", () =>
    Effect.gen(function* () {
      const fake = serve((cursor) => ({ ids: ["a"], next: `${cursor}x` }))
      const { end, ids } = yield* collect(fake, { maxPages: 25 })
      assert.strictEqual(ids.length, 25)
      assert.strictEqual(fake.requests.length, 25)
      assert.include(end, "pagination.next is not null after 25 pages, expected at most 25 pages")
    })
  )

  it.effect("a few empty pages are skipped, too many fail", () =>
    Effect.gen(function* () {
      const endless = serve((cursor) => ({ ids: [], next: `${cursor}x` }))
      assert.include((yield* collect(endless)).end, "pagination.next is not null after 10 empty pages")
      assert.strictEqual(endless.requests.length, 10)
      const few = serve((cursor) => ({
        ids: cursor.length % 10 === 9 ? [`g${cursor.length}`] : [],
        next: cursor.length < 29 ? `${cursor}x` : null
      }))
      deepStrictEqual(yield* collect(few), { ids: ["g9", "g19", "g29"], end: "end" })
    })
  )

  it.effect("a failure comes after the items so far, and no further page is requested", () =>
    Effect.gen(function* () {
      const fake = Fake.make(({ url }) =>
        url.includes("cursor")
          ? Fake.json(404, `{"error":{"code":"not_found","message":"no"}}`)
          : Fake.json(200, `{"data":[${groupOf("a")}],"pagination":{"next":"n"}}`)
      )
      const { end, ids } = yield* collect(fake)
      deepStrictEqual(ids, ["a"])
      assert.include(end, "listGroupsPage: the API returned 404 not_found")
      assert.strictEqual(fake.requests.length, 2)
    })
  )

  it.effect("an invalid group is named with its position", () =>
    Effect.gen(function* () {
      const { end } = yield* collect(
        Fake.make(() => Fake.json(200, `{"data":[${groupOf("a")},{"id":"b"}],"pagination":{}}`))
      )
      assert.include(end, "data[1].name is missing")
    })
  )

  it.effect("a wrong page size fails before anything is sent", () =>
    Effect.gen(function* () {
      const fake = serve(() => ({ ids: [] }))
      assert.include((yield* collect(fake, { pageSize: 101 })).end, "limit is not a whole number from 1 to 100")
      assert.strictEqual(fake.requests.length, 0)
    })
  )
})
