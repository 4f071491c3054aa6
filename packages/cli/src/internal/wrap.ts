import { stripVTControlCharacters } from "node:util"

/** The words of a text; a command to type, which ends its line, is one of them: broken in two it could not be copied. */
const wordsOf = (text: string): ReadonlyArray<string> => {
  const [, before = text, command] = /^(.*: )(certifier .*)$/.exec(text) ?? []
  return [...before.trim().split(" "), ...(command === undefined ? [] : [command])]
}

const widthOf = (text: string): number => [...stripVTControlCharacters(text)].length

/** Words as lines of a width. */
export const wrapWords = (text: string, width: number): ReadonlyArray<string> => {
  const lines = [""]
  for (const word of wordsOf(text)) {
    const last = lines.at(-1) ?? ""
    if (last !== "" && widthOf(last) + 1 + widthOf(word) > width) lines.push(word)
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`
  }
  return lines
}

/** Lines that are too long for a terminal, broken between words; what follows is indented as the line is. */
export const wrap = (text: string, columns: number): string =>
  text
    .split("\n")
    .map((line) => {
      if (widthOf(line) <= columns) return line
      const indent = /^ */.exec(line)?.[0] ?? ""
      return wrapWords(line.slice(indent.length), columns - indent.length)
        .map((part) => indent + part)
        .join("\n")
    })
    .join("\n")
