import { assert, describe, it } from "vitest"
import type { Jobs, OurCost } from "../src/jobs.js"
import * as JobsReport from "../src/jobsReport.js"

const ours = (fields: Partial<OurCost>): OurCost => ({
  engine: "SQLite",
  items: 10_000,
  cpu: 250,
  perSecond: 3000,
  memory: 200e6,
  load: 0.2,
  loadCpu: 0.2,
  ...fields
})

const jobs: Jobs = {
  date: "2026-11-27T10:00:00.000Z",
  versions: { PostgreSQL: "15.20", Redis: "7.0.15" },
  warmUp: 10,
  bound: 60,
  ours: [ours({}), ours({ items: 100_000, cpu: 200, load: 1.9 })],
  withCalls: [{ ...ours({ cpu: 700 }), call: 440 }],
  others: [
    { way: "another way", engine: "SQLite", items: 1000, cost: undefined },
    {
      way: "a third way",
      engine: "SQLite",
      items: 10_000,
      cost: { items: 10_000, cpu: 2000, perSecond: 500, memory: 1e8 }
    }
  ],
  quota: [{ runners: 3, active: 2, limit: 50, seconds: 60, used: 0.975, refused: 0 }],
  takeoverTimes: 3,
  takeovers: [{ case: "embedded, started again", seconds: 2.04, repeated: 0, lost: 0 }]
}

describe("the section about jobs", () => {
  const page = JobsReport.markdown(jobs)

  it("has the goals, and whether they are met", () => {
    assert.include(page, "| SQLite: at most 0.30 ms of CPU per item | 0.25 ms | yes |")
    assert.include(page, "| SQLite: the same cost for every size, within 1.3 times | 1.25 | yes |")
    assert.include(page, "| SQLite: 100,000 items submitted in 2 seconds | 1.9 s | yes |")
    assert.include(page, "| 3 runners use at least 97 % of the quota in 60 s | 97.5 % | yes |")
    assert.include(page, "| next call at most 3 s after `kill -9`: embedded, started again | 2.0 s | yes |")
    const [takeover] = jobs.takeovers
    assert.isDefined(takeover)
    const repeated = { ...jobs, takeovers: [{ ...takeover, repeated: 1 }] }
    assert.include(JobsReport.markdown(repeated), "lost: embedded, started again | 1 and 0 | **no** |")
  })

  it("has the cost with calls, and of the call alone", () => {
    assert.include(page, "| SQLite | 10,000 | 0.70 | 0.44 | 3,000 |")
  })

  it("has the alternatives that are better, and those that were stopped", () => {
    assert.include(page, "- memory in MB: a third way, 10,000 items (SQLite) 100; ours 200 for 10,000")
    assert.notInclude(page, "- CPU")
    assert.include(page, "| another way, SQLite | 1,000 | stopped after 60 s | – | – | – |")
  })
})
