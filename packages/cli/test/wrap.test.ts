import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import * as Option from "effect/Option"
import { sameTarget } from "../src/internal/sameTarget.js"
import { wrap } from "../src/internal/wrap.js"

describe("a text on a terminal", () => {
  it("is broken between words, below where it begins", () => {
    strictEqual(wrap("short\n  one two three four", 10), "short\n  one two\n  three\n  four")
  })

  it("is as wide as it looks: colours have no width", () => {
    strictEqual(wrap("\u001b[33mone two\u001b[0m", 7), "\u001b[33mone two\u001b[0m")
  })

  it("keeps a command to type in one piece", () => {
    strictEqual(
      wrap("Nothing was changed. To change it: certifier groups apply groups.yaml", 30),
      "Nothing was changed. To change\nit:\ncertifier groups apply groups.yaml"
    )
  })
})

describe("a command to type", () => {
  const text = "Nothing was changed.\nTo change it: certifier groups apply 'my groups.yaml'"
  const none = { sandbox: Option.none(), tokenFile: Option.none() }

  it("goes where the one before it went", () => {
    strictEqual(sameTarget(none)(text), text)
    strictEqual(sameTarget({ ...none, sandbox: Option.some("http://127.0.0.1:4010") })(text), `${text} --sandbox`)
    strictEqual(
      sameTarget({ sandbox: Option.some("http://127.0.0.1:5000"), tokenFile: Option.some("my token") })(text),
      `${text} --sandbox http://127.0.0.1:5000 --token-file 'my token'`
    )
  })

  it("has no such options where it takes none", () => {
    const local = "In a sandbox: certifier sandbox --experimental\nSee this: certifier groups --help"
    strictEqual(sameTarget({ ...none, sandbox: Option.some("http://127.0.0.1:4010") })(local), local)
  })
})
