import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { TestProject } from "vitest/node"
import versions from "../../versions.json" with { type: "json" }
import { npmInstall, run } from "./run.js"

declare module "vitest" {
  interface ProvidedContext {
    /** An initially empty folder outside the repository. */
    readonly folder: string
    readonly tarballs: ReadonlyArray<string>
    /** The folder in which the compilers and the runtimes are installed, by `alias`. */
    readonly tools: string
  }
}

const root = fileURLToPath(new URL("../../../..", import.meta.url))

/** Whether the packages of the runtimes, which are for one platform, can run here. */
export const hasRuntimes = process.platform === "linux" && process.arch === "x64"

export const alias = (name: string, version: string): string => `${name}-${version}`.toLowerCase()

const tools = [
  ...new Set(
    [...versions.typescript.import, ...versions.typescript.require].map(
      (version) => `${alias("typescript", version)}@npm:typescript@${version}`
    )
  ),
  ...(hasRuntimes
    ? Object.entries(versions.runtimes).flatMap(([name, releases]) =>
        releases.map((release) => `${alias(name, release.version)}@npm:${release.package}@${release.version}`)
      )
    : [])
]

/** Packs the packages once, and installs the tools once. */
export default async ({ provide }: TestProject) => {
  const folder = await mkdtemp(join(tmpdir(), "effect-certifier-"))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const packed = join(folder, "tarballs")
    await run(process.execPath, ["scripts/pack.mjs", packed], { cwd: root, timeout: 240_000 })
    const files = await readdir(packed)
    const toolsFolder = join(folder, "tools")
    await mkdir(toolsFolder)
    await writeFile(join(toolsFolder, "package.json"), '{ "private": true }')
    await npmInstall(toolsFolder, tools)
    provide("folder", folder)
    provide(
      "tarballs",
      files.toSorted().map((file) => join(packed, file))
    )
    provide("tools", join(toolsFolder, "node_modules"))
  } catch (error) {
    await remove()
    throw error
  }
  return remove
}
