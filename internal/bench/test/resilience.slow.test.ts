/** The counts of this library's rows, measured with the code of the benchmark. Times are not asserted. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { contenders } from "../src/contenders/index.js"
import * as Resilience from "../src/resilience.js"
import { forms } from "../src/retryAfterForms.js"
import { launch, type Service } from "../src/service.js"

const contender = (id: string) => {
  const found = contenders.find((one) => one.id === id)
  if (found === undefined) throw new Error(`no such contender: ${id}`)
  return found
}

const ours = contender("ours-policies")
const checked = contender("ours-concurrency-check")

let service: Service
beforeAll(async () => {
  service = await launch()
})
afterAll(() => service.close())

describe("requests per call", () => {
  it.for([
    { share: 0, least: 1, most: 1, succeeded: 1 },
    // One in ten fails, and one in ten of those fails again.
    { share: 0.1, least: 1.05, most: 1.2, succeeded: 1 },
    { share: 0.5, least: 1.2, most: 2, succeeded: 0.5 },
    // All calls share the retry budget.
    { share: 1, least: 1.05, most: 1.4, succeeded: 0 }
  ])("at a share of $share that fails: $least to $most", async ({ least, most, share, succeeded }) => {
    const cell = await Resilience.failing(service, ours, share, 100)
    assert.isAtLeast(cell.requestsPerCall, least)
    assert.isAtMost(cell.requestsPerCall, most)
    assert.isAtLeast(cell.succeeded, succeeded)
  })
})

describe("a service with a rate limit", () => {
  it("gets no request during a cool-down, and all calls succeed", async () => {
    const cell = await Resilience.coolDown(service, ours)
    assert.strictEqual(cell.during, 0)
    assert.strictEqual(cell.failed, 0)
  })

  it("gets requests during a cool-down from a client without a rate limit", async () => {
    assert.strictEqual((await Resilience.coolDown(service, contender("fetch"))).during, 31)
  })

  it("rejects almost none of 150 calls with a limit of 50 a second", async () => {
    const cell = await Resilience.limited(service, ours, 150)
    assert.isAtMost(cell.refused, 1)
    assert.strictEqual(cell.failed, 0)
  })

  it("gets no request before the time of Retry-After, in any form", async () => {
    const waits = await Promise.all(forms.map(({ name }) => Resilience.retryAfter(service, ours, name)))
    assert.strictEqual(Resilience.early(waits), 0)
    const again = waits.filter(({ waited }) => waited !== undefined).map(({ form }) => form)
    assert.deepStrictEqual(
      again,
      forms.map(({ name }) => name).filter((name) => name !== "a day" && name !== "beyond a timer of JavaScript")
    )
  })
})

describe("an update whose connection breaks after it was applied", () => {
  it.for([
    { times: 1, contender: ours, updates: 2 },
    { times: 1000, contender: ours, updates: 4 },
    { times: 1, contender: checked, updates: 1 },
    { times: 1000, contender: checked, updates: 1 }
  ])(
    "is sent $updates times by $contender.id when it breaks up to $times times",
    async ({ contender, times, updates }) => {
      assert.strictEqual(await Resilience.broken(service, contender, times), updates)
    }
  )
})

describe("the token", () => {
  it.for([ours, checked])("is in no rendering of a failure of $id", async (one) => {
    assert.deepStrictEqual(await Resilience.leaks(service, one), [])
  })

  it("is found in renderings of another client", async () => {
    assert.includeMembers([...(await Resilience.leaks(service, contender("hand-undici")))], ["401: JSON.stringify"])
  })
})
