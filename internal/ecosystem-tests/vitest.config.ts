import { defineConfig } from "vitest/config"

/** Packs, installs and runs the packages like users. This takes a minute, so it is not part of the whole suite. */
export default defineConfig({
  test: {
    name: "ecosystem-tests",
    root: import.meta.dirname,
    include: ["test/**/*.test.ts"],
    globalSetup: "test/support/setup.ts",
    testTimeout: 120_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    minWorkers: 1,
    reporters: ["default", ["json", { outputFile: "../../.report.pack.json" }]]
  }
})
