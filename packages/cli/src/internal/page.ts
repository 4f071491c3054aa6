import * as CliConfig from "@effect/cli/CliConfig"
import * as CommandDescriptor from "@effect/cli/CommandDescriptor"
import type * as HelpDoc from "@effect/cli/HelpDoc"
import type * as Span from "@effect/cli/HelpDoc/Span"
import * as Array from "effect/Array"
import type { Entry, Page } from "./help.js"
import type { Node } from "./leaf.js"

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

/** Generic descriptions from @effect/cli, which repeat the left column. */
const obvious =
  /^(?:A true or false value|A floating point number|An integer|A (?:file|directory)|A user-defined piece of text(?: that is confidential)?|One of the following: .*|This (?:setting|option|argument) .*)\.?$/

/** The values of a choice, which would make the left column too wide. */
const choice = / (\S+(?: \| \S+)+)$/

const entry = ([name, doc]: readonly [Span.Span, HelpDoc.HelpDoc]): Entry => {
  const shown = plain(name)
    .replace(/^\((.*)\)$/, "$1")
    .replace(/^(-.*)\.\.\.$/, "$1")
    .replace(/ 1\+$/, "...")
  const values = choice.exec(shown)?.[1]?.split(" | ")
  const texts = paragraphs(doc).filter((line) => !obvious.test(line))
  return {
    name: shown.replace(choice, " VALUE").replace(/<([^>]*)>/, (_, argument: string) => argument.toUpperCase()),
    text: [...texts, ...(values === undefined ? [] : [`(${values.join(", ")})`])].join(" ")
  }
}

/** The page of a command and its subcommands, from the help of @effect/cli. */
const pageOf = ({ about, children, descriptor, name }: Node): Page => {
  const found = { values: Array.empty<Entry>(), options: Array.empty<Entry>() }
  let into = found.options
  for (const part of flat(CommandDescriptor.getHelp(descriptor, { ...CliConfig.defaultConfig, showBuiltIns: false }))) {
    if (part._tag === "Header") into = plain(part.value) === "ARGUMENTS" ? found.values : found.options
    if (part._tag === "DescriptionList") into.push(...part.definitions.map(entry))
  }
  return { name, ...about, ...found, children: children.map(pageOf) }
}

/** All pages. The sandbox has its own command line, which is loaded separately. */
export const pagesOf = (root: Node, sandbox: CommandDescriptor.Command<unknown>): Page =>
  pageOf({
    ...root,
    children: root.children.map((child) => (child.name === "sandbox" ? { ...child, descriptor: sandbox } : child))
  })
