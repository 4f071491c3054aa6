import { defineConfig } from "vitest/config"
import { BaseSequencer } from "vitest/node"
import { slow } from "./vitest.workspace.js"

/** The tests that take about a minute or more. */
const long = [
  "issuance.slow",
  "embedded.slow",
  "database.slow",
  "kills.slow",
  "size.slow",
  "matrix.slow",
  "errors.memory.slow",
  "Groups.updateMany.memory.slow",
  "data.slow",
  "cli.slow"
]

/** The longest first, so that none starts when the rest is done. A fresh clone has no durations, and Vitest sorts by file size. */
class LongestFirst extends BaseSequencer {
  override async sort(...[files]: Parameters<BaseSequencer["sort"]>) {
    const rank = ({ moduleId }: (typeof files)[number]) => {
      const index = long.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`))
      return index === -1 ? long.length : index
    }
    // oxlint-disable-next-line unicorn/no-array-sort -- it is Vitest's, and sorts a copy
    const sorted = await super.sort(files)
    return sorted.toSorted((one, other) => rank(one) - rank(other))
  }
}

/** The slow tests: processes that are started and killed, compilers, bundlers, and counts in the tens of thousands. */
export default defineConfig({
  test: {
    projects: slow,
    pool: "forks",
    isolate: false,
    maxWorkers: 2,
    minWorkers: 1,
    sequence: { sequencer: LongestFirst },
    reporters: ["default", ["json", { outputFile: ".report.slow.json" }]]
  }
})
