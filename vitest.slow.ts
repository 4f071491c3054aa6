import { defineConfig } from "vitest/config"
import { slow } from "./vitest.workspace.js"

/** Processes that are started and killed, compilers, bundlers, and counts in the tens of thousands. */
export default defineConfig({
  test: {
    projects: slow,
    pool: "forks",
    isolate: false,
    maxWorkers: 2,
    minWorkers: 1,
    reporters: ["default", ["json", { outputFile: ".report.slow.json" }]]
  }
})
