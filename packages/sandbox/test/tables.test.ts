import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Credential, type Search } from "@effect-certifier/core"
import { DateTime, FastCheck, Option } from "effect"
import * as Searching from "../src/internal/searching.js"
import * as Page from "../src/internal/workspace/page.js"
import { SortedList } from "../src/internal/workspace/sortedList.js"
import * as State from "../src/internal/workspace/state.js"
import { Fixture, Quirk } from "../src/index.js"

const size = 100_000

const prototype = Fixture.credential()

const start = DateTime.unsafeMake("2026-01-01T00:00:00.000Z")

/** One of many credentials. Half of them are in a large group, the others in groups of a hundred. */
const credential = (n: number): Credential.Credential =>
  new Credential.Credential({
    ...prototype,
    id: Credential.CredentialId.make(`c${String(n).padStart(6, "0")}`),
    publicId: Credential.PublicId.make(`p${n}`),
    groupId: Fixture.group({ id: n % 2 === 0 ? "large" : `small${n % 1000}` }).id,
    status: n % 4 === 0 ? "draft" : "issued",
    recipient: { ...prototype.recipient, email: Option.some(`Person${n}@example.com`) },
    updatedAt: DateTime.add(start, { millis: (n * 7919) % size })
  })

describe("a hundred thousand credentials", () => {
  const { state, stores } = State.make(Quirk.defaults)
  stores.credentials.reset(
    Array.from({ length: size }, (_, n) => {
      const value = credential(n)
      return { id: value.id, sequence: n + 1, value }
    })
  )

  /** The number of credentials that a search reads. */
  const looksAt = (filter: Search.Filter | undefined, sort?: Search.Sort, cursor?: string) => {
    let looked = 0
    const holds = Searching.predicate(filter, start, Quirk.defaults) ?? (() => true)
    const list = Searching.listOf(state.credentials, filter, sort?.property, Quirk.defaults)
    const page = Page.page(
      {
        list,
        isDescending: sort?.order !== "asc",
        matches: (row) => {
          looked++
          return holds(row)
        }
      },
      { limit: 20, cursor },
      "position"
    )
    return { looked, page: Option.getOrThrow(page) }
  }

  const searches: ReadonlyArray<
    readonly [
      title: string,
      filter: Search.Filter | undefined,
      sort: Search.Sort | undefined,
      most: number,
      found: number
    ]
  > = [
    ["all", undefined, undefined, 21, 20],
    ["all, in another order", undefined, { property: "updatedAt", order: "asc" }, 21, 20],
    ["by id", { id: { equals: "C000777" } }, undefined, 1, 1],
    [
      "by email",
      { recipient: { email: { equals: "PERSON777@example.com" } } },
      { property: "updatedAt", order: "desc" },
      1,
      1
    ],
    [
      "by several emails",
      { AND: [{ recipient: { email: { in: ["person1@example.com", "person2@example.com", "nobody"] } } }] },
      undefined,
      2,
      2
    ],
    [
      "by a small group, in an order",
      { AND: [{ groupId: { equals: "small777" } }] },
      { property: "updatedAt", order: "asc" },
      21,
      20
    ],
    [
      "by the smaller of two indexes",
      { AND: [{ groupId: { equals: "large" } }, { id: { in: ["c000002", "c000003"] } }] },
      undefined,
      2,
      1
    ],
    [
      "by a large group, in an order",
      { AND: [{ groupId: { equals: "large" } }] },
      { property: "updatedAt", order: "desc" },
      100,
      20
    ],
    [
      "by status and group",
      { AND: [{ status: { equals: "draft" } }, { groupId: { equals: "large" } }] },
      undefined,
      100,
      20
    ],
    ["by a substring of no name", { recipient: { name: { contains: "zzz" } } }, undefined, 0, 0],
    [
      "by the beginning of an email address, in an order",
      { AND: [{ recipient: { email: { startsWith: "PERSON77777@", endsWith: "example.com" } } }] },
      { property: "updatedAt", order: "asc" },
      1,
      1
    ],
    [
      "by a substring of an email address in a large group",
      { AND: [{ groupId: { equals: "large" } }, { recipient: { email: { contains: "n7777" } } }] },
      undefined,
      11,
      5
    ],
    ["by a substring of all names", { recipient: { name: { contains: "ada" } } }, undefined, 21, 20],
    [
      "by a status that no credential has",
      { status: { equals: "expired" } },
      { property: "updatedAt", order: "asc" },
      0,
      0
    ]
  ]
  it.each(searches)("are searched (%s) without reading all of them", (_, filter, sort, most, found) => {
    const { looked, page } = looksAt(filter, sort)
    assert.strictEqual(page.data.length, found)
    assert.isAtMost(looked, most)
  })

  it("are read page by page from the middle", () => {
    const sort = { property: "updatedAt", order: "asc" } as const
    const first = looksAt({ groupId: { equals: "large" } }, sort).page
    const second = looksAt({ groupId: { equals: "large" } }, sort, Option.getOrThrow(first.pagination.next))
    assert.isAtMost(second.looked, 100)
    assert.strictEqual(second.page.data.length, 20)
  })

  it("are found by a substring of a changed text", () => {
    const filter: Search.Filter = { recipient: { name: { endsWith: "xyz" } } }
    const found = () => looksAt(filter).page.data.map(({ id }) => id)
    const named = (n: number, name: string) => {
      const value = new Credential.Credential({ ...credential(n), recipient: { ...prototype.recipient, name } })
      stores.credentials.set(value.id, value)
    }
    deepStrictEqual(found(), [])
    named(256, "Person xyZ")
    named(size - 1, "Another XYZ")
    named(size, "A new xyz")
    deepStrictEqual(found(), ["c100000", "c099999", "c000256"])
    stores.credentials.delete("c000256")
    named(size - 1, "Another")
    deepStrictEqual(found(), ["c100000"])
    stores.credentials.delete("c100000")
    deepStrictEqual(found(), [])
  })

  it("are changed with a number of comparisons that is logarithmic", () => {
    let compared = 0
    const list = new SortedList<number>((key) => {
      compared++
      return { key, sequence: 0 }
    })
    list.addAll(Array.from({ length: size }, (_, n) => 2 * n))
    for (const change of [() => list.add(77_777), () => list.remove(77_777), () => list.replace(4, 100_001)]) {
      compared = 0
      change()
      assert.isAtMost(compared, 3 * Math.ceil(Math.log2(size)) + 6)
    }
  })
})

describe("searches for substrings", () => {
  const { state, stores } = State.make(Quirk.defaults)
  const letter = FastCheck.constantFrom("a", "b", "B", "İ", " ")
  const text = FastCheck.array(letter, { maxLength: 4 }).map((letters) => letters.join(""))
  const operator = FastCheck.constantFrom(
    "equals" as const,
    "contains" as const,
    "startsWith" as const,
    "endsWith" as const
  )

  it("find the same entries as a full scan", () => {
    FastCheck.assert(
      FastCheck.property(
        FastCheck.array(FastCheck.tuple(FastCheck.integer({ min: 0, max: 40 }), text), { maxLength: 60 }),
        FastCheck.array(FastCheck.tuple(operator, text), { minLength: 1, maxLength: 3 }),
        (names, conditions) => {
          stores.credentials.reset([])
          const AND = conditions.map(([operator, part]) => ({ recipient: { name: { [operator]: part } } }))
          const matches = Searching.predicate({ AND }, start, Quirk.defaults) ?? (() => true)
          for (const [index, [n, name]] of names.entries()) {
            const id = Credential.CredentialId.make(`c${n}`)
            const value = new Credential.Credential({ ...prototype, id, recipient: { ...prototype.recipient, name } })
            if (n % 5 === 0) stores.credentials.delete(id)
            // A value that is stored again can have another position.
            else stores.credentials.set(id, value, 1000 * (index % 3) + 10 * n + 1)
            const list = Searching.listOf(state.credentials, { AND }, undefined, Quirk.defaults)
            deepStrictEqual(
              [...list].filter(matches).map(({ id }) => id),
              [...state.credentials.stored].filter(matches).map(({ id }) => id)
            )
          }
        }
      ),
      { numRuns: 200, seed: 21 }
    )
  })
})

describe("pages", () => {
  const { state, stores } = State.make(Quirk.defaults)

  const people = FastCheck.array(
    FastCheck.record({
      id: FastCheck.integer({ min: 0, max: 20 }),
      date: FastCheck.option(FastCheck.integer({ min: 1, max: 5 })),
      isDraft: FastCheck.boolean()
    }),
    { maxLength: 40 }
  )

  it("are slices of the filtered and sorted list, after any changes", () => {
    FastCheck.assert(
      FastCheck.property(
        people,
        FastCheck.boolean(),
        FastCheck.integer({ min: 1, max: 7 }),
        (changes, isDescending, limit) => {
          stores.credentials.reset([])
          for (const { date, id, isDraft } of changes) {
            const value = Fixture.credential({
              id: `c${id}`,
              status: isDraft ? "draft" : "issued",
              issueDate: date === null ? null : `2026-01-0${date}`
            })
            // Some are removed and stored again, so that they are the newest.
            if (id % 5 === 0) stores.credentials.delete(`c${id}`)
            stores.credentials.set(`c${id}`, value)
          }
          const filter = { status: { equals: "draft" } } as const
          const list = Searching.listOf(state.credentials, filter, "issueDate", Quirk.defaults)
          const matches = Searching.predicate(filter, start, Quirk.defaults)
          const keyOf = ({ issueDate }: Credential.Credential) => Option.getOrElse(issueDate, () => "")
          const all = state.credentials.values().filter(({ status }) => status === "draft")
          const expected = all.toSorted((a, b) =>
            keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : all.indexOf(a) - all.indexOf(b)
          )
          const ids = (credentials: ReadonlyArray<Credential.Credential>) => credentials.map(({ id }) => id)
          const forward: Array<string> = []
          const pages: Array<ReadonlyArray<string>> = []
          let cursor: string | undefined
          let last: Option.Option<string> = Option.none()
          do {
            const page: ReturnType<typeof read> = read(cursor)
            pages.push(ids(page.data))
            forward.push(...ids(page.data))
            last = page.pagination.prev
            cursor = Option.getOrUndefined(page.pagination.next)
          } while (cursor !== undefined)
          deepStrictEqual(forward, ids(isDescending ? expected.toReversed() : expected))
          // Pages backwards.
          for (let index = pages.length - 2; index >= 0; index--) {
            const page = read(Option.getOrThrow(last))
            deepStrictEqual(ids(page.data), pages[index])
            last = page.pagination.prev
          }
          assert.isTrue(Option.isNone(last))

          function read(cursor: string | undefined) {
            return Option.getOrThrow(Page.page({ list, isDescending, matches }, { cursor, limit }, "position"))
          }
        }
      ),
      { numRuns: 200, seed: 21 }
    )
  })
})
