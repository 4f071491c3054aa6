import type { Group } from "@effect-certifier/core"
import { Fixture } from "@effect-certifier/sandbox"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Plan from "../../src/internal/groupsFile/plan.js"
import { parse } from "../../src/internal/groupsFile/parse.js"
import * as Write from "../../src/internal/groupsFile/write.js"

const merged = (text: string, groups: ReadonlyArray<Group.Group>) =>
  Either.getOrThrow(Write.merge(text, groups, Fixture.designs))

const sample = [
  Fixture.group(),
  Fixture.group({ id: "g2", name: "2026", designIds: ["01fpwtztwf7sacca5r0c483mnm"], learningEventUrl: null })
]

describe("pull", () => {
  it("writes a file with instructions and the names of the designs", () => {
    strictEqual(
      Write.create(sample, Fixture.designs),
      `# yaml-language-server: $schema=https://raw.githubusercontent.com/effect-certifier/effect-certifier/main/packages/cli/groups.schema.json

# The groups of the workspace. To change them, edit this file, and then:
#   certifier groups plan FILE     shows what would change
#   certifier groups apply FILE    changes it, after confirmation
# A group without an id is new. Omitted fields and groups stay unchanged.

groups:
  - id: 01g90279gp5sbmfek7wymcsvec
    name: Financial Markets
    certificateDesignId: 01fpwtztwf7sacca5r0c483mnm # Certificate of completion (certificate)
    badgeDesignId: 01hz2ej4yzdcfkq9fa78nhyj0x # Badge of completion (badge)
    learningEventUrl: https://www.coursera.org/learn/financial-markets-global

  - id: g2
    name: "2026"
    designIds:
      - 01fpwtztwf7sacca5r0c483mnm # Certificate of completion (certificate)
`
    )
  })

  it("does not change a file that matches the workspace", () => {
    const text = Write.create(sample, Fixture.designs)
    strictEqual(merged(text, sample).text, text)
  })

  it("preserves comments, order, quotes and unknown groups in a file that it updates", () => {
    const { missing, text } = merged(
      `# ours
groups:
# the first
- name:  Financial Market   # the old name

  # its id
  id: '01g90279gp5sbmfek7wymcsvec'
# no id yet
- name: "2026"
  designIds:
  - gone # a design that no longer exists
  - 01fpwtztwf7sacca5r0c483mnm # the good one
- { name: New, learningEventUrl: "https://example.com" } # not created yet
- { id: zzz, name: Gone }
`,
      [...sample, Fixture.group({ id: "h", name: "H", certificateDesignId: null, badgeDesignId: null })]
    )
    strictEqual(
      text,
      `# ours
groups:
# the first
- name: Financial Markets # the old name

  # its id
  id: '01g90279gp5sbmfek7wymcsvec'
  certificateDesignId: 01fpwtztwf7sacca5r0c483mnm # Certificate of completion (certificate)
  badgeDesignId: 01hz2ej4yzdcfkq9fa78nhyj0x # Badge of completion (badge)
  learningEventUrl: https://www.coursera.org/learn/financial-markets-global
# no id yet
- id: g2
  name: "2026"
  designIds:
  - 01fpwtztwf7sacca5r0c483mnm # the good one
- { name: New, learningEventUrl: "https://example.com" } # not created yet
- { id: zzz, name: Gone }
- id: h
  name: H
  learningEventUrl: https://www.coursera.org/learn/financial-markets-global
`
    )
    deepStrictEqual(
      missing.map(({ fault }) => fault("").line),
      [14]
    )
  })

  it("preserves Windows line ends", () => {
    strictEqual(merged("groups:\r\n  - id: g2\r\n    name: x\r\n", []).text, "groups:\r\n  - id: g2\r\n    name: x\r\n")
  })

  it("fills an empty list", () => {
    strictEqual(merged("groups: []\n", sample.slice(1)).text.startsWith("groups:\n  - id: g2\n"), true)
  })

  it("only adds the id of a created group, as its first field", () => {
    const text = "groups:\n  # one\n  # two\n  - name: A # three\n  - { name: B }\n"
    strictEqual(
      Write.withId(text, 0, "new"),
      "groups:\n  # one\n  # two\n  - id: new\n    name: A # three\n  - { name: B }\n"
    )
    strictEqual(
      Write.withId(text, 1, "new"),
      "groups:\n  # one\n  # two\n  - name: A # three\n  - { id: new, name: B }\n"
    )
  })

  it("results in an empty plan for arbitrary groups", () => {
    FastCheck.assert(
      FastCheck.property(
        FastCheck.uniqueArray(Fixture.arbitrary.group, { selector: ({ id }) => id, maxLength: 4 }),
        (groups) => {
          const named = groups.filter(({ name }) => name.trim() !== "" && name.isWellFormed())
          const made = Either.flatMap(parse(Write.create(named, [])), (entries) =>
            Plan.make(entries, named, { prune: true })
          )
          strictEqual(Plan.isEmpty(Either.getOrThrow(made)), true)
        }
      ),
      { seed: 23, numRuns: 30 }
    )
  })
})
