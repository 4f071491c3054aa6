import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { run, timeout } from "./support/program.js"

describe("the programs about credentials", { timeout }, () => {
  it.live("renew-expiring: renews credentials that expire this month, and none in a second run", () =>
    Effect.gen(function* () {
      const { code, lines, requests } = yield* run("renew-expiring")
      assert.strictEqual(code, 0)
      deepStrictEqual(lines, ["renewed: 2", "renewed by a second run: 0", "all expire next year"])
      assert.strictEqual(requests.filter((request) => request === "PATCH 200").length, 2)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.live("verification-page: shows the recipient of a credential and whether it is valid, with escaped names", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* run("verification-page")
      assert.strictEqual(code, 0)
      const [valid = "", expired = "", draft = "", malformed = "", down = "", ...others] = stdout
        .split(/^(?=\d{3} <!doctype html>$)/m)
        .map((page) => page.trim())
      deepStrictEqual(others, [])
      deepStrictEqual(
        [valid, expired, draft, malformed, down].map((page) => Number(page.slice(0, 3))),
        [200, 200, 404, 404, 503]
      )
      assert.include(valid, "<h1>Ada &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;</h1>\n<p>Valid</p>\n")
      assert.notInclude(stdout, "<script")
      assert.match(
        valid,
        /^<img src="http:[^"]*%2F01k0crd00000000000000000c1%2Fdesigns%2F01hz2ej4yzdcfkq9fa78nhyj0x%2F\w+\.png" alt="The badge">$/m
      )
      assert.include(valid, `<a href="https://credsverse.com/credentials/00000000-0000-4000-8000-000000000001">`)
      assert.include(expired, "<p>Not valid, until 2026-01-31</p>")
      assert.notInclude(draft, "Ada")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.live("webhook-table: keeps its table up to date, whatever the order and the number of deliveries", () =>
    Effect.gen(function* () {
      const { code, lines, requests } = yield* run("webhook-table")
      assert.strictEqual(code, 0)
      deepStrictEqual(lines, [
        `issued: [{"name":"Ada Example","status":"issued","expires":null}]`,
        `updated: [{"name":"Ada Lovelace","status":"issued","expires":"2126-12-31"}]`,
        "deleted: []",
        "forged: 403"
      ])
      // One for each of five events, one of which was delivered three times.
      deepStrictEqual(
        requests.filter((request) => request.startsWith("GET")),
        ["GET 200", "GET 200", "GET 200", "GET 404", "GET 404"]
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
