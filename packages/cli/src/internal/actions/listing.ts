import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

export interface Limit {
  readonly limit: Option.Option<number>
}

/** Limits the page size, so that no more items are requested than printed. */
export const pageOptions = ({ limit }: Limit) => ({
  pageSize: Option.match(limit, { onNone: () => undefined, onSome: (count) => Math.min(count, 100) })
})

export const limited =
  ({ limit }: Limit) =>
  <A, E, R>(stream: Stream.Stream<A, E, R>): Stream.Stream<A, E, R> =>
    Option.match(limit, { onNone: () => stream, onSome: (count) => Stream.take(stream, count) })
