import type { SortedList } from "./sortedList.js"

/** So many neighbours have their texts in one. */
const span = 256

interface Block {
  readonly text: string
  readonly count: number
}

/**
 * The texts of a field, those of neighbours joined: that none of them has a part is seen at once, instead of in each. They are
 * joined when they are first searched, and again after a change.
 */
export class Texts<Item extends { readonly sequence: number }> {
  private readonly blocks = new Map<number, Block>()
  private readonly of: (item: Item) => string | undefined

  constructor(of: (item: Item) => string | undefined) {
    this.of = of
  }

  /** An item with this number was added, removed or replaced. */
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

  /** The items of a list, which is ordered by their numbers, whose texts have a part; undefined for more than `most`. */
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
