import { defineConfig } from "vitest/config"

/** Looks at the built site, so it is not one of the projects of the whole suite. */
export default defineConfig({
  test: {
    name: "docs",
    root: import.meta.dirname,
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    reporters: ["default", ["json", { outputFile: "../.report.docs.json" }]]
  }
})
