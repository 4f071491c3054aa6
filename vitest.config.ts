import { defineConfig } from "vitest/config"
import projects from "./vitest.workspace.js"

/** For one project or one file, fast or slow. The whole suite is `vitest.fast.ts` and `vitest.slow.ts`. */
export default defineConfig({
  test: { projects, pool: "forks", isolate: false, maxWorkers: 2, minWorkers: 1 }
})
