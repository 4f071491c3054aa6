import type { SortedList } from "./sortedList.js"

/** The number of neighbours whose texts are joined. */
const span = 256

interface Block {
  readonly text: string
  readonly count: number
}

/**
 * The texts of a field. Those of neighbours are joined, so that one search shows that none of them contains a substring. They are
 * joined on the first search, and again after a change.
 */
export class Texts<Item extends { readonly sequence: number }> {
  private readonly blocks = new Map<number, Block>()
  private readonly of: (item: Item) => string | undefined

  constructor(of: (item: Item) => string | undefined) {
    this.of = of
  }

  /** Call after the item with this number was added, removed or replaced. */
  forget(sequence: number): void {
    this.blocks.delete(Math.floor(sequence / span))
  }

  clear(): void {
    this.blocks.clear()
  }

  private join(list: SortedList<Item>, from: number, key: number): Block {
    const texts: Array<string> = []
    for (let item = list.at(from); item !== undefined && Math.floor(item.sequence / span) === key;) {
      texts.push(this.of(item) ?? "")
      item = list.at(from + texts.length)
    }
    const block = { text: texts.join("\0"), count: texts.length }
    this.blocks.set(key, block)
    return block
  }

  /** The items of a list in the order of their numbers whose texts contain a substring; undefined if there are more than `most`. */
  find(list: SortedList<Item>, part: string, most: number): ReadonlyArray<Item> | undefined {
    const found: Array<Item> = []
    let index = 0
    for (let first = list.at(0); first !== undefined; first = list.at(index)) {
      const key = Math.floor(first.sequence / span)
      const { count, text } = this.blocks.get(key) ?? this.join(list, index, key)
      if (text.includes(part)) {
        for (let at = index; at < index + count; at++) {
          const item = list.at(at)
          if (item !== undefined && this.of(item)?.includes(part) === true) found.push(item)
        }
        if (found.length > most) return undefined
      }
      index += count
    }
    return found
  }
}
