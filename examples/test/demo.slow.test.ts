import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { run, timeout } from "./support/program.js"

describe("demo", { timeout }, () => {
  it.live("updates a group, and issues credentials while faults are injected", () =>
    Effect.gen(function* () {
      const { code, lines } = yield* run("demo")
      assert.strictEqual(code, 0)
      const patches = lines.filter((line) => line.startsWith("PATCH"))
      deepStrictEqual(patches, [`PATCH    {"name":"Financial Markets, Global"}`, "PATCH    none"])
      assert.strictEqual(lines.filter((line) => /^(429|404) /.test(line)).length, 2)
      const issuing = lines.slice(lines.findIndex((line) => line.startsWith("Issue a credential")) + 1)
      deepStrictEqual(
        issuing.map((line) => line.replace(/ +/g, " ")),
        [
          "POST /v1/credentials no response",
          "POST /v1/credentials/search 200",
          "POST /v1/credentials/…/issue 500",
          "GET /v1/credentials/… 200",
          "POST /v1/credentials/…/send 200",
          "after one credential, issued and mailed once",
          "",
          "If mailing it fails, its state can't be read, and no second mail is sent:",
          "POST /v1/credentials 201",
          "POST /v1/credentials/…/issue 200",
          "POST /v1/credentials/…/send no response",
          "after CertifierIssuanceUncertain at Send: NoDeliveryState"
        ]
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
