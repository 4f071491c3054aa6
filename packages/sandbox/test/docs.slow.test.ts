import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { Sandbox } from "../src/index.js"
import * as Browser from "./support/browser.js"

describe.skipIf(Browser.isMissing)("the documentation page", () => {
  it.scopedLive(
    "shows the API in a real browser, contacts no other host, and can send a request",
    () =>
      Effect.gen(function* () {
        const { requests, url } = yield* Sandbox.serve()
        const browser = yield* Browser.launch
        const page = yield* Effect.promise(() => browser.newPage())
        const requested: Array<string> = []
        const problems: Array<string> = []
        page.on("request", (request) => requested.push(request.url()))
        page.on("pageerror", (error) => problems.push(error.message))
        page.on("console", (message) => message.type() === "error" && problems.push(message.text()))
        yield* Effect.promise(() => page.goto(`${url}/docs`))
        yield* Effect.promise(async () => {
          await page.getByText("Certifier (sandbox)").first().waitFor()
          assert.strictEqual(await page.locator(".opblock").count(), 19)
          await page.getByRole("button", { name: "Authorize" }).first().click()
          await page.locator(".auth-container input").fill("a-token")
          await page.locator(".auth-btn-wrapper button[type=submit]").click()
          await page.locator(".auth-btn-wrapper .btn-done").click()
          await page.locator(".opblock-get .opblock-summary-control").first().click()
          await page.locator(".opblock-get .try-out__btn").click()
          await page.locator(".opblock-get button.execute").click()
          await page.locator(".live-responses-table .response-col_status", { hasText: "200" }).first().waitFor()
        })
        deepStrictEqual(problems, [])
        const strangers = requested.filter((other) => !other.startsWith(`${url}/`) && !other.startsWith("data:"))
        deepStrictEqual(strangers, [])
        assert.deepInclude((yield* requests)[0], { method: "GET", path: "/v1/groups" })
      }),
    60_000
  )
})
