// Packs the packages into `.packed`, and unpacks each in `packages/*/.packed`, where it finds the same dependencies as its sources.
// `vitest.packed.ts` then tests it instead of the sources.
import { execFileSync } from "node:child_process"
import { mkdirSync, readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const folder = join(root, ".packed")
rmSync(folder, { recursive: true, force: true })
execFileSync(process.execPath, ["scripts/pack.mjs", folder], { cwd: root, stdio: ["ignore", "ignore", "inherit"] })
for (const file of readdirSync(folder)) {
  const target = join(root, "packages", /^effect-certifier-([a-z]+)-/.exec(file)[1], ".packed")
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target)
  execFileSync("tar", ["-xzf", join(folder, file), "-C", target, "--strip-components=1"], { stdio: "inherit" })
}
