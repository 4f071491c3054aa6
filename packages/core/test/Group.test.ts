import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Group, GroupId } from "../src/Group.js"
import { groupJson } from "./support/page.js"

const decode = Schema.decodeUnknownSync(Group)
const page = (): Record<string, unknown> => JSON.parse(groupJson)

describe("Group", () => {
  it("decodes every field of the documented example", () => {
    const group = decode(page())
    assert.strictEqual(group.id, "01g90279gp5sbmfek7wymcsvec")
    assert.strictEqual(group.name, "Financial Markets")
    deepStrictEqual(group.learningEventUrl, Option.some("https://www.coursera.org/learn/financial-markets-global"))
    deepStrictEqual<unknown>(group.certificateDesignId, Option.some("01fpwtztwf7sacca5r0c483mnm"))
    deepStrictEqual<unknown>(group.badgeDesignId, Option.some("01hz2ej4yzdcfkq9fa78nhyj0x"))
    deepStrictEqual(group.designIds, Option.none())
    assert.strictEqual(DateTime.toEpochMillis(group.createdAt), Date.UTC(2022, 0, 1))
    assert.strictEqual(DateTime.toEpochMillis(group.updatedAt), Date.UTC(2022, 0, 1))
  })

  it("encodes a decoded group to the original bytes", () => {
    assert.strictEqual(JSON.stringify(Schema.encodeSync(Group)(decode(page())), null, 2), groupJson)
  })

  it("null and absent fields are none, and are not encoded", () => {
    for (const name of ["learningEventUrl", "certificateDesignId", "badgeDesignId", "designIds"] as const) {
      const { [name]: _gone, ...without } = page()
      for (const wire of [without, { ...without, [name]: null }]) {
        const group = decode(wire)
        deepStrictEqual<unknown>(group[name], Option.none(), name)
        assert.isFalse(name in Schema.encodeSync(Group)(group), name)
      }
    }
  })

  it("designIds keep their order", () => {
    const group = decode({ ...page(), designIds: ["b", "a", "c"] })
    deepStrictEqual<unknown>(group.designIds, Option.some(["b", "a", "c"]))
  })

  it("decodes a group without the legacy fields and with new fields", () => {
    const group = decode(
      JSON.parse(`{
        "id": "01g90279gp5sbmfek7wymcsvec",
        "object": "credential_template",
        "name": "Financial Markets",
        "designIds": ["01fpwtztwf7sacca5r0c483mnm", "01hz2ej4yzdcfkq9fa78nhyj0x"],
        "settings": { "language": "en" },
        "createdAt": "2022-01-01T00:00:00.000Z",
        "updatedAt": "2022-01-01T00:00:00.000Z"
      }`)
    )
    deepStrictEqual<unknown>(
      [group.name, group.designIds, group.certificateDesignId, group.badgeDesignId],
      [
        "Financial Markets",
        Option.some(["01fpwtztwf7sacca5r0c483mnm", "01hz2ej4yzdcfkq9fa78nhyj0x"]),
        Option.none(),
        Option.none()
      ]
    )
  })

  it("ignores unknown fields", () => {
    deepStrictEqual(decode({ ...page(), credentialTemplateId: "x", flags: { beta: true } }), decode(page()))
  })

  it.each(["id", "name", "createdAt", "updatedAt"])("%s is required", (name) => {
    const { [name]: _gone, ...without } = page()
    assert.isTrue(Either.isLeft(Schema.decodeUnknownEither(Group)(without)))
    assert.isTrue(Either.isLeft(Schema.decodeUnknownEither(Group)({ ...without, [name]: null })))
  })

  it.each(["2022-01-01", "1", "January 5, 2022", "2022-01-01T00:00:00", "2022-13-01T00:00:00Z", ""])(
    "%j is not a date and time",
    (createdAt) => {
      assert.isTrue(Either.isLeft(Schema.decodeUnknownEither(Group)({ ...page(), createdAt })))
    }
  )

  it("a date and time in another zone is the same instant", () => {
    const group = decode({ ...page(), updatedAt: "2022-01-01T05:45:00.000+05:45" })
    assert.strictEqual(DateTime.toEpochMillis(group.updatedAt), Date.UTC(2022, 0, 1))
  })

  it.prop("any group round-trips", [Group], ([group]) => {
    const wire: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(Group)(group)))
    deepStrictEqual(Schema.decodeUnknownSync(Group)(wire), group)
  })
})

describe("GroupId", () => {
  it.each(["01g90279gp5sbmfek7wymcsvec", "507f1f77bcf86cd799439011", "a", "...", "a..b", "A-._~z", "x".repeat(128)])(
    "%s",
    (id) => {
      assert.isTrue(Schema.is(GroupId)(id))
    }
  )

  it.each([
    "",
    ".",
    "..",
    "%2e%2e",
    "%2E",
    "a/b",
    "a\\b",
    "a?b",
    "a#b",
    "a b",
    "a\n",
    "\0",
    "a;b",
    "é",
    "\ud800",
    "x".repeat(129)
  ])("rejects %j", (id) => {
    assert.isFalse(Schema.is(GroupId)(id))
  })
})
