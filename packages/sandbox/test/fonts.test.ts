import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { createRequire } from "node:module"
import { dirname } from "node:path"
import * as Fonts from "../src/internal/pages/fonts.js"
import * as Png from "../src/internal/pages/png.js"

const sansPath = createRequire(import.meta.url).resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf")

const read = (path: string) => Effect.promise(() => Fonts.read(path))

const codes = (text: string) => Array.from(text, (character) => character.codePointAt(0) ?? 0)

/** Writes a changed copy of the package's font to its own folder. */
const written = (name: string, change: (bytes: Buffer) => Uint8Array) =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const folder = yield* files.makeTempDirectoryScoped()
    yield* files.writeFile(`${folder}/${name}`, change(Buffer.from(yield* files.readFile(sansPath))))
    return { folder, path: `${folder}/${name}` }
  })

/** The records of a font's tables. */
const records = (bytes: Buffer) => Array.from({ length: bytes.readUInt16BE(4) }, (_, index) => 12 + 16 * index)

/** A collection of one font. The offsets of its tables are relative to the beginning of the file. */
const collection = (bytes: Buffer): Uint8Array => {
  for (const at of records(bytes)) bytes.writeUInt32BE(bytes.readUInt32BE(at + 8) + 16, at + 8)
  const head = Buffer.alloc(16)
  head.write("ttcf")
  head.writeUInt32BE(1, 8)
  head.writeUInt32BE(16, 12)
  return Buffer.concat([head, bytes])
}

/** Removes the subtables of format 12, so that only format 4 is left. */
const segmentsOnly = (bytes: Buffer): Uint8Array => {
  const record = records(bytes).find((at) => bytes.toString("latin1", at, at + 4) === "cmap") ?? 0
  const start = bytes.readUInt32BE(record + 8)
  for (let index = 0; index < bytes.readUInt16BE(start + 2); index++) {
    const subtable = start + bytes.readUInt32BE(start + 8 + 8 * index)
    if (bytes.readUInt16BE(subtable) === 12) bytes.writeUInt16BE(99, subtable)
  }
  return bytes
}

/** A font with character tables only. The glyphs of A, B and C are in a list, in which B has none. */
const listed = (): Uint8Array => {
  const words = (...values: ReadonlyArray<number>) => Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]))
  const parts = {
    // Format, length, language, twice the number of segments, three numbers for searching.
    head: [4, 38, 0, 4, 4, 1, 0],
    ends: [0x43, 0xffff, 0],
    starts: [0x41, 0xffff],
    added: [0, 1],
    // The distance from this field to the list.
    offsets: [4, 0],
    list: [5, 0, 7]
  }
  const segments = words(...Object.values(parts).flat())
  const table = Buffer.concat([words(0, 1, 3, 1, 0, 12), segments])
  const record = Buffer.concat([Buffer.from("cmap"), words(0, 0, 0, 28, 0, table.length)])
  return Buffer.concat([words(0, 1, 1, 0, 0, 0), record, table])
}

describe("the characters of a font", () => {
  it.effect("are read from its file", () =>
    Effect.gen(function* () {
      const { has } = yield* read(sansPath)
      for (const code of codes("Aéяא★ل\u{1D538}")) assert.isTrue(has(code), code.toString(16))
      for (const code of codes("王김अก\u{1F389}\u{10FFFF}")) assert.isFalse(has(code), code.toString(16))
    })
  )

  it.scoped("are the same in both forms of its table, and in a collection", () =>
    Effect.gen(function* () {
      const font = yield* read(sansPath)
      const segments = yield* read((yield* written("a.ttf", segmentsOnly)).path)
      const collected = yield* read((yield* written("a.ttc", collection)).path)
      assert.isFalse(segments.has(0x1d538))
      const all = Array.from({ length: 0x1_0000 }, (_, code) => code)
      assert.deepStrictEqual(
        all.filter((code) => segments.has(code) !== font.has(code) || collected.has(code) !== font.has(code)),
        []
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("the characters of a font with a list", () => {
  it.scoped("are the ones with a glyph", () =>
    Effect.gen(function* () {
      const { has } = yield* read((yield* written("a.ttf", listed)).path)
      assert.deepStrictEqual([0x40, 0x41, 0x42, 0x43, 0x44, 0xfffe].filter(has), [0x41, 0x43])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("the fonts of the machine", () => {
  it.scoped("are searched for missing characters, regular fonts first", () =>
    Effect.gen(function* () {
      const { folder } = yield* written("broken.ttf", (bytes) => bytes.subarray(0, 40))
      const find = Fonts.onMachine([folder, `${folder}/nothing`, dirname(sansPath)])
      const found = (text: string) =>
        Effect.map(
          Effect.promise(() => find(codes(text))),
          (fonts) => fonts.map(({ path }) => path)
        )
      assert.deepStrictEqual(yield* found("א王"), [sansPath])
      assert.deepStrictEqual(yield* found("王"), [])
      assert.deepStrictEqual(yield* found(""), [])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("a text with characters that no font has", () => {
  it.effect("shows them as codes, and the others unchanged", () =>
    Effect.gen(function* () {
      const font = yield* read(sansPath)
      assert.strictEqual(Fonts.legible("Ada 王小 (a\u200bb) 🎉", [font]), "Ada U+738B U+5C0F (a\u200bb) U+1F389")
      assert.strictEqual(Fonts.legible("Ada", [font]), "Ada")
      assert.deepStrictEqual(Fonts.missingIn("王a 王\u200b", font), [0x738b])
    })
  )

  it.effect("differs from others in the image", () =>
    Effect.gen(function* () {
      const draw = (name: string) =>
        Effect.map(Png.render({ kind: "certificate", name, title: "", date: "" }), (bytes) =>
          Buffer.from(bytes).toString("base64")
        )
      // No font has these private-use characters.
      assert.notStrictEqual(yield* draw("\u{F0001}"), yield* draw("\u{F0002}"))
    })
  )
})
