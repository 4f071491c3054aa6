import * as NodeStream from "@effect/platform-node/NodeStream"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { CsvError, type Info, parse } from "csv-parse"
import { createHash } from "node:crypto"
import { CliFailure } from "../failure.js"

/** The format of a file, as detected from its bytes. */
export interface Format {
  readonly path: string
  readonly encoding: "utf-8" | "utf-16le" | "utf-16be" | "windows-1252"
  readonly delimiter: "," | ";" | "\t"
  /** The SHA-256 hash of its bytes. */
  readonly digest: string
}

export interface Row {
  /** The line of the file at which the row starts, from 1. */
  readonly line: number
  readonly cells: ReadonlyArray<string>
}

const delimiters = [",", ";", "\t"] as const

/** The most frequent delimiter in the header, outside of quotes. A file with one column contains none. */
export const delimiterOf = (header: string): Format["delimiter"] => {
  const bare = header.replaceAll(/"(?:[^"]|"")*"/g, "")
  const counts = delimiters.map((delimiter) => bare.split(delimiter).length)
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ","
}

const marks = [
  { encoding: "utf-16le", bytes: [0xff, 0xfe] },
  { encoding: "utf-16be", bytes: [0xfe, 0xff] }
] as const

const markOf = (start: Uint8Array) => marks.find(({ bytes }) => bytes.every((byte, at) => start[at] === byte))?.encoding

/** The number of bytes at the start of the file that are kept to find the header. */
const headSize = 64 * 1024

/** A file that is not UTF-8 is decoded as Windows-1252 (Latin-1), which Excel writes on Windows. */
const isUtf8 = (decoder: TextDecoder, bytes?: Uint8Array): boolean => {
  try {
    decoder.decode(bytes, { stream: bytes !== undefined })
    return true
  } catch {
    return false
  }
}

const faulty = (problem: string, next: string) =>
  new CliFailure({ exit: "data", problem, changed: "Nothing was sent.", next })

const unreadable = (path: string) => (error: PlatformError) => {
  const next = "Check the name of the file and its folder."
  return error._tag === "SystemError" && error.reason === "NotFound"
    ? new CliFailure({ exit: "notFound", problem: `There is no file ${path}.`, changed: "Nothing was sent.", next })
    : faulty(error.message, next)
}

/** Reads a file once, to hash it and to detect its format. */
export const inspect = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const hash = createHash("sha256")
  const decoder = new TextDecoder("utf-8", { fatal: true })
  let head = new Uint8Array()
  let valid = true
  yield* fs.stream(path).pipe(
    Stream.runForEach((bytes) =>
      Effect.sync(() => {
        hash.update(bytes)
        if (head.length < headSize) head = Buffer.concat([head, bytes])
        valid &&= isUtf8(decoder, bytes)
      })
    ),
    Effect.mapError(unreadable(path))
  )
  const encoding = markOf(head) ?? (valid && isUtf8(decoder) ? "utf-8" : "windows-1252")
  const text = new TextDecoder(encoding).decode(head)
  if (text.includes("\0")) return yield* faulty(`${path} is not a text file.`, "Save it as CSV, and import that file.")
  const [header = ""] = text.trimStart().split(/\r\n|\r|\n/, 1)
  const format: Format = { path, encoding, delimiter: delimiterOf(header), digest: hash.digest("hex") }
  return format
})

interface Parsed {
  readonly record: ReadonlyArray<string>
  readonly info: Info
}

const breaksOf = (cells: ReadonlyArray<string>): number =>
  cells.reduce((count, cell) => count + (cell.includes("\n") ? cell.split("\n").length - 1 : 0), 0)

const toRow = ({ info, record }: Parsed): Row => ({ line: info.lines - breaksOf(record), cells: record })

const texts: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "a quote is opened and not closed",
  CSV_INVALID_CLOSING_QUOTE: "a quote is closed in the middle of a cell",
  INVALID_OPENING_QUOTE: "a quote is in the middle of a cell that does not begin with one"
}

const unparsable = (path: string) => (error: unknown) => {
  if (!(error instanceof CsvError)) return faulty(`${path} can't be read: ${String(error)}`, "Save it as CSV again.")
  const line = typeof error["lines"] === "number" ? ` line ${error["lines"]}:` : ""
  return faulty(
    `${path}:${line} ${texts[error.code] ?? error.code}.`,
    "Correct that line, then run the same command again."
  )
}

/** Streams the header and the rows, because the file can be larger than the memory. */
export const rows = ({ delimiter, encoding, path }: Format): Stream.Stream<Row, CliFailure, FileSystem.FileSystem> =>
  Stream.unwrap(
    Effect.map(FileSystem.FileSystem, (fs) =>
      fs.stream(path).pipe(
        Stream.mapError(unreadable(path)),
        Stream.decodeText(encoding),
        NodeStream.pipeThroughDuplex<CliFailure, Parsed>(
          () => parse({ delimiter, info: true, relax_column_count: true, skip_empty_lines: true }),
          unparsable(path)
        ),
        Stream.map(toRow)
      )
    )
  )
