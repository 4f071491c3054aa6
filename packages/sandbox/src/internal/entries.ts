import type { Operation } from "@effect-certifier/core"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** A stored object and when it was stored, relative to the others: two can have the same time. */
export interface Entry<A> {
  readonly sequence: number
  readonly value: A
}

/** An order of a list: by a text, and then by when its objects were stored. */
export interface Order<A> {
  readonly key: (value: A) => string
  readonly isDescending: boolean
}

interface Position {
  readonly key: string
  readonly sequence: number
}

/** The order of plain lists. */
export const newestFirst: Order<unknown> = { key: () => "", isDescending: true }

/** The page size without a `limit`, from the vendor's documentation. */
const defaultLimit = 20

/** A side and a position. It stays valid when the object at that position is deleted or changed. */
const Cursor = Schema.parseJson(Schema.Tuple(Schema.Literal("after", "before"), Schema.String, Schema.Int))

const encodeCursor = Schema.encodeSync(Cursor)

const decodeCursor = Schema.decodeUnknownOption(Cursor)

const compare =
  (isDescending: boolean) =>
  (self: Position, that: Position): number => {
    const ascending = self.key < that.key ? -1 : self.key > that.key ? 1 : self.sequence - that.sequence
    return isDescending ? -ascending : ascending
  }

/** One page of the entries in an order; none if the cursor is invalid. */
export const page = <A>(
  entries: Iterable<Entry<A>>,
  { isDescending, key }: Order<A>,
  { cursor, limit = defaultLimit }: Operation.PageOptions
): Option.Option<Operation.Page<A>> => {
  const order = compare(isDescending)
  const all = Array.from(entries, ({ sequence, value }) => ({ key: key(value), sequence, value })).toSorted(order)
  const toCursor = (side: "after" | "before", position: Position) =>
    Buffer.from(encodeCursor([side, position.key, position.sequence])).toString("base64url")
  const sliced =
    cursor === undefined
      ? Option.some(all.slice(0, limit))
      : Option.map(decodeCursor(Buffer.from(cursor, "base64url").toString()), ([side, key, sequence]) =>
          side === "after"
            ? all.filter((other) => order(other, { key, sequence }) > 0).slice(0, limit)
            : all.filter((other) => order(other, { key, sequence }) < 0).slice(-limit)
        )
  return Option.map(sliced, (found) => {
    const [first, last] = [found[0], found.at(-1)]
    return {
      data: found.map(({ value }) => value),
      pagination: {
        prev: first === undefined || first === all[0] ? Option.none() : Option.some(toCursor("before", first)),
        next: last === undefined || last === all.at(-1) ? Option.none() : Option.some(toCursor("after", last))
      }
    }
  })
}
