import { FetchHttpClient, HttpClient } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Schema } from "effect"
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
  it.scopedLive("describes all endpoints and errors, and nothing else", () =>
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

describe("the documentation page", () => {
  it.scopedLive("is a single HTML page that loads no other file", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.serve()
      const response = yield* HttpClient.get(`${url}/docs`)
      const text = yield* response.text
      assert.match(response.headers["content-type"] ?? "", /^text\/html/)
      assert.include(text, "Certifier (sandbox)")
      deepStrictEqual(text.match(/<(?:script|link|img)\b[^>]*\s(?:src|href)=(?!"data:)[^>]*>/g), null)
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )
})
