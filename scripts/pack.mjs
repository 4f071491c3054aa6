// Packs the published packages into a folder: `node scripts/pack.mjs FOLDER`. They are built once.
import { spawnSync } from "node:child_process"
import { mkdirSync } from "node:fs"
import { resolve } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const [target] = process.argv.slice(2)
if (target === undefined) {
  throw new Error("Usage: node scripts/pack.mjs FOLDER")
}
const folder = resolve(target)

const run = (command, args, cwd) => {
  // On Windows, npx is a shell script.
  const shell = process.platform === "win32" && command === "npx"
  const { error, status } = spawnSync(command, args, { cwd, shell, stdio: ["ignore", "inherit", "inherit"] })
  if (status !== 0) {
    throw new Error(`${command} ${args.join(" ")} in ${cwd} failed`, { cause: error })
  }
}

mkdirSync(folder, { recursive: true })
run(process.execPath, ["scripts/build.mjs"], root)
process.env.BUILT = "1"
for (const name of ["core", "retry", "sandbox", "jobs", "cli"]) {
  run("npx", ["-y", "pnpm", "pack", "--pack-destination", folder], `${root}/packages/${name}`)
}
