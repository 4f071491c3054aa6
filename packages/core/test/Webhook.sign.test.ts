import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Webhook from "../src/Webhook.js"
import { secret, vectors } from "./support/webhook.js"

describe("Webhook.sign", () => {
  for (const [name, { body, signature }] of Object.entries(vectors)) {
    it.effect(`has the signature of vector ${name}`, () =>
      Effect.gen(function* () {
        strictEqual(yield* Webhook.sign({ secret, body }), signature)
        // Only the bytes of the view are signed, not the buffer around them.
        const around = new TextEncoder().encode(`<${body}>`)
        strictEqual(yield* Webhook.sign({ secret, body: around.subarray(1, -1) }), signature)
      })
    )
  }

  it.effect("rejects an empty secret", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Webhook.sign({ secret: Redacted.make(""), body: "{}" }))
      strictEqual(Exit.isFailure(exit) && Cause.isDieType(exit.cause), true)
    })
  )
})
