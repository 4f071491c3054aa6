// Copies every `ts` block of the Markdown files and of the JSDoc of the sources to `examples/.snippets`,
// where `tsc -b` compiles them. The first line of a snippet replaces the opening fence, so that line n of a snippet is n - 1 lines
// after the fence.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const target = join(root, "examples/.snippets")

const files = (dir, extension, recursive = true) =>
  existsSync(join(root, dir))
    ? readdirSync(join(root, dir), { recursive })
        .filter((file) => file.endsWith(extension))
        .map((file) => `${dir}/${file}`)
    : []

const inside = (dir) => readdirSync(join(root, dir)).map((name) => `${dir}/${name}`)
const rooms = [...inside("packages"), "examples", ...inside("internal")]
const markdown = [
  ...["README.md", ...rooms.flatMap((dir) => [`${dir}/AGENTS.md`, `${dir}/README.md`])].filter((file) =>
    existsSync(join(root, file))
  ),
  ...["docs", "docs/guides", "docs/decisions"].flatMap((dir) => files(dir, ".md", false))
]
// A barrel only repeats the docstrings of its modules.
const sources = rooms.flatMap((dir) => files(`${dir}/src`, ".ts")).filter((file) => !file.endsWith("/src/index.ts"))

/** The lines of a source without code, and without the `*` of JSDoc comments. */
const jsdoc = (lines) => {
  let inside = false
  return lines.map((line) => {
    inside ||= /^\s*\/\*\*/.test(line)
    const text = inside ? line.replace(/^\s*(\/\*\*|\* ?)/, "") : ""
    inside &&= !line.includes("*/")
    return text
  })
}

const snippets = (origin, lines) => {
  const found = []
  let open
  for (const [index, line] of lines.entries()) {
    const fence = /^(\s*)(`{3,}|~{3,})\s*(\w*)/.exec(line)
    if (open === undefined) {
      if (fence !== null) {
        open = {
          indent: fence[1],
          marker: fence[2],
          line: index + 1,
          wanted: /^(ts|typescript)$/i.test(fence[3]),
          code: []
        }
      }
    } else if (fence !== null && fence[2].startsWith(open.marker) && line.trim() === fence[2]) {
      if (open.wanted) {
        found.push({ origin, line: open.line, code: open.code })
      }
      open = undefined
    } else {
      open.code.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line.trimStart())
    }
  }
  if (open !== undefined) {
    throw new Error(`${origin}:${open.line}: this code block is not closed`)
  }
  return found
}

const read = (file) => readFileSync(join(root, file), "utf8").split("\n")
const all = [
  ...markdown.flatMap((file) => snippets(file, read(file))),
  ...sources.flatMap((file) => snippets(file, jsdoc(read(file))))
]

rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
for (const { origin, line, code } of all) {
  // A snippet that imports vitest is a test.
  const kind = code.some((text) => /from "(@effect\/)?vitest"/.test(text)) ? ".test" : ""
  const name = `${origin.replaceAll("/", "-")}-${line}${kind}.ts`
  writeFileSync(join(target, name), [`// ${origin}:${line}`, ...code, ""].join("\n"))
}
