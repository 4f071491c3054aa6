import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { draw } from "../scripts/picture.mjs"

describe("the picture", () => {
  it("matches the current decisions", () => {
    assert.strictEqual(readFileSync(new URL("../docs/policy.svg", import.meta.url), "utf8"), draw())
  })
})
