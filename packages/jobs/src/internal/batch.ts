import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"

/** Waits for a turn of the event loop, so that all responses of the current one have arrived. */
const turn = Effect.async<void>((resume) => {
  const immediate = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(immediate))
})

/**
 * Runs requests that are made at about the same time as one batch. Requests that arrive while a batch runs are the next batch. Each
 * request ends with its batch, which continues if a request is interrupted.
 */
export const make = <A, B>(
  run: (requests: ReadonlyArray<A>) => Effect.Effect<(request: A) => B>
): Effect.Effect<(request: A) => Effect.Effect<B>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const queue = yield* Queue.unbounded<readonly [request: A, result: Deferred.Deferred<B>]>()
    yield* Effect.gen(function* () {
      const first = yield* Queue.take(queue)
      yield* turn
      const batch = [first, ...Chunk.toReadonlyArray(yield* Queue.takeAll(queue))]
      const exit = yield* Effect.exit(run(batch.map(([request]) => request)))
      for (const [request, result] of batch) {
        yield* Deferred.done(
          result,
          Exit.map(exit, (of) => of(request))
        )
      }
    }).pipe(Effect.forever, Effect.forkScoped)
    return (request) =>
      Effect.gen(function* () {
        const result = yield* Deferred.make<B>()
        yield* Queue.offer(queue, [request, result])
        return yield* Deferred.await(result)
      })
  })
