/** An update that gets a 429, then a 502 of a gateway, and then succeeds. */
import { CertifierClient, Groups } from "@effect-certifier/core"
import { RetryPolicy } from "@effect-certifier/retry"
import { Fault, Sandbox } from "@effect-certifier/sandbox"
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Console, Duration, Effect, Option, Schedule } from "effect"
import * as Local from "./lib/local.js"

// `RetryPolicy.transient()` alone is enough; the rest prints its decisions.
const policy = RetryPolicy.transient().pipe(
  Schedule.tapOutput((decision) =>
    decision._tag === "Wait"
      ? Console.log(`attempt ${decision.attempt} in ${Duration.format(decision.delay)}: ${decision.reason}`)
      : Console.log(`no more attempts: ${decision.reason}`)
  )
)

const update = CertifierClient.updateGroup(Local.groupId, { name: "Financial Markets, Global" }).pipe(
  Effect.retry(policy)
)

const program = Effect.gen(function* () {
  const group = yield* update
  yield* Console.log(`renamed to ${group.name}`)

  // Ten minutes is more than the policy waits: the call fails at once, and the error has the requested wait.
  yield* Sandbox.inject(Fault.error("rate_limited", { retryAfter: "600" }))
  yield* Effect.catchTag(update, "CertifierRateLimited", ({ retryAfter }) =>
    Console.log(`try again in ${Option.match(retryAfter, { onNone: () => "a while", onSome: Duration.format })}`)
  )

  // The update is applied, but its response is lost. With other writers, a retry could overwrite their changes, so this policy
  // reads the group first. Here it finds that there is nothing left to send.
  yield* Sandbox.inject(Fault.reset(), { method: "PATCH" })
  const { name } = yield* CertifierClient.updateGroup(Local.groupId, { name: "Financial Markets" }).pipe(
    RetryPolicy.retry(RetryPolicy.transient({ concurrencyCheck: Groups.withConcurrencyCheck() }))
  )
  yield* Console.log(`renamed to ${name}`)
})

program.pipe(
  Effect.provide(CertifierClient.layerConfig()),
  Effect.provide(NodeHttpClient.layerUndici),
  Effect.provide(Local.layer({ faults: [Fault.error("rate_limited", { retryAfter: "1" }), Fault.htmlBadGateway] })),
  NodeRuntime.runMain
)
