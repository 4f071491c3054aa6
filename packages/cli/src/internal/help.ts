import * as CommandDescriptor from "@effect/cli/CommandDescriptor"
import * as CliConfig from "@effect/cli/CliConfig"
import type * as HelpDoc from "@effect/cli/HelpDoc"
import type * as Span from "@effect/cli/HelpDoc/Span"
import * as Array from "effect/Array"
import type { Node } from "./leaf.js"
import { wrapWords } from "./wrap.js"

/** A line of what has a name: an argument, an option or a command. */
interface Entry {
  readonly name: string
  readonly text: string
}

const plain = (span: Span.Span): string => {
  switch (span._tag) {
    case "Text":
    case "URI":
      return span.value
    case "Highlight":
    case "Strong":
    case "Weak":
      return plain(span.value)
    case "Sequence":
      return plain(span.left) + plain(span.right)
  }
}

const flat = (doc: HelpDoc.HelpDoc): ReadonlyArray<HelpDoc.HelpDoc> =>
  doc._tag === "Sequence" ? [...flat(doc.left), ...flat(doc.right)] : doc._tag === "Empty" ? [] : [doc]

const paragraphs = (doc: HelpDoc.HelpDoc): ReadonlyArray<string> =>
  flat(doc).flatMap((part) => (part._tag === "Paragraph" ? [plain(part.value)] : []))

/** What @effect/cli says of every option, and the column on the left says as well. */
const obvious =
  /^(?:A true or false value|A floating point number|An integer|A (?:file|directory)|A user-defined piece of text|One of the following: .*|This (?:setting|option|argument) .*)\.?$/

const entry = ([name, doc]: readonly [Span.Span, HelpDoc.HelpDoc]): Entry => ({
  name: plain(name).replace(/^\((.*)\)$/, "$1"),
  text: paragraphs(doc)
    .filter((line) => !obvious.test(line))
    .join(" ")
})

/** The arguments and options of a command, out of what @effect/cli has to say of them. */
const pageOf = ({ descriptor }: Node) => {
  const page = { values: Array.empty<Entry>(), options: Array.empty<Entry>() }
  let into = page.options
  for (const part of flat(CommandDescriptor.getHelp(descriptor, { ...CliConfig.defaultConfig, showBuiltIns: false }))) {
    if (part._tag === "Header") into = plain(part.value) === "ARGUMENTS" ? page.values : page.options
    if (part._tag === "DescriptionList") into.push(...part.definitions.map(entry))
  }
  return page
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

/** Options that a command has for itself come first; these are explained once, at the end. */
const common = /^(?:-v, --verbose|--(?:json|jsonl|sandbox|token-file)\b)/

/** The commands that the words name, as far as they do: `groups`, `list` of `groups list --limit 3`. */
const find = (root: Node, args: ReadonlyArray<string>): ReadonlyArray<Node> => {
  const child = root.children.find(({ name }) => name === args[0])
  return child === undefined ? [root] : [root, ...find(child, args.slice(1))]
}

const typed = (path: ReadonlyArray<Node>): string => path.map(({ name }) => name).join(" ")

/** Whether the words name a command of commands, and nothing else. */
export const isIncomplete = (root: Node, args: ReadonlyArray<string>): boolean => {
  const path = find(root, args)
  return path.length === args.length + 1 && (path.at(-1)?.children.length ?? 0) > 0
}

/** What to type for the help of the command that the words name. */
export const hint = (root: Node, args: ReadonlyArray<string>): string => `${typed(find(root, args))} --help`

/** The help of the command that the words name, for a terminal of so many columns. */
export const text = (root: Node, args: ReadonlyArray<string>, terminalColumns: number): string => {
  const columns = Math.min(terminalColumns, 100)
  const path = find(root, args)
  const node = path.at(-1) ?? root
  const { about, children } = node
  const { options, values } = pageOf(node)
  const commands = children.map((child) => ({
    name: child.name,
    text: child.about.description.replace(/\. .*$/s, ".")
  }))
  const synopsis = [
    typed(path),
    ...(children.length > 0 ? ["COMMAND"] : []),
    ...values.map(({ name }) => name),
    "[OPTIONS]"
  ].join(" ")
  return `${[
    ...wrapWords(about.description, columns),
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
    ...about.examples.map((line) => `  ${line}`),
    ...(node === root ? list("More", more, columns) : [])
  ].join("\n")}\n`
}
