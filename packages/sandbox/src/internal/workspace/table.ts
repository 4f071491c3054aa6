import { type Position, SortedList } from "./sortedList.js"
import { Texts } from "./texts.js"

/** A stored object, its sequence number, and the fields that its orders and indexes use. */
export interface Entry<A, Derived> {
  readonly id: string
  readonly sequence: number
  readonly value: A
  readonly derived: Derived
}

/** The orders and indexes of a table, and the fields that are derived from an object for them. */
export interface Definition<A, Derived, Orders extends string, Indexes extends string, Searched extends string> {
  readonly derive: (value: A) => Derived
  /** The orders of lists. Every list can also be in the order of storing. */
  readonly orders: { readonly [Name in Orders]: (entry: Entry<A, Derived>) => string | number }
  /** The keys of the indexes. */
  readonly indexes: { readonly [Name in Indexes]: (entry: Entry<A, Derived>) => string | undefined }
  /** The texts for substring searches. */
  readonly searched: { readonly [Name in Searched]: (entry: Entry<A, Derived>) => string | undefined }
}

/** Entries in an order. */
export type Ordered<A, Derived> = SortedList<Entry<A, Derived>>

/** The read operations of a table. */
export interface ReadonlyTable<
  A,
  Derived = undefined,
  Orders extends string = never,
  Indexes extends string = never,
  Searched extends string = never
> {
  readonly size: number
  readonly get: (id: string) => A | undefined
  readonly has: (id: string) => boolean
  /** All values, oldest first. */
  readonly values: () => ReadonlyArray<A>
  readonly entries: () => Iterable<Entry<A, Derived>>
  /** All entries in the order of storing. */
  readonly stored: Ordered<A, Derived>
  readonly orderedBy: (order: Orders) => Ordered<A, Derived>
  /** The position of an entry in an order; without one, in the order of storing. */
  readonly positionIn: (order: Orders | undefined) => (entry: Entry<A, Derived>) => Position
  /** The entries with a key in an index, in the order of storing. */
  readonly lookUp: (index: Indexes, key: string) => Ordered<A, Derived>
  /** The entries whose text contains a substring; undefined if there are more than `most`. */
  readonly withPart: (field: Searched, part: string, most: number) => ReadonlyArray<Entry<A, Derived>> | undefined
}

const byRank = <A, Derived>(entry: Entry<A, Derived>): Position => ({ key: 0, sequence: entry.sequence })

const names = <Name extends string>(record: { readonly [K in Name]: unknown }): ReadonlyArray<Name> => {
  const all: Array<Name> = []
  for (const name in record) all.push(name)
  return all
}

/** Objects of one kind by id, with their orders and indexes. */
export class Table<
  A,
  Derived,
  Orders extends string,
  Indexes extends string,
  Searched extends string = never
> implements ReadonlyTable<A, Derived, Orders, Indexes, Searched> {
  private readonly definition: Definition<A, Derived, Orders, Indexes, Searched>
  private readonly texts: ReadonlyMap<Searched, Texts<Entry<A, Derived>>>
  private byId = new Map<string, Entry<A, Derived>>()
  private lists: Map<Orders, Ordered<A, Derived>>
  private buckets: Map<Indexes, Map<string, Ordered<A, Derived>>>
  private last = 0
  stored: Ordered<A, Derived> = new SortedList(byRank)

  constructor(definition: Definition<A, Derived, Orders, Indexes, Searched>) {
    this.definition = definition
    this.texts = new Map(names(definition.searched).map((name) => [name, new Texts(definition.searched[name])]))
    this.lists = this.emptyLists()
    this.buckets = this.emptyBuckets()
  }

  private emptyLists() {
    return new Map(names(this.definition.orders).map((name) => [name, new SortedList(this.positionIn(name))]))
  }

  private emptyBuckets() {
    return new Map(names(this.definition.indexes).map((name) => [name, new Map<string, Ordered<A, Derived>>()]))
  }

  positionIn(order: Orders | undefined): (entry: Entry<A, Derived>) => Position {
    if (order === undefined) return byRank
    const keyOf = this.definition.orders[order]
    return (entry) => ({ key: keyOf(entry), sequence: entry.sequence })
  }

  get size(): number {
    return this.byId.size
  }

  get(id: string): A | undefined {
    return this.byId.get(id)?.value
  }

  entry(id: string): Entry<A, Derived> | undefined {
    return this.byId.get(id)
  }

  has(id: string): boolean {
    return this.byId.has(id)
  }

  values(): ReadonlyArray<A> {
    return Array.from(this.stored, ({ value }) => value)
  }

  entries(): Iterable<Entry<A, Derived>> {
    return this.stored
  }

  orderedBy(order: Orders): Ordered<A, Derived> {
    return this.lists.get(order) ?? this.stored
  }

  lookUp(index: Indexes, key: string): Ordered<A, Derived> {
    return this.buckets.get(index)?.get(key) ?? new SortedList(byRank)
  }

  withPart(field: Searched, part: string, most: number): ReadonlyArray<Entry<A, Derived>> | undefined {
    return this.texts.get(field)?.find(this.stored, part, most)
  }

  private forgetTexts({ sequence }: Entry<A, Derived>): void {
    for (const texts of this.texts.values()) texts.forget(sequence)
  }

  private makeEntry(id: string, value: A, sequence: number): Entry<A, Derived> {
    this.last = Math.max(this.last, sequence)
    return { id, sequence, value, derived: this.definition.derive(value) }
  }

  private addToBucket(name: Indexes, entry: Entry<A, Derived>): void {
    const key = this.definition.indexes[name](entry)
    const bucket = this.buckets.get(name)
    if (key === undefined || bucket === undefined) return
    const list = bucket.get(key) ?? new SortedList(byRank)
    list.add(entry)
    bucket.set(key, list)
  }

  private removeFromBucket(name: Indexes, entry: Entry<A, Derived>): void {
    const key = this.definition.indexes[name](entry)
    const bucket = this.buckets.get(name)
    const list = key === undefined ? undefined : bucket?.get(key)
    if (key === undefined || list === undefined) return
    list.remove(entry)
    if (list.size === 0) bucket?.delete(key)
  }

  /** Moves an entry only in the lists in which its position has changed. */
  private replace(old: Entry<A, Derived>, entry: Entry<A, Derived>): void {
    this.stored.replace(old, entry)
    for (const list of this.lists.values()) list.replace(old, entry)
    for (const [name, bucket] of this.buckets) {
      const keyOf = this.definition.indexes[name]
      const [from, to] = [keyOf(old), keyOf(entry)]
      if (from === to) {
        if (from !== undefined) bucket.get(from)?.replace(old, entry)
      } else {
        this.removeFromBucket(name, old)
        this.addToBucket(name, entry)
      }
    }
  }

  /** The sequence number for a value: its own, or the next one. */
  sequenceOf(id: string): number {
    return this.byId.get(id)?.sequence ?? this.last + 1
  }

  /** Stores a value after all others, or instead of the one with this id. */
  set(id: string, value: A, sequence: number = this.sequenceOf(id)): void {
    const old = this.byId.get(id)
    const entry = this.makeEntry(id, value, sequence)
    this.byId.set(id, entry)
    this.forgetTexts(entry)
    if (old !== undefined) {
      this.forgetTexts(old)
      return this.replace(old, entry)
    }
    this.stored.add(entry)
    for (const list of this.lists.values()) list.add(entry)
    for (const name of this.buckets.keys()) this.addToBucket(name, entry)
  }

  delete(id: string): void {
    const entry = this.byId.get(id)
    if (entry === undefined) return
    this.byId.delete(id)
    this.forgetTexts(entry)
    this.stored.remove(entry)
    for (const list of this.lists.values()) list.remove(entry)
    for (const name of this.buckets.keys()) this.removeFromBucket(name, entry)
  }

  /** Replaces all values, which is faster than storing them one by one. */
  reset(rows: Iterable<{ readonly id: string; readonly value: A; readonly sequence: number }>): void {
    this.byId = new Map()
    for (const texts of this.texts.values()) texts.clear()
    this.last = 0
    this.stored = new SortedList(byRank)
    this.lists = this.emptyLists()
    this.buckets = this.emptyBuckets()
    for (const { id, sequence, value } of rows) this.byId.set(id, this.makeEntry(id, value, sequence))
    this.stored.addAll(this.byId.values())
    for (const list of this.lists.values()) list.addAll(this.byId.values())
    for (const entry of this.stored) for (const name of this.buckets.keys()) this.addToBucket(name, entry)
  }
}
