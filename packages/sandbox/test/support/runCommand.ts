import { NodeContext } from "@effect/platform-node"
import { Effect, Exit, Option } from "effect"
import * as Cli from "../../src/internal/cli.js"

/** Runs the program in this process. Returns its output, and whether it failed. */
export const run = (...args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const printed: Array<string> = []
    const print = (...values: ReadonlyArray<unknown>) => Effect.sync(() => void printed.push(values.join(" ")))
    const exit = yield* Cli.run(["node", "effect-certifier-sandbox", ...args]).pipe(
      Effect.withConsole({ ...(yield* Effect.console), log: print, error: print }),
      Effect.exit
    )
    if (Exit.isFailure(exit)) printed.push(...Option.toArray(Cli.failureText(exit.cause)))
    return {
      isFailure: Exit.isFailure(exit),
      raw: printed.join("\n"),
      output: printed
        .join("\n")
        .replaceAll("\u001b", "")
        .replace(/\[[\d;]+m/g, "")
    }
  }).pipe(Effect.provide(NodeContext.layer))
