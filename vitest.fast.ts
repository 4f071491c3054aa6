import { defineConfig } from "vitest/config"
import { fast } from "./vitest.workspace.js"

export default defineConfig({
  test: {
    projects: fast,
    // A thread has its own copy of `process.env.TZ`, which a test changes, and measured in pairs it is no faster.
    pool: "forks",
    // Test files share the modules of their worker: a third of the time. What is global in Effect, such as the registry of
    // metrics, is shared with them, so a test reads a metric's difference.
    isolate: false,
    // By default one core stays idle, and on two that is half of them.
    maxWorkers: 2,
    minWorkers: 1,
    reporters: ["default", ["json", { outputFile: ".report.fast.json" }]],
    coverage: {
      // It costs a third of the time, and thresholds are CI's business; `npx -y pnpm test --coverage` shows them anywhere.
      enabled: process.env["CI"] !== undefined,
      provider: "v8",
      // Else the branches of a function that no test calls do not count.
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
