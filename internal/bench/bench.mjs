// `npx -y pnpm bench`: compiles, then measures the compiled files, as they are published. With a loader, its transformations
// would be measured as well.
import { spawnSync } from "node:child_process"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const here = dirname(fileURLToPath(import.meta.url))
const run = (...args) => {
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" })
  if (status !== 0) process.exit(status ?? 1)
}
run(
  join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc"),
  "-b",
  join(here, "tsconfig.src.json")
)
run("--import", new URL("compiled.mjs", import.meta.url).href, join(here, "dist/main.js"), ...process.argv.slice(2))
