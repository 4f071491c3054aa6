// Finds words that this project does not use, in everything that a person reads: pages, comments, docstrings, messages and the
// names of tests. `npx -y pnpm lint` runs it; with files as arguments it reads only these.
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"

// The root's TypeScript 7 has no API to parse with.
const ts = createRequire(new URL("../internal/api-surface/package.json", import.meta.url))("typescript")
const root = fileURLToPath(new URL("..", import.meta.url))

/** What is not written, and what is written instead. */
const words = [
  [/\banswer(s|ed|ing)?\b/i, "response; returns, responds"],
  [/\b(send|sent|sends|sending)( \w+)? again\b/i, "retry, resend"],
  [/\b(tells?|told|telling)\b/i, "report, pass"],
  [/\basked\b/i, "requested"],
  [/\b(hold|held|holds|holding) back\b/i, "throttle, delay"],
  [/\blet in\b/i, "admitted"],
  [/\bin (the|its|their) place\b/i, "instead"],
  [/\bcan('t|not) be used\b/i, "is invalid"],
  [/\b(somebody|someone) else\b/i, "another writer"],
  [/\bwhoever\b/i, "say which part of the program"],
  [/\bnobody's business\b/i, "say what and why"],
  [/\b(own|other|another) affair\b/i, "say what and why"],
  [/\bas (it is|they are)(?=[.,;:)]|$)/i, "unchanged, verbatim"],
  [/\beverybody\b/i, "every caller, all contenders"],
  [/\bwish(es|ed)?\b/i, "desired state; option"],
  [/\bend(s|ed)? well\b/i, "succeed"],
  [/\bpromised? (above|below)\b/i, "say what is tested"],
  [/\bas (a|the) caller writes\b/i, "as input"],
  [/\bnobody knows\b/i, "unknown"],
  [/\bthe pages around\b/i, "the previous and next pages"],
  [/\btakes? (it|them) along\b/i, "say what is copied, moved or discarded"],
  [/\b(give|gives|gave|given) (it|them|a request) up\b/i, "abandon"],
  [/\bworth (reading|keeping|handling)\b/i, "say why"]
]

/** Code is not prose: fences and what stands between backticks keep their length, so that columns stay right. */
const blank = (text) => text.replace(/[^\n]/g, " ")
const prose = (text) => text.replace(/^([ \t]*)(`{3,}|~{3,})[^]*?^\1\2/gm, blank).replace(/`[^`]*`/g, blank)

const isText = (node) =>
  ts.isStringLiteral(node) ||
  ts.isNoSubstitutionTemplateLiteral(node) ||
  node.kind === ts.SyntaxKind.TemplateHead ||
  node.kind === ts.SyntaxKind.TemplateMiddle ||
  node.kind === ts.SyntaxKind.TemplateTail

/** The comments of a source, and its strings of three words and more; the rest is blank. */
const ofSource = (file, text) => {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true)
  const kept = []
  const visit = (node) => {
    for (const { end, pos } of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []) kept.push([pos, end])
    for (const { end, pos } of ts.getTrailingCommentRanges(text, node.getEnd()) ?? []) kept.push([pos, end])
    if (isText(node) && /\w \w+ \w/.test(node.getText())) kept.push([node.getStart(), node.getEnd()])
    node.getChildren().forEach(visit)
  }
  visit(source)
  let result = ""
  let end = 0
  for (const [from, to] of kept.toSorted((a, b) => a[0] - b[0])) {
    if (from < end) continue
    result += blank(text.slice(end, from)) + prose(text.slice(from, to))
    end = to
  }
  return result + blank(text.slice(end))
}

/** Written by a tool, or the vendor's own words. */
const isOurs = (file) =>
  !/(^|\/)(CHANGELOG|errors|exports|hovers)\.md$|pnpm-lock\.yaml|^scripts\/words\.mjs$|^internal\/bench\/results\//.test(
    file
  )

const files =
  process.argv.length > 2
    ? process.argv.slice(2)
    : execFileSync(
        "git",
        ["ls-files", "--cached", "--others", "--exclude-standard", "*.md", "*.ts", "*.mts", "*.mjs", "*.yml"],
        { cwd: root, encoding: "utf8" }
      )
        .trim()
        .split("\n")

let found = 0
for (const file of files.filter(isOurs)) {
  const text = readFileSync(`${root}/${file}`, "utf8")
  const lines = (/\.m?ts$|\.mjs$/.test(file) ? ofSource(file, text) : prose(text)).split("\n")
  for (const [index, line] of lines.entries()) {
    for (const [word, instead] of words) {
      const match = word.exec(line)
      if (match === null) continue
      found++
      console.error(`${file}:${index + 1}:${match.index + 1}: "${match[0]}": ${instead}`)
    }
  }
}
if (found > 0) {
  console.error(`${found} words that this project does not use: see scripts/words.mjs.`)
  process.exitCode = 1
}
