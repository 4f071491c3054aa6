#!/usr/bin/env node
/**
 * The executable `effect-certifier-sandbox`.
 *
 * @since 0.1.0
 */
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Cli from "./internal/cli.js"

// A reader that goes away, as in `| head -1`, does not end the server: what it would have printed is dropped.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {})

Cli.run(process.argv).pipe(
  Effect.tapErrorCause((cause) =>
    Option.match(Cli.failureText(cause), { onNone: () => Effect.void, onSome: (text) => Console.error(text) })
  ),
  Effect.provide(NodeContext.layer),
  NodeRuntime.runMain({ disableErrorReporting: true })
)
