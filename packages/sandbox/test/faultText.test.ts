import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import { Schema } from "effect"
import { Fault, FaultSyntax } from "../src/index.js"
import { faultLine } from "../src/internal/console/faultText.js"

const written = Schema.decodeSync(FaultSyntax.RuleFromString)

describe("a pending fault in the console", () => {
  it.each([
    ["503", "503; once"],
    ["rate_limited*2", "429 rate_limited; 2 times left"],
    ["reset@10%", "connection reset before the response; 10% of requests"],
    ["stall-body*3@7%", "connection stalled in the body; 7% of requests, 3 times left"],
    ["sendCredential:500+applied", "sendCredential: 500, request processed; once"],
    ["createIssueSendCredential:500+issued", "createIssueSendCredential: 500, request processed up to Issued; once"],
    ["slow*1000", "delayed by 2s; 1,000 times left"],
    ["slow-body", "body sent in 16 bytes every 100ms; once"],
    ["large-body", "200, body of 10,000,000 bytes, request processed; once"]
  ])("of %s is the line %s", (text, line) => strictEqual(faultLine(written(text)), line))

  it("has headers and the length of a body, and which requests it applies to", () => {
    const fault = Fault.make({ status: 503, headers: { "retry-after": "120" }, body: "" })
    strictEqual(
      faultLine({ fault, method: "PATCH", path: "/v1/groups" }),
      "PATCH /v1/groups: 503, retry-after: 120, empty body; once"
    )
    strictEqual(faultLine({ fault: { body: "hello" } }), "body of 5 characters; once")
    strictEqual(faultLine({ fault: { body: { base64: "AAAA" } } }), "binary body; once")
    strictEqual(faultLine({ fault: {} }), "unchanged response; once")
  })
})
