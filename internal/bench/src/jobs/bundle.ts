import { build } from "esbuild"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"

/** Packages that load binaries, or files next to them, by their own path. */
const whole = /^(@libsql\/client|@dbos-inc\/dbos-sdk)$/

/** Bundles each measuring process of this folder into one file, as it would be deployed, so that no loader is measured. */
export const make = async (outdir: string): Promise<void> => {
  const entryPoints = ["cost", "activities", "dbos", "runner"].map((name) =>
    fileURLToPath(new URL(`../../src/jobs/${name}.ts`, import.meta.url))
  )
  await build({
    entryPoints,
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
    external: ["pg-native"],
    banner: {
      js: `import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);`
    },
    plugins: [
      {
        name: "whole",
        setup: ({ onResolve }) =>
          onResolve({ filter: whole }, ({ importer, path }) => ({
            path: createRequire(importer).resolve(path),
            external: true
          }))
      }
    ]
  })
}
