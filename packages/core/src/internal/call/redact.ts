/** Replaces the access token. */
const mark = "<redacted>"

/**
 * Removes the token from external text, even if it is escaped: as JSON (`\/`, `A`), percent-encoded, or as HTML character
 * references.
 */
export const make = (token: string): ((text: string) => string) => {
  const forms = [...token].map((character) => {
    const hex = (unit: number, length: number) => unit.toString(16).padStart(length, "0")
    const literal = character.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")
    const point = character.codePointAt(0) ?? 0
    return [
      `\\\\?${literal}`,
      character.replace(/[^]/g, (unit) => `\\\\u${hex(unit.charCodeAt(0), 4)}`),
      [...new TextEncoder().encode(character)].map((byte) => `%${hex(byte, 2)}`).join(""),
      `&#(?:${point}|x0*${hex(point, 1)});`
    ].join("|")
  })
  const pattern = new RegExp(forms.map((form) => `(?:${form})`).join(""), "gi")
  return (text) => text.replace(pattern, mark)
}
