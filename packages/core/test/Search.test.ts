import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import * as FC from "effect/FastCheck"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import type { PublicId } from "../src/Credential.js"
import * as Search from "../src/Search.js"

const body = (query: Parameters<typeof Search.toBody>[0]) =>
  JSON.stringify(Schema.decodeSync(Search.Body)(Search.toBody(query)))

describe("the bytes of a search", () => {
  it.each<readonly [filter: Search.Filter, json: string]>([
    [Search.id.equals("c"), `{"AND":[{"id":{"equals":"c"}}]}`],
    [Search.publicId.in(["p", "q"]), `{"AND":[{"publicId":{"in":["p","q"]}}]}`],
    [Search.groupId.startsWith("01"), `{"AND":[{"groupId":{"startsWith":"01"}}]}`],
    [Search.recipientName.contains("Ada"), `{"AND":[{"recipient":{"name":{"contains":"Ada"}}}]}`],
    [Search.recipientEmail.endsWith("@example.com"), `{"AND":[{"recipient":{"email":{"endsWith":"@example.com"}}}]}`],
    [Search.status.equals("issued"), `{"AND":[{"status":{"equals":"issued"}}]}`],
    [Search.status.in(["draft", "expired"]), `{"AND":[{"status":{"in":["draft","expired"]}}]}`],
    [Search.issueDate.equals("2026-01-15"), `{"AND":[{"issueDate":{"equals":"2026-01-15"}}]}`],
    [Search.expiryDate.lt("2026-01-15"), `{"AND":[{"expiryDate":{"lt":"2026-01-15"}}]}`],
    [Search.createdAt.lte("2026-01-15"), `{"AND":[{"createdAt":{"lte":"2026-01-15"}}]}`],
    [Search.updatedAt.gt("2026-01-15"), `{"AND":[{"updatedAt":{"gt":"2026-01-15"}}]}`],
    [Search.updatedAt.gte("2026-01-15"), `{"AND":[{"updatedAt":{"gte":"2026-01-15"}}]}`],
    [Search.not(Search.id.equals("c")), `{"AND":[{"NOT":[{"id":{"equals":"c"}}]}]}`],
    [
      Search.any(Search.id.equals("c"), Search.id.equals("d")),
      `{"AND":[{"OR":[{"id":{"equals":"c"}},{"id":{"equals":"d"}}]}]}`
    ],
    [
      Search.all(Search.id.equals("c"), Search.all(Search.id.equals("d"))),
      `{"AND":[{"id":{"equals":"c"}},{"AND":[{"id":{"equals":"d"}}]}]}`
    ]
  ])("%j: an AND at the top, one key for each condition", (filter, json) => {
    assert.strictEqual(body({ filter }), `{"filter":${json}}`)
    deepStrictEqual<unknown>(Search.fromJson(JSON.parse(json)), Either.right(JSON.parse(json)))
  })

  it("an order has both fields, and absent options are not sent", () => {
    assert.strictEqual(
      body({ sort: { property: "expiryDate", order: "asc" }, limit: 5, cursor: "c2" }),
      `{"sort":{"property":"expiryDate","order":"asc"},"limit":5,"cursor":"c2"}`
    )
    assert.strictEqual(body({}), "{}")
    assert.strictEqual(body({ filter: undefined, sort: undefined }), "{}")
  })

  it("the body accepts undocumented values", () => {
    for (const filter of [{ AND: [] }, { id: { equals: "a", in: [] }, status: { equals: "draft" } }, { NOT: [] }]) {
      assert.isTrue(Either.isRight(Schema.decodeUnknownEither(Search.Body)({ filter })), JSON.stringify(filter))
    }
  })
})

describe("a filter from JSON", () => {
  it.each<readonly [json: string, issues: ReadonlyArray<string>]>([
    [
      `{"AND":[{"groupId":{"equals":"g"}},{"status":{"contains":"x"}}]}`,
      ["AND[1].status.contains is not a known field, expected one of equals, in"]
    ],
    [`{"NOT":[{"OR":[{"id":{"equals":7}}]}]}`, ["NOT[0].OR[0].id.equals is a number, expected a text"]],
    [
      `{"custom":{"equals":"x"}}`,
      [
        "custom is not a known field, expected one of AND, OR, NOT, recipient, id, publicId, groupId, status, issueDate, expiryDate, createdAt, updatedAt"
      ]
    ],
    [
      `{"status":{"equals":"sent"}}`,
      ["status.equals is not a known status, expected one of draft, scheduled, issued, expired"]
    ],
    [`{"issueDate":{"lt":"2026-02-30"}}`, ["issueDate.lt is not a date as YYYY-MM-DD, expected a date as YYYY-MM-DD"]],
    [`{"recipient":{"email":{"equals":null}}}`, ["recipient.email.equals is null, expected a text"]],
    [`{"AND":[]}`, ["AND is empty, expected a list that is not empty"]],
    [`{"id":{"in":[]}}`, ["id.in is empty, expected a list that is not empty"]],
    [`{}`, ["it is empty, expected an object with one field"]],
    [`{"id":{}}`, ["id is empty, expected an object with one field"]],
    [`{"id":{"equals":"a"},"status":{"equals":"draft"}}`, ["it has several fields, expected an object with one field"]],
    [
      `{"NOT":[{"id":{"equals":"a"}},{"id":{"equals":"b"}}]}`,
      ["NOT has several filters, expected a list of one filter"]
    ],
    [`[]`, ["it is an array, expected an object with one field"]],
    [`null`, ["it is null, expected an object with one field"]]
  ])("%s is rejected with the path of the problem", (json, issues) => {
    const read = Search.fromJson(JSON.parse(json))
    deepStrictEqual<unknown>(Either.isLeft(read) ? read.left.map(String) : read, issues)
  })

  it("round-trips through JSON", () => {
    const filter = FC.letrec<{ filter: Search.Filter }>((tie) => ({
      filter: FC.oneof(
        { maxDepth: 3 },
        Arbitrary.make(Schema.String).map((text) => Search.recipientName.contains(text)),
        FC.constantFrom(Search.status.equals("draft"), Search.createdAt.lt("2026-01-15")),
        FC.array(tie("filter"), { minLength: 1, maxLength: 3 }).map(([first, ...others]) =>
          first === undefined ? Search.id.equals("a") : Search.all(first, ...others)
        ),
        tie("filter").map(Search.not)
      )
    })).filter
    FC.assert(
      FC.property(filter, (given) => {
        const read = Either.getOrThrow(Search.fromJson(JSON.parse(JSON.stringify(given))))
        assert.deepEqual(read, given)
      })
    )
  })
})

/** These fail when they are compiled, not when they are run. */
describe("does not compile", () => {
  it("operators of another kind of field", () => {
    const wrong = () => [
      // @ts-expect-error: Property 'contains' does not exist
      Search.status.contains("x"),
      // @ts-expect-error: Property 'lt' does not exist
      Search.groupId.lt("x"),
      // @ts-expect-error: Property 'in' does not exist
      Search.issueDate.in(["2026-01-15"]),
      // @ts-expect-error: "sent" is no status
      Search.status.equals("sent"),
      // @ts-expect-error: an empty list finds nothing or everything
      Search.status.in([]),
      // @ts-expect-error: so does an empty combination
      Search.all(),
      // @ts-expect-error: the meaning of several is not documented
      Search.not(Search.id.equals("a"), Search.id.equals("b"))
    ]
    assert.isFunction(wrong)
  })

  it("the id of another kind of object", () => {
    const wrong = (publicId: PublicId) => [
      // @ts-expect-error: Property 'GroupId' is missing in type '{ readonly PublicId: "PublicId"; }'
      Search.groupId.equals(publicId),
      Search.publicId.equals(publicId),
      Search.id.equals("any text")
    ]
    assert.isFunction(wrong)
  })
})

describe("a filter from JSON that is nested", () => {
  const nested = (levels: number): unknown =>
    JSON.parse(`${'{"NOT":['.repeat(levels)}{"status":{"equals":"issued"}}${"]}".repeat(levels)}`)

  it("99 times is accepted, and 100,000 times is rejected instead of overflowing the stack", () => {
    assert.isTrue(Either.isRight(Search.fromJson(nested(99))))
    for (const levels of [100, 100_000]) {
      const read = Either.mapLeft(Search.fromJson(nested(levels)), (issues) => issues.map(String))
      deepStrictEqual<unknown>(read, Either.left(["it is nested too deeply, expected a filter of at most 100 levels"]))
    }
  })
})
