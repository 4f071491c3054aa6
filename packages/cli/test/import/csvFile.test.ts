import { NodeContext } from "@effect/platform-node"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as CsvFile from "../../src/internal/import/csvFile.js"

const withFile = (bytes: Uint8Array | string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = `${yield* fs.makeTempDirectoryScoped()}/people.csv`
    yield* fs.writeFile(path, typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes)
    return path
  })

const read = (bytes: Uint8Array | string) =>
  Effect.gen(function* () {
    const format = yield* CsvFile.inspect(yield* withFile(bytes))
    const rows = Chunk.toReadonlyArray(yield* Stream.runCollect(CsvFile.rows(format)))
    return {
      encoding: format.encoding,
      delimiter: format.delimiter,
      rows: rows.map(({ cells, line }) => [line, ...cells])
    }
  })

const people = [
  [1, "name", "email"],
  [2, "Zoë", "zoe@example.com"]
]

const text = (delimiter: string, end: string) =>
  [
    ["name", "email"],
    ["Zoë", "zoe@example.com"]
  ]
    .map((row) => row.join(delimiter))
    .join(end) + end

describe("the CSV reader", () => {
  it.scoped.each([
    ["UTF-8", text(",", "\n"), "utf-8", ","],
    ["UTF-8 with a mark, CRLF and semicolons, as Excel writes it", `\uFEFF${text(";", "\r\n")}`, "utf-8", ";"],
    ["tabs", text("\t", "\r\n"), "utf-8", "\t"],
    ["Latin-1", Buffer.from(text(";", "\r\n"), "latin1"), "windows-1252", ";"],
    ["UTF-16, as Excel's Unicode text", Buffer.from(`\uFEFF${text("\t", "\r\n")}`, "utf16le"), "utf-16le", "\t"],
    ["a quoted header with a comma", `"name";"email"\n"Zoë";zoe@example.com`, "utf-8", ";"]
  ] as const)("reads %s", ([, bytes, encoding, delimiter]) =>
    Effect.gen(function* () {
      deepStrictEqual(yield* read(bytes), { encoding, delimiter, rows: people })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("counts lines if cells have several lines and lines are empty", () =>
    Effect.gen(function* () {
      const { rows } = yield* read('name,note\n\n"Ada","two\nlines"\n\n\nLin,x\n')
      deepStrictEqual(rows, [
        [1, "name", "note"],
        [3, "Ada", "two\nlines"],
        [7, "Lin", "x"]
      ])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("decodes a character that is split between two chunks", () =>
    Effect.gen(function* () {
      // The file system reads chunks of 64 KiB.
      const name = `${"x".repeat(65_536 - 5 - 1)}ë`
      const { encoding, rows } = yield* read(`name\n${name}\n`)
      deepStrictEqual([encoding, rows[1]], ["utf-8", [2, name]])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped.each([
    ["a quote that is not closed", 'name\nAda\n"Lin\n', "line 3: a quote is opened and not closed."],
    ["a spreadsheet that is not CSV", "PK\u0003\u0004\0\0", "is not a text file."]
  ] as const)("rejects %s with its position", ([, bytes, problem]) =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(read(bytes))
      strictEqual(failure._tag === "CliFailure" && failure.problem.endsWith(problem), true, failure.message)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("reports that a file does not exist", () =>
    Effect.gen(function* () {
      const { exit, problem } = yield* Effect.flip(CsvFile.inspect("/nowhere/people.csv"))
      deepStrictEqual([exit, problem], ["notFound", "There is no file /nowhere/people.csv."])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
