import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core"
import { readFileSync } from "node:fs"
import { basename, posix } from "node:path"
import { fileURLToPath } from "node:url"
import { publint } from "publint"
import { assert, describe, inject, it } from "vitest"
import versions from "../versions.json" with { type: "json" }

/** The problems that are-the-types-wrong may report. */
const accepted = [
  // There is one build, of ES modules, which Node also loads for `require`: docs/decisions/0007. This is tested on each Node version.
  "CJSResolvesToESM"
]

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, unknown>>
  readonly peerDependencies: Readonly<Record<string, string>>
}

const root = fileURLToPath(new URL("../../..", import.meta.url))
const read = (path: string) => readFileSync(`${root}/${path}`, "utf8")

const open = (tarball: string) => {
  const content = createPackageFromTarballData(new Uint8Array(readFileSync(tarball)))
  const prefix = `/node_modules/${content.packageName}/`
  const files = content.listFiles().map((file) => file.slice(prefix.length))
  const text = (file: string) => content.readFile(prefix + file)
  const manifest: Manifest = JSON.parse(text("package.json"))
  return { content, files, manifest, text }
}

const modulesIn = (files: ReadonlyArray<string>) =>
  files.flatMap((file) => /^dist\/([A-Z]\w*)\.js$/.exec(file)?.[1] ?? [])

/** The package of the command line can't be imported. */
const isProgram = (tarball: string) => /certifier-cli-/.test(tarball)

const named = (tarballs: ReadonlyArray<string>) => tarballs.map((tarball) => [basename(tarball), tarball] as const)

describe.each(named(inject("tarballs").filter((tarball) => !isProgram(tarball))))("%s", (_, tarball) => {
  it("has correct types with each kind of resolution", async () => {
    const { content, files } = open(tarball)
    const analysis = await checkPackage(content, { entrypoints: [".", ...modulesIn(files).map((name) => `./${name}`)] })
    assert.isTrue(analysis.types !== false, "no types")
    const problems = "problems" in analysis ? analysis.problems : []
    assert.deepStrictEqual(
      problems.filter(({ kind }) => !accepted.includes(kind)),
      []
    )
    assert.deepStrictEqual([...new Set(problems.map(({ kind }) => kind))], accepted)
  })

  it("has an entry for each public module, and for no internal one", () => {
    const { files, manifest } = open(tarball)
    assert.deepStrictEqual(Object.keys(manifest.exports), [".", "./*", "./internal/*", "./package.json"])
    assert.isNull(manifest.exports["./internal/*"])
    assert.isNotEmpty(modulesIn(files))
  })

  it("accepts peers from the lowest tested version", () => {
    const { "@effect-certifier/core": _, ...peers } = open(tarball).manifest.peerDependencies
    const own = /certifier-jobs-/.test(tarball) ? versions.jobs.lowest : {}
    const lowest: Readonly<Record<string, string>> = { ...versions.peers.lowest, ...own }
    assert.deepStrictEqual(peers, Object.fromEntries(Object.keys(peers).map((name) => [name, `^${lowest[name]}`])))
  })
})

describe.each(named(inject("tarballs")))("%s", (_, tarball) => {
  it("passes publint", async () => {
    const bytes = Uint8Array.from(readFileSync(tarball))
    const { messages } = await publint({ pack: { tarball: bytes.buffer }, strict: true })
    assert.deepStrictEqual(messages, [])
  })

  it("contains all files that it needs, and none of the workspace", () => {
    const { files, text } = open(tarball)
    assert.sameMembers(
      [...new Set(files.map((file) => file.split("/")[0]))].filter(
        (name) => !["CHANGELOG.md", "groups.schema.json"].includes(name ?? "")
      ),
      ["AGENTS.md", "LICENSE", "README.md", "dist", "package.json", "src"]
    )
    assert.deepStrictEqual(
      files.filter((file) => !/^(dist\/.*\.(js|d\.ts)(\.map)?|src\/.*\.ts|[^/]*)$/.test(file)),
      []
    )
    assert.notMatch(text("package.json"), /"(workspace|catalog):/)
  })

  it("has the source behind every source map", () => {
    const { files, text } = open(tarball)
    const maps = files.filter((file) => file.endsWith(".map"))
    const missing = maps.flatMap((file) => {
      const { sources }: { readonly sources: ReadonlyArray<string> } = JSON.parse(text(file))
      return sources
        .map((source) => posix.join(posix.dirname(file), source))
        .filter((source) => !files.includes(source))
    })
    assert.isNotEmpty(maps)
    assert.deepStrictEqual(missing, [])
  })
})

it("the newest peers are those of the workspace", () => {
  const workspace = read("pnpm-workspace.yaml")
  for (const [name, version] of Object.entries(versions.peers.newest)) {
    assert.match(workspace, new RegExp(`^  "?${name}"?: ${version.replaceAll(".", "\\.")}$`, "m"))
  }
})
