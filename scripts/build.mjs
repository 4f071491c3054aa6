// Compiles the published packages from scratch, because outputs of renamed modules would be published as well. Each package runs this
// before it is packed; `pack.mjs`, which packs all of them, runs it once and sets `BUILT`.
import { spawnSync } from "node:child_process"
import { rmSync } from "node:fs"
import { fileURLToPath } from "node:url"

if (process.env.BUILT !== undefined) process.exit()

const root = fileURLToPath(new URL("..", import.meta.url))
const packages = ["core", "retry", "sandbox", "jobs", "cli"].map((name) => `packages/${name}`)

/** Prints the progress: one changing line on a terminal, otherwise a line per package. The output of `pack` is on standard output. */
const progress = (line) => process.stderr.write(process.stderr.isTTY ? `\r\u001b[2K${line}` : `${line}\n`)

for (const path of packages) {
  rmSync(`${root}/${path}/dist`, { recursive: true, force: true })
  rmSync(`${root}/${path}/.tsbuildinfo/src.tsbuildinfo`, { force: true })
}
for (const [index, path] of packages.entries()) {
  progress(`building ${path} (${index + 1} of ${packages.length})`)
  const { status } = spawnSync(
    process.execPath,
    ["node_modules/typescript/bin/tsc", "-b", `${path}/tsconfig.src.json`],
    { cwd: root, stdio: ["ignore", "inherit", "inherit"] }
  )
  if (status !== 0) process.exit(status ?? 1)
}
if (process.stderr.isTTY) process.stderr.write("\r\u001b[2K")
