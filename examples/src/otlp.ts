/** Spans, metrics and logs to an OpenTelemetry collector, over OTLP. */
import { CertifierClient, Groups } from "@effect-certifier/core"
import { RetryPolicy } from "@effect-certifier/retry"
import { Fault } from "@effect-certifier/sandbox"
import { Otlp } from "@effect/opentelemetry"
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Config, Effect, Layer } from "effect"
import * as Collector from "./lib/collector.js"
import * as Local from "./lib/local.js"

const OtlpLive = Layer.unwrapEffect(
  Effect.map(Config.string("OTEL_EXPORTER_OTLP_ENDPOINT"), (baseUrl) =>
    Otlp.layerJson({ baseUrl, resource: { serviceName: "course-catalogue" } })
  )
)

// With the policy in the client, all attempts of a call are one span, and each retry is an event on it.
const CertifierLive = CertifierClient.layerConfig({
  transformClient: RetryPolicy.toClientTransform(RetryPolicy.transient())
})

const program = Effect.gen(function* () {
  const group = yield* Groups.get(Local.groupId)
  const renamed = yield* CertifierClient.updateGroup(group.id, { name: `${group.name}, Global` })
  yield* Effect.logInfo(`renamed to ${renamed.name}`)
}).pipe(Effect.withSpan("rename a course"))

program.pipe(
  Effect.provide(CertifierLive),
  // This layer sends the last batch when it is closed, so it is closed before the transport.
  Effect.provide(OtlpLive),
  Effect.provide(NodeHttpClient.layerUndici),
  Effect.provide(Collector.layer),
  Effect.provide(Local.layer({ faults: [{ fault: Fault.make({ status: 503 }), method: "PATCH" }] })),
  NodeRuntime.runMain
)
