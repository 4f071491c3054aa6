import { HttpClient, type HttpClientResponse } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option, Stream } from "effect"
import { Sandbox } from "../src/index.js"

const open = HttpClient.get("https://api.certifier.io/__sandbox/console/events")

/** Reads one part, and closes the stream. */
const closing = ({ stream }: HttpClientResponse.HttpClientResponse) =>
  Effect.map(Stream.runHead(stream), (part) => new TextDecoder().decode(Option.getOrThrow(part)))

describe("the stream of the console", () => {
  it.effect("accepts 16 consoles at a time, and another one after one of them is closed", () =>
    Effect.gen(function* () {
      const responses = yield* Effect.replicateEffect(open, 16)
      deepStrictEqual(
        responses.map(({ status }) => status),
        responses.map(() => 200)
      )
      const refused = yield* open
      assert.strictEqual(refused.status, 429)
      assert.include(yield* refused.text, "Too many consoles are open")
      const [first] = responses
      if (first === undefined) return assert.fail("There is no response")
      assert.match(yield* closing(first), /^event: section\ndata: /)
      assert.strictEqual((yield* open).status, 200)
      assert.strictEqual((yield* open).status, 429)
    }).pipe(Effect.provide(Sandbox.layerInProcess()))
  )
})
