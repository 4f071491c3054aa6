import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitepress"
import { writeLlmsTxt } from "./llms.mjs"

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

/** In reading order, which "previous" and "next" follow. */
const guides = [
  {
    text: "Start",
    items: [
      { text: "Getting started", link: "/guides/getting-started" },
      { text: "The command line", link: "/guides/command-line" },
      { text: "Errors", link: "/guides/errors" },
      { text: "Retries and rate limits", link: "/guides/retries-and-rate-limits" },
      { text: "Testing", link: "/guides/testing" }
    ]
  },
  {
    text: "By task",
    items: [
      { text: "All tasks", link: "/guides/tasks" },
      { text: "Groups", link: "/guides/groups" },
      { text: "Issuing", link: "/guides/issuing" },
      { text: "Credentials", link: "/guides/credentials" },
      { text: "Search", link: "/guides/search" },
      { text: "Jobs", link: "/guides/jobs" },
      { text: "Webhooks", link: "/guides/webhooks" },
      { text: "The sandbox", link: "/guides/sandbox" },
      { text: "The sandbox in a browser", link: "/guides/sandbox-console" },
      { text: "Other transports", link: "/guides/transports" },
      { text: "Observability", link: "/guides/observability" },
      { text: "Effect 4", link: "/guides/effect-4" }
    ]
  },
  {
    text: "Background",
    items: [
      { text: "Versions and sizes", link: "/guides/versions" },
      { text: "Compared with other clients", link: "/guides/comparison" }
    ]
  }
]

const decisions = readdirSync(`${docs}decisions`)
  .filter((file) => /^\d+-/.test(file))
  .toSorted()
  .map((file) => ({
    text: (/^# (.*)/.exec(readFileSync(`${docs}decisions/${file}`, "utf8"))?.[1] ?? file).replaceAll("`", ""),
    link: `/decisions/${file.replace(/\.md$/, "")}`
  }))

const repository = "https://github.com/effect-certifier/effect-certifier"

export default defineConfig({
  title: "effect-certifier",
  description: "An Effect client for the Certifier API",
  lang: "en",
  buildEnd: writeLlmsTxt,
  base: process.env["DOCS_BASE"] ?? "/",
  head: [["link", { rel: "icon", type: "image/svg+xml", href: `${process.env["DOCS_BASE"] ?? "/"}logo.svg` }]],
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    config: (md) => {
      // Links to files of the repository. The README of a package is the first page of its reference; other links lead to GitHub.
      md.core.ruler.push("repository-links", (state) => {
        for (const token of state.tokens.flatMap(({ children }) => children ?? [])) {
          const href = token.attrGet("href") ?? ""
          const [, name, anchor = ""] = /^(?:\.\.\/)+packages\/(\w+)\/README\.md(#.*)?$/.exec(href) ?? []
          const [, file] = /^(?:\.\.\/)+((?:examples|internal|\.github)\b.*)$/.exec(href) ?? []
          if (name !== undefined) token.attrSet("href", `/reference/${name}/${anchor}`)
          if (file !== undefined) token.attrSet("href", `${repository}/blob/main/${file}`)
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
      "/guides/": guides,
      "/reference/": ["core", "retry", "sandbox", "jobs"].map(modules),
      "/decisions/": [{ text: "Decisions", link: "/decisions/", items: decisions }]
    },
    outline: { level: [2, 3] },
    search: { provider: "local" },
    editLink: {
      text: "Edit this page",
      // The reference is generated from the sources and the README of each package. The function is sent to the browser as text.
      pattern: ({ filePath }) =>
        `https://github.com/effect-certifier/effect-certifier/edit/main/${
          filePath.startsWith("reference/")
            ? filePath
                .replace(/^reference\/index\.md$/, "docs/scripts/reference.mjs")
                .replace(/^reference\/(\w+)\/index\.md$/, "packages/$1/README.md")
                .replace(/^reference\/(\w+)\/(\w+)\.md$/, "packages/$1/src/$2.ts")
            : `docs/${filePath}`
        }`
    },
    docFooter: { prev: "Previous", next: "Next" },
    footer: { message: "MIT" }
  }
})
