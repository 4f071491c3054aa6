import { build } from "esbuild"
import { randomUUID } from "node:crypto"
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll } from "vitest"

const room = fileURLToPath(new URL("../..", import.meta.url))

const bundle = (folder: string) =>
  build({
    absWorkingDir: room,
    entryPoints: ["src/bin.ts"],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // Native code, and what is loaded only by some.
    external: ["@effect/sql-libsql", "@effect/sql-pg", "@libsql/client", "ioredis", "@resvg/resvg-wasm"],
    banner: {
      js: 'import { createRequire as _require } from "node:module"; const require = _require(import.meta.url);'
    },
    logLevel: "error"
  })

/**
 * The command `certifier` in few files, for the tests of the file that calls this: it starts in a fraction of the time that
 * compiling each of its sources takes.
 */
export const built = () => {
  // In here, what is not bundled is found where the package has it.
  const folder = join(room, "node_modules", `.certifier-${randomUUID()}`)
  beforeAll(() => bundle(folder))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return (...args: ReadonlyArray<string>): readonly [string, ...ReadonlyArray<string>] => [
    process.execPath,
    join(folder, "bin.mjs"),
    ...args
  ]
}
