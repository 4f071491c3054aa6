import { describe, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import * as Issuing from "./support/issuing.js"

const timeout = 300_000

const calm = { lag: 12, late: 8, skew: 60, hasReference: false, retries: false, quirks: {} }

/** The requests are a create, an issue and a send, or a create, searches, an issue and a send. */
const positions = [0, 1, 2, 3]

const stops = (["kill", "interrupt", "fail to store"] as const).flatMap((how) =>
  Array.from({ length: 22 }, (_, at) => ({ how, at }))
)

describe("issuing gives each recipient one credential and one mail", () => {
  it.each(Object.keys(Issuing.behaviours))(
    "with %s at any request",
    async (name) => {
      for (const position of positions) {
        const requests = [...Array.from({ length: position }, () => "nothing"), name]
        await Issuing.check({ ...calm, lives: [{ requests }] })
        // The same at the request that follows from it.
        await Issuing.check({ ...calm, retries: true, lives: [{ requests: [...requests, name] }] })
      }
    },
    timeout
  )

  it.each(["nothing", "a reset", "a 429", "silence, and the work seconds later"])(
    "when it ends early at any point, and each request has %s",
    async (name) => {
      for (const stop of stops) {
        for (const requests of [[name], ["nothing", name], ["nothing", "nothing", name]]) {
          await Issuing.check({ ...calm, lives: [{ requests, stop }] })
        }
      }
    },
    timeout
  )

  it(
    "with any failures, any number of times",
    () => fc.assert(fc.asyncProperty(Issuing.script, Issuing.check), { numRuns: 300, seed: 20260116 }),
    timeout
  )
})
