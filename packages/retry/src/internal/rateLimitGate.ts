import type * as CertifierClient from "@effect-certifier/core/CertifierClient"
import * as CertifierError from "@effect-certifier/core/CertifierError"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Headers from "./rateLimitHeaders.js"
import * as Metrics from "./rateLimitMetrics.js"
import type { Places } from "./rateLimitPlaces.js"
import { Turnstile } from "./rateLimitTurnstile.js"
import { spanEvent } from "./spanEvent.js"

const read = (clock: Clock.Clock): number => Number(clock.unsafeCurrentTimeNanos()) / 1e6

/** Milliseconds of a clock that never steps; only differences mean something. */
export const now: Effect.Effect<number> = /* #__PURE__ */ Clock.clockWith((clock) => Effect.succeed(read(clock)))

export interface Refusal {
  readonly tag: "CoolDown" | "Pace" | "Redis"
  readonly reason: string
  /** In milliseconds from now. */
  readonly retryAfter: number
}

/** Who may start when. All times are of `now`. */
export interface Pace {
  readonly coolDownUntil: () => number
  /** When a call with `ahead` others before it can start, as far as that is known without asking anybody. */
  readonly earliest: (now: number, ahead: number) => number
  /** A place at once, if there is one that need not be asked for; by a call that has nobody before it. */
  readonly takeNow?: (now: number) => ((answered: number) => void) | undefined
  /** Asked by the first of the queue: when to ask again, or the place, to be called with the time of the answer. */
  readonly admit: (
    request: HttpClientRequest.HttpClientRequest
  ) => Effect.Effect<Either.Either<(answered: number) => void, number>, Refusal>
  /** Answers whether the cool-down is longer now. */
  readonly coolDown: (until: number, request: HttpClientRequest.HttpClientRequest) => Effect.Effect<boolean>
}

export interface Options {
  readonly pace: Pace
  /** In milliseconds. */
  readonly maxWait: number
  /** After a 429 that does not say how long; in milliseconds. */
  readonly coolDown: number
}

/** The pace of one process. */
export const local = (places: Places): Pace => ({
  coolDownUntil: () => places.coolDownUntil,
  earliest: (time, ahead) => places.earliest(time, ahead),
  takeNow: (time) => (places.earliest(time, 0) > time ? undefined : places.take(time)),
  admit: () =>
    Effect.map(now, (time) => {
      const start = places.earliest(time, 0)
      return start > time ? Either.left(start) : Either.right(places.take(time))
    }),
  coolDown: (until) => Effect.sync(() => places.coolDown(until))
})

/** JavaScript's timers fire at once for anything longer, and Effect's never. */
const longestSleep = 2 ** 31 - 1

interface Pause {
  readonly wait: Duration.Duration
  readonly source: "RetryAfter" | "Headers" | "Default"
}

const count = (metric: Metric.Metric.Counter<number>, operation: string, key: string, value: string) =>
  Metric.increment(Metric.tagged(Metric.tagged(metric, "operation", operation), key, value))

const format = (millis: number): string => Duration.format(Duration.millis(Math.ceil(millis)))

export const make = ({ coolDown, maxWait, pace }: Options): CertifierClient.ClientTransform => {
  const turnstile = new Turnstile()

  /** What a wait from `since` on is to be put down to. */
  const reasonOf = (since: number): "CoolDown" | "Pace" => (pace.coolDownUntil() > since ? "CoolDown" : "Pace")

  const refusal = (since: number, wait: number): Refusal => {
    const tag = reasonOf(since)
    const limit = `the longest wait allowed is ${format(maxWait)}`
    return {
      tag,
      reason:
        tag === "Pace"
          ? `the queue of the rate limit takes ${format(wait)}, ${limit}`
          : `the service asked for a pause, which takes ${format(wait)} from now, ${limit}`,
      retryAfter: wait
    }
  }

  const queue = Effect.fnUntraced(function* (
    operation: string,
    request: HttpClientRequest.HttpClientRequest,
    restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  ) {
    const arrival = yield* now
    let waited = turnstile.size > 0
    const expected = pace.earliest(arrival, turnstile.size) - arrival
    if (expected > maxWait) return yield* Effect.fail(refusal(arrival, expected))

    // Whoever is first asks and waits for all. Nobody's limit has passed before that of the one in front, so it is enough
    // that the first one keeps its own.
    const first = Effect.fnUntraced(function* () {
      while (true) {
        const admitted = yield* pace.admit(request)
        if (Either.isRight(admitted)) return admitted.right
        const until = admitted.left
        const time = yield* now
        if (until - arrival > maxWait) return yield* Effect.fail(refusal(arrival, until - time))
        waited = true
        yield* restore(Effect.sleep(Duration.millis(Math.min(Math.max(Math.ceil(until - time), 1), longestSleep))))
      }
    })
    yield* restore(turnstile.enter)
    const answered = yield* Effect.ensuring(first(), turnstile.leave)
    if (waited) {
      const seconds = ((yield* now) - arrival) / 1000
      const reason = reasonOf(arrival)
      yield* spanEvent("rate_limit.wait", {
        "certifier.rate_limit.wait": seconds,
        "certifier.rate_limit.reason": reason
      })
      yield* Effect.logDebug(`${operation}: waited ${format(seconds * 1000)} for the rate limit (${reason})`)
      yield* Metric.update(
        Metric.tagged(Metric.tagged(Metrics.waits, "operation", operation), "reason", reason),
        seconds
      )
    }
    return answered
  })

  const enter = (...args: Parameters<typeof queue>) =>
    Effect.catchAll(queue(...args), ({ reason, retryAfter, tag }) => {
      const [operation] = args
      return Effect.zipRight(
        count(Metrics.throttled, operation, "reason", tag),
        new CertifierError.Throttled({
          operation,
          reason,
          retryAfter: Option.some(Duration.millis(Math.ceil(retryAfter)))
        })
      )
    })

  const pause = Effect.fnUntraced(function* (
    operation: string,
    request: HttpClientRequest.HttpClientRequest,
    { source, wait }: Pause
  ) {
    const longer = yield* pace.coolDown((yield* now) + Duration.toMillis(wait), request)
    if (!longer) return
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
    const asked = error.retryAfter.pipe(
      Option.filter(Duration.greaterThan(Duration.zero)),
      Option.map((wait): Pause => ({ wait, source: "RetryAfter" }))
    )
    const told = exhausted(error.rateLimitHeaders, wallClock)
    return limited || Option.isSome(told)
      ? Option.orElseSome(
          Option.orElse(asked, () => told),
          () => ({
            wait: Duration.millis(coolDown),
            source: "Default"
          })
        )
      : Option.none()
  }

  return (client, { name }) =>
    HttpClient.transform(client, (attempt, request) =>
      Clock.clockWith((clock) => {
        /** Notes when the answer came, and whether it asks for a pause. */
        const settle = (send: typeof attempt, answered: (time: number) => void): typeof attempt => {
          const note = (self: typeof attempt, wait: Option.Option<Pause>): typeof attempt => {
            answered(read(clock))
            return Option.isNone(wait)
              ? self
              : Effect.zipRight(Effect.uninterruptible(pause(name, request, wait.value)), self)
          }
          return Effect.matchCauseEffect(send, {
            onSuccess: (response) =>
              note(Effect.succeed(response), exhausted(response.headers, clock.unsafeCurrentTimeMillis())),
            onFailure: (cause) => {
              const failed = Effect.failCause(cause)
              // The service may still get a request that is interrupted: its place is taken until the margin is over.
              if (Cause.isInterruptedOnly(cause)) return failed
              const error = Cause.failureOption(cause)
              return note(
                failed,
                Option.flatMap(error, (failure) => pauseOf(failure, clock.unsafeCurrentTimeMillis()))
              )
            }
          })
        }
        // Nearly every call finds a place, and need not queue for it.
        const taken = turnstile.size === 0 ? pace.takeNow?.(read(clock)) : undefined
        return taken === undefined
          ? Effect.uninterruptibleMask((restore) =>
              Effect.flatMap(enter(name, request, restore), (answered) => settle(restore(attempt), answered))
            )
          : settle(attempt, taken)
      })
    )
}
