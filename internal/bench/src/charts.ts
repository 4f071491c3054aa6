/** Small charts, as SVG that follows light and dark pages. */

/** A fill for each class; `s0` and so on are series. */
const style = (fills: Readonly<Record<string, string>>): string =>
  Object.entries(fills)
    .map(([name, fill]) => `.${name}{fill:${fill}}.line.${name}{fill:none;stroke:${fill}}`)
    .join("")

const light = { paper: "#fff", text: "#1f2328", ours: "#1a6fb5", peer: "#9aa5b1", s0: "#1a6fb5", s1: "#b5541a" }
const dark: typeof light = {
  paper: "#0d1117",
  text: "#f0f6fc",
  ours: "#58a6ff",
  peer: "#59636e",
  s0: "#58a6ff",
  s1: "#f0883e"
}

const escape = (text: string) => text.replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`)

const svg = (width: number, height: number, title: string, content: ReadonlyArray<string>): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="13" role="img" aria-label="${escape(title)}">`,
    `<style>text{fill:${light.text}}${style(light)}@media (prefers-color-scheme:dark){text{fill:${dark.text}}${style(dark)}}.axis{fill:none;stroke:#667}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<text x="16" y="26" font-size="15" font-weight="bold">${escape(title)}</text>`,
    ...content,
    "</svg>",
    ""
  ].join("\n")

export interface Bar {
  readonly label: string
  readonly value: number
  readonly text: string
  readonly ours: boolean
}

export const bars = (title: string, rows: ReadonlyArray<Bar>): string => {
  const most = Math.max(...rows.map(({ value }) => value), Number.MIN_VALUE)
  return svg(
    760,
    48 + rows.length * 26 + 8,
    title,
    rows.flatMap(({ label, ours, text, value }, index) => {
      const y = 44 + index * 26
      const length = Math.max(1, Math.round((value / most) * 400))
      return [
        `<text x="260" y="${y + 14}" text-anchor="end"${ours ? ' font-weight="bold"' : ""}>${escape(label)}</text>`,
        `<rect x="268" y="${y}" width="${length}" height="19" class="${ours ? "ours" : "peer"}"/>`,
        `<text x="${268 + length + 6}" y="${y + 14}">${escape(text)}</text>`
      ]
    })
  )
}

export interface Line {
  readonly label: string
  readonly points: ReadonlyArray<{ readonly x: number; readonly y: number }>
}

/** The horizontal axis is logarithmic, the vertical one begins at zero. */
export const lines = (title: string, all: ReadonlyArray<Line>, format: (y: number) => string): string => {
  const xs = all.flatMap(({ points }) => points.map(({ x }) => Math.log10(x)))
  const top = Math.max(...all.flatMap(({ points }) => points.map(({ y }) => y)), Number.MIN_VALUE) * 1.15
  const [left, right] = [Math.min(...xs), Math.max(...xs)]
  const px = (x: number) => Math.round(60 + ((Math.log10(x) - left) / (right - left || 1)) * 620)
  const py = (y: number) => Math.round(300 - (Math.max(0, y) / top) * 240)
  return svg(760, 356, title, [
    '<path class="axis" d="M60 60V300H700"/>',
    ...[...new Set(all.flatMap(({ points }) => points.map(({ x }) => x)))].map(
      (x) => `<text x="${px(x)}" y="320" text-anchor="middle">${x.toLocaleString("en")}</text>`
    ),
    ...all.flatMap(({ label, points }, index) => {
      const series = `s${index % 2}`
      const [last] = points.slice(-1)
      return [
        `<polyline points="${points.map(({ x, y }) => `${px(x)},${py(y)}`).join(" ")}" class="line ${series}" stroke-width="2"/>`,
        ...points.map(({ x, y }) => `<circle cx="${px(x)}" cy="${py(y)}" r="3" class="${series}"/>`),
        ...(last === undefined
          ? []
          : [
              `<text x="${px(last.x) + 4}" y="${py(last.y) - 8}" text-anchor="end" class="${series}">${escape(format(last.y))}</text>`,
              `<text x="${60 + index * 220}" y="346" class="${series}">${escape(label)}</text>`
            ])
      ]
    })
  ])
}
