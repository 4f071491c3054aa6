import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { sandboxUrl } from "./argv.js"
import { CliFailure } from "./failure.js"
import * as Help from "./help.js"
import { Output } from "./output.js"
import { pages } from "./pages.js"
import { quoted } from "./quoted.js"

/** An option with its value, as it was typed. */
export interface Flag {
  readonly option: `--${string}`
  readonly typed: string
}

const flag = (option: Flag["option"], value: Option.Option<string>): ReadonlyArray<Flag> =>
  Option.match(value, { onNone: () => [], onSome: (text) => [{ option, typed: `${option} ${quoted(text)}` }] })

export const sandbox = (url: Option.Option<string>): ReadonlyArray<Flag> =>
  Option.contains(url, sandboxUrl) ? [{ option: "--sandbox", typed: "--sandbox" }] : flag("--sandbox", url)

/** The options with which another command uses the same service and token. */
export const target = (options: {
  readonly sandbox: Option.Option<string>
  readonly tokenFile: Option.Option<string>
}): ReadonlyArray<Flag> => [...sandbox(options.sandbox), ...flag("--token-file", options.tokenFile)]

const withoutPassword = (url: string): string => url.replace(/^(\w+:\/\/[^/@]*?):[^@]*@/, "$1:***@")

/** The option with which another command uses the same database of jobs. */
export const database = (url: Option.Option<string>): ReadonlyArray<Flag> =>
  flag("--database", Option.map(url, withoutPassword))

/** Whether a command has an option. */
const has = (command: string, { option }: Flag): boolean =>
  Help.pageOf(pages, command.split(" ")).options.some(({ name }) => name.split(" ")[0] === option)

/** Adds options to the commands that a text suggests. Without `--sandbox`, they would change the real workspace. */
export const complete =
  (flags: ReadonlyArray<Flag>) =>
  (text: string): string =>
    text.replaceAll(/: certifier (?!.*--help)([^\n]+)$/gm, (proposed, command: string) =>
      [proposed, ...flags.filter((flag) => has(command, flag)).map(({ typed }) => typed)].join(" ")
    )

/** Adds options to the commands that messages, reports and errors suggest. */
export const withFlags =
  (flags: ReadonlyArray<Flag>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) => {
    const all = complete(flags)
    return effect.pipe(
      Effect.updateService(Output, (output) => ({
        ...output,
        hint: (text) => output.hint(all(text)),
        message: (text) => output.message(all(text))
      })),
      Effect.mapError((error) =>
        error instanceof CliFailure && error.next !== undefined
          ? new CliFailure({ ...error, next: all(error.next) })
          : error
      )
    )
  }
