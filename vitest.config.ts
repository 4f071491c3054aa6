import { defineConfig } from "vitest/config"
import projects from "./vitest.workspace.js"

/** For one room or one file, slow or not. The whole suite is `vitest.fast.ts` and `vitest.slow.ts`. */
export default defineConfig({
  test: { projects, pool: "forks", isolate: false, maxWorkers: 2, minWorkers: 1 }
})
