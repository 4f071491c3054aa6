/** Small pictures, as SVG. They are read on light and on dark pages, so they bring their own ground. */

const escape = (text: string) => text.replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`)

const svg = (width: number, height: number, title: string, content: ReadonlyArray<string>): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="13" role="img" aria-label="${escape(title)}">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
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
        `<rect x="268" y="${y}" width="${length}" height="19" fill="${ours ? "#1a6fb5" : "#9aa5b1"}"/>`,
        `<text x="${268 + length + 6}" y="${y + 14}">${escape(text)}</text>`
      ]
    })
  )
}

export interface Line {
  readonly label: string
  readonly points: ReadonlyArray<{ readonly x: number; readonly y: number }>
}

const colors = ["#1a6fb5", "#b5541a", "#3c7a3c"]

/** The horizontal axis is logarithmic, the vertical one begins at zero. */
export const lines = (title: string, all: ReadonlyArray<Line>, format: (y: number) => string): string => {
  const xs = all.flatMap(({ points }) => points.map(({ x }) => Math.log10(x)))
  const top = Math.max(...all.flatMap(({ points }) => points.map(({ y }) => y)), Number.MIN_VALUE) * 1.15
  const [left, right] = [Math.min(...xs), Math.max(...xs)]
  const px = (x: number) => Math.round(60 + ((Math.log10(x) - left) / (right - left || 1)) * 620)
  const py = (y: number) => Math.round(300 - (Math.max(0, y) / top) * 240)
  return svg(760, 356, title, [
    '<path d="M60 60V300H700" fill="none" stroke="#667"/>',
    ...[...new Set(all.flatMap(({ points }) => points.map(({ x }) => x)))].map(
      (x) => `<text x="${px(x)}" y="320" text-anchor="middle">${x.toLocaleString("en")}</text>`
    ),
    ...all.flatMap(({ label, points }, index) => {
      const color = colors[index % colors.length] ?? "#000"
      const [last] = points.slice(-1)
      return [
        `<polyline points="${points.map(({ x, y }) => `${px(x)},${py(y)}`).join(" ")}" fill="none" stroke="${color}" stroke-width="2"/>`,
        ...points.map(({ x, y }) => `<circle cx="${px(x)}" cy="${py(y)}" r="3" fill="${color}"/>`),
        ...(last === undefined
          ? []
          : [
              `<text x="${px(last.x) + 4}" y="${py(last.y) - 8}" text-anchor="end" fill="${color}">${escape(format(last.y))}</text>`,
              `<text x="${60 + index * 220}" y="346" fill="${color}">${escape(label)}</text>`
            ])
      ]
    })
  ])
}
