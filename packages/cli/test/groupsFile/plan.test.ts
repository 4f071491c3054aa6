import type { Group } from "@effect-certifier/core"
import { Fixture } from "@effect-certifier/sandbox"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import { parse } from "../../src/internal/groupsFile/parse.js"
import * as Plan from "../../src/internal/groupsFile/plan.js"
import { planJson, planLines } from "../../src/internal/groupsFile/render.js"
import * as Write from "../../src/internal/groupsFile/write.js"

const group = (id: string, name: string, fields?: Partial<typeof Group.Group.Encoded>) =>
  Fixture.group({ id, name, certificateDesignId: null, badgeDesignId: null, learningEventUrl: null, ...fields })

const plan = (text: string, groups: ReadonlyArray<Group.Group>, prune = false) =>
  Either.flatMap(parse(text), (entries) => Plan.make(entries, groups, { prune }))

const linesOf = (text: string, groups: ReadonlyArray<Group.Group>, prune = false) =>
  planLines(Either.getOrThrow(plan(text, groups, prune)), false)

/** The plan after a round trip through JSON. */
const jsonOf = (made: Either.Either<Plan.Plan, unknown>): unknown =>
  JSON.parse(JSON.stringify(planJson(Either.getOrThrow(made))))

const faultsOf = (text: string, groups: ReadonlyArray<Group.Group>) =>
  Either.match(plan(text, groups), {
    onRight: () => [],
    onLeft: (faults) => faults.map(({ column, line, problem }) => `${line}:${column} ${problem}`)
  })

const workspace = [
  group("a", "First Aid 2025", { designIds: ["one", "two"] }),
  group("b", "Fire Safety", { learningEventUrl: "https://example.com/fire" }),
  group("c", "Old")
]

describe("the plan", () => {
  it("shows each field before and after the change, and the unlisted groups", () => {
    deepStrictEqual(
      linesOf(
        `groups:
  - id: a
    name: First Aid 2026
    designIds: [two, one]
    learningEventUrl: https://example.com/aid
  - id: b
    name: Fire Safety
  - name: First Aid 2025
    designIds: [one]
`,
        workspace
      ),
      [
        "~ change First Aid 2025 (a)",
        "    name",
        "      - First Aid 2025",
        "      + First Aid 2026",
        "    designIds",
        "      - one",
        "      - two",
        "      + two",
        "      + one",
        "    learningEventUrl",
        "      (not set)",
        "      + https://example.com/aid",
        "",
        "+ create First Aid 2025",
        "    designIds",
        "      + one",
        "",
        "Plan: 1 to create, 1 to change, 1 unchanged.",
        "Warning: new names and designs also change the credentials that were issued before: their recipients will see it.",
        "Not in the file, and not changed: 1 group (Old).",
        "To delete what is not in the file, add --prune."
      ]
    )
  })

  it("warns about issued credentials only if they change", () => {
    deepStrictEqual(
      linesOf(
        "groups:\n- id: b\n  name: Fire Safety\n  learningEventUrl: https://example.com/b\n",
        workspace.slice(1, 2)
      ),
      [
        "~ change Fire Safety (b)",
        "    learningEventUrl",
        "      - https://example.com/fire",
        "      + https://example.com/b",
        "",
        "Plan: 1 to change."
      ]
    )
  })

  it("deletes groups only with prune", () => {
    deepStrictEqual(linesOf("groups: []\n", workspace.slice(2), true), ["- delete Old (c)", "", "Plan: 1 to delete."])
    deepStrictEqual(linesOf("groups: []\n", workspace.slice(2)).at(0), "Plan: no groups.")
  })

  it("adopts a group with the same name, which an interrupted apply can have created", () => {
    deepStrictEqual(linesOf("groups:\n- name: Old\n", workspace.slice(2)), [
      "= keep Old (c)",
      "    exists already: its id will be written into the file",
      "",
      "Plan: 1 unchanged."
    ])
    // The group with this name is in the file with a new name.
    deepStrictEqual(
      Plan.count(Either.getOrThrow(plan("groups:\n- id: c\n  name: New\n- name: Old\n", workspace.slice(2))).steps),
      { Create: 1, Update: 1, NoChange: 0, Delete: 0 }
    )
  })

  it("reports the line of an unknown id, and of a name that several groups have", () => {
    deepStrictEqual(faultsOf("groups:\n- id: zzz\n  name: A\n- name: Old\n", [...workspace, group("d", "Old")]), [
      "2:3 the workspace has no group with this id: it was deleted, or is in another workspace. Remove the id to create a new group, or all of its lines",
      "4:3 the workspace has 2 groups of this name: write the id of one of them, c or d"
    ])
  })

  it("is empty after a pull", () => {
    const groups = [...workspace, group("e", "2026"), group("f", "Both", { designIds: ["x"], badgeDesignId: "y" })]
    const made = plan(Write.create(groups, []), groups)
    strictEqual(Plan.isEmpty(Either.getOrThrow(made)), true)
    deepStrictEqual(jsonOf(made), { changes: [], unchanged: 5, unlisted: [] })
  })

  it("is printed as JSON", () => {
    deepStrictEqual(jsonOf(plan("groups:\n- id: b\n  name: Fire\n- name: New\n", workspace.slice(1), true)), {
      changes: [
        {
          action: "update",
          id: "b",
          name: "Fire Safety",
          fields: [{ field: "name", from: "Fire Safety", to: "Fire" }]
        },
        { action: "create", name: "New" },
        { action: "delete", id: "c", name: "Old" }
      ],
      unchanged: 0,
      unlisted: []
    })
  })

  it("is coloured on a terminal, and control characters in names are replaced", () => {
    const [title] = planLines(
      Either.getOrThrow(plan("groups: []\n", [group("c", "Old\u001b[2J\u202egroup")], true)),
      true
    )
    strictEqual(title, "\u001b[31m- delete Old\u00b7[2J\u00b7group\u001b[0m\u001b[2m (c)\u001b[0m")
  })
})
