import * as CertifierClient from "@effect-certifier/core/CertifierClient"
import * as CertifierError from "@effect-certifier/core/CertifierError"
import type * as Operation from "@effect-certifier/core/Operation"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import { spanEvent } from "../spanEvent.js"
import { FairMutex } from "./fairMutex.js"
import * as Headers from "./headers.js"
import { type Limiter, now, read, type Rejection, type Slot } from "./limiter.js"
import * as Metrics from "./metrics.js"

export interface Options {
  readonly limiter: Limiter
  /** In milliseconds. */
  readonly maxWait: number
  /** After a 429 without a hint; in milliseconds. */
  readonly coolDown: number
  /** The longest pause that a response can request; in milliseconds. */
  readonly maxCoolDown: number
}

/** For longer delays, JavaScript timers fire at once, and Effect's never fire. */
const longestSleep = 2 ** 31 - 1

interface Pause {
  readonly wait: Duration.Duration
  readonly source: "RetryAfter" | "Headers" | "Default"
}

type Send = Effect.Effect<HttpClientResponse.HttpClientResponse, CertifierError.CertifierError>

type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/** An attempt that waits for a slot. */
interface Waiting {
  readonly operation: Operation.Info
  readonly request: HttpClientRequest.HttpClientRequest
  /** When the attempt arrived. */
  readonly arrival: number
  /** Whether the attempt had a slot before. It is then ahead of the queue, because it arrived before all attempts in it. */
  readonly isFirst: boolean
}

const count = (metric: Metric.Metric.Counter<number>, operation: string, key: string, value: string) =>
  Metric.increment(Metric.tagged(Metric.tagged(metric, "operation", operation), key, value))

const format = (millis: number): string => Duration.format(Duration.millis(Math.ceil(millis)))

/** The queue in front of a limiter, as a transform of a client. It also passes requested pauses to the limiter. */
export const make = ({ coolDown, limiter, maxCoolDown, maxWait }: Options): CertifierClient.ClientTransform => {
  const mutex = new FairMutex()
  /** The queue of attempts that are ahead of `mutex`. */
  const ahead = new FairMutex()

  /** The reason of a wait that began at `since`. */
  const reasonOf = (since: number): "CoolDown" | "Limit" => (limiter.coolDownUntil() > since ? "CoolDown" : "Limit")

  /** The rejection of a call that arrived at `since` and would start at `until`. */
  const rejection = (since: number, until: number, time: number): Rejection => {
    const tag = reasonOf(since)
    const wait = until - time
    const limit = `the maximum wait is ${format(maxWait)}`
    return {
      tag,
      reason:
        tag === "Limit"
          ? `the wait in the rate limiter's queue is ${format(until - since)}, ${limit}`
          : `the service requested a pause, which ends in ${format(wait)}, ${limit}`,
      retryAfter: wait
    }
  }

  const wait = Effect.fnUntraced(function* ({ arrival, isFirst, operation, request }: Waiting, restore: Restore) {
    const since = yield* now
    const queued = ahead.size + (isFirst ? 0 : mutex.size)
    let waited = queued > 0
    const expected = limiter.earliest(since, queued)
    if (expected - arrival > maxWait) return yield* Effect.fail(rejection(arrival, expected, since))

    // Only the heads of the two queues poll the limiter. They arrived before all other calls and exceed `maxWait` first, so each
    // head only checks its own wait.
    const waiter = {}
    const admit = Effect.fnUntraced(function* () {
      while (true) {
        if (!isFirst && ahead.size > 0) {
          waited = true
          yield* restore(ahead.acquire)
          yield* ahead.release
          continue
        }
        const admitted = yield* limiter.admit(request, waiter)
        if (Either.isRight(admitted)) return admitted.right
        const until = admitted.left
        const time = yield* now
        if (until - arrival > maxWait) return yield* Effect.fail(rejection(arrival, until, time))
        waited = true
        yield* restore(Effect.sleep(Duration.millis(Math.min(Math.max(Math.ceil(until - time), 1), longestSleep))))
      }
    })
    const queue = isFirst ? ahead : mutex
    yield* restore(queue.acquire)
    const slot = yield* Effect.ensuring(admit(), queue.release)
    if (waited) {
      const seconds = ((yield* now) - since) / 1000
      const reason = reasonOf(since)
      yield* spanEvent("rate_limit.wait", {
        "certifier.rate_limit.wait": seconds,
        "certifier.rate_limit.reason": reason
      })
      yield* Effect.logDebug(`${operation.name}: waited ${format(seconds * 1000)} for the rate limit (${reason})`)
      yield* Metric.update(
        Metric.tagged(Metric.tagged(Metrics.waits, "operation", operation.name), "reason", reason),
        seconds
      )
    }
    return slot
  })

  const enter = (waiting: Waiting, restore: Restore) => {
    const { idempotent, name } = waiting.operation
    return Effect.catchAll(wait(waiting, restore), ({ reason, retryAfter, tag }) =>
      Effect.zipRight(
        count(Metrics.throttled, name, "reason", tag),
        new CertifierError.RateLimiterRejected({
          operation: name,
          idempotent,
          reason,
          retryAfter: Option.some(Duration.millis(Math.ceil(retryAfter)))
        })
      )
    )
  }

  const pause = Effect.fnUntraced(function* (
    operation: string,
    request: HttpClientRequest.HttpClientRequest,
    { source, wait: requested }: Pause
  ) {
    const wait = Duration.min(requested, Duration.millis(maxCoolDown))
    const isLonger = yield* limiter.coolDown((yield* now) + Duration.toMillis(wait), request)
    if (!isLonger) return
    if (Duration.lessThan(wait, requested)) {
      yield* Effect.logWarning(
        `${operation}: the service requested a pause of ${Duration.format(requested)} (${source}); all calls pause for ${Duration.format(wait)}, the option maxCoolDown`
      )
    }
    const seconds = Duration.toSeconds(wait)
    yield* spanEvent("rate_limit.cool_down", {
      "certifier.rate_limit.cool_down": seconds,
      "certifier.rate_limit.source": source
    })
    yield* Effect.logDebug(`${operation}: all calls pause for ${Duration.format(wait)} (${source})`)
    yield* count(Metrics.coolDowns, operation, "source", source)
  })

  const exhausted = (headers: Readonly<Record<string, string | undefined>>, wallClock: number): Option.Option<Pause> =>
    Option.map(Headers.exhaustedFor(headers, wallClock), (wait) => ({ wait, source: "Headers" }))

  const pauseOf = (error: CertifierError.CertifierError, wallClock: number): Option.Option<Pause> => {
    if (!("rateLimitHeaders" in error)) return Option.none()
    const limited = CertifierError.isRateLimited(error) || error.status === 429
    const requested = error.retryAfter.pipe(
      Option.filter(Duration.greaterThan(Duration.zero)),
      Option.map((wait): Pause => ({ wait, source: "RetryAfter" }))
    )
    const reported = exhausted(error.rateLimitHeaders, wallClock)
    return limited || Option.isSome(reported)
      ? Option.orElseSome(
          Option.orElse(requested, () => reported),
          () => ({
            wait: Duration.millis(coolDown),
            source: "Default"
          })
        )
      : Option.none()
  }

  /** Sends a request, and reports the time of its response and a pause that it requests to the slot and the limiter. */
  const settle = (
    send: Send,
    slotOf: () => Slot | undefined,
    operation: string,
    request: HttpClientRequest.HttpClientRequest,
    clock: Clock.Clock
  ): Send => {
    const report = (self: Send, wait: Option.Option<Pause>): Send => {
      const slot = slotOf()
      if (slot === undefined) return self
      slot(read(clock))
      return Option.isNone(wait)
        ? self
        : Effect.zipRight(Effect.uninterruptible(pause(operation, request, wait.value)), self)
    }
    return Effect.matchCauseEffect(send, {
      onSuccess: (response) =>
        report(Effect.succeed(response), exhausted(response.headers, clock.unsafeCurrentTimeMillis())),
      onFailure: (cause) => {
        const failed = Effect.failCause(cause)
        // An interrupted request may still reach the API, so it keeps its slot until the margin is over.
        if (Cause.isInterruptedOnly(cause)) return failed
        const error = Cause.failureOption(cause)
        return report(
          failed,
          Option.flatMap(error, (failure) => pauseOf(failure, clock.unsafeCurrentTimeMillis()))
        )
      }
    })
  }

  return (client, operation) =>
    HttpClient.transform(client, (self, request) =>
      Clock.clockWith((clock) => {
        const arrival = read(clock)
        // The fast path: usually a slot is free and the queue is empty.
        const taken = mutex.size + ahead.size === 0 ? limiter.takeNow?.(arrival) : undefined
        /** The slot of the attempt's next request. */
        let slot = taken

        // An attempt can send other requests before its own, such as the read of a concurrency check. The first one uses the
        // attempt's slot, and after each of them the attempt gets another slot. It never waits for a slot while it has one,
        // because attempts that hold slots and wait for others would deadlock.
        const nested: CertifierClient.ClientTransform = (client, { name }) =>
          HttpClient.transform(client, (send) =>
            Effect.uninterruptibleMask((restore) => {
              const next = enter({ operation, request, arrival, isFirst: true }, restore)
              const current = slot === undefined ? next : Effect.succeed(slot)
              slot = undefined
              return current.pipe(
                Effect.flatMap((used) => settle(restore(send), () => used, name, request, clock)),
                Effect.zipLeft(Effect.map(next, (another) => void (slot = another)))
              )
            })
          )
        const attempt = CertifierClient.withNestedTransform(self, nested)
        const settled = (send: Send) => settle(send, () => slot, operation.name, request, clock)
        return taken !== undefined
          ? settled(attempt)
          : Effect.uninterruptibleMask((restore) =>
              Effect.flatMap(enter({ operation, request, arrival, isFirst: false }, restore), (admitted) => {
                slot = admitted
                return settled(restore(attempt))
              })
            )
      })
    )
}
