/**
 * Many updates, one by one and several at a time: what goes in, what comes out, and how far it is.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import type { CertifierError } from "./CertifierError.js"
import type { Group } from "./Group.js"
import type * as GroupPatch from "./GroupPatch.js"

/**
 * One update: which group, and what to set.
 *
 * @since 0.1.0
 * @category models
 */
export interface GroupUpdate {
  readonly id: string
  readonly patch: GroupPatch.Input
}

/**
 * How updates are sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** How many are on their way at a time; a whole number of at least 1. Default 5. */
  readonly concurrency?: number | undefined
  /** Whether the updates that have not been sent yet are sent after one has failed. Default `"continue"`. */
  readonly onFailure?: "continue" | "stop" | undefined
}

/**
 * What has become of one update.
 *
 * @since 0.1.0
 * @category models
 */
export interface Result {
  /** The place of the update in the stream that it came from, from 0. */
  readonly index: number
  readonly id: string
  /** The group as it is now, or why it is not. */
  readonly result: Either.Either<Group, CertifierError>
}

/**
 * How many updates have ended so far.
 *
 * @since 0.1.0
 * @category models
 */
export interface Progress {
  readonly succeeded: number
  readonly failed: number
  /** The result that came last. */
  readonly last: Result
}

/**
 * Results as progress: one for each result, in the same order, as each comes.
 *
 * @example
 * ```ts
 * import { CertifierClient, GroupUpdate } from "@effect-certifier/core"
 * import { Console, Stream } from "effect"
 *
 * const program = Stream.make({ id: "01g90279gp5sbmfek7wymcsvec", patch: { name: "Financial Markets" } }).pipe(
 *   CertifierClient.updateGroups(),
 *   GroupUpdate.progress,
 *   Stream.runForEach(({ failed, succeeded }) => Console.log(`${succeeded} updated, ${failed} failed`))
 * )
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const progress = <E, R>(results: Stream.Stream<Result, E, R>): Stream.Stream<Progress, E, R> =>
  Stream.mapAccum(results, { succeeded: 0, failed: 0 }, ({ failed, succeeded }, last) => {
    const counts = Either.isRight(last.result)
      ? { succeeded: succeeded + 1, failed }
      : { succeeded, failed: failed + 1 }
    return [counts, { ...counts, last }]
  })
