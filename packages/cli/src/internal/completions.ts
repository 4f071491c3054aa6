import type { Entry, Page } from "./help.js"

const shells = ["bash", "zsh", "fish"] as const

export type Shell = (typeof shells)[number]

interface Option {
  readonly long: string
  readonly short: string | undefined
  readonly takesValue: boolean
  readonly text: string
}

/** A command. `words` are the words after `certifier`, each preceded by a space. */
interface Command {
  readonly words: string
  readonly children: ReadonlyArray<Page>
  readonly options: ReadonlyArray<Option>
}

const optionOf = ({ name, text }: Entry): Option => {
  // A value in brackets is optional.
  const [, short, long = "", value] = /^(?:-(\w), )?--([\w-]+)(?: \[.*\])?( .*)?$/.exec(name) ?? []
  return { long, short, takesValue: value !== undefined, text }
}

const help: Option = { long: "help", short: "h", takesValue: false, text: "Shows what a command does, with examples" }

const ofAll: ReadonlyArray<Option> = [
  help,
  { long: "version", short: undefined, takesValue: false, text: "Prints the version" },
  { long: "completions", short: undefined, takesValue: true, text: "Prints the completions for bash, zsh or fish" }
]

const commandsOf = (page: Page, words = ""): ReadonlyArray<Command> => [
  { words, children: page.children, options: words === "" ? ofAll : [...page.options.map(optionOf), help] },
  ...page.children.flatMap((child) => commandsOf(child, `${words} ${child.name}`))
]

const flagsOf = ({ long, short }: Option): ReadonlyArray<string> => [
  ...(short === undefined ? [] : [`-${short}`]),
  `--${long}`
]

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** The patterns of a shell's `case`, for all commands except `certifier` itself. */
const patterns = (commands: ReadonlyArray<Command>): ReadonlyArray<string> =>
  commands.flatMap(({ words }) => (words === "" ? [] : [`"${words}"`]))

const bash = (commands: ReadonlyArray<Command>): string => `_certifier() {
  local current="\${COMP_WORDS[COMP_CWORD]}" command="" word names="" options=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$command $word" in
      ${patterns(commands).join(" | ")}) command="$command $word" ;;
    esac
  done
  case "$command" in
${commands
  .map(
    ({ children, options, words }) =>
      `    "${words}") names="${children.map(({ name }) => name).join(" ")}" options="${options.flatMap(flagsOf).join(" ")}" ;;`
  )
  .join("\n")}
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "$names" -- "$current")) ;;
  esac
}
complete -o bashdefault -o default -F _certifier certifier
`

const described = (name: string, text: string): string => quoted(`${name.replaceAll(":", "\\:")}:${text}`)

const firstSentence = ({ description }: Page): string => description.replace(/\. .*$/s, ".").replace(/\.$/, "")

const zsh = (commands: ReadonlyArray<Command>): string => `#compdef certifier
_certifier() {
  local command="" word
  local -a names options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$command $word" in
      (${patterns(commands).join("|")}) command="$command $word" ;;
    esac
  done
  case "$command" in
${commands
  .map(
    ({ children, options, words }) => `    ("${words}")
      names=(${children.map((child) => described(child.name, firstSentence(child))).join(" ")})
      options=(${options.flatMap((option) => flagsOf(option).map((flag) => described(flag, option.text))).join(" ")})
      ;;`
  )
  .join("\n")}
  esac
  if [[ "$PREFIX" == -* ]]; then
    _describe -o option options
  elif (( $#names )); then
    _describe command names
  else
    _files
  fi
}
if [[ "$funcstack[1]" == _certifier ]]; then
  _certifier "$@"
else
  compdef _certifier certifier
fi
`

const fish = (commands: ReadonlyArray<Command>): string => `function __certifier_at
  set -l command ""
  for word in (commandline -opc)[2..-1]
    switch "$command $word"
      case ${patterns(commands).join(" ")}
        set command "$command $word"
    end
  end
  test "$command" = "$argv[1]"
end
${commands
  .flatMap(({ children, options, words }) => [
    ...children.map((child) => `-f -n '__certifier_at "${words}"' -a ${child.name} -d ${quoted(firstSentence(child))}`),
    ...options.map(
      ({ long, short, takesValue, text }) =>
        `-n '__certifier_at "${words}"'${short === undefined ? "" : ` -s ${short}`} -l ${long}${takesValue ? " -r" : ""} -d ${quoted(text)}`
    )
  ])
  .map((line) => `complete -c certifier ${line}\n`)
  .join("")}`

const scripts = { bash, zsh, fish }

/**
 * The completion script of a shell. It completes commands and options, and otherwise files. The script of @effect/cli completes no
 * commands of a command (`groups list`), and requires loading all commands.
 */
export const script = (root: Page, shell: Shell): string => scripts[shell](commandsOf(root))

/** The shell whose completion script the arguments request. */
export const wanted = (args: ReadonlyArray<string>): Shell | undefined =>
  args[0] === "--completions" && args.length === 2 ? shells.find((shell) => shell === args[1]) : undefined
