import { stripVTControlCharacters } from "node:util"

/** The words of a text. A command at the end of a line is one word, so that it can be copied. */
const wordsOf = (text: string): ReadonlyArray<string> => {
  const [, before = text, command] = /^(.*: )(certifier .*)$/.exec(text) ?? []
  return [...before.trim().split(" "), ...(command === undefined ? [] : [command])]
}

const widthOf = (text: string): number => [...stripVTControlCharacters(text)].length

/** Wraps the words of a text to a width. */
export const wrapWords = (text: string, width: number): ReadonlyArray<string> => {
  const lines = [""]
  for (const word of wordsOf(text)) {
    const last = lines.at(-1) ?? ""
    if (last !== "" && widthOf(last) + 1 + widthOf(word) > width) lines.push(word)
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`
  }
  return lines
}

/** Wraps lines between words for a terminal, with their original indentation. */
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
