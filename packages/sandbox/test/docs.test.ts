import { FetchHttpClient, HttpClient } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Schema } from "effect"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { chromium } from "playwright-core"
import { ErrorEnvelope, Sandbox } from "../src/index.js"
import { get } from "./support/request.js"

const Document = Schema.parseJson(
  Schema.Struct({
    openapi: Schema.String,
    security: Schema.Unknown,
    paths: Schema.Record({
      key: Schema.String,
      value: Schema.Record({
        key: Schema.String,
        value: Schema.Struct({
          operationId: Schema.String,
          responses: Schema.Record({ key: Schema.String, value: Schema.Unknown }),
          requestBody: Schema.optional(Schema.Unknown)
        })
      })
    }),
    components: Schema.Struct({ schemas: Schema.Record({ key: Schema.String, value: Schema.Unknown }) })
  })
)

describe("the OpenAPI document", () => {
  it.scopedLive("describes every endpoint, every error and nothing else", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* Sandbox.serve()
      const response = yield* HttpClient.get(`${url}/openapi.json`)
      assert.strictEqual(response.headers["content-type"], "application/json")
      const text = yield* response.text
      const { components, openapi, paths, security } = yield* Schema.decode(Document)(text)
      assert.strictEqual(openapi, "3.1.0")
      deepStrictEqual(
        Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`)),
        [
          "get /v1/groups",
          "post /v1/groups",
          "get /v1/groups/{id}",
          "patch /v1/groups/{id}",
          "delete /v1/groups/{id}",
          "get /v1/designs",
          "get /v1/designs/{id}",
          "get /v1/credentials",
          "post /v1/credentials",
          "get /v1/credentials/{id}",
          "patch /v1/credentials/{id}",
          "delete /v1/credentials/{id}",
          "post /v1/credentials/search",
          "post /v1/credentials/{id}/issue",
          "post /v1/credentials/{id}/send",
          "post /v1/credentials/create-issue-send",
          "get /v1/credentials/{id}/designs",
          "get /v1/credential-interactions",
          "post /v1/credential-interactions"
        ]
      )
      deepStrictEqual(security, [{ BearerAuth: [] }])
      assert.notInclude(text, '"security":[],')
      assert.notInclude(text, "HttpApiDecodeError")
      assert.includeMembers(Object.keys(components.schemas), [...ErrorEnvelope.codes])
      for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
        assert.property(components.schemas, name ?? "")
      }
      const patch = paths["/v1/groups/{id}"]?.["patch"]
      assert.sameMembers(Object.keys(patch?.responses ?? {}), [
        "200",
        "400",
        "401",
        "402",
        "403",
        "404",
        "409",
        "429",
        "500"
      ])
      assert.include(JSON.stringify(patch?.requestBody), '"designIds":{"type":"array","items":{"type":"string"')
      assert.include(JSON.stringify(paths["/v1/groups"]?.["post"]?.requestBody), '"required":["name"]')
      deepStrictEqual(yield* requests, [])
      assert.strictEqual((yield* get(url, "/docs/more")).status, 404)
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )
})

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
