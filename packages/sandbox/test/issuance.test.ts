import { describe, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import * as Issuing from "./support/issuing.js"

describe("issuing", () => {
  it("gives each recipient one credential and one mail, whatever goes wrong", () =>
    fc.assert(fc.asyncProperty(Issuing.script, Issuing.check), { numRuns: 30, seed: 20260115 }))
})
