/** Every error of a call, and how a program can handle it. */
import { CertifierClient, CertifierError, type Group, Groups } from "@effect-certifier/core"
import { RateLimiter, RetryPolicy } from "@effect-certifier/retry"
import { Fault, Sandbox } from "@effect-certifier/sandbox"
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Config, Console, Duration, Effect, Match, Option, Struct } from "effect"
import * as Local from "./lib/local.js"

// A handler for each tag. If one is missing, `Match.exhaustive` does not compile, also if a later version of the library adds a
// tag.
const whatToDo = Match.type<CertifierError.CertifierError>().pipe(
  Match.tag("CertifierInvalidRequest", ({ issues }) => `nothing was sent, correct the values: ${issues.join("; ")}`),
  Match.tag(
    "CertifierValidationError",
    ({ apiMessage }) => `correct the values: ${Option.getOrElse(apiMessage, () => "the service does not say which")}`
  ),
  Match.tag("CertifierNotFound", "CertifierConflict", () => "read the group"),
  Match.tag(
    "CertifierConcurrentModification",
    ({ current }) => `another writer named it ${current.name}: decide which name to keep`
  ),
  Match.tag("CertifierUnauthorized", "CertifierForbidden", () => "another access token is needed"),
  Match.tag("CertifierPaymentRequired", () => "another plan is needed"),
  Match.tag(
    "CertifierMissingVersion",
    "CertifierInvalidVersion",
    "CertifierInvalidJson",
    () => "a bug in this program or in a proxy: report it"
  ),
  Match.tag("CertifierRateLimited", "CertifierRateLimiterRejected", ({ retryAfter }) =>
    Option.match(retryAfter, {
      onNone: () => "nothing was changed, retry later",
      onSome: (wait) => `nothing was changed, retry in ${Duration.format(wait)}`
    })
  ),
  Match.tag(
    "CertifierInternalServerError",
    "CertifierTransportError",
    "CertifierTimeout",
    "CertifierResponseDecodeError",
    "CertifierUnknownApiError",
    ({ outcome }) => (outcome === "MaybeApplied" ? "read the group before a retry" : "nothing was changed, retry later")
  ),
  Match.exhaustive
)

/** Never fails: the error is converted to text. */
const described = <R>(
  call: Effect.Effect<Group.Group, CertifierError.CertifierError, R>
): Effect.Effect<string, never, R> =>
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
    yield* Console.log(yield* described(rename("Money")))
  }

  // Two calls that send nothing: an invalid name, and a rate limiter without a free slot.
  yield* Console.log(yield* described(rename("")))
  const { transform } = yield* RateLimiter.make({ limit: 1, window: "1 minute", maxWait: 0 })
  const limited = CertifierClient.withClientTransform(rename("Money"), transform)
  yield* Console.log(yield* described(Effect.zipRight(limited, limited)))

  // The first attempt fails, and another writer renames the group before the second.
  const otherWriter = Effect.zipRight(rename("Finance"), Effect.orDie(Sandbox.inject(Fault.make({ status: 503 }))))
  const modify = Groups.modify(Local.groupId, () => Effect.as(otherWriter, { name: "Markets" }), {
    retry: RetryPolicy.transient()
  })
  yield* Console.log(yield* described(modify))
})

program.pipe(
  Effect.provide(CertifierClient.layerConfig({ timeout: Config.succeed("2 seconds") })),
  Effect.provide(NodeHttpClient.layerUndici),
  Effect.provide(Local.layer()),
  NodeRuntime.runMain
)
