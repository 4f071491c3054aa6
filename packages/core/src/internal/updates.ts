import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as CertifierError from "../CertifierError.js"
import type { Group } from "../Group.js"
import type { GroupUpdate, Options, Result } from "../GroupUpdate.js"

/**
 * The results of updates, in the order in which they end. Updates that were sent are always reported: neither the end of
 * `updates` by a failure, nor a stop after a failed update, cuts them off.
 */
export const make = <E, R>(
  updates: Stream.Stream<GroupUpdate, E, R>,
  update: (update: GroupUpdate) => Effect.Effect<Group, CertifierError.CertifierError>,
  { concurrency = 5, onFailure = "continue" }: Options = {}
): Stream.Stream<Result, E | CertifierError.InvalidRequest, R> => {
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    return Stream.fail(
      new CertifierError.InvalidRequest({
        operation: "updateGroups",
        issues: [
          new CertifierError.Issue({
            field: "concurrency",
            problem: "is not a whole number of at least 1",
            expected: "a whole number of at least 1"
          })
        ]
      })
    )
  }
  return Stream.suspend(() => {
    let stopped = false
    let ended = Option.none<Cause.Cause<E>>()

    const source = updates.pipe(
      // By chunks: the rest of the one in which it stopped is passed over by `run`.
      Stream.takeWhile(() => !stopped),
      Stream.catchAllCause((cause) => {
        ended = Option.some(cause)
        return Stream.empty
      })
    )

    const run = ([one, index]: [GroupUpdate, number]): Effect.Effect<Option.Option<Result>> =>
      Effect.suspend(() => {
        if (stopped) return Effect.succeedNone
        return Effect.map(Effect.either(update(one)), (result) => {
          stopped ||= onFailure === "stop" && result._tag === "Left"
          return Option.some({ index, id: one.id, result })
        })
      })

    return Stream.zipWithIndex(source).pipe(
      Stream.mapEffect(run, { concurrency, unordered: true }),
      Stream.filterMap(identity),
      Stream.concat(Stream.suspend(() => Option.match(ended, { onNone: () => Stream.empty, onSome: Stream.failCause })))
    )
  })
}
