import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type * as RetryBudget from "../../RetryBudget.js"
import type { RetryPolicy } from "../../RetryPolicy.js"
import type { Failure, Stop } from "../../RetryDecision.js"
import { decide, toFailure } from "./decide.js"
import { observe } from "./observe.js"

/** `decide` with the fiber's random numbers and monotonic clock. */
export const decideNow = (policy: RetryPolicy, attempts: number, since: bigint, failure: Failure) =>
  Effect.map(Effect.zip(Clock.currentTimeNanos, Random.next), ([now, random]) =>
    decide(policy, { attempts, elapsed: Duration.nanos(now - since) }, failure, random)
  )

/**
 * Runs `attempt` until it succeeds or the decision is to stop; then it fails with the last attempt's cause, unchanged.
 * `attempt` receives the number of retries so far.
 */
export const run = <A, E, R>(
  attempt: (retries: number) => Effect.Effect<A, E, R>,
  policy: RetryPolicy,
  budget: RetryBudget.RetryBudget,
  clock: Clock.Clock
): Effect.Effect<A, E, R> => {
  const since = clock.unsafeCurrentTimeNanos()

  /** `deposit` runs when the attempt succeeds. */
  const loop = (attempts: number, deposit: Effect.Effect<void>, self: Effect.Effect<A, E, R>) =>
    Effect.matchCauseEffect(self, {
      onSuccess: (value) => Effect.as(deposit, value),
      onFailure: (cause): Effect.Effect<A, E, R> =>
        Option.match(Cause.failureOption(cause), {
          onNone: () => Effect.failCause(cause),
          onSome: (error) => afterFailure(attempts, cause, error)
        })
    })

  // Not `Effect.fnUntraced`, because creating the function would cost each call half a microsecond, and few calls are retried.
  const afterFailure = (attempts: number, cause: Cause.Cause<E>, error: E) =>
    Effect.gen(function* () {
      const failure = toFailure(policy, error)
      const [decision, next] = yield* decideNow(policy, attempts, since, failure)
      const stop = (outcome: Stop) => Effect.zipRight(observe(outcome, error, failure), Effect.failCause(cause))
      if (decision._tag === "Stop") return yield* stop(decision)
      const { delay, reason } = decision
      const refund = budget.refund(reason)
      let sent = false
      const retry = Effect.suspend(() => {
        sent = true
        return attempt(next.attempts)
      })
      const waiting = Effect.zipRight(observe(decision, error, failure), Effect.sleep(delay))
      // Uninterruptible, so that withdrawn tokens are always either used or refunded.
      return yield* Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(budget.tryWithdraw(reason), (granted) =>
          granted
            ? Effect.onInterrupt(restore(Effect.zipRight(waiting, loop(next.attempts, refund, retry))), () =>
                sent ? Effect.void : refund
              )
            : restore(stop({ _tag: "Stop", attempt: attempts + 1, reason: "BudgetExhausted" }))
        )
      )
    })

  return loop(0, budget.reward, attempt(0))
}
