import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as CertifierError from "../CertifierError.js"
import type { Group } from "../Group.js"
import type { Update, UpdateManyOptions, UpdateResult } from "../Groups.js"

/**
 * The results of updates, in the order of completion. Sent updates are always reported, even if `updates` fails or a failed
 * update stops the stream.
 */
export const make = <E, R, R2>(
  updates: Stream.Stream<Update, E, R>,
  update: (update: Update) => Effect.Effect<Group, CertifierError.CertifierError, R2>,
  { concurrency = 5, onFailure = "continue" }: UpdateManyOptions = {}
): Stream.Stream<UpdateResult, E | CertifierError.InvalidRequest, R | R2> => {
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    const expected = "a whole number of at least 1"
    return Stream.fail(
      new CertifierError.InvalidRequest({
        operation: "updateMany",
        issues: [new CertifierError.Issue({ field: "concurrency", problem: `is not ${expected}`, expected })]
      })
    )
  }
  return Stream.suspend(() => {
    let stopped = false
    let ended = Option.none<Cause.Cause<E>>()

    const source = updates.pipe(
      // Checked per chunk: `run` skips the rest of the chunk in which it stopped.
      Stream.takeWhile(() => !stopped),
      Stream.catchAllCause((cause) => {
        ended = Option.some(cause)
        return Stream.empty
      })
    )

    const run = ([one, index]: [Update, number]): Effect.Effect<Option.Option<UpdateResult>, never, R2> =>
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
