import { CertifierClient } from "@effect-certifier/core"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { readFileSync } from "node:fs"
import { Fault, Sandbox } from "../src/index.js"

const rename = (id: string, name: string) =>
  CertifierClient.updateGroup(id, { name }).pipe(
    Effect.retry({ times: 1, while: (error) => error._tag === "CertifierRateLimited" })
  )

const Certifier = CertifierClient.layer({ accessToken: Redacted.make("any") }).pipe(
  Layer.provideMerge(Sandbox.layerInProcess())
)

it.effect("renames a group, even if the first attempt is rate-limited", () =>
  Effect.gen(function* () {
    yield* Sandbox.inject(Fault.error("rate_limited"))
    yield* rename("01g90279gp5sbmfek7wymcsvec", "Money")
    yield* Sandbox.expectRequests([{ status: 429 }, { method: "PATCH", json: { name: "Money" }, status: 200 }])
  }).pipe(Effect.provide(Certifier))
)

it("the test above is the same as in the README", () => {
  const withoutSpace = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8").replace(/\s+/g, "")
  const blocks = withoutSpace("../README.md").split("```")
  const block = blocks.find((text) => text.includes("it.effect(")) ?? ""
  const code = block.slice(block.indexOf("constrename"))
  assert.isAbove(code.length, 300)
  assert.include(withoutSpace("readme.test.ts"), code)
})
