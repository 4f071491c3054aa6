/** A command of the tour. Its output includes typed replies, and is in the lines from `from` to before `to`, from 0. */
export interface Command {
  readonly kind: "command"
  readonly command: string
  readonly output: string
  readonly from: number
  readonly to: number
}

/** A step of the tour in the guide. */
export type TourStep =
  | Command
  /** Saves a file. */
  | { readonly kind: "file"; readonly name: string; readonly text: string }
  /** Replaces lines in a file. */
  | { readonly kind: "edit"; readonly name: string; readonly before: string; readonly after: string }

const marked = (lines: ReadonlyArray<string>, signs: string): string =>
  lines
    .filter((line) => signs.includes(line.charAt(0)))
    .map((line) => line.slice(1))
    .join("\n")

/** The commands of a `console` block, which start with `$`. `line` is the line of the opening fence, from 1. */
const commandsOf = (lines: ReadonlyArray<string>, line: number): ReadonlyArray<Command> => {
  const starts = lines.flatMap((text, index) => (text.startsWith("$ ") ? [index] : []))
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? lines.length
    return {
      kind: "command",
      command: (lines[start] ?? "").slice(2),
      output: lines
        .slice(start + 1, end)
        .join("\n")
        .trimEnd(),
      from: line + start + 1,
      to: line + end
    }
  })
}

/** Replaces the outputs of a page, for `UPDATE_TOUR=1`. */
export const withOutputs = (page: string, outputs: ReadonlyMap<Command, string>): string => {
  const lines = page.split("\n")
  for (const [{ from, to }, output] of [...outputs].toReversed()) {
    const isLast = lines[to] === "```"
    lines.splice(from, to - from, ...(output === "" ? [] : output.split("\n")), ...(isLast ? [] : [""]))
  }
  return lines.join("\n")
}

/**
 * The steps between `<!-- tour -->` and `<!-- /tour -->`: commands in `console` blocks, files in `csv` blocks, and edits in `diff`
 * blocks. The file name of a block is the last one in backticks above it.
 */
export const tourOf = (page: string): ReadonlyArray<TourStep> => {
  const steps: Array<TourStep> = []
  let inside = false
  let name = ""
  let fence: { readonly language: string; readonly line: number; readonly lines: Array<string> } | undefined
  for (const [index, text] of page.split("\n").entries()) {
    const [, language] = /^```(\w*)$/.exec(text) ?? []
    if (text === "<!-- tour -->") inside = true
    else if (text === "<!-- /tour -->") inside = false
    else if (!inside) continue
    else if (language === undefined) {
      if (fence !== undefined) fence.lines.push(text)
      else name = [...text.matchAll(/`([\w.]+\.(?:csv|yaml))`/g)].at(-1)?.[1] ?? name
    } else if (fence === undefined) fence = { language, line: index + 1, lines: [] }
    else {
      const { lines } = fence
      if (fence.language === "console") steps.push(...commandsOf(lines, fence.line))
      if (fence.language === "csv") steps.push({ kind: "file", name, text: `${lines.join("\n")}\n` })
      if (fence.language === "diff")
        steps.push({ kind: "edit", name, before: marked(lines, " -"), after: marked(lines, " +") })
      fence = undefined
    }
  }
  return steps
}
