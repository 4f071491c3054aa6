import { readFile } from "node:fs/promises"
import { assert, describe, it } from "vitest"
import type { Pair } from "../src/overhead.js"
import * as Report from "../src/report.js"
import { forms } from "../src/retryAfterForms.js"
import { seeded, spread } from "../src/stats.js"

const read = (path: string) => readFile(new URL(path, import.meta.url), "utf8")

describe("the published results", () => {
  it("match the JSON: the page, the charts, and the table in the guide", async () => {
    const results: Report.Results = JSON.parse(await read("../results/results.json"))
    assert.isFalse(results.quick)
    assert.strictEqual(await read("../results/README.md"), Report.markdown(results))
    for (const [name, content] of Object.entries(Report.charts(results))) {
      assert.strictEqual(await read(`../results/${name}`), content)
    }
    assert.include(await read("../../../docs/guides/comparison.md"), Report.summary(results))
  })
})

describe("the goals", () => {
  const wanted = async (change: (pair: Pair) => Pair) => {
    const results: Report.Results = JSON.parse(await read("../results/results.json"))
    return Report.markdown({ ...results, pairs: results.pairs.map(change) })
  }

  it.for([
    [{ median: 1, mad: 0.04 }, "yes"],
    [{ median: 1.1, mad: 0.04 }, "**no**"],
    [{ median: 1.03, mad: 0.04 }, "undecided"],
    [{ median: 1.07, mad: 0.04 }, "undecided"]
  ] as const)("at most 1.05, measured %o: %s", async ([ratio, verdict]) => {
    const page = await wanted((pair) => ({ ...pair, cpu: { ...pair.cpu, ratio } }))
    for (const goal of ["that of the hand-written pipeline", "that of a call without"]) {
      assert.include(page, `${goal}, responses from memory | ${ratio.median.toFixed(2)} ± 0.04 | ${verdict} |\n`)
    }
  })

  it.for([
    [0.9, "yes"],
    [1.1, "**no**"],
    [0.97, "undecided"]
  ] as const)("faster than every SDK, decided by the closest, %d times got: %s", async ([median, verdict]) => {
    const page = await wanted((pair) => {
      const ratio = { median: pair.than === "got" && pair.concurrency === 32 ? median : 0.5, mad: 0.04 }
      return { ...pair, time: { ...pair.time, ratio } }
    })
    assert.include(page, `over loopback, 1 at a time | 0.50 ± 0.04 times ky | yes |\n`)
    assert.include(page, `over loopback, 32 at a time | ${median.toFixed(2)} ± 0.04 times got | ${verdict} |\n`)
  })
})

describe("the forms of Retry-After", () => {
  const moment = new Date("1994-11-06T08:49:37Z")

  // The examples of RFC 9110, section 5.6.7.
  it.for([
    ["IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT"],
    ["RFC 850 date", "Sunday, 06-Nov-94 08:49:37 GMT"],
    ["asctime date", "Sun Nov  6 08:49:37 1994"]
  ] as const)("%s is written as in the RFC", ([name, text]) => {
    assert.strictEqual(forms.find((form) => form.name === name)?.header(moment), text)
  })
})

describe("the numbers", () => {
  it("are the median and the median distance from it", () => {
    assert.deepStrictEqual(spread([1, 2, 100]), { median: 2, mad: 1 })
    assert.deepStrictEqual(spread([1, 2, 3, 4]), { median: 2.5, mad: 1 })
  })

  it("of a seed are always the same, and evenly distributed", () => {
    const draw = (seed: number) => Array.from({ length: 1000 }, seeded(seed))
    assert.deepStrictEqual(draw(1), draw(1))
    assert.notDeepEqual(draw(1), draw(2))
    assert.approximately(draw(1).filter((value) => value < 0.1).length, 100, 30)
  })
})
