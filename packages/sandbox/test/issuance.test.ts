import { describe, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import * as Issuing from "./support/issuing.js"

const calm = { lag: 0, late: 1, skew: 0, hasReference: false, retries: false, quirks: {} }

/**
 * Cases that random scripts seldom contain: a mail that is rejected, and interruptions and deaths right before and after one is
 * sent.
 */
const rare: ReadonlyArray<Issuing.Script> = [
  { ...calm, lives: [{ requests: ["nothing", "nothing", "a 429"] }] },
  ...[10, 11, 12, 13].flatMap((at) => [
    { ...calm, lives: [{ requests: [], stop: { at, how: "interrupt" } }] } as const,
    { ...calm, lives: [{ requests: [], stop: { at, how: "kill" } }] } as const
  ])
]

describe("issuing", () => {
  it("gives each recipient one credential and one mail, with any failures", () =>
    fc.assert(fc.asyncProperty(Issuing.script, Issuing.check), {
      numRuns: 36,
      seed: 20260115,
      examples: rare.map((script): [Issuing.Script] => [script])
    }))
})
