import Table from "cli-table3"
import * as Chunk from "effect/Chunk"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Host } from "./host.js"
import { wrap } from "./wrap.js"

export type Format = "table" | "json" | "jsonl"

export interface Column<A> {
  readonly title: string
  readonly value: (row: A) => string
}

/** The output of values: as columns, or as the JSON of the API. */
export interface View<A> {
  readonly columns: ReadonlyArray<Column<A>>
  /** Additional columns for a single value. */
  readonly details?: ReadonlyArray<Column<A>>
  readonly toJson: (row: A) => unknown
}

/** Writes data to standard output, and everything else to standard error. */
export class Output extends Context.Tag("@effect-certifier/cli/Output")<
  Output,
  {
    readonly format: Format
    /** Whether messages may have colours. */
    readonly color: boolean
    /** Whether data may have colours. */
    readonly colorData: boolean
    /** Prints rows as they arrive. */
    readonly rows: <A, E, R>(view: View<A>, rows: Stream.Stream<A, E, R>) => Effect.Effect<void, E, R>
    readonly one: <A>(view: View<A>, value: A) => Effect.Effect<void>
    /** Prints data that is already text. */
    readonly text: (text: string) => Effect.Effect<void>
    /** Prints a message to standard error. */
    readonly message: (text: string) => Effect.Effect<void>
    /** Adds options to the commands that a text suggests. */
    readonly hint: (text: string) => string
  }
>() {}

/** Replaces control characters of data, which could move the cursor or hide text. */
export const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, " ")

const plain = {
  chars: {
    top: "",
    "top-mid": "",
    "top-left": "",
    "top-right": "",
    bottom: "",
    "bottom-mid": "",
    "bottom-left": "",
    "bottom-right": "",
    left: "",
    "left-mid": "",
    mid: "",
    "mid-mid": "",
    right: "",
    "right-mid": "",
    middle: "  "
  },
  style: { "padding-left": 0, "padding-right": 0, head: [], border: [] }
}

/** On terminals with fewer columns, each value has its own line. */
const narrow = 60

const lines = (cells: ReadonlyArray<ReadonlyArray<string>>, widths?: ReadonlyArray<number>): string => {
  const table = new Table(widths === undefined ? plain : { ...plain, colWidths: [...widths] })
  for (const row of cells) table.push([...row])
  return `${table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")}\n`
}

/** The widths of the columns of a page. The widest is reduced until all of them fit. */
const widthsOf = (cells: ReadonlyArray<ReadonlyArray<string>>, columns: number): ReadonlyArray<number> => {
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => [...(row[column] ?? "")].length)))
  const room = columns - 2 * (widths.length - 1)
  while (widths.reduce((sum, width) => sum + width, 0) > room) {
    const widest = widths.indexOf(Math.max(...widths))
    if ((widths[widest] ?? 0) <= 4) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

const records = <A>({ columns }: View<A>, rows: Iterable<A>): string => {
  const width = Math.max(...columns.map(({ title }) => title.length))
  return [...rows]
    .map((row) =>
      columns.map(({ title, value }) => `${`${title.padEnd(width)}  ${printable(value(row))}`.trimEnd()}\n`).join("")
    )
    .join("\n")
}

/** The first page determines the widths of all rows. */
const pageSize = 100

export const layer = (format: Format): Layer.Layer<Output, never, Host> =>
  Layer.effect(
    Output,
    Effect.gen(function* () {
      const { stderr, stdout } = yield* Host
      const table = <A, E, R>(view: View<A>, rows: Stream.Stream<A, E, R>) => {
        const columns = stdout.isTerminal ? stdout.columns : Number.POSITIVE_INFINITY
        let widths: ReadonlyArray<number> | undefined
        const isNarrow = columns < narrow
        const page = (chunk: Chunk.Chunk<A>) => {
          if (isNarrow) return `${widths === undefined ? "" : "\n"}${records(view, chunk)}`
          const cells = [...chunk].map((row) => view.columns.map(({ value }) => printable(value(row))))
          const head = widths === undefined ? [view.columns.map(({ title }) => title)] : []
          widths ??= widthsOf([...head, ...cells], columns)
          return lines([...head, ...cells], widths)
        }
        return rows.pipe(
          Stream.rechunk(pageSize),
          Stream.chunks,
          Stream.runForEach((chunk) => {
            const text = page(chunk)
            widths ??= []
            return stdout.write(text)
          }),
          Effect.zipRight(Effect.suspend(() => (widths === undefined ? stderr.write("No results.\n") : Effect.void)))
        )
      }
      const json = <A, E, R>(view: View<A>, rows: Stream.Stream<A, E, R>) =>
        rows.pipe(
          Stream.mapAccum("[\n", (before, row) => [
            ",\n",
            `${before}  ${JSON.stringify(view.toJson(row), null, 2).replaceAll("\n", "\n  ")}`
          ]),
          Stream.rechunk(pageSize),
          Stream.chunks,
          Stream.runFoldEffect("[", (_, chunk) => Effect.as(stdout.write(Chunk.join(chunk, "")), "\n")),
          Effect.flatMap((end) => stdout.write(`${end}]\n`))
        )
      const jsonl = <A, E, R>(view: View<A>, rows: Stream.Stream<A, E, R>) =>
        Stream.runForEach(rows, (row) => stdout.write(`${JSON.stringify(view.toJson(row))}\n`))
      const formats = { table, json, jsonl }
      return {
        format,
        color: stderr.hasColor,
        colorData: stdout.hasColor,
        rows: formats[format],
        one: (view, value) =>
          stdout.write(
            format === "table"
              ? records({ ...view, columns: [...view.columns, ...(view.details ?? [])] }, [value])
              : `${JSON.stringify(view.toJson(value), null, format === "json" ? 2 : 0)}\n`
          ),
        text: stdout.write,
        hint: (text) => text,
        message: (text) => stderr.write(`${stderr.isTerminal ? wrap(text, stderr.columns) : text}\n`)
      }
    })
  )
