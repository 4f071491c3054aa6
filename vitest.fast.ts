import { defineConfig } from "vitest/config"
import { fast } from "./vitest.workspace.js"

export default defineConfig({
  test: {
    projects: fast,
    // Threads have their own copy of `process.env.TZ`, which a test changes, and are not faster, as measured in pairs.
    pool: "forks",
    // Test files share the modules of their worker, which takes a third of the time. Global state of Effect, such as the registry of
    // metrics, is shared as well, so tests read the difference of a metric.
    isolate: false,
    // By default one core stays idle, which is half of them on two cores.
    maxWorkers: 2,
    minWorkers: 1,
    reporters: ["default", ["json", { outputFile: ".report.fast.json" }]],
    coverage: {
      // Coverage takes a third of the time, and only CI needs its thresholds; `npx -y pnpm test --coverage` enables it.
      enabled: process.env["CI"] !== undefined,
      provider: "v8",
      // Otherwise, branches of functions that no test calls would not count.
      experimentalAstAwareRemapping: true,
      include: ["packages/*/src/**"],
      exclude: ["packages/*/src/index.ts"],
      reporter: [["text", { skipFull: true }]],
      thresholds: {
        "packages/core/src/**": { branches: 95 },
        "packages/retry/src/**": { branches: 95 }
      }
    }
  }
})
