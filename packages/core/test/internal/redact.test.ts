import { assert, describe, it } from "@effect/vitest"
import { make } from "../../src/internal/call/redact.js"

describe("redact", () => {
  it.each([
    ["as it is", "ab/c+1é", "token ab/c+1é here"],
    ["in other case", "AbCd", "token aBcD here"],
    ["with JSON's escapes", `a"b/c\\d`, `token a\\"b\\/c\\\\d here`],
    ["as JSON's code units", "aé😀", "token \\u0061\\u00e9\\uD83D\\ude00 here"],
    ["percent-encoded", "a/b+é", "token a%2Fb%2b%C3%A9 here"],
    ["as HTML's references", "a&b", "token a&#38;&#x62; here"],
    ["twice", "abc", "token abcabc here"]
  ])("finds the token %s", (_, token, text) => {
    assert.match(make(token)(text), /^token (<redacted>)+ here$/)
  })

  it("does not change other text, whatever characters the token has", () => {
    assert.strictEqual(make("a.c|[x]*")("abc a.c|[y]"), "abc a.c|[y]")
  })
})
