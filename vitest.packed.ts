import { existsSync, readFileSync } from "node:fs"
import { relative, resolve, sep } from "node:path"
import { defineConfig, type Plugin } from "vitest/config"
import projects from "./vitest.workspace.js"

const packages = ["core", "retry", "sandbox"]
const root = import.meta.dirname

/** Resolves an entry of a package by its `exports`, like Node. */
const entry = (name: string, subpath: string): string => {
  const { exports }: { readonly exports: Readonly<Record<string, { readonly default: string } | null>> } = JSON.parse(
    readFileSync(resolve(root, "packages", name, ".packed/package.json"), "utf8")
  )
  const module = subpath.slice("./".length)
  const target = subpath === "." ? exports["."] : module.includes("/") ? null : exports["./*"]
  const file = resolve(root, "packages", name, ".packed", target?.default.replace("*", module) ?? "none")
  if (!existsSync(file)) throw new Error(`@effect-certifier/${name} has no entry ${subpath}`)
  return file
}

/** Resolves each import of a source, by name or by path, to the package that `scripts/unpack.mjs` unpacked. */
const packed: Plugin = {
  name: "packed",
  enforce: "pre",
  resolveId(source, importer) {
    const [, name, subpath = ""] = /^@effect-certifier\/(\w+)(\/.*)?$/.exec(source) ?? []
    if (name !== undefined) return packages.includes(name) ? entry(name, `.${subpath}`) : undefined
    if (importer === undefined || !source.startsWith(".")) return undefined
    const [folder, of, src, ...module] = relative(root, resolve(importer, "..", source)).split(sep)
    if (folder !== "packages" || src !== "src" || of === undefined || !packages.includes(of)) return undefined
    // Public modules and the barrel are resolved by `exports`. Internal modules have no entry, and are resolved by their path.
    const path = module.join("/").replace(/\.js$/, "")
    if (path === "index") return entry(of, ".")
    if (!path.startsWith("internal/")) return entry(of, `./${path}`)
    const file = resolve(root, "packages", of, ".packed/dist", `${path}.js`)
    if (!existsSync(file)) throw new Error(`${file} is missing`)
    return file
  }
}

/**
 * The fast suites of the packages and of the transports, against the packed packages. The slow suites test time, processes and files,
 * and would find no other problems in a tarball.
 */
export default defineConfig({
  test: {
    projects: projects
      .filter(({ test }) => [...packages, "transport-conformance"].includes(test.name))
      .map(({ test }) => ({
        plugins: [packed],
        test: { ...test, name: `${test.name} packed`, exclude: ["**/*.slow.test.ts"] }
      })),
    isolate: false,
    maxWorkers: 2,
    minWorkers: 1,
    reporters: ["default", ["json", { outputFile: ".report.packed.json" }]]
  }
})
