import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Fixture from "../Fixture.js"
import type { Options, Service } from "../Sandbox.js"
import type { InvalidOptions } from "../SandboxError.js"
import * as CheckOptions from "./checkOptions.js"
import * as Engine from "./engine.js"
import * as Outboxes from "./outbox.js"
import * as Stored from "./stored.js"
import * as Time from "./time.js"
import * as Content from "./workspace/content.js"
import type * as Open from "./workspace/open.js"
import type * as Persistence from "./workspace/persistence.js"
import * as Workspace from "./workspace/workspace.js"

/** The initial objects. */
const seedsOf = (options: Options): Persistence.Content =>
  Content.fromWorkspace(
    {
      groups: options.groups ?? [Fixture.group()],
      designs: options.designs ?? Fixture.designs,
      attributes: options.attributes ?? Fixture.attributes,
      emailTemplates: options.emailTemplates ?? Fixture.emailTemplates,
      credentials: options.credentials ?? [],
      schedules: options.schedules ?? [],
      interactions: options.interactions ?? []
    },
    Content.empty
  )

/** The address of the sandbox, and the token that controls it. */
export interface Reached {
  readonly url: () => string
  readonly controlToken: Redacted.Redacted | undefined
}

/** A sandbox without a transport: its operations, and the engine behind both transports. */
export const make = <E>(
  options: Options,
  reached: Reached,
  open: Open.OpenStore<E>
): Effect.Effect<
  Omit<Service, "url" | "controlToken"> & {
    readonly engine: Pick<Engine.Engine, "handle"> & { readonly settle: Effect.Effect<void> }
  },
  InvalidOptions | ConfigError.ConfigError | E,
  Scope.Scope
> =>
  Effect.gen(function* () {
    const faults = yield* CheckOptions.checkFaults(options.faults)
    const keepRequests = yield* CheckOptions.checkKeepRequests(options.keepRequests)
    const quirks = yield* CheckOptions.checkQuirks(options.quirks)
    const rateLimit =
      options.rateLimit === "Unlimited" ? undefined : yield* CheckOptions.checkRateLimit(options.rateLimit, quirks)
    const { initial, letters, persistence } = yield* open(seedsOf(options))
    const time = Time.make()
    const workspace = Time.inTime(time, Workspace.make(initial, persistence, quirks))
    const outwardOptions = yield* Outboxes.check(options, reached.url, quirks)
    const { handle, outward, recorder, pendingFaults } = yield* Engine.make({
      outward: { ...outwardOptions, letters, time, controlToken: reached.controlToken },
      faults,
      keepRequests,
      seed: options.seed ?? "effect-certifier",
      rateLimit,
      workspace,
      quirks,
      experimental: options.experimental ?? false,
      accessTokens: options.accessTokens
    })
    return {
      ...Outboxes.make(outward, recorder),
      inject: (fault, matcher) =>
        Effect.flatMap(CheckOptions.checkRule({ ...matcher, fault }), (rule) => pendingFaults.add([rule])),
      faults: pendingFaults.rules,
      clearFaults: pendingFaults.clear,
      requests: recorder.requests,
      requestStream: recorder.stream,
      clearRequests: recorder.clear,
      ...Stored.make(workspace),
      engine: {
        handle,
        settle: Effect.catchAllCause(workspace.state, (cause) =>
          Effect.logError("Expiries and scheduled issues that are due could not be applied", cause)
        )
      }
    }
  })
