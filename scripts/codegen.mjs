// Writes the files that follow from others: each package's `src/index.ts` and core's `src/internal/version.ts`.
// With `--check` it writes nothing, lists what is stale and exits 1.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const read = (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined)

/** The modules left out of each package's barrel: these need optional peers, users import them by their own path. */
const packages = { core: [], retry: ["RedisRateLimit"], sandbox: [] }

/** A comment that opens a file is the module's own if a blank line or an import follows, not a declaration. */
const moduleDoc = (source) =>
  /^(\/\*\*(?:(?!\*\/)[^])*\*\/)\n(?=\n|import\b)/.exec(source)?.[1] ?? "/**\n * @since 0.1.0\n */"

const barrel = (src, excluded) =>
  readdirSync(join(root, src))
    .filter((file) => /^[A-Z]\w*\.ts$/.test(file))
    .map((file) => file.slice(0, -".ts".length))
    .filter((name) => !excluded.includes(name))
    .toSorted()
    .map((name) => `${moduleDoc(read(`${src}/${name}.ts`))}\nexport * as ${name} from "./${name}.js"\n`)
    .join("\n")

const { version } = JSON.parse(read("packages/core/package.json"))
const generated = [
  ["packages/core/src/internal/version.ts", `export const version = ${JSON.stringify(version)}\n`],
  ...Object.entries(packages)
    .map(([name, excluded]) => [`packages/${name}/src`, excluded])
    .filter(([src]) => existsSync(join(root, src)))
    .map(([src, excluded]) => [`${src}/index.ts`, barrel(src, excluded)])
    .filter(([, content]) => content !== "")
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
