import type { IBufferCell, Terminal } from "@xterm/headless"

const cell = { width: 8.4, height: 19 }
const margin = 16
const bar = 34

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

/** The CSS classes of a cell. The colours of the palette are readable on light and dark pages. */
const classOf = (cell: IBufferCell): string =>
  [
    cell.isFgPalette() ? `c${cell.getFgColor() % 8}` : "",
    cell.isBold() === 0 ? "" : "bold",
    cell.isDim() === 0 ? "" : "dim"
  ]
    .filter((name) => name !== "")
    .join(" ")

interface Run {
  readonly column: number
  readonly style: string
  text: string
}

/** Groups adjacent cells with the same style. */
const runsOf = (terminal: Terminal, row: number): ReadonlyArray<Run> => {
  const line = terminal.buffer.active.getLine(row)
  const runs: Array<Run> = []
  for (let column = 0; column < terminal.cols; column++) {
    const cell = line?.getCell(column)
    if (cell === undefined || cell.getWidth() === 0) continue
    const style = classOf(cell)
    const last = runs.at(-1)
    if (last?.style === style) last.text += cell.getChars() || " "
    else runs.push({ column, style, text: cell.getChars() || " " })
  }
  return runs.map((run) => ({ ...run, text: run.text.trimEnd() })).filter(({ text }) => text !== "")
}

const style = `text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre;fill:#1f2328}
.paper{fill:#f6f8fa;stroke:#d1d9e0}.dot{fill:#d1d9e0}.bold{font-weight:600}.dim{fill:#59636e}
.c1{fill:#b3202c}.c2{fill:#116329}.c3{fill:#7d4e00}.c4{fill:#0550ae}.c5{fill:#6639ba}.c6{fill:#1b5f6d}.c7,.c0{fill:#59636e}
@media (prefers-color-scheme:dark){text{fill:#f0f6fc}.paper{fill:#0d1117;stroke:#3d444d}.dot{fill:#3d444d}.dim{fill:#9198a1}
.c1{fill:#ff7b72}.c2{fill:#56d364}.c3{fill:#e3b341}.c4{fill:#79c0ff}.c5{fill:#d2a8ff}.c6{fill:#76e3ea}.c7,.c0{fill:#9198a1}}`

/** The screen of a terminal as an SVG picture, which adapts to light and dark pages. */
export const svg = (terminal: Terminal, label: string): string => {
  const { active } = terminal.buffer
  const rows = Array.from({ length: active.length }, (_, row) => runsOf(terminal, row))
  const used = rows.findLastIndex((runs) => runs.length > 0) + 1
  const width = Math.ceil(terminal.cols * cell.width) + 2 * margin
  const height = bar + used * cell.height + margin
  const lines = rows.slice(0, used).flatMap((runs, row) =>
    runs.map(({ column, style, text }) => {
      const x = (margin + column * cell.width).toFixed(1)
      const y = bar + row * cell.height + 14
      return `<text x="${x}" y="${y}"${style === "" ? "" : ` class="${style}"`}>${escaped(text)}</text>`
    })
  )
  const dots = [0, 1, 2].map((dot) => `<circle class="dot" cx="${margin + 6 + dot * 18}" cy="17" r="5"/>`).join("")
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(label)}">
<style>${style}</style>
<rect class="paper" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>${dots}
${lines.join("\n")}
</svg>
`
}
