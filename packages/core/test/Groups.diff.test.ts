import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Arbitrary from "effect/Arbitrary"
import * as Either from "effect/Either"
import * as FC from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Group, Patch, type PatchInput } from "../src/Group.js"
import * as Groups from "../src/Groups.js"

const base = {
  id: "01g90279gp5sbmfek7wymcsvec",
  name: "Financial Markets",
  createdAt: "2022-01-01T00:00:00.000Z",
  updatedAt: "2022-01-01T00:00:00.000Z"
}

type Wire = typeof Group.Encoded

const group = (fields: Partial<Wire>): Group => Schema.decodeSync(Group)({ ...base, ...fields })

/** The bytes that are sent, "nothing", or the issues. */
const diff = (current: Group, wanted: Groups.Desired): string | ReadonlyArray<string> =>
  Either.match(Groups.diff(current, wanted), {
    onLeft: (error) => error.issues.map(String),
    onRight: Option.match({ onNone: () => "nothing", onSome: (patch) => JSON.stringify(patch) })
  })

const url = "https://example.org/a"
const older = { certificateDesignId: "c", badgeDesignId: "b" }
const cleared = (field: string) => `${field} can't be cleared, expected a value`

describe("Groups.diff", () => {
  it.each<[current: Partial<Wire>, wanted: PatchInput, sent: string]>([
    [{}, {}, "nothing"],
    [{}, { name: "Financial Markets" }, "nothing"],
    [{}, { name: "financial markets" }, `{"name":"financial markets"}`],
    [{ learningEventUrl: url }, { learningEventUrl: url, name: "x" }, `{"name":"x"}`],
    [{ learningEventUrl: url }, { learningEventUrl: undefined, name: undefined }, "nothing"],
    [older, { certificateDesignId: "c", badgeDesignId: "b2" }, `{"badgeDesignId":"b2"}`],
    [{ ...older, designIds: ["c", "b"] }, { certificateDesignId: "c" }, "nothing"],
    [{ designIds: ["c", "b"] }, { designIds: ["c", "b"] }, "nothing"],
    [{ designIds: ["c", "b"] }, { designIds: ["b", "c"] }, `{"designIds":["b","c"]}`],
    [{ designIds: ["c"] }, { designIds: ["c", "b"] }, `{"designIds":["c","b"]}`],
    [older, { designIds: ["c", "b"] }, `{"designIds":["c","b"]}`],
    [{ designIds: ["c"] }, { certificateDesignId: "c" }, `{"certificateDesignId":"c"}`]
  ])("of %j and the patch %j is %s", (current, wanted, sent) => {
    assert.strictEqual(diff(group(current), wanted), sent)
  })

  it.each<[current: Partial<Wire>, wanted: Partial<Wire>, sent: string | ReadonlyArray<string>]>([
    [{}, { id: "other", createdAt: "2020-01-01T00:00:00.000Z", updatedAt: "2030-01-01T00:00:00.000Z" }, "nothing"],
    [{ learningEventUrl: null }, {}, "nothing"],
    [{}, { name: "x", learningEventUrl: url }, `{"name":"x","learningEventUrl":"${url}"}`],
    // The newer field is compared if present; its effect on the older fields is up to the API.
    [older, { designIds: ["d"] }, `{"designIds":["d"]}`],
    [{ ...older, designIds: ["d"] }, { designIds: ["d"] }, "nothing"],
    [{ designIds: ["d"] }, { ...older, designIds: ["d"] }, "nothing"],
    [{ designIds: ["d"] }, older, `{"certificateDesignId":"c","badgeDesignId":"b"}`],
    [{ ...older, designIds: [] }, { ...older, designIds: [] }, "nothing"],
    [older, { ...older, designIds: [] }, "nothing"],
    // Nothing can be cleared.
    [{ learningEventUrl: url }, { name: "x" }, [cleared("learningEventUrl")]],
    [older, { badgeDesignId: "b2" }, [cleared("certificateDesignId")]],
    [older, {}, [cleared("certificateDesignId"), cleared("badgeDesignId")]],
    [{ designIds: ["d"] }, {}, [cleared("designIds")]],
    [{ designIds: ["d"] }, { designIds: [] }, [cleared("designIds")]],
    // A value that the API accepted from another writer, but this client rejects.
    [{}, { name: " " }, ["name is blank or malformed Unicode, expected a name that is not blank"]],
    [{ name: " " }, { name: " ", learningEventUrl: url }, `{"learningEventUrl":"${url}"}`]
  ])("of %j and the group %j is %s", (current, wanted, sent) => {
    deepStrictEqual(diff(group(current), group(wanted)), sent)
  })

  it("a patch is validated as a whole, even without differences", () => {
    deepStrictEqual(diff(group({}), JSON.parse(`{"name":"Financial Markets","nmae":"x"}`)), [
      "nmae is not a known field, expected one of name, certificateDesignId, badgeDesignId, designIds, learningEventUrl"
    ])
  })

  it("is also available data-last", () => {
    deepStrictEqual(Groups.diff({ name: "x" })(group({})), Groups.diff(group({}), { name: "x" }))
  })

  const groups = Arbitrary.make(Group)

  /** The result of a patch on a service that only sets fields. */
  const apply = (current: Group, patch: Patch): Group =>
    Schema.decodeSync(Group)({ ...Schema.encodeSync(Group)(current), ...patch })

  /** The designs of a group, in the field that is compared with `wanted`. */
  const view = (self: Group, wanted: Group) => ({
    name: self.name,
    learningEventUrl: self.learningEventUrl,
    ...(Option.exists(wanted.designIds, (ids) => ids.length > 0)
      ? { designIds: self.designIds }
      : { certificateDesignId: self.certificateDesignId, badgeDesignId: self.badgeDesignId })
  })

  it.prop("a group has no difference to itself", [groups], ([one]) => {
    deepStrictEqual(Groups.diff(one, one), Either.right(Option.none()))
  })

  /** A valid URL and a valid name; other tests cover invalid ones. */
  const sendable = FC.tuple(groups, Arbitrary.make(Patch)).map(
    ([one, patch]) =>
      new Group({
        ...one,
        name: patch.name ?? "a name",
        learningEventUrl: Option.fromNullable(patch.learningEventUrl)
      })
  )

  it.prop(
    "for any two groups, applying the patch yields the desired group, or the fields that can't be cleared are named",
    [groups, sendable],
    ([current, wanted]) => {
      const [before, after] = [view(current, wanted), view(wanted, wanted)]
      Either.match(Groups.diff(current, wanted), {
        onLeft: ({ issues }) => {
          for (const { field } of issues) {
            const has = (self: Group) =>
              Object.entries(self).some(
                ([name, value]) => name === field && Option.isOption(value) && Option.isSome(value)
              )
            assert.isTrue(has(current), field)
            assert.isTrue(!has(wanted) || field === "designIds", field)
          }
        },
        onRight: Option.match({
          onNone: () => deepStrictEqual(before, after),
          onSome: (patch) => {
            deepStrictEqual(view(apply(current, patch), wanted), after)
            // The patch is the smallest: without any of its fields, the result differs.
            for (const field of Object.keys(patch)) {
              const smaller = Object.fromEntries(Object.entries(patch).filter(([name]) => name !== field))
              assert.notDeepEqual(
                JSON.stringify(view(apply(current, Schema.decodeSync(Patch)(smaller)), wanted)),
                JSON.stringify(after)
              )
            }
          }
        })
      })
    },
    { fastCheck: { numRuns: 500 } }
  )

  it.prop("there is no difference after it was applied", [groups, Patch], ([current, wanted]) => {
    const patch = Either.getOrThrow(Groups.diff(current, wanted))
    const applied = Option.match(patch, { onNone: () => current, onSome: (fields) => apply(current, fields) })
    deepStrictEqual(Groups.diff(applied, wanted), Either.right(Option.none()))
  })
})
