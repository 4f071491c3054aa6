// Writes the generated files: the `src/index.ts` of each package, the parts of its manifest that depend on its modules and on the
// root's manifest, `src/internal/version.ts` of core, the guides' tables of tested versions and quirks, and the help of the
// command line. With `--check` it writes nothing, lists stale files and exits with 1.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { tsImport } from "tsx/esm/api"

const root = fileURLToPath(new URL("..", import.meta.url))
const read = (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined)

/** The modules that are not in the barrel of a package, because they need optional peers. Users import them by their own path. */
const packages = { core: [], retry: ["RedisRateLimiter"], sandbox: ["CommandLine"], jobs: ["JobEngine"], cli: [] }

/** The first comment of a file documents the module if it is followed by a blank line or an import, not by a declaration. */
const moduleDoc = (source) =>
  /^(\/\*\*(?:(?!\*\/)[^])*\*\/)\n(?=\n|import\b)/.exec(source)?.[1] ?? "/**\n * @since 0.1.0\n */"

const modules = (src) =>
  readdirSync(join(root, src))
    .filter((file) => /^[A-Z]\w*\.ts$/.test(file))
    .map((file) => file.slice(0, -".ts".length))
    .toSorted()

const barrel = (src, excluded) =>
  modules(src)
    .filter((name) => !excluded.includes(name))
    .map((name) => `${moduleDoc(read(`${src}/${name}.ts`))}\nexport * as ${name} from "./${name}.js"\n`)
    .join("\n")

const rootManifest = JSON.parse(read("package.json"))

/** An entry for each public module. */
const entries = (target) => ({
  ".": target("index"),
  "./*": target("*"),
  "./internal/*": null,
  "./package.json": "./package.json"
})

/**
 * The manifest of a package. Its entries are the sources in the workspace, and the compiled files in a tarball. `typesVersions` has the
 * same entries for compilers that do not read `exports` (`moduleResolution: node`).
 */
const manifest = (name) => {
  const current = JSON.parse(read(`packages/${name}/package.json`))
  const { engines, homepage, license, repository } = rootManifest
  const directory = `packages/${name}`
  // The command line has no entries, only the executable.
  const isProgram = modules(`${directory}/src`).length === 0
  const next = {
    ...current,
    license,
    homepage: `${homepage}/tree/main/${directory}#readme`,
    bugs: rootManifest.bugs,
    repository: { ...repository, directory },
    sideEffects: false,
    engines,
    ...(isProgram
      ? { exports: { "./package.json": "./package.json" } }
      : {
          exports: entries((module) => `./src/${module}.ts`),
          publishConfig: {
            ...current.publishConfig,
            types: "./dist/index.d.ts",
            typesVersions: { "*": { "*": ["./dist/*.d.ts"] } },
            exports: entries((module) => ({ types: `./dist/${module}.d.ts`, default: `./dist/${module}.js` }))
          }
        })
  }
  return `${JSON.stringify(next, null, 2)}\n`
}

/** The guide with a table of the versions that the packages are tested with. */
const versions = () => {
  const { peers, runtimes, typescript } = JSON.parse(read("internal/ecosystem-tests/versions.json"))
  const rows = [
    ["", "tested with"],
    ...Object.keys(peers.lowest).map((name) => [name, [...new Set([peers.lowest[name], peers.newest[name]])]]),
    ["TypeScript", typescript.import],
    ["TypeScript of a CommonJS program", typescript.require],
    ...Object.entries(runtimes).map(([name, releases]) => [name, releases.map((release) => release.version)])
  ].map((row) => row.map((cell) => (Array.isArray(cell) ? cell.join(", ") : cell)))
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column].length)))
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`)
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`
  const table = [lines[0], rule, ...lines.slice(1)].join("\n")
  return read("docs/guides/versions.md").replace(
    /(<!-- versions -->\n)[^]*(<!-- \/versions -->)/,
    (_, open, close) => `${open}\n${table}\n\n${close}`
  )
}

/** The guide of the sandbox with the table of its quirks. */
const quirks = async () => {
  const src = "packages/sandbox/src/internal/quirks"
  const files = readdirSync(join(root, src))
    .filter((file) => file.endsWith("Quirks.ts"))
    .toSorted()
  const modules = await Promise.all(files.map((file) => tsImport(`../${src}/${file}`, import.meta.url)))
  const rows = modules
    .flatMap(({ quirks }) => Object.entries(quirks))
    .toSorted(([self], [that]) => (self < that ? -1 : 1))
    .map(([name, { default: usual, evidence, question, values }]) => {
      const others = Object.keys(values).filter((value) => value !== usual)
      const lines = [usual, ...others].map((value) => `\`${value}\`: ${values[value]}`)
      return `| \`${name}\` | ${question} | ${lines.join("<br>")} | ${evidence} |`
    })
  const table = ["| quirk | question | values | evidence |", "| - | - | - | - |", ...rows].join("\n")
  return read("docs/guides/sandbox.md").replace(
    /(<!-- quirks -->\n)[^]*(<!-- \/quirks -->)/,
    (_, open, close) => `${open}\n<!-- prettier-ignore -->\n${table}\n\n${close}`
  )
}

const entryText = ({ name, text }) => `{ name: ${JSON.stringify(name)}, text: ${JSON.stringify(text)} }`

/** The source of the help pages, in which parts of several commands are constants. */
const pagesText = (root) => {
  const all = (page) => [...page.values, ...page.options, ...page.children.flatMap(all)]
  const counts = new Map()
  for (const entry of all(root)) counts.set(entryText(entry), (counts.get(entryText(entry)) ?? 0) + 1)
  const names = new Map()
  for (const [text, count] of counts) {
    if (count === 1) continue
    const words = text.match(/"(?:-\w, )?(?:--)?([\w-]+)/)[1].toLowerCase()
    const name = words.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())
    const taken = [...names.values()].filter((other) => other.replace(/\d+$/, "") === name).length
    names.set(text, taken === 0 ? name : `${name}${taken + 1}`)
  }
  const list = (texts, indent) =>
    texts.join("").length > 90 || texts.some((text) => text.startsWith("{\n"))
      ? `[\n${texts.map((text) => `${indent}  ${text}`).join(",\n")}\n${indent}]`
      : `[${texts.join(", ")}]`
  const pageText = (page, indent) => {
    const entries = (those) =>
      list(
        those.map((entry) => names.get(entryText(entry)) ?? entryText(entry)),
        `${indent}  `
      )
    const fields = [
      ["name", JSON.stringify(page.name)],
      ["description", JSON.stringify(page.description)],
      [
        "examples",
        list(
          page.examples.map((line) => JSON.stringify(line)),
          `${indent}  `
        )
      ],
      ["values", entries(page.values)],
      ["options", entries(page.options)],
      [
        "children",
        list(
          page.children.map((child) => pageText(child, `${indent}    `)),
          `${indent}  `
        )
      ]
    ]
    return `{\n${fields.map(([name, value]) => `${indent}  ${name}: ${value}`).join(",\n")}\n${indent}}`
  }
  const constants = [...names].map(([text, name]) => `const ${name}: Entry = ${text}`).join("\n")
  return { constants, text: pageText(root, "") }
}

/** The help of the command line as data, so that it can be shown without loading the commands. */
const help = async () => {
  const src = "../packages/cli/src/internal"
  const { pagesOf } = await tsImport(`${src}/page.ts`, import.meta.url)
  const { descriptor } = await tsImport("../packages/sandbox/src/CommandLine.ts", import.meta.url)
  const { certifier } = await tsImport(`${src}/commands/certifier.ts`, import.meta.url)
  const { constants, text } = pagesText(pagesOf(certifier.node, descriptor))
  return `// Written by \`scripts/codegen.mjs\`.
import type { Entry, Page } from "./help.js"

${constants}

/** The texts of the help. */
export const pages: Page = ${text}
`
}

const generated = [
  ["packages/cli/src/internal/pages.ts", await help()],
  ...["core", "cli"].map((name) => [
    `packages/${name}/src/internal/version.ts`,
    `export const version = ${JSON.stringify(JSON.parse(read(`packages/${name}/package.json`)).version)}\n`
  ]),
  ...Object.entries(packages)
    .map(([name, excluded]) => [`packages/${name}/src`, excluded])
    .filter(([src]) => existsSync(join(root, src)))
    .map(([src, excluded]) => [`${src}/index.ts`, barrel(src, excluded)])
    .filter(([, content]) => content !== ""),
  ...Object.keys(packages).map((name) => [`packages/${name}/package.json`, manifest(name)]),
  ["docs/guides/versions.md", versions()],
  ["docs/guides/sandbox.md", await quirks()]
]

const stale = generated.filter(([path, content]) => read(path) !== content)
if (process.argv.includes("--check")) {
  for (const [path] of stale) {
    console.error(`stale: ${path}`)
  }
  if (stale.length > 0) {
    console.error("Run `npx -y pnpm codegen`.")
    process.exitCode = 1
  }
} else {
  for (const [path, content] of stale) {
    writeFileSync(join(root, path), content)
    console.log(`wrote ${path}`)
  }
}
