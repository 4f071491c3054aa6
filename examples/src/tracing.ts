/** The spans of a program and of the calls within it, on the console; `otlp.ts` sends the same ones to a collector. */
import { CertifierClient, Groups } from "@effect-certifier/core"
import { RetryPolicy } from "@effect-certifier/retry"
import { Fault } from "@effect-certifier/sandbox"
import { NodeSdk } from "@effect/opentelemetry"
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { ConsoleSpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import { Effect } from "effect"
import * as Local from "./lib/local.js"

const TracingLive = NodeSdk.layer(() => ({
  resource: { serviceName: "course-catalogue" },
  spanProcessor: new SimpleSpanProcessor(new ConsoleSpanExporter())
}))

// With the policy in the client, all attempts of a call are one span, and each retry is an event on it.
const CertifierLive = CertifierClient.layerConfig({
  transformClient: RetryPolicy.toClientTransform(RetryPolicy.transient())
})

const program = Effect.gen(function* () {
  const group = yield* Groups.get(Local.groupId)
  return yield* CertifierClient.updateGroup(group.id, { name: `${group.name}, Global` })
}).pipe(Effect.withSpan("rename a course"))

program.pipe(
  Effect.provide(CertifierLive),
  Effect.provide(TracingLive),
  Effect.provide(NodeHttpClient.layerUndici),
  Effect.provide(Local.layer({ faults: [{ fault: Fault.make({ status: 503 }), method: "PATCH" }] })),
  NodeRuntime.runMain
)
