import * as Command from "@effect/cli/Command"
import * as ValidationError from "@effect/cli/ValidationError"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { stripVTControlCharacters } from "node:util"
import * as Argv from "./argv.js"
import { certifier } from "./commands/certifier.js"
import { type ExitCode, exitCodes } from "./exitCode.js"
import * as Completions from "./completions.js"
import { CliFailure, usage } from "./failure.js"
import * as Help from "./help.js"
import { Host } from "./host.js"
import * as Logging from "./logging.js"
import { pages } from "./pages.js"
import { wrap } from "./wrap.js"
import { hide, Secrets } from "./secrets.js"
import { version } from "./version.js"

/** Writes the output of @effect/cli to the `Host`, and removes colours unless it is a terminal. */
const withHostConsole = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const { stderr, stdout } = yield* Host
    const console = yield* Effect.console
    const to =
      ({ hasColor, write }: typeof stdout) =>
      (...values: ReadonlyArray<unknown>) => {
        const text = `${values.map(String).join(" ")}\n`
        return write(hasColor ? text : stripVTControlCharacters(text))
      }
    return yield* Effect.withConsole(effect, { ...console, log: to(stdout), error: to(stderr) })
  })

/** The error message and the exit code. */
const ended = Effect.fnUntraced(function* (cause: Cause.Cause<unknown>, args: ReadonlyArray<string>) {
  if (Cause.isInterruptedOnly(cause)) return ["Interrupted.", "interrupted"] satisfies [string, ExitCode]
  const error = Cause.squash(cause)
  if (ValidationError.isValidationError(error)) {
    return [`See ${Help.hint(pages, args)}`, "usage"] satisfies [string, ExitCode]
  }
  // Imported only when needed, because it loads the schemas of the API.
  const failure =
    error instanceof CliFailure ? error : (yield* Effect.promise(() => import("./apiFailure.js"))).toFailure(error)
  return (
    failure === undefined
      ? [`This is a bug in certifier. Please report it:\n${hide(yield* Secrets, Cause.pretty(cause))}`, "defect"]
      : [failure.message, failure.exit]
  ) satisfies [string, ExitCode]
})

const help = Effect.fnUntraced(function* ({ _tag, words }: Help.Wanted) {
  const { stderr, stdout } = yield* Host
  const { columns, write } = _tag === "Help" ? stdout : stderr
  yield* write(Help.text(pages, words, columns))
  return _tag === "Help" ? exitCodes.ok : exitCodes.usage
})

const completions = Effect.fnUntraced(function* (args: ReadonlyArray<string>) {
  const { stdout } = yield* Host
  const shell = Completions.wanted(args)
  if (shell === undefined) return yield* usage("There are completions for bash, zsh and fish.")
  yield* stdout.write(Completions.script(pages, shell))
  return exitCodes.ok
})

const execute = Effect.fnUntraced(function* (typed: ReadonlyArray<string>) {
  const wanted = Help.wanted(pages, typed)
  if (wanted !== undefined) return yield* help(wanted)
  const unknown = Help.unknownCommand(pages, typed)
  if (unknown !== undefined) return yield* usage(unknown, `See ${Help.hint(pages, typed)}`)
  if (typed[0] === "--completions") return yield* completions(typed)
  // The sandbox has its own command line.
  if (typed[0] === "sandbox") {
    const sandbox = yield* Effect.promise(() => import("./actions/sandbox.js"))
    yield* sandbox.run(typed.slice(1))
    return exitCodes.ok
  }
  const args = yield* Argv.normalize(typed)
  yield* Command.run(certifier, { name: "certifier", version })(["node", "certifier", ...args])
  return exitCodes.ok
})

/** Runs the command line, without the executable and the script, and returns the exit code. */
export const run = (args: ReadonlyArray<string>) =>
  execute(args).pipe(
    withHostConsole,
    Effect.provide(Logging.layer),
    Effect.exit,
    Effect.flatMap((exit) =>
      Effect.gen(function* () {
        if (Exit.isSuccess(exit)) return exit.value
        const [text, code] = yield* ended(exit.cause, args)
        const { stderr } = yield* Host
        yield* stderr.write(`${stderr.isTerminal ? wrap(text, stderr.columns) : text}\n`)
        return exitCodes[code]
      })
    ),
    Effect.provideServiceEffect(
      Secrets,
      Effect.sync(() => new Set())
    )
  )
