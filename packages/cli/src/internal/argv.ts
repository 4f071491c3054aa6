import * as Either from "effect/Either"
import { type CliFailure, usage } from "./failure.js"

/** The default address of `certifier sandbox`. */
export const sandboxUrl = "http://127.0.0.1:4010"

const isUrl = (text: string | undefined): text is string => text !== undefined && /^https?:\/\//.test(text)

/**
 * Converts the arguments for @effect/cli, which has no options with an optional value: `--sandbox` gets its default value. An empty
 * value is an error, because @effect/cli would ignore it and read the next argument instead.
 */
export const normalize = (args: ReadonlyArray<string>): Either.Either<ReadonlyArray<string>, CliFailure> => {
  const read: Array<string> = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ""
    const next = args[index + 1]
    if (arg === "--") return Either.right([...read, ...args.slice(index)])
    if (arg === "") return Either.left(usage(`The value after ${args[index - 1] ?? "certifier"} is empty.`))
    if (arg !== "--sandbox") read.push(arg)
    else if (isUrl(next)) read.push(`--sandbox=${args[++index]}`)
    else read.push(`--sandbox=${sandboxUrl}`)
  }
  return Either.right(read)
}
