import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import * as Option from "effect/Option"
import * as Hints from "../src/internal/hints.js"
import { wrap } from "../src/internal/wrap.js"

describe("a text on a terminal", () => {
  it("wraps between words, with the same indentation", () => {
    strictEqual(wrap("short\n  one two three four", 10), "short\n  one two\n  three\n  four")
  })

  it("is measured without colours", () => {
    strictEqual(wrap("\u001b[33mone two\u001b[0m", 7), "\u001b[33mone two\u001b[0m")
  })

  it("does not break a command", () => {
    strictEqual(
      wrap("Nothing was changed. To change it: certifier groups apply groups.yaml", 30),
      "Nothing was changed. To change\nit:\ncertifier groups apply groups.yaml"
    )
  })
})

describe("a suggested command", () => {
  const text = "Nothing was changed.\nTo change it: certifier groups apply 'my groups.yaml'"
  const usual = Hints.sandbox(Option.some("http://127.0.0.1:4010"))
  const stored = Hints.database(Option.some("postgres://ada:secret@db:5432/jobs"))

  it("uses the same service", () => {
    const other = { sandbox: Option.some("http://127.0.0.1:5000"), tokenFile: Option.some("my token") }
    strictEqual(Hints.complete([])(text), text)
    strictEqual(Hints.complete(usual)(text), `${text} --sandbox`)
    strictEqual(
      Hints.complete(Hints.target(other))(text),
      `${text} --sandbox http://127.0.0.1:5000 --token-file 'my token'`
    )
  })

  it("contains only options that it accepts, and no password", () => {
    const flags = [...usual, ...stored]
    const local = "In a sandbox: certifier sandbox --experimental\nSee this: certifier groups --help"
    strictEqual(Hints.complete(flags)(local), local)
    const database = "--database 'postgres://ada:***@db:5432/jobs'"
    strictEqual(Hints.complete(flags)("a: certifier jobs show b"), `a: certifier jobs show b ${database}`)
    strictEqual(Hints.complete(flags)("a: certifier jobs resume b"), `a: certifier jobs resume b --sandbox ${database}`)
    strictEqual(Hints.complete(flags)("a: certifier groups list"), "a: certifier groups list --sandbox")
  })
})
