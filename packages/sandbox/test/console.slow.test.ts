import { FetchHttpClient } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { CertifierClient, Credentials } from "@effect-certifier/core"
import axe from "axe-core"
import { Effect, Layer, Option, Redacted } from "effect"
import type { Browser, BrowserContextOptions, Page } from "playwright-core"
import { Fixture, Sandbox } from "../src/index.js"
import * as Chromium from "./support/browser.js"

declare global {
  interface Window {
    readonly axe: typeof axe
  }
}

const browserTest = it.scopedLive.skipIf(Chromium.isMissing)

const markup = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`

const ada = { groupId: Fixture.groupJson.id, recipient: { name: markup, email: "ada@example.com" } } as const

/** A page and its problems: errors on the browser's console, and requests to other hosts. */
const open = (browser: Browser, url: string, options: BrowserContextOptions = {}) =>
  Effect.promise(async () => {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    const trouble: Array<string> = []
    page.on("console", (message) => trouble.push(`${message.type()}: ${message.text()}`))
    page.on("pageerror", (error) => trouble.push(String(error)))
    page.on("request", (request) => {
      if (!request.url().startsWith(new URL(url).origin)) trouble.push(request.url())
    })
    await page.goto(url)
    return { page, trouble }
  })

const violations = (page: Page) =>
  Effect.promise(async () => {
    await page.evaluate(axe.source)
    const results = await page.evaluate(() => window.axe.run())
    return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)
  })

/** Waits until a part of the console has a text; fails after the browser's time limit. */
const shows = (page: Page, id: string, text: string) =>
  Effect.promise(() => page.locator(`#${id}`, { hasText: text }).waitFor({ timeout: 10_000 }))

const client = (url: string) =>
  CertifierClient.layer({ accessToken: Redacted.make("any"), baseUrl: url }).pipe(Layer.provide(FetchHttpClient.layer))

const devices: Readonly<Record<string, BrowserContextOptions>> = {
  "on a desk": { viewport: { width: 1400, height: 900 } },
  "on a phone": { viewport: { width: 375, height: 812 } },
  "in the dark": { viewport: { width: 1400, height: 900 }, colorScheme: "dark" }
}

describe("the console in a browser", () => {
  browserTest(
    "is accessible, fits, runs no markup of recipients, and loads nothing from elsewhere",
    () =>
      Effect.gen(function* () {
        const secret = Redacted.make("a secret")
        const { url } = yield* Sandbox.serve({
          rateLimit: "Unlimited",
          webhooks: [{ url: "http://127.0.0.1:9/hook", secret }]
        })
        const { publicId } = yield* Effect.provide(Credentials.createIssueSend(ada), client(url))
        const browser = yield* Chromium.launch
        for (const [name, options] of Object.entries(devices)) {
          for (const path of ["/", `/credentials/${publicId}`]) {
            const { page, trouble } = yield* open(browser, `${url}${path}`, options)
            if (path === "/") yield* shows(page, "connection", "live")
            deepStrictEqual(yield* violations(page), [], `${name} ${path}`)
            const wider = yield* Effect.promise(() =>
              page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
            )
            assert.strictEqual(wider, 0, `${name} ${path}`)
            const cutOff = yield* Effect.promise(() =>
              page.evaluate(
                () =>
                  Array.from(document.querySelectorAll(".scroll")).filter(
                    (table) => table.scrollWidth > table.clientWidth
                  ).length
              )
            )
            assert.strictEqual(cutOff, 0, `${name} ${path}: tables that have to be scrolled sideways`)
            assert.notStrictEqual(yield* Effect.promise(() => page.title()), "owned")
            assert.strictEqual(yield* Effect.promise(() => page.locator("main img[src=x]").count()), 0)
            deepStrictEqual(trouble, [], `${name} ${path}`)
            yield* Effect.promise(() => page.context().close())
          }
        }
      }),
    120_000
  )

  browserTest(
    "shows events as they happen, and controls the sandbox by keyboard",
    () =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.serve({ rateLimit: "Unlimited" })
        const { url } = sandbox
        const browser = yield* Chromium.launch
        const { page, trouble } = yield* open(browser, `${url}/`)
        yield* shows(page, "connection", "live")
        yield* shows(page, "requests", "None yet.")
        yield* Effect.provide(
          Effect.zipRight(
            Credentials.createIssueSend({ ...ada, recipient: { name: "Ada Example", email: "ada@example.com" } }),
            Effect.flip(Credentials.issue("01k0crd00000000000000000c1"))
          ),
          client(url)
        )
        yield* shows(page, "requests", "/v1/credentials/create-issue-send")
        yield* shows(page, "requests", "not_found: The requested resource does not exist")
        yield* shows(page, "credentials", "Ada Example")
        yield* shows(page, "mails", "ada@example.com")

        const type = (label: string, text: string) =>
          Effect.promise(async () => {
            await page.getByLabel(label).focus()
            await page.keyboard.type(text)
            await page.keyboard.press("Enter")
          })
        yield* type("A fault for the next request", "rate_limited*2")
        yield* shows(page, "status", "The fault is pending.")
        yield* shows(page, "settings", "429 rate_limited; 2 times left")
        assert.strictEqual((yield* sandbox.faults)[0]?.times, 2)
        yield* type("A fault for the next request", "nonsense")
        yield* shows(page, "status", "Expected")
        yield* type("Save a snapshot", "start")
        yield* shows(page, "status", "The snapshot is saved.")
        yield* sandbox.clearFaults
        const [credential] = yield* sandbox.credentials
        yield* sandbox.remove("credentials", credential?.id ?? "")
        yield* shows(page, "credentials", "None yet.")
        yield* type("Reset to a snapshot", "start")
        yield* shows(page, "credentials", "Ada Example")
        yield* Effect.promise(async () => {
          await page.getByLabel("Move the clock by").selectOption("1 day")
          await page.getByRole("button", { name: "Move" }).press("Enter")
        })
        yield* shows(page, "overview", "moved by 1d")
        // The browser reports that a form was rejected.
        deepStrictEqual(
          trouble.filter((text) => !text.includes("400 (Bad Request)")),
          []
        )
      }).pipe(Effect.provide(FetchHttpClient.layer)),
    60_000
  )

  browserTest("needs the token if other machines can reach it", () =>
    Effect.gen(function* () {
      const { controlToken, url } = yield* Sandbox.serve({ host: "0.0.0.0" })
      const token = Redacted.value(Option.getOrThrow(controlToken))
      const browser = yield* Chromium.launch
      const { page } = yield* open(browser, `${url}/`)
      assert.include(yield* Effect.promise(() => page.content()), "A token is required")
      yield* Effect.promise(() => page.goto(`${url}/?token=${token}`))
      yield* shows(page, "connection", "live")
      assert.strictEqual(page.url(), `${url}/`)
    })
  )
})
