// Compiles the published packages from scratch, because outputs of renamed modules would be published as well. Each package runs this
// before it is packed; `pack.mjs`, which packs all of them, runs it once and sets `BUILT`.
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
