import * as CertifierError from "@effect-certifier/core/CertifierError"
import * as Array from "effect/Array"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { type Failure, ItemProblem } from "../JobError.js"
import type { Any } from "../JobOperation.js"
import { TypeId } from "./erased.js"
import { framesOf } from "./frames.js"
import { Lost } from "./lost.js"

export type State = "pending" | "sent" | "done" | "failed" | "unknown"

export interface Item {
  readonly seq: number
  readonly payload: string
  readonly state: State
  readonly attempts: number
  /** When the last intent was written. */
  readonly sentAt: number
  /** When the first intent was written. */
  readonly since: number
  /** When the item was read. */
  readonly readAt: number
  readonly step: Option.Option<string>
  /** Whether `Jobs.retry` was called for the unknown item, and no step was stored since. */
  readonly repeats: boolean
}

export type Settled =
  | { readonly state: "done"; readonly result: string }
  | { readonly state: "pending" | "failed" | "unknown"; readonly error: Failure }

/** The stored state of one item. Each write is conditional: it fails with `Lost` if the item has another owner. */
export interface Ledger {
  readonly read: Effect.Effect<Item>
  /** Also fails if the job is not running. */
  readonly intent: (now: number, counts: boolean) => Effect.Effect<void, Lost>
  readonly step: (text: string) => Effect.Effect<void, Lost>
  readonly settle: (settled: Settled) => Effect.Effect<void, Lost>
  readonly pause: (error: Failure) => Effect.Effect<void>
}

export interface Limits {
  readonly attempts: number
  /** The maximum age of an intent when its call starts. */
  readonly intentAge: Duration.Duration
}

export type Decision = "Pause" | "Wait" | "Retry" | "Read" | "Unknown" | "Fail"

const pausing: ReadonlySet<string> = new Set([
  "CertifierUnauthorized",
  "CertifierPaymentRequired",
  "CertifierForbidden"
])

/** The transition after a failed call. */
export const decide = (error: Failure, kind: Any<never>[typeof TypeId]["kind"]): Decision => {
  if (error._tag === "CertifierIssuanceUncertain") {
    // A failed read can always be repeated later, because nothing is resent before it succeeds.
    const last = error.reason === "NotRead" ? error.failures.at(-1) : undefined
    if (last === undefined) return "Unknown"
    const decision = decide(last, "idempotent")
    return decision === "Fail" ? "Unknown" : decision
  }
  if (error._tag === "ItemProblem") return error.outcome === "MaybeApplied" ? "Unknown" : "Fail"
  if (error._tag === "CertifierRateLimiterRejected") return "Wait"
  if (pausing.has(error._tag)) return "Pause"
  if (error.outcome !== "MaybeApplied") return CertifierError.isRetryable(error) ? "Retry" : "Fail"
  if (kind === "find") return "Read"
  if (kind === "unknowable") return "Unknown"
  return CertifierError.isRetryable(error) ? "Retry" : "Unknown"
}

/** The wait after the n-th attempt: 1 s, 2 s, 4 s, up to 1 minute, and at least `Retry-After`, up to 5 minutes. */
export const delay = (error: Failure, attempts: number): Duration.Duration => {
  const backoff = Duration.seconds(Math.min(2 ** Math.max(attempts - 1, 0), 60))
  const requested = CertifierError.isCertifierError(error) ? CertifierError.retryAfter(error) : Option.none()
  return Duration.min(
    Option.match(requested, { onNone: () => backoff, onSome: (after) => Duration.max(after, backoff) }),
    Duration.minutes(5)
  )
}

const isKnown = (outcome: CertifierError.Outcome) => outcome !== "MaybeApplied"

/** Runs one item until it is settled or lost, or until the job stops. */
export const run = Effect.fnUntraced(function* <R>(
  operation: Any<R>,
  start: Item,
  ledger: Ledger,
  limits: Limits
): Effect.fn.Return<void, Lost, R> {
  const { find, kind, send } = operation[TypeId]
  const problem = (reason: ItemProblem["reason"], outcome: CertifierError.Outcome = "MaybeApplied") =>
    new ItemProblem({ operation: operation.name, reason, outcome })
  const died = (defect: unknown) =>
    Effect.zipRight(
      Effect.logError(`The operation ${operation.name} died`, framesOf(defect)),
      problem("Defect", kind === "idempotent" ? "NotSent" : "MaybeApplied")
    )
  let item = start
  let isUncertain = start.state === "sent" && kind !== "idempotent"
  let readAfter = start.readAt + Duration.toMillis(operation.settle)
  for (;;) {
    if (isUncertain) {
      // Until then, a call that is still in flight, or whose owner is still alive, can change the state that is read. The time does not
      // count from the intent, because the call may have waited for the rate limiter long after it.
      const now = yield* Clock.currentTimeMillis
      yield* Effect.sleep(Math.max(0, readAfter - now))
      item = yield* ledger.read
      if (item.state !== "sent") return yield* new Lost()
      if (kind === "unknowable") return yield* ledger.settle({ state: "unknown", error: problem("Unknowable") })
      if (kind === "find") {
        const found = yield* find(item.payload, DateTime.unsafeMake(item.since)).pipe(
          Effect.catchAllDefect(died),
          Effect.either
        )
        if (found._tag === "Left") {
          const decision = decide(found.left, "idempotent")
          if (decision === "Pause") return yield* ledger.pause(found.left)
          if (decision !== "Retry" && decision !== "Wait") {
            return yield* ledger.settle({ state: "unknown", error: found.left })
          }
          yield* Effect.sleep(delay(found.left, item.attempts))
          continue
        }
        if (found.right._tag === "Found") return yield* ledger.settle({ state: "done", result: found.right.result })
        if (found.right._tag === "Ambiguous") {
          return yield* ledger.settle({ state: "unknown", error: problem("Ambiguous") })
        }
        if (item.attempts >= limits.attempts) {
          return yield* ledger.settle({ state: "unknown", error: problem("NotFound") })
        }
      }
    }
    const begun = yield* Clock.currentTimeMillis
    yield* ledger.intent(begun, true)
    const stored = yield* Clock.currentTimeMillis
    // The store was slow or unavailable: update the time of the intent, because the call starts only now.
    if (stored - begun > Duration.toMillis(limits.intentAge)) yield* ledger.intent(stored, false)
    const sent = yield* send(item.payload, { stored: item.step, repeats: item.repeats, store: ledger.step }).pipe(
      Effect.catchAllDefect(died),
      Effect.either
    )
    if (Either.isRight(sent)) return yield* ledger.settle({ state: "done", result: sent.right })
    const error = sent.left
    if (error._tag === "JobItemLost") return yield* error
    item = yield* ledger.read
    readAfter = item.readAt + Duration.toMillis(operation.settle)
    const decision = decide(error, kind)
    if (decision === "Fail") return yield* ledger.settle({ state: "failed", error })
    if (decision === "Unknown") return yield* ledger.settle({ state: "unknown", error })
    if (decision === "Pause") {
      yield* ledger.settle({ state: "pending", error })
      return yield* ledger.pause(error)
    }
    isUncertain = decision === "Read"
    if (isUncertain) continue
    if (decision === "Retry" && item.attempts >= limits.attempts) {
      return yield* ledger.settle({ state: isKnown(error.outcome) ? "failed" : "unknown", error })
    }
    yield* ledger.settle({ state: "pending", error })
    yield* Effect.sleep(delay(error, item.attempts))
  }
})

export interface Opened {
  readonly item: Item
  /** The token of the last owner. */
  readonly token: string | null
}

/** Puts items in state `sent` last, because most of their waiting time has passed by then. */
export const inOrder = (items: ReadonlyArray<Opened>): ReadonlyArray<Opened> => {
  const [rest, sent] = Array.partition(items, ({ item }) => item.state === "sent")
  return [...rest, ...sent]
}
