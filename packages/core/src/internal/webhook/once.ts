import type * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"

/** The result of one delivery. After the last two, the event has to be redelivered. */
export type Outcome = "Handled" | "Failed" | "Unavailable"

/**
 * The tag or class of an error. Nothing else is logged, because a message can quote the event.
 */
const nameOf = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  const name = ["_tag", "name"].map((key) => (Predicate.hasProperty(error, key) ? error[key] : undefined))
  const found = name.find((text) => typeof text === "string" && /^[\w@/.-]{1,64}$/.test(text))
  return typeof found === "string" ? found : `a value of type ${typeof error}`
}

const keyOf = (id: string): string => `certifier-webhook-${id}`

export interface Options {
  readonly store: KeyValueStore.KeyValueStore
  readonly timeout: Duration.Duration
}

/**
 * Handles each event once: not if the store contains its id, and not twice concurrently. The id is stored after the handler
 * succeeded, with the time, so that old entries can be removed.
 */
export const make = ({ store, timeout }: Options) => {
  const running = new Map<string, Deferred.Deferred<Outcome>>()

  const remember = (id: string) =>
    DateTime.now.pipe(
      Effect.flatMap((now) => store.set(keyOf(id), DateTime.formatIso(now))),
      Effect.catchAllCause((cause) =>
        Effect.logWarning(`Webhook: a handled event could not be stored (${nameOf(cause)})`)
      )
    )

  /** `onHandled` is called as soon as the handler succeeds. */
  const work = Effect.fnUntraced(function* <R>(
    id: string,
    handle: Effect.Effect<unknown, unknown, R>,
    onHandled: () => void
  ): Effect.fn.Return<Outcome, never, Exclude<R, Scope.Scope>> {
    const stored = yield* Effect.exit(store.has(keyOf(id)))
    if (Exit.isFailure(stored)) {
      yield* Effect.logError(`Webhook: the store can't be read (${nameOf(stored.cause)})`)
      return "Unavailable"
    }
    if (stored.value) return "Handled"
    const exit = yield* Effect.exit(Effect.scoped(handle))
    if (Exit.isFailure(exit)) {
      yield* Effect.logError(`Webhook: the handler failed (${nameOf(exit.cause)})`)
      return "Failed"
    }
    onHandled()
    yield* remember(id)
    return "Handled"
  })

  /**
   * The work and its time limit run in fibers that are not children of the request's fiber: an interruption reaches the
   * children even of an uninterruptible fiber, and a disconnect of the sender must not stop the work. The request always waits
   * for the result, so the work does not outlive the program's services by more than the time limit.
   */
  const start = Effect.fnUntraced(function* <R>(
    id: string,
    result: Deferred.Deferred<Outcome>,
    handle: Effect.Effect<unknown, unknown, R>
  ): Effect.fn.Return<Outcome, never, Exclude<R, Scope.Scope>> {
    let isHandled = false
    const working = work(id, handle, () => {
      isHandled = true
    })
    const worker = yield* Effect.forkDaemon(
      Effect.onExit(Effect.interruptible(working), (exit) => {
        running.delete(id)
        return Deferred.succeed(
          result,
          Exit.getOrElse(exit, () => "Unavailable")
        )
      })
    )
    const timer = yield* Effect.sleep(timeout).pipe(
      Effect.flatMap(() => Deferred.succeed(result, isHandled ? "Handled" : "Unavailable")),
      // It ends once it is interruptible. Until then, the event is not handled again.
      Effect.zipRight(Fiber.interruptFork(worker)),
      Effect.interruptible,
      Effect.forkDaemon
    )
    const outcome = yield* Deferred.await(result)
    yield* Fiber.interruptFork(timer)
    return outcome
  })

  /** The running delivery has its own time limit; this one covers a runtime that drops that delivery with its request. */
  const join = (other: Deferred.Deferred<Outcome>): Effect.Effect<Outcome> =>
    Effect.timeoutTo(Effect.interruptible(Deferred.await(other)), {
      duration: timeout,
      onSuccess: (outcome) => outcome,
      onTimeout: () => "Unavailable"
    })

  return <R>(
    id: string,
    handle: Effect.Effect<unknown, unknown, R>
  ): Effect.Effect<Outcome, never, Exclude<R, Scope.Scope>> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() => {
        const other = running.get(id)
        if (other !== undefined) return restore(join(other))
        const result = Deferred.unsafeMake<Outcome>(FiberId.none)
        running.set(id, result)
        return start(id, result, handle)
      })
    )
}
