/**
 * Copies a text, because V8 keeps the whole string alive behind a slice of it. Half of a surrogate pair at its end becomes U+FFFD.
 */
export const copy = (text: string): string => Buffer.from(text).toString()

/** Control characters, characters that change the direction of writing, and line separators. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Makes a text printable on one line of a terminal. */
export const printable = (text: string): string => text.replace(invisible, "?")

/** Makes a text printable on a terminal, and keeps its lines and colours. */
export const printableLines = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replace(/\n|\u001b\[[\d;]*m|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (all) => (all === "\n" || all.length > 2 ? all : "?"))

/** JSON of the same value that is printable on one line of a terminal. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value).replace(invisible, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join("")
  )
