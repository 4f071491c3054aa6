import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { Patch } from "../src/Group.js"
import * as Issues from "../src/internal/schema/issues.js"

/** The bytes that are sent for an input, or its issues. */
const send = (input: unknown): string | ReadonlyArray<string> =>
  Either.match(Schema.decodeUnknownEither(Patch, { errors: "all" })(input), {
    onLeft: (error) => Issues.fromParseIssue(error.issue).map(String),
    onRight: (patch) => JSON.stringify(Schema.encodeSync(Patch)(patch))
  })

describe("Group.Patch", () => {
  it.each<[input: unknown, sent: string]>([
    [{}, `{}`],
    [{ name: "Financial Markets" }, `{"name":"Financial Markets"}`],
    [{ name: undefined, badgeDesignId: "b" }, `{"badgeDesignId":"b"}`],
    [{ certificateDesignId: "c", badgeDesignId: "b" }, `{"certificateDesignId":"c","badgeDesignId":"b"}`],
    [{ designIds: ["b", "a"] }, `{"designIds":["b","a"]}`],
    [{ designIds: ["a"], certificateDesignId: undefined }, `{"designIds":["a"]}`],
    [{ name: " padded " }, `{"name":" padded "}`],
    // Unchanged: not lower-cased, no slash added, nothing encoded or decoded.
    [{ learningEventUrl: "HTTPS://Example.ORG" }, `{"learningEventUrl":"HTTPS://Example.ORG"}`],
    [{ learningEventUrl: "http://a.b/%7Ec?x=é#f" }, `{"learningEventUrl":"http://a.b/%7Ec?x=é#f"}`]
  ])("%j is sent as %s", (input, sent) => {
    assert.strictEqual(send(input), sent)
  })

  it.each<[input: unknown, faults: ReadonlyArray<string>]>([
    [null, ["it is null, expected an object with the fields to set"]],
    [[], ["it is an array, expected an object with the fields to set"]],
    ["name", ["it is a string, expected an object with the fields to set"]],
    [{ name: null }, ["name is null, expected a name that is not blank"]],
    [{ name: 7 }, ["name is a number, expected a name that is not blank"]],
    [{ name: "" }, ["name is blank or malformed Unicode, expected a name that is not blank"]],
    [{ name: " \u00a0\t" }, ["name is blank or malformed Unicode, expected a name that is not blank"]],
    [{ name: "\ud800" }, ["name is blank or malformed Unicode, expected a name that is not blank"]],
    [
      { nmae: "x" },
      [
        "nmae is not a known field, expected one of name, certificateDesignId, badgeDesignId, designIds, learningEventUrl"
      ]
    ],
    [
      { id: undefined },
      ["id is not a known field, expected one of name, certificateDesignId, badgeDesignId, designIds, learningEventUrl"]
    ],
    [
      { certificateDesignId: "" },
      ["certificateDesignId is not a valid design id, expected 1 to 128 letters, digits, '-', '.', '_' or '~'"]
    ],
    [{ badgeDesignId: null }, ["badgeDesignId is null, expected 1 to 128 letters, digits, '-', '.', '_' or '~'"]],
    [{ designIds: [] }, ["designIds is empty, expected a list of at least one design id"]],
    [{ designIds: "a" }, ["designIds is a string, expected a list of at least one design id"]],
    [{ designIds: ["a", 3] }, ["designIds[1] is a number, expected 1 to 128 letters, digits, '-', '.', '_' or '~'"]],
    [
      { designIds: ["a"], badgeDesignId: "b" },
      ["designIds is given together with certificateDesignId or badgeDesignId, expected one of the two"]
    ],
    ...[
      "",
      "example.org",
      "/path",
      "ftp://a.b",
      "javascript:alert(1)",
      "https:example.org",
      "https:///a",
      "https://",
      " https://a.b",
      "https://a.b ",
      "https://a.\nb",
      "https://a b",
      "https://\ud800",
      "http://[::1"
    ].map((learningEventUrl): [unknown, ReadonlyArray<string>] => [
      { learningEventUrl },
      ["learningEventUrl is not an absolute http or https URL, expected an absolute http or https URL"]
    ])
  ])("%j is rejected by name", (input, faults) => {
    deepStrictEqual(send(input), faults)
  })

  it("all issues are reported, not only the first", () => {
    deepStrictEqual(send({ name: "", designIds: [""], color: "red" }).length, 3)
  })

  it("no issue contains the value", () => {
    const secret = "s3cr3t-value"
    for (const input of [
      { name: { secret } },
      { learningEventUrl: secret },
      { designIds: [[secret]] },
      { certificateDesignId: [secret] },
      [secret]
    ]) {
      assert.notInclude(JSON.stringify(send(input)), secret)
    }
  })

  it.prop("any patch round-trips", [Patch], ([patch]) => {
    const wire: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(Patch)(patch)))
    deepStrictEqual(Schema.decodeUnknownSync(Patch)(wire), patch)
    deepStrictEqual<unknown>(wire, patch)
  })
})
