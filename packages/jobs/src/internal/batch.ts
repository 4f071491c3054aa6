import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import { turn } from "./turn.js"

/**
 * Until the responses that arrive in this turn of the event loop, and the requests that follow from other batches, are waiting. With
 * a single turn, requests form two groups that take turns.
 */
const collected = Effect.zipRight(turn, turn)

/** The requests of a batch, because a statement of SQLite has at most 32,766 parameters, and one of PostgreSQL 65,535. */
const mostRequests = 1000

interface Waiting<A, B> {
  readonly request: A
  readonly resume: (result: Effect.Effect<B>) => void
}

/**
 * Runs requests that are made at about the same time as one batch. Requests that arrive while a batch runs are the next batch. Each
 * request ends with its batch, which continues if a request is interrupted.
 */
export const make = <A, B>(
  run: (requests: ReadonlyArray<A>) => Effect.Effect<(request: A) => B>
): Effect.Effect<(request: A) => Effect.Effect<B>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const latch = yield* Effect.makeLatch(false)
    const waiting: Array<Waiting<A, B>> = []
    yield* Effect.gen(function* () {
      yield* latch.await
      yield* collected
      yield* latch.close
      const batch = waiting.splice(0, mostRequests)
      if (waiting.length > 0) latch.unsafeOpen()
      // A request that was made after the latch was closed has opened it again, and may be in the last batch already.
      if (batch.length === 0) return
      const exit = yield* Effect.exit(run(batch.map(({ request }) => request)))
      for (const { request, resume } of batch) resume(Exit.map(exit, (of) => of(request)))
    }).pipe(Effect.forever, Effect.forkScoped)
    return (request) =>
      Effect.async((resume) => {
        waiting.push({ request, resume })
        latch.unsafeOpen()
      })
  })
