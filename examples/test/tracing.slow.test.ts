import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { NodeContext, NodeHttpServer } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Layer, Schema } from "effect"
import { createServer } from "node:http"
import * as Local from "../src/lib/local.js"
import { run, timeout } from "./support/program.js"

/** The tested part of opentelemetry-proto, trace/v1/trace.proto, as JSON. */
const Attributes = Schema.Array(Schema.Struct({ key: Schema.String, value: Schema.Unknown }))
const Traces = Schema.parseJson(
  Schema.Struct({
    resourceSpans: Schema.Array(
      Schema.Struct({
        resource: Schema.Struct({ attributes: Attributes }),
        scopeSpans: Schema.Array(
          Schema.Struct({
            spans: Schema.Array(
              Schema.Struct({
                traceId: Schema.String,
                spanId: Schema.String,
                parentSpanId: Schema.optional(Schema.String),
                name: Schema.String,
                kind: Schema.Number,
                attributes: Attributes,
                events: Schema.Array(Schema.Struct({ name: Schema.String }))
              })
            )
          })
        )
      })
    )
  })
)

const valueOf = (attributes: typeof Attributes.Type | undefined, wanted: string): unknown =>
  attributes?.find(({ key }) => key === wanted)?.value

describe("tracing", { timeout }, () => {
  it.live("a span for the program and one for each call within it, including retries", () =>
    Effect.gen(function* () {
      const { code, requests, stderr, stdout } = yield* run("tracing")
      assert.strictEqual(code, 0)
      const all = (pattern: RegExp) => [...stdout.matchAll(pattern)].map(([, found]) => found)
      deepStrictEqual(all(/^ {2}name: '(.*)'/gm), [
        "CertifierClient.getGroup",
        "CertifierClient.updateGroup",
        "rename a course"
      ])
      assert.strictEqual(new Set(all(/^ {2}traceId: '(\w{32})'/gm)).size, 1)
      deepStrictEqual(all(/'http.request.resend_count': (\d+)/g), ["1"])
      deepStrictEqual(all(/'http.response.status_code': (\d+)/g), ["200", "200"])
      deepStrictEqual(all(/^ {6}name: '(.*)'/gm), ["retry"])
      deepStrictEqual(requests, ["GET 200", "PATCH 503 (fault)", "PATCH 200"])
      assert.notInclude(stdout + stderr, Local.accessToken)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("otlp", { timeout }, () => {
  it.scopedLive("sends its spans, metrics and logs to the collector, and no access token", () =>
    Effect.gen(function* () {
      const received: Array<{ readonly path: string; readonly body: string }> = []
      yield* HttpRouter.empty.pipe(
        HttpRouter.post(
          "*",
          Effect.gen(function* () {
            const request = yield* HttpServerRequest.HttpServerRequest
            received.push({ path: request.url, body: yield* request.text })
            return yield* HttpServerResponse.json({})
          })
        ),
        HttpServer.serveEffect()
      )
      const endpoint = yield* HttpServer.addressFormattedWith((url) => Effect.succeed(url))
      const { code, stdout } = yield* run("otlp", { env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } })
      assert.strictEqual(code, 0)
      assert.notInclude(stdout, "received")
      deepStrictEqual(new Set(received.map(({ path }) => path)), new Set(["/v1/traces", "/v1/metrics", "/v1/logs"]))

      const bodies = (path: string) => received.filter((request) => request.path === path).map(({ body }) => body)
      const resources = (yield* Effect.forEach(bodies("/v1/traces"), (body) => Schema.decode(Traces)(body))).flatMap(
        ({ resourceSpans }) => resourceSpans
      )
      deepStrictEqual(valueOf(resources[0]?.resource.attributes, "service.name"), { stringValue: "course-catalogue" })
      const spans = resources.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
      const root = spans.find(({ name }) => name === "rename a course")
      const update = spans.find(({ name }) => name === "CertifierClient.updateGroup")
      assert.strictEqual(update?.parentSpanId, root?.spanId)
      assert.strictEqual(update?.traceId, root?.traceId)
      assert.strictEqual(update?.kind, 3) // SPAN_KIND_CLIENT
      const expected = [
        ["http.request.method", { stringValue: "PATCH" }],
        ["url.template", { stringValue: "/v1/groups/{id}" }],
        ["http.response.status_code", { intValue: 200 }],
        ["http.request.resend_count", { intValue: 1 }]
      ] as const
      for (const [key, value] of expected) deepStrictEqual(valueOf(update?.attributes, key), value)
      deepStrictEqual(
        update?.events.map(({ name }) => name),
        ["retry"]
      )

      assert.include(bodies("/v1/metrics").join(""), "certifier.client.calls")
      assert.include(bodies("/v1/logs").join(""), "renamed to Financial Markets, Global")
      for (const { body } of received) assert.notInclude(body, Local.accessToken)
    }).pipe(
      Effect.provide(Layer.merge(NodeContext.layer, NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })))
    )
  )

  it.live("starts its own collector if there is none", () =>
    Effect.gen(function* () {
      const { code, lines, requests } = yield* run("otlp")
      assert.strictEqual(code, 0)
      assert.includeMembers(lines, [
        "received spans: CertifierClient.getGroup, CertifierClient.updateGroup, rename a course",
        "received metrics",
        "received logs"
      ])
      deepStrictEqual(requests, ["GET 200", "PATCH 503 (fault)", "PATCH 200"])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
