import * as Either from "effect/Either"
import { type CliFailure, usage } from "./failure.js"

/** Where `certifier sandbox` listens by default. */
export const sandboxUrl = "http://127.0.0.1:4010"

const isUrl = (text: string | undefined): text is string => text !== undefined && /^https?:\/\//.test(text)

/**
 * The arguments as @effect/cli can read them: there, an option has a value always or never, so `--sandbox` alone gets its
 * default; and an empty value would be dropped, so that the next word took its place.
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
