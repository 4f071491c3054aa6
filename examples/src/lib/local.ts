/**
 * Shared by the examples: a local Certifier, and the variables that point `CertifierClient.layerConfig()` to it. Your program
 * reads them from its environment instead, and does not need this file.
 */
import { FaultSyntax, type RecordedRequest, Sandbox } from "@effect-certifier/sandbox"
import { Array, Config, Console, Effect, Layer, Option, Schema } from "effect"
import * as Variables from "./variables.js"

/** The group of Certifier's documentation, which every new sandbox has. */
export const groupId = "01g90279gp5sbmfek7wymcsvec"

/** The sandbox accepts any token. */
export const accessToken = "a-token-for-the-sandbox"

/** `SANDBOX_FAULT='503*3'` injects faults into any example; the sandbox's README has the syntax. */
const extraFaults = Schema.Config("SANDBOX_FAULT", FaultSyntax.RuleFromString).pipe(
  Config.map(Array.of),
  Config.withDefault([])
)

const outcome = ({ faulted, method, status }: RecordedRequest.RecordedRequest) =>
  `${method} ${Option.getOrElse(status, () => "broken off")}${faulted ? " (fault)" : ""}`

/** Prints the received requests on stderr when the example ends: `PATCH 429 (fault), PATCH 200`. */
const account = Layer.scopedDiscard(
  Effect.flatMap(Sandbox.Sandbox, (sandbox) =>
    Effect.addFinalizer(() =>
      Effect.flatMap(sandbox.requests, (requests) =>
        Console.error(`\nThe sandbox received: ${requests.map(outcome).join(", ") || "nothing"}`)
      )
    )
  )
)

const variables = Layer.unwrapEffect(
  Effect.map(Sandbox.Sandbox, ({ url }) =>
    Variables.layer({ CERTIFIER_BASE_URL: url, CERTIFIER_ACCESS_TOKEN: accessToken })
  )
)

/** Without a rate limit, unless an example sets one. */
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
