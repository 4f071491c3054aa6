// Compiles the packages that are published, from nothing: what a renamed module left behind would be published with the rest.
// Each package does so before it is packed; `pack.mjs`, which packs all of them, has done it once and says so with `BUILT`.
import { spawnSync } from "node:child_process"
import { rmSync } from "node:fs"
import { fileURLToPath } from "node:url"

if (process.env.BUILT !== undefined) process.exit()

const root = fileURLToPath(new URL("..", import.meta.url))
const packages = ["core", "retry", "sandbox", "jobs", "cli"].map((name) => `packages/${name}`)

for (const path of packages) {
  rmSync(`${root}/${path}/dist`, { recursive: true, force: true })
  rmSync(`${root}/${path}/.tsbuildinfo/src.tsbuildinfo`, { force: true })
}
const { status } = spawnSync(
  process.execPath,
  ["node_modules/typescript/bin/tsc", "-b", ...packages.map((path) => `${path}/tsconfig.src.json`)],
  { cwd: root, stdio: ["ignore", "inherit", "inherit"] }
)
process.exitCode = status ?? 1
