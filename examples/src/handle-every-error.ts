/** Everything a call can fail with, and what a program does about it. */
import { CertifierClient, CertifierError, type Group, Groups } from "@effect-certifier/core"
import { RateLimiter, RetryPolicy } from "@effect-certifier/retry"
import { Fault, Sandbox } from "@effect-certifier/sandbox"
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Config, Console, Duration, Effect, Match, Option, Struct } from "effect"
import * as Local from "./lib/local.js"

// A handler for each tag. Leave one out and `Match.exhaustive` does not compile; so it does when a later version of the
// library adds one.
const whatToDo = Match.type<CertifierError.CertifierError>().pipe(
  Match.tag("CertifierInvalidRequest", ({ issues }) => `nothing was sent, ask for other values: ${issues.join("; ")}`),
  Match.tag(
    "CertifierValidationError",
    ({ apiMessage }) => `ask for other values: ${Option.getOrElse(apiMessage, () => "the service does not say which")}`
  ),
  Match.tag("CertifierNotFound", "CertifierConflict", () => "look at the group as it is now"),
  Match.tag(
    "CertifierConcurrentModification",
    ({ current }) => `somebody else named it ${current.name} meanwhile: whose wins?`
  ),
  Match.tag("CertifierUnauthorized", "CertifierForbidden", () => "another access token is needed"),
  Match.tag("CertifierPaymentRequired", () => "another plan is needed"),
  Match.tag(
    "CertifierMissingVersion",
    "CertifierInvalidVersion",
    "CertifierInvalidJson",
    () => "a mistake in this program or in a proxy: tell its developers"
  ),
  Match.tag("CertifierRateLimited", "CertifierRateLimiterRejected", ({ retryAfter }) =>
    Option.match(retryAfter, {
      onNone: () => "nothing was changed, send it again later",
      onSome: (wait) => `nothing was changed, send it again in ${Duration.format(wait)}`
    })
  ),
  Match.tag(
    "CertifierInternalServerError",
    "CertifierTransportError",
    "CertifierTimeout",
    "CertifierResponseDecodeError",
    "CertifierUnknownApiError",
    ({ outcome }) =>
      outcome === "MaybeApplied" ? "read the group before sending it again" : "nothing was changed, send it again later"
  ),
  Match.exhaustive
)

/** Nothing is left to fail with. */
const told = <R>(call: Effect.Effect<Group.Group, CertifierError.CertifierError, R>): Effect.Effect<string, never, R> =>
  Effect.match(call, {
    onSuccess: (group) => `renamed to ${group.name}`,
    onFailure: (error) => `${error._tag.padEnd(30)} ${whatToDo(error)}`
  })

const rename = (name: string) => CertifierClient.updateGroup(Local.groupId, { name })

const program = Effect.gen(function* () {
  const faults = [
    ...Struct.keys(CertifierError.table).map((code) => Fault.error(code)),
    Fault.htmlBadGateway,
    Fault.malformedJson,
    Fault.reset(),
    Fault.stall()
  ]
  for (const fault of faults) {
    yield* Sandbox.inject(fault)
    yield* Console.log(yield* told(rename("Money")))
  }

  // Two that never leave this machine: a name that is not one, and a rate limiter whose only slot is taken.
  yield* Console.log(yield* told(rename("")))
  const { transform } = yield* RateLimiter.make({ limit: 1, window: "1 minute", maxWait: 0 })
  const hurried = CertifierClient.withClientTransform(rename("Money"), transform)
  yield* Console.log(yield* told(Effect.zipRight(hurried, hurried)))

  // And one between two tries: the first fails, and before the second somebody else has named the group.
  const somebodyElse = Effect.zipRight(rename("Finance"), Effect.orDie(Sandbox.inject(Fault.make({ status: 503 }))))
  const modify = Groups.modify(Local.groupId, () => Effect.as(somebodyElse, { name: "Markets" }), {
    retry: RetryPolicy.transient()
  })
  yield* Console.log(yield* told(modify))
})

program.pipe(
  Effect.provide(CertifierClient.layerConfig({ timeout: Config.succeed("2 seconds") })),
  Effect.provide(NodeHttpClient.layerUndici),
  Effect.provide(Local.layer()),
  NodeRuntime.runMain
)
