/**
 * The same text in memory of its own: a part of a text keeps the whole alive in V8. Half of a pair of surrogates at its end
 * becomes U+FFFD.
 */
export const copy = (text: string): string => Buffer.from(text).toString()

/** Control characters, those that change the direction of writing, and separators of lines. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** A text for a line of a terminal. */
export const printable = (text: string): string => text.replace(invisible, "?")

/** A text for a terminal: its lines and its colours stay. */
export const printableLines = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replace(/\n|\u001b\[[\d;]*m|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (all) => (all === "\n" || all.length > 2 ? all : "?"))

/** JSON for a line of a terminal; it stays JSON of the same value. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value).replace(invisible, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join("")
  )
