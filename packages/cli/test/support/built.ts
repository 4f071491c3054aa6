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
    // Native packages, and packages that only some commands load.
    external: ["@effect/sql-libsql", "@effect/sql-pg", "@libsql/client", "ioredis", "@resvg/resvg-wasm"],
    banner: {
      js: 'import { createRequire as _require } from "node:module"; const require = _require(import.meta.url);'
    },
    logLevel: "error"
  })

/** Bundles `certifier` for the tests of a file, because the bundle starts much faster than the sources. */
export const built = () => {
  // In this folder, Node.js finds the packages that are not bundled.
  const folder = join(room, "node_modules", `.certifier-${randomUUID()}`)
  beforeAll(() => bundle(folder))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return (...args: ReadonlyArray<string>): readonly [string, ...ReadonlyArray<string>] => [
    process.execPath,
    join(folder, "bin.mjs"),
    ...args
  ]
}
