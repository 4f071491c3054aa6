/** A position in an order: a key, then the sequence number of the object. */
export interface Position {
  readonly key: string | number
  readonly sequence: number
}

const comparePositions = (self: Position, that: Position): number => {
  if (self.key === that.key) return self.sequence - that.sequence
  return self.key < that.key ? -1 : 1
}

/**
 * Items in ascending order of their positions, which are unique. Finding one takes a logarithmic number of comparisons. Inserting
 * and removing also move the items behind it, which is one copy of memory.
 */
export class SortedList<Item> {
  private readonly items: Array<Item> = []
  private readonly position: (item: Item) => Position

  constructor(position: (item: Item) => Position) {
    this.position = position
  }

  get size(): number {
    return this.items.length
  }

  at(index: number): Item | undefined {
    return this.items[index]
  }

  positionAt(index: number): Position | undefined {
    const item = this.items[index]
    return item === undefined ? undefined : this.position(item)
  }

  /** The index of the first item at or after this position. */
  indexOf(position: Position): number {
    let [low, high] = [0, this.items.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const item = this.items[middle]
      if (item !== undefined && comparePositions(this.position(item), position) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  add(item: Item): void {
    const position = this.position(item)
    const last = this.positionAt(this.items.length - 1)
    // Most items are newer than all others and belong at the end.
    if (last === undefined || comparePositions(last, position) < 0) this.items.push(item)
    else this.items.splice(this.indexOf(position), 0, item)
  }

  /** Adds many items at once. */
  addAll(items: Iterable<Item>): void {
    for (const item of items) this.items.push(item)
    this.items.sort((self, that) => comparePositions(this.position(self), this.position(that)))
  }

  remove(item: Item): void {
    const index = this.indexOf(this.position(item))
    if (this.items[index] === item) this.items.splice(index, 1)
  }

  /** Removes one item and adds another, at the same index if it has the same position. */
  replace(old: Item, item: Item): void {
    const [from, to] = [this.position(old), this.position(item)]
    const index = this.indexOf(from)
    if (comparePositions(from, to) === 0 && this.items[index] === old) {
      this.items[index] = item
    } else {
      this.remove(old)
      this.add(item)
    }
  }

  [Symbol.iterator](): Iterator<Item> {
    return this.items[Symbol.iterator]()
  }
}
