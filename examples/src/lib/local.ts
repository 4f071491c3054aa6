/**
 * What the examples share: a Certifier on this machine, and the variables that make `CertifierClient.layerConfig()` find
 * it. Your program has them in its environment instead, and nothing of this file.
 */
import { FaultSyntax, type RecordedRequest, Sandbox } from "@effect-certifier/sandbox"
import { Array, Config, Console, Effect, Layer, Option, Schema } from "effect"
import * as Variables from "./variables.js"

/** The group of Certifier's documentation, which a new sandbox holds. */
export const groupId = "01g90279gp5sbmfek7wymcsvec"

/** The sandbox lets in any. */
export const accessToken = "a-token-for-the-sandbox"

/** `SANDBOX_FAULT='503*3'` makes any example meet a fault; what can be written there is in the sandbox's README. */
const extraFaults = Schema.Config("SANDBOX_FAULT", FaultSyntax.RuleFromString).pipe(
  Config.map(Array.of),
  Config.withDefault([])
)

const outcome = ({ faulted, method, status }: RecordedRequest.RecordedRequest) =>
  `${method} ${Option.getOrElse(status, () => "broken off")}${faulted ? " (fault)" : ""}`

/** Says on stderr, when the example has ended, what Certifier was asked: `PATCH 429 (fault), PATCH 200`. */
const account = Layer.scopedDiscard(
  Effect.flatMap(Sandbox.Sandbox, (sandbox) =>
    Effect.addFinalizer(() =>
      Effect.flatMap(sandbox.requests, (requests) =>
        Console.error(`\nThe sandbox was asked: ${requests.map(outcome).join(", ") || "nothing"}`)
      )
    )
  )
)

const variables = Layer.unwrapEffect(
  Effect.map(Sandbox.Sandbox, ({ url }) =>
    Variables.layer({ CERTIFIER_BASE_URL: url, CERTIFIER_ACCESS_TOKEN: accessToken })
  )
)

/** Without a rate limit, unless an example asks for one: what it meets is what it says. */
export const layer = (options: Sandbox.ServerOptions = {}) =>
  Layer.unwrapEffect(
    Effect.map(extraFaults, (extra) =>
      Layer.merge(account, variables).pipe(
        Layer.provideMerge(
          Sandbox.layer({ rateLimit: "Unlimited", ...options, faults: [...(options.faults ?? []), ...extra] })
        )
      )
    )
  )
