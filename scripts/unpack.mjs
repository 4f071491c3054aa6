// Packs the packages and unpacks each beside its sources, in `packages/*/.packed`: there it finds the same dependencies, and
// `vitest.packed.ts` tests it in their place.
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "effect-certifier-"))
try {
  execFileSync(process.execPath, ["scripts/pack.mjs", folder], { cwd: root, stdio: ["ignore", "ignore", "inherit"] })
  for (const file of readdirSync(folder)) {
    const target = join(root, "packages", /^effect-certifier-([a-z]+)-/.exec(file)[1], ".packed")
    rmSync(target, { recursive: true, force: true })
    mkdirSync(target)
    execFileSync("tar", ["-xzf", join(folder, file), "-C", target, "--strip-components=1"], { stdio: "inherit" })
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
