import * as Option from "effect/Option"
import { type FileHandle, open, readdir } from "node:fs/promises"
import { homedir } from "node:os"
import { join } from "node:path"

/** A file with a font, and which characters it has. */
export interface Font {
  readonly path: string
  readonly has: (codePoint: number) => boolean
}

/** The glyph of a character in a `cmap` subtable of format 4; 0 if it has none. */
const glyphOfSegments = (table: DataView, start: number, codePoint: number): number => {
  const size = table.getUint16(start + 6)
  const [ends, starts] = [start + 14, start + 16 + size]
  for (let at = 0; at < size; at += 2) {
    if (codePoint > table.getUint16(ends + at)) continue
    const first = table.getUint16(starts + at)
    if (codePoint < first) return 0
    const offset = table.getUint16(starts + 2 * size + at)
    if (offset === 0) return (codePoint + table.getUint16(starts + size + at)) & 0xffff
    return table.getUint16(starts + 2 * size + at + offset + 2 * (codePoint - first))
  }
  return 0
}

/** Whether a `cmap` subtable of format 12 has a character. */
const isInGroups = (table: DataView, start: number, codePoint: number): boolean => {
  for (let group = table.getUint32(start + 12) - 1; group >= 0; group--) {
    const at = start + 16 + 12 * group
    if (table.getUint32(at) <= codePoint) return codePoint <= table.getUint32(at + 4)
  }
  return false
}

/** Whether a character is in a `cmap` table, see the specification of OpenType. */
const isMapped = (table: DataView, codePoint: number): boolean => {
  for (let record = 0; record < table.getUint16(2); record++) {
    const start = table.getUint32(8 + 8 * record)
    const format = table.getUint16(start)
    if (format === 12 && isInGroups(table, start, codePoint)) return true
    if (format === 4 && codePoint <= 0xffff && glyphOfSegments(table, start, codePoint) !== 0) return true
  }
  return false
}

const readPart = async (file: FileHandle, position: number, length: number): Promise<DataView> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  return new DataView(buffer.buffer, buffer.byteOffset, bytesRead)
}

const tag = { collection: 0x74746366, characters: 0x636d6170 }

/** The `cmap` table of a font, or of the first one of a collection. */
const readTable = async (file: FileHandle): Promise<DataView> => {
  const head = await readPart(file, 0, 16)
  const start = head.getUint32(0) === tag.collection ? head.getUint32(12) : 0
  const tables = (await readPart(file, start, 12)).getUint16(4)
  const records = await readPart(file, start + 12, 16 * tables)
  for (let at = 0; at < records.byteLength; at += 16) {
    if (records.getUint32(at) === tag.characters) {
      return readPart(file, records.getUint32(at + 8), Math.min(records.getUint32(at + 12), 4 * 1024 * 1024))
    }
  }
  throw new Error("The font has no characters")
}

/** Reads which characters a font has; fails if it is no font. */
export const read = async (path: string): Promise<Font> => {
  const file = await open(path)
  try {
    const table = await readTable(file)
    const lookUp = Option.liftThrowable((codePoint: number) => isMapped(table, codePoint))
    return { path, has: (codePoint) => Option.getOrElse(lookUp(codePoint), () => false) }
  } finally {
    await file.close()
  }
}

const { SystemRoot: windows } = process.env

/** Where Linux, macOS and Windows keep their fonts. */
const folders = [
  "/usr/share/fonts",
  "/usr/local/share/fonts",
  join(homedir(), ".local/share/fonts"),
  join(homedir(), ".fonts"),
  "/System/Library/Fonts",
  "/Library/Fonts",
  join(homedir(), "Library/Fonts"),
  ...(windows === undefined ? [] : [join(windows, "Fonts")])
]

/** The more of these a font's name has, the later it is used. */
const unlikely = [/bold|black|heavy|light|thin|medium/i, /italic|oblique/i, /serif|mono/i]

const rank = (path: string): number => unlikely.filter((pattern) => pattern.test(path)).length

/** The files with fonts in some folders, the ordinary ones first. A folder that can't be read has none. */
const filesIn = async (folders: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const found = await Promise.allSettled(folders.map((folder) => readdir(folder, { recursive: true })))
  return found
    .flatMap((result, index) =>
      result.status === "fulfilled" ? result.value.map((name) => join(folders[index] ?? "", name)) : []
    )
    .filter((path) => /\.(ttf|otf|ttc|otc)$/i.test(path))
    .toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}

/** The fonts of this machine, read when they are first needed. */
export const onMachine = (where: ReadonlyArray<string> = folders) => {
  let files: Promise<ReadonlyArray<string>> | undefined
  const known = new Map<string, Promise<Font | undefined>>()
  const readOnce = (path: string) => {
    // A file that is no font has no characters.
    const font = known.get(path) ?? read(path).catch(() => undefined)
    known.set(path, font)
    return font
  }
  /** The fewest fonts, in their order, that have as many of these characters as there are fonts for. */
  return async (codePoints: ReadonlyArray<number>): Promise<ReadonlyArray<Font>> => {
    const fonts: Array<Font> = []
    let missing = codePoints
    for (const path of missing.length === 0 ? [] : await (files ??= filesIn(where))) {
      const font = await readOnce(path)
      if (font === undefined || !missing.some(font.has)) continue
      fonts.push(font)
      missing = missing.filter((codePoint) => !font.has(codePoint))
      if (missing.length === 0) break
    }
    return fonts
  }
}

/** Characters that are not drawn. */
const isBlank = (character: string): boolean => /[\s\p{Default_Ignorable_Code_Point}]/u.test(character)

const codePointOf = (character: string): number => character.codePointAt(0) ?? 0

/** The characters of a text that a font does not have. */
export const missingIn = (text: string, { has }: Font): ReadonlyArray<number> =>
  Array.from(new Set(text))
    .filter((character) => !isBlank(character))
    .map(codePointOf)
    .filter((codePoint) => !has(codePoint))

/** A text that can be drawn: a character that no font has is written as its code, such as `U+738B`, instead of as a box. */
export const legible = (text: string, fonts: ReadonlyArray<Font>): string => {
  const isDrawn = (character: string) => isBlank(character) || fonts.some(({ has }) => has(codePointOf(character)))
  const words = Array.from(text, (character) =>
    isDrawn(character) ? character : ` U+${codePointOf(character).toString(16).toUpperCase().padStart(4, "0")} `
  )
  return words.join("").replace(/ {2,}/g, " ").trim()
}
