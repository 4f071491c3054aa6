import * as Command from "@effect/cli/Command"
import * as ValidationError from "@effect/cli/ValidationError"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { stripVTControlCharacters } from "node:util"
import { groups } from "./commands/groups.js"
import { type ExitCode, exitCodes } from "./exitCode.js"
import { type CliFailure, toFailure } from "./failure.js"
import { Host } from "./host.js"
import * as Leaf from "./leaf.js"
import { version } from "./version.js"

const certifier = Leaf.parent("certifier", {
  description: "Digital certificates and badges of Certifier, from a terminal",
  examples: ["certifier groups list", "certifier --help"]
}).pipe(Command.withSubcommands([groups]))

/** What @effect/cli prints goes the way of everything else, without colours where there is no terminal. */
const withHostConsole = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const { stderr, stdout } = yield* Host
    const console = yield* Effect.console
    const noColor = process.env["NO_COLOR"] !== undefined && process.env["NO_COLOR"] !== ""
    const to =
      ({ isTerminal, write }: typeof stdout) =>
      (...values: ReadonlyArray<unknown>) => {
        const text = `${values.map(String).join(" ")}\n`
        return write(isTerminal && !noColor ? text : stripVTControlCharacters(text))
      }
    return yield* Effect.withConsole(effect, { ...console, log: to(stdout), error: to(stderr) })
  })

const isFailure = (failure: CliFailure | undefined): failure is CliFailure => failure !== undefined

/** The failure to print and the code to exit with. */
const ended = (cause: Cause.Cause<unknown>): readonly [text: string | undefined, exit: ExitCode] => {
  if (Cause.isInterruptedOnly(cause)) return ["Interrupted.", "interrupted"]
  const error = Cause.squash(cause)
  // Reported by @effect/cli.
  if (ValidationError.isValidationError(error)) return [undefined, "usage"]
  const failure = toFailure(error)
  return isFailure(failure)
    ? [failure.message, failure.exit]
    : [`This is a fault of certifier: ${Cause.pretty(cause)}`, "defect"]
}

/** The command line, without the executable and the script; returns the exit code. */
export const run = (args: ReadonlyArray<string>) =>
  Command.run(certifier, { name: "certifier", version })(["node", "certifier", ...args]).pipe(
    withHostConsole,
    Effect.exit,
    Effect.flatMap((exit) =>
      Effect.gen(function* () {
        if (Exit.isSuccess(exit)) return exitCodes.ok
        const [text, code] = ended(exit.cause)
        const { stderr } = yield* Host
        if (text !== undefined) yield* stderr.write(`${text}\n`)
        return exitCodes[code]
      })
    )
  )
