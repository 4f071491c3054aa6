import * as Option from "effect/Option"
import { sandboxUrl } from "./argv.js"
import type { Options } from "./client.js"
import { quoted } from "./quoted.js"

/** The options that make another command talk to the same service in the same name. */
const flagsOf = ({ sandbox, tokenFile }: Pick<Options, "sandbox" | "tokenFile">): string =>
  [
    ...Option.match(sandbox, {
      onNone: () => [],
      onSome: (url) => [url === sandboxUrl ? "--sandbox" : `--sandbox ${quoted(url)}`]
    }),
    ...Option.match(tokenFile, { onNone: () => [], onSome: (file) => [`--token-file ${quoted(file)}`] })
  ]
    .map((flag) => ` ${flag}`)
    .join("")

/** Adds them to each command that a text proposes to type: without `--sandbox` it would change the real workspace. */
export const sameTarget = (options: Pick<Options, "sandbox" | "tokenFile">) => {
  const flags = flagsOf(options)
  return (text: string): string =>
    flags === ""
      ? text
      : text.replaceAll(/: certifier (?!sandbox\b)(?!.*--help)[^\n]+$/gm, (command) => command + flags)
}
