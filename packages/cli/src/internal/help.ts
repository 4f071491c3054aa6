import { wrapWords } from "./wrap.js"

/** The help line of an argument, an option or a command. */
export interface Entry {
  readonly name: string
  readonly text: string
}

/** The help of a command. */
export interface Page {
  readonly name: string
  readonly description: string
  readonly examples: ReadonlyArray<string>
  readonly values: ReadonlyArray<Entry>
  readonly options: ReadonlyArray<Entry>
  readonly children: ReadonlyArray<Page>
}

const list = (title: string, entries: ReadonlyArray<Entry>, columns: number): ReadonlyArray<string> => {
  if (entries.length === 0) return []
  const left = Math.min(Math.max(...entries.map(({ name }) => name.length)), 26)
  const isNarrow = columns < left + 34
  const indent = isNarrow ? 6 : left + 4
  return [
    "",
    title,
    ...entries.flatMap(({ name, text }) => {
      const [first = "", ...rest] = wrapWords(text, columns - indent)
      const isBeside = !isNarrow && name.length <= left
      const head = isBeside ? [`  ${name.padEnd(left)}  ${first}`] : [`  ${name}`, `${" ".repeat(indent)}${first}`]
      return [...head, ...rest.map((line) => `${" ".repeat(indent)}${line}`)].map((line) => line.trimEnd())
    })
  ]
}

const more: ReadonlyArray<Entry> = [
  { name: "certifier COMMAND --help", text: "Shows what a command does, with examples" },
  { name: "certifier --completions SHELL", text: "Prints the completions for bash, zsh or fish" },
  { name: "certifier --version", text: "Prints the version" }
]

/** The common options, which are listed after those that are specific to a command. */
const common = /^(?:-v, --verbose|--(?:json|jsonl|sandbox|token-file)\b)/

/** The commands at the start of the arguments, such as `groups` and `list` in `groups list --limit 3`. */
const find = (root: Page, args: ReadonlyArray<string>): ReadonlyArray<Page> => {
  const child = root.children.find(({ name }) => name === args[0])
  return child === undefined ? [root] : [root, ...find(child, args.slice(1))]
}

/** The page of the command in the arguments. */
export const pageOf = (root: Page, args: ReadonlyArray<string>): Page => find(root, args).at(-1) ?? root

const typed = (path: ReadonlyArray<Page>): string => path.map(({ name }) => name).join(" ")

/** The command line that shows the help of the command in the arguments. */
export const hint = (root: Page, args: ReadonlyArray<string>): string => `${typed(find(root, args))} --help`

/** The help of the command in the arguments, wrapped for a terminal. */
export const text = (root: Page, args: ReadonlyArray<string>, terminalColumns: number): string => {
  const columns = Math.min(terminalColumns, 100)
  const path = find(root, args)
  const node = path.at(-1) ?? root
  const { children, description, examples, options, values } = node
  const commands = children.map((child) => ({
    name: child.name,
    text: child.description.replace(/\. .*$/s, ".").replace(/\.$/, "")
  }))
  const synopsis = [
    typed(path),
    ...(children.length > 0 ? ["COMMAND"] : []),
    ...values.map(({ name }) => name),
    "[OPTIONS]"
  ].join(" ")
  return `${[
    ...wrapWords(description, columns),
    "",
    "Usage",
    `  ${synopsis}`,
    ...list("Commands", commands, columns),
    ...list("Arguments", values, columns),
    ...list(
      "Options",
      options.filter(({ name }) => !common.test(name)),
      columns
    ),
    ...list(
      "Options of every command",
      options.filter(({ name }) => common.test(name)),
      columns
    ),
    "",
    "Examples",
    ...examples.map((line) => `  ${line}`),
    ...(node === root ? list("More", more, columns) : [])
  ].join("\n")}\n`
}

/** An error message if the arguments name an unknown subcommand. */
export const unknownCommand = (root: Page, args: ReadonlyArray<string>): string | undefined => {
  const path = find(root, args)
  const { children } = path.at(-1) ?? root
  const word = args[path.length - 1]
  if (children.length === 0 || word === undefined || word.startsWith("-")) return undefined
  return `${typed(path)} has no command "${word}". Its commands: ${children.map(({ name }) => name).join(", ")}`
}

const isHelp = (arg: string): boolean => arg === "--help" || arg === "-h"

/** The arguments before `--`. */
const beforeEnd = (args: ReadonlyArray<string>): ReadonlyArray<string> => {
  const end = args.indexOf("--")
  return end < 0 ? args : args.slice(0, end)
}

export type Wanted =
  | { readonly _tag: "Help"; readonly words: ReadonlyArray<string> }
  /** A command that needs a subcommand. */
  | { readonly _tag: "Incomplete"; readonly words: ReadonlyArray<string> }

/** Whether the arguments request help, or lack a subcommand. */
export const wanted = (root: Page, args: ReadonlyArray<string>): Wanted | undefined => {
  if (beforeEnd(args).some(isHelp)) return { _tag: "Help", words: args.filter((arg) => !isHelp(arg)) }
  const path = find(root, args)
  const isWhole = path.length <= args.length || path.at(-1)?.children.length === 0
  return isWhole ? undefined : { _tag: "Incomplete", words: args }
}
