import type { Operation } from "@effect-certifier/core"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Position } from "./sortedList.js"
import type { Entry, Ordered } from "./table.js"

/** The page size without a `limit`, from the vendor's documentation. */
const defaultLimit = 20

/** A side and a position. It stays valid when the object at that position is deleted or changed. */
const Cursor = Schema.parseJson(
  Schema.Tuple(Schema.Literal("after", "before"), Schema.Union(Schema.String, Schema.Number), Schema.Int)
)

const encodeCursor = Schema.encodeSync(Cursor)

const decodeCursor = Schema.decodeUnknownOption(Cursor)

type Side = "after" | "before"

const toCursor = (side: Side, { key, sequence }: Position): string =>
  Buffer.from(encodeCursor([side, key, sequence])).toString("base64url")

const fromCursor = (cursor: string) => decodeCursor(Buffer.from(cursor, "base64url").toString())

/** What is listed: an order, its direction, and which of its entries. */
export interface Query<A, Derived> {
  readonly list: Ordered<A, Derived>
  readonly isDescending: boolean
  readonly matches?: ((entry: Entry<A, Derived>) => boolean) | undefined
}

/** The indexes of up to `count` matching entries, from one on. */
const walk = <A, Derived>(
  { list, matches }: Query<A, Derived>,
  { count, from, step }: { readonly count: number; readonly from: number; readonly step: 1 | -1 }
): ReadonlyArray<number> => {
  const found: Array<number> = []
  for (let index = from; found.length < count; index += step) {
    const entry = list.at(index)
    if (entry === undefined) break
    if (matches === undefined || matches(entry)) found.push(index)
  }
  return found
}

/** Where a page begins: the index before the first one that can be on it, in the direction `step`. */
const start = <A, Derived>(
  { isDescending, list }: Query<A, Derived>,
  side: Side,
  position: Position
): { readonly from: number; readonly step: 1 | -1 } => {
  const ascends = (side === "after") !== isDescending
  const index = list.indexOf(position)
  const at = list.positionAt(index)
  const isThere = at !== undefined && at.key === position.key && at.sequence === position.sequence
  return ascends ? { from: isThere ? index + 1 : index, step: 1 } : { from: index - 1, step: -1 }
}

/** One page of a list; none if the cursor is invalid. It looks at no more entries than it has to. */
export const page = <A, Derived>(
  query: Query<A, Derived>,
  { cursor, limit = defaultLimit }: Operation.PageOptions
): Option.Option<Operation.Page<A>> => {
  const { isDescending, list } = query
  const beginning = isDescending ? ({ from: list.size - 1, step: -1 } as const) : ({ from: 0, step: 1 } as const)
  const sided =
    cursor === undefined
      ? Option.some({ side: "after" as Side, ...beginning })
      : Option.map(fromCursor(cursor), ([side, key, sequence]) => ({ side, ...start(query, side, { key, sequence }) }))
  return Option.map(sided, ({ from, side, step }) => {
    const ahead = walk(query, { count: limit + 1, from, step })
    const hasMore = ahead.length > limit
    const inWalk = ahead.slice(0, limit)
    const indexes = side === "after" ? inWalk : inWalk.toReversed()
    const [first, last] = [indexes[0], indexes.at(-1)]
    const data = indexes.flatMap((index) => list.at(index)?.value ?? [])
    const hasOpposite = () => {
      const [nearest] = inWalk
      return (
        nearest !== undefined && walk(query, { count: 1, from: nearest - step, step: step === 1 ? -1 : 1 }).length > 0
      )
    }
    const link = (side: Side, index: number | undefined, exists: () => boolean): Option.Option<string> =>
      Option.map(
        Option.filter(Option.fromNullable(index === undefined ? undefined : list.positionAt(index)), exists),
        (position) => toCursor(side, position)
      )
    return {
      data,
      pagination: {
        prev: link("before", first, side === "after" ? hasOpposite : () => hasMore),
        next: link("after", last, side === "after" ? () => hasMore : hasOpposite)
      }
    }
  })
}
