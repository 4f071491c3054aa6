// Writes `llms.txt` (https://llmstxt.org), a list of all pages with their first sentences, and `llms-full.txt`, their text.
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { SiteConfig } from "vitepress"

const sections = [
  ["Guides", /^guides\//],
  ["Reference", /^reference\//],
  ["Decisions", /^decisions\//]
] as const

/** Removes the front matter, HTML, and the names of anchors. */
const plain = (text: string): string =>
  text
    .replace(/^---\n[^]*?\n---\n/, "")
    .replace(/^<\/?[a-z][^>]*>$/gm, "")
    .replace(/^(#+ .*?) \{#.*\}$/gm, "$1")
    .replace(/\n{3,}/g, "\n\n")
    .trim()

const title = (text: string): string => (/^# (.*)$/m.exec(text)?.[1] ?? "").replaceAll("`", "")

/** The first sentence of the first paragraph. */
const about = (text: string): string =>
  (/^(?![#<|\n]).+(?:\n.+)*/m.exec(text.replace(/```[^]*?```/g, ""))?.[0] ?? "")
    .replace(/\s+/g, " ")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/([.:])(?: .*)?$/, "$1")
    .replace(/:$/, ".")

export const writeLlmsTxt = ({ outDir, pages, site, srcDir }: SiteConfig): void => {
  const texts = new Map(pages.toSorted().map((page) => [page, plain(readFileSync(join(srcDir, page), "utf8"))]))
  const list = sections.map(([name, pattern]) =>
    [
      `## ${name}\n`,
      ...[...texts]
        .filter(([page]) => pattern.test(page))
        .map(([page, text]) => `- [${title(text)}](${site.base}${page.replace(/\.md$/, ".html")}): ${about(text)}`)
    ].join("\n")
  )
  writeFileSync(join(outDir, "llms.txt"), `# ${site.title}\n\n> ${site.description}\n\n${list.join("\n\n")}\n`)
  writeFileSync(
    join(outDir, "llms-full.txt"),
    [...texts].map(([page, text]) => `<!-- ${page} -->\n\n${text}\n`).join("\n")
  )
}
