import * as CommandLine from "@effect-certifier/sandbox/CommandLine"
import { describe, expect, it } from "vitest"
import { certifier } from "../src/internal/commands/certifier.js"
import * as Help from "../src/internal/help.js"
import { pagesOf } from "../src/internal/page.js"
import { pages } from "../src/internal/pages.js"

/** The paths of all commands. */
const commandsOf = (page: Help.Page): ReadonlyArray<ReadonlyArray<string>> => [
  [],
  ...page.children.flatMap((child) => commandsOf(child).map((words) => [child.name, ...words]))
]

const commands = commandsOf(pages).map((words) => ({ words, typed: ["certifier", ...words].join(" ") }))

describe("the help", () => {
  it("matches the commands", () => {
    expect(pages).toEqual(pagesOf(certifier.node, CommandLine.descriptor))
  })

  it.each(commands)("of $typed describes every option and argument, and has examples", ({ typed, words }) => {
    const page = words.reduce<Help.Page | undefined>(
      (found, word) => found?.children.find(({ name }) => name === word),
      pages
    )
    const entries = [...(page?.values ?? []), ...(page?.options ?? [])]
    expect(entries.filter(({ text }) => text === "")).toEqual([])
    expect(page?.description).toMatch(/^[A-Z].*\.$/s)
    expect(page?.examples.some((example) => `${example} `.startsWith(`${typed} `))).toBe(true)
  })

  it.each([80, 40])("fits in %d columns, except for commands and options", (columns) => {
    const wide = commands.flatMap(({ words }) =>
      Help.text(pages, words, columns)
        .split("\n")
        .filter((line) => line.length > columns && !/^ {2}(?:certifier|-)|^\s*\S+$/.test(line))
    )
    expect(wide).toEqual([])
  })

  it("matches the transcripts", async () => {
    for (const [file, words, columns] of [
      ["certifier", [], 80],
      ["certifier-40", [], 40],
      ["credentials", ["credentials"], 80],
      ["sandbox", ["sandbox"], 80],
      ["search", ["credentials", "search"], 80],
      ["search-40", ["credentials", "search"], 40]
    ] as const) {
      await expect(Help.text(pages, words, columns)).toMatchFileSnapshot(`transcripts/help/${file}.txt`)
    }
  })

  it.each([
    { args: ["groups", "list", "--help"], tag: "Help" },
    { args: ["-h", "groups"], tag: "Help" },
    { args: [], tag: "Incomplete" },
    { args: ["groups"], tag: "Incomplete" },
    { args: ["groups", "list"], tag: undefined },
    { args: ["groups", "get", "--", "--help"], tag: undefined },
    { args: ["sandbox", "--port", "4020"], tag: undefined }
  ])("is detected in $args: $tag", ({ args, tag }) => {
    expect(Help.wanted(pages, args)?._tag).toBe(tag)
  })
})
