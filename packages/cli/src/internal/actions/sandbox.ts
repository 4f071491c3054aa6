import * as CommandLine from "@effect-certifier/sandbox/CommandLine"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CliFailure } from "../failure.js"

/** Serves until it is interrupted. */
export const run = (args: ReadonlyArray<string>) =>
  CommandLine.run(["node", "certifier", ...args], "certifier sandbox").pipe(
    Effect.mapError((error) =>
      Option.match(CommandLine.failureText(Cause.fail(error)), {
        onNone: () => error,
        onSome: (problem) => new CliFailure({ exit: "failed", problem, changed: "No sandbox was started." })
      })
    )
  )
