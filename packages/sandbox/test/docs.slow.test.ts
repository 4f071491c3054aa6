import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { chromium } from "playwright-core"
import { Sandbox } from "../src/index.js"

const executable = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path)
)
const isSkipped = executable === undefined && (process.env["CI"] ?? "") === ""

if (isSkipped) {
  console.info("NOTICE: the documentation page is not opened: there is no Chromium here (.ci/services installs one).")
}

const browser = Effect.gen(function* () {
  if (executable === undefined) return yield* Effect.dieMessage("there is no Chromium in CI")
  const profile = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "certifier-chromium-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
  return yield* Effect.acquireRelease(
    Effect.promise(() =>
      chromium.launchPersistentContext(profile, {
        executablePath: executable,
        args: [
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync"
        ]
      })
    ),
    (context) => Effect.promise(() => context.close())
  )
})

describe.skipIf(isSkipped)("the documentation page", () => {
  it.scopedLive(
    "shows the API in a real browser, contacts no other host, and can send a request",
    () =>
      Effect.gen(function* () {
        const { requests, url } = yield* Sandbox.serve()
        const context = yield* browser
        const page = yield* Effect.promise(() => context.newPage())
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
