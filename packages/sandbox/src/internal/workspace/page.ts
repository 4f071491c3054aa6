import type { Operation } from "@effect-certifier/core"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Position } from "./sortedList.js"
import type { Entry, Ordered } from "./table.js"

/** The page size without a `limit`, from the vendor's documentation. */
const defaultLimit = 20

/** A side and a position. A cursor stays valid when the object at that position is deleted or changed. */
const Cursor = Schema.parseJson(
  Schema.Tuple(Schema.Literal("after", "before"), Schema.Union(Schema.String, Schema.Number), Schema.Int)
)

const encodeCursor = Schema.encodeSync(Cursor)

const decodeCursor = Schema.decodeUnknownOption(Cursor)

type Side = "after" | "before"

const toCursor = (side: Side, { key, sequence }: Position): string =>
  Buffer.from(encodeCursor([side, key, sequence])).toString("base64url")

const fromCursor = (cursor: string) => decodeCursor(Buffer.from(cursor, "base64url").toString())

/** The order of a list, its direction and its filter. */
export interface Query<A, Derived> {
  readonly list: Ordered<A, Derived>
  readonly isDescending: boolean
  readonly matches?: ((entry: Entry<A, Derived>) => boolean) | undefined
}

/** The indexes of up to `count` matching entries, starting at `from`. */
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

/** The index of the first entry that can be on a page, and the direction. */
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

type Page<A> = Option.Option<Operation.Page<A>>

/** A page whose cursor identifies a row. */
const byPosition = <A, Derived>(query: Query<A, Derived>, cursor: string | undefined, limit: number): Page<A> => {
  const { isDescending, list } = query
  const beginning = isDescending ? ({ from: list.size - 1, step: -1 } as const) : ({ from: 0, step: 1 } as const)
  const sided =
    cursor === undefined
      ? Option.some({ side: "after" as const, ...beginning })
      : Option.map(fromCursor(cursor), ([side, key, sequence]) => ({ side, ...start(query, side, { key, sequence }) }))
  return Option.map(sided, ({ from, side, step }) => {
    const ahead = walk(query, { count: limit + 1, from, step })
    const isLast = ahead.length <= limit
    const taken = ahead.slice(0, limit)
    const [nearest] = taken
    const isFirst =
      cursor === undefined ||
      nearest === undefined ||
      walk(query, { count: 1, from: nearest - step, step: step === 1 ? -1 : 1 }).length === 0
    const indexes = side === "after" ? taken : taken.toReversed()
    const link = (side: Side, index: number | undefined, isEnd: boolean) =>
      Option.map(Option.fromNullable(index === undefined || isEnd ? undefined : list.positionAt(index)), (position) =>
        toCursor(side, position)
      )
    return {
      data: indexes.flatMap((index) => list.at(index)?.value ?? []),
      pagination: {
        prev: link("before", indexes[0], side === "after" ? isFirst : isLast),
        next: link("after", indexes.at(-1), side === "after" ? isLast : isFirst)
      }
    }
  })
}

const Offset = Schema.parseJson(Schema.Int.pipe(Schema.positive()))

const decodeOffset = Schema.decodeUnknownOption(Offset)

/** A page whose cursor counts rows, like an offset in a database. */
const byOffset = <A, Derived>(query: Query<A, Derived>, cursor: string | undefined, limit: number): Page<A> => {
  const { isDescending, list } = query
  const offset = cursor === undefined ? Option.some(0) : decodeOffset(Buffer.from(cursor, "base64url").toString())
  const toOffset = (rows: number) => Buffer.from(String(rows)).toString("base64url")
  return Option.map(offset, (skipped) => {
    const [from, step] = isDescending ? [list.size - 1, -1 as const] : [0, 1 as const]
    const indexes = walk(query, { count: skipped + limit + 1, from, step }).slice(skipped)
    return {
      data: indexes.slice(0, limit).flatMap((index) => list.at(index)?.value ?? []),
      pagination: {
        // The first page has no cursor, because an offset of 0 would be rejected.
        prev: skipped > limit ? Option.some(toOffset(skipped - limit)) : Option.none(),
        next: indexes.length > limit ? Option.some(toOffset(skipped + limit)) : Option.none()
      }
    }
  })
}

/** One page of a list; none if the cursor is invalid. Reads no more entries than needed. */
export const page = <A, Derived>(
  query: Query<A, Derived>,
  { cursor, limit = defaultLimit }: Operation.PageOptions,
  cursors: "position" | "offset"
): Page<A> => (cursors === "position" ? byPosition(query, cursor, limit) : byOffset(query, cursor, limit))
