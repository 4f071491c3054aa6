import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitepress"

const docs = fileURLToPath(new URL("..", import.meta.url))

const modules = (name: string) => ({
  text: name,
  link: `/reference/${name}/`,
  collapsed: false,
  items: readdirSync(`${docs}reference/${name}`)
    .filter((file) => file !== "index.md")
    .toSorted()
    .map((file) => file.replace(/\.md$/, ""))
    .map((module) => ({ text: module, link: `/reference/${name}/${module}` }))
})

const guides = [
  { text: "Getting started", link: "/guides/getting-started" },
  { text: "Groups", link: "/guides/groups" },
  { text: "Issuing", link: "/guides/issuing" },
  { text: "Errors", link: "/guides/errors" },
  { text: "Retries and rate limits", link: "/guides/retries-and-rate-limits" },
  { text: "Testing", link: "/guides/testing" },
  { text: "Webhooks", link: "/guides/webhooks" },
  { text: "Other transports", link: "/guides/transports" },
  { text: "Observability", link: "/guides/observability" },
  { text: "Effect 4", link: "/guides/effect-4" }
]

const decisions = readdirSync(`${docs}decisions`)
  .filter((file) => /^\d+-/.test(file))
  .toSorted()
  .map((file) => ({
    text: (/^# (.*)/.exec(readFileSync(`${docs}decisions/${file}`, "utf8"))?.[1] ?? file).replaceAll("`", ""),
    link: `/decisions/${file.replace(/\.md$/, "")}`
  }))

export default defineConfig({
  title: "effect-certifier",
  description: "An Effect client for the Certifier API",
  lang: "en",
  base: process.env["DOCS_BASE"] ?? "/",
  head: [["link", { rel: "icon", type: "image/svg+xml", href: `${process.env["DOCS_BASE"] ?? "/"}logo.svg` }]],
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    config: (md) => {
      // On a forge a package's README is a file; here it is the first page of the package's reference.
      md.core.ruler.push("readme-links", (state) => {
        for (const token of state.tokens.flatMap(({ children }) => children ?? [])) {
          const [, name, anchor = ""] =
            /^(?:\.\.\/)+packages\/(\w+)\/README\.md(#.*)?$/.exec(token.attrGet("href") ?? "") ?? []
          if (name !== undefined) token.attrSet("href", `/reference/${name}/${anchor}`)
        }
      })
    }
  },
  themeConfig: {
    logo: "/logo.svg",
    nav: [
      { text: "Guides", link: "/guides/getting-started", activeMatch: "/guides/" },
      { text: "Reference", link: "/reference/", activeMatch: "/reference/" },
      { text: "Decisions", link: "/decisions/", activeMatch: "/decisions/" }
    ],
    sidebar: {
      "/guides/": [{ text: "Guides", items: guides }],
      "/reference/": ["core", "retry", "sandbox"].map(modules),
      "/decisions/": [{ text: "Decisions", link: "/decisions/", items: decisions }]
    },
    outline: { level: [2, 3] },
    search: { provider: "local" },
    docFooter: { prev: "Previous", next: "Next" },
    footer: { message: "MIT" }
  }
})
