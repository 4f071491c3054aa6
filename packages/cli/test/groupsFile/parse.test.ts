import { describe, it } from "@effect/vitest"
import { assertRight, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import { expect } from "vitest"
import { parse } from "../../src/internal/groupsFile/parse.js"
import { jsonSchema } from "../../src/internal/groupsFile/schema.js"

const fieldsOf = (text: string): Either.Either<unknown, unknown> =>
  Either.map(parse(text), (entries) => entries.map(({ fields }) => fields))

/** The faults as `line:column problem`. */
const faultsOf = (text: string) =>
  Either.match(parse(text), {
    onRight: () => [],
    onLeft: (faults) => faults.map(({ column, line, problem }) => `${line}:${column} ${problem}`)
  })

describe("the file of groups", () => {
  it("is read with its fields", () => {
    assertRight(
      fieldsOf(`
groups:
  - id: 01g90279gp5sbmfek7wymcsvec
    name: Financial Markets # a comment
    certificateDesignId: 01fpwtztwf7sacca5r0c483mnm
  - name: First Aid
    designIds: [one, two]
    learningEventUrl: https://example.com/first-aid
`),
      [
        {
          id: "01g90279gp5sbmfek7wymcsvec",
          name: "Financial Markets",
          certificateDesignId: "01fpwtztwf7sacca5r0c483mnm"
        },
        { name: "First Aid", designIds: ["one", "two"], learningEventUrl: "https://example.com/first-aid" }
      ]
    )
  })

  it("needs no quotes around names that look like a number, a boolean or a date", () => {
    const names = ["2026", "1.50", "No", "null", "2026-01-15", "0x1F", "~"]
    assertRight(
      fieldsOf(`groups:\n${names.map((name) => `  - name: ${name}\n`).join("")}`),
      names.map((name) => ({ name }))
    )
  })

  it("can have a byte order mark and Windows line ends", () => {
    assertRight(fieldsOf("\uFEFFgroups:\r\n  - name: First Aid\r\n"), [{ name: "First Aid" }])
  })

  it("reports all faults at once, each with its line and column", () => {
    deepStrictEqual(
      faultsOf(`groups:
  - id: a/b
    name: " "
    title: First Aid
  - designIds: []
    learningEventUrl:
  - name:
      - First Aid
    designIds: [one, "two three"]
  - name: First Aid
    learningEventUrl: example.com
    badgeDesignId: one
  - First Aid
version: 1
`),
      [
        "2:5 id is not a valid group id",
        "3:5 name is blank or malformed Unicode",
        '4:5 "title" is not a known field; those are id, name, designIds, certificateDesignId, badgeDesignId, learningEventUrl',
        "5:5 name is missing",
        "5:5 designIds is empty",
        "6:5 learningEventUrl is empty: remove the line to keep the current value; the API has no way to clear a field",
        "7:5 name is a list, expected a text",
        "9:22 designIds[2] is not a valid design id",
        "11:5 learningEventUrl is not an absolute http or https URL",
        '13:5 this group is a text, expected fields, such as "name: First Aid"',
        '14:1 "version" is not a known field; that is groups'
      ]
    )
  })

  it("rejects a group with both forms of designs", () => {
    deepStrictEqual(faultsOf("groups:\n  - name: First Aid\n    badgeDesignId: one\n    designIds: [one]\n"), [
      "4:5 designIds is given together with certificateDesignId or badgeDesignId"
    ])
  })

  it("rejects duplicate ids, and duplicate names of new groups", () => {
    deepStrictEqual(faultsOf("groups:\n- id: a\n  name: A\n- name: B\n- name: B\n- id: a\n  name: C\n- name: A\n"), [
      "5:3 the name is also that of line 4: a new group needs a unique name",
      "6:3 the id is also that of line 2",
      "8:3 the name is also that of line 2: a new group needs a unique name"
    ])
    strictEqual(Either.isRight(parse("groups:\n- id: a\n  name: A\n- id: b\n  name: A\n")), true)
  })

  const broken: ReadonlyArray<readonly [text: string, fault: string]> = [
    ["", "1:1 groups is missing"],
    ["groups:\n", '1:1 groups is empty, expected a list: lines that begin with "- "'],
    ["- name: First Aid\n", '1:1 the file is a list, expected a line "groups:" with a list under it'],
    ["groups:\n\t- name: A\n", "2:1 Tabs are not allowed as indentation"],
    ["groups: []\ngroups: []\n", "2:1 Map keys must be unique"],
    ["groups:\n  - &a\n    name: A\n  - *a\n", "4:5 *a is an alias, which is not supported: write its lines instead"],
    ["groups: []\n---\ngroups: []\n", "2:1 a second document starts here, but a file has one list of groups"]
  ]

  it.each(broken)("is rejected: %j", (text, fault) => {
    deepStrictEqual(faultsOf(text), [fault])
  })

  it("is rejected if it is too large", () => {
    deepStrictEqual(faultsOf(" ".repeat(4 * 1024 * 1024 + 1)), ["1:1 the file has more than 4 MiB"])
  })
})

it("the JSON Schema for editors is up to date", async () => {
  await expect(`${JSON.stringify(jsonSchema(), null, 2)}\n`).toMatchFileSnapshot("../../groups.schema.json")
})
