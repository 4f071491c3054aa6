/**
 * A minimal OpenTelemetry collector that prints the received names. If `OTEL_EXPORTER_OTLP_ENDPOINT` is set, that collector is used
 * instead.
 */
import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { Config, Console, Effect, Layer, Option, Schema } from "effect"
import { createServer } from "node:http"
import * as Variables from "./variables.js"

/** The part of OTLP's JSON that has names. */
const Traces = Schema.Struct({
  resourceSpans: Schema.Array(
    Schema.Struct({
      scopeSpans: Schema.Array(Schema.Struct({ spans: Schema.Array(Schema.Struct({ name: Schema.String })) }))
    })
  )
})

const received = (what: string) => Effect.zipRight(Console.log(`received ${what}`), HttpServerResponse.json({}))

const app = HttpRouter.empty.pipe(
  HttpRouter.post(
    "/v1/traces",
    Effect.flatMap(HttpServerRequest.schemaBodyJson(Traces), ({ resourceSpans }) => {
      const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
      return received(`spans: ${spans.map(({ name }) => name).join(", ")}`)
    })
  ),
  HttpRouter.post("/v1/metrics", received("metrics")),
  HttpRouter.post("/v1/logs", received("logs"))
)

const started = Layer.unwrapEffect(
  HttpServer.addressFormattedWith((url) => Effect.succeed(Variables.layer({ OTEL_EXPORTER_OTLP_ENDPOINT: url })))
).pipe(
  Layer.merge(HttpServer.serve(app)),
  Layer.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }))
)

export const layer = Layer.unwrapEffect(
  Effect.map(
    Config.option(Config.string("OTEL_EXPORTER_OTLP_ENDPOINT")),
    Option.match({ onNone: () => started, onSome: () => Layer.empty })
  )
)
