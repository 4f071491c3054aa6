import { CertifierClient, CertifierError } from "@effect-certifier/core"
import { assert } from "@effect/vitest"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"

/** Typed from the vendor's page, as all answers here: not made with the client's own schemas. */
export const groupJson = `{
  "id": "01g90279gp5sbmfek7wymcsvec",
  "name": "Financial Markets",
  "learningEventUrl": "https://www.coursera.org/learn/financial-markets-global",
  "certificateDesignId": "01fpwtztwf7sacca5r0c483mnm",
  "badgeDesignId": "01hz2ej4yzdcfkq9fa78nhyj0x",
  "createdAt": "2022-01-01T00:00:00.000Z",
  "updatedAt": "2022-01-01T00:00:00.000Z"
}`

export const errorJson = (code: string) => `{"error":{"code":"${code}","message":"There was a problem"}}`

/** Something that the service, or the way to it, does with a request. */
export type Answer = (
  request: HttpClientRequest.HttpClientRequest
) => Effect.Effect<Response, HttpClientError.HttpClientError>

const answer =
  (status: number, body: string | null, headers: Record<string, string> = {}): Answer =>
  () =>
    Effect.sync(() => new Response(body, { status, headers }))

export const ok = answer(200, groupJson)
export const status = (status: number, code: string, headers?: Record<string, string>) =>
  answer(status, errorJson(code), headers)
export const html = (status: number) => answer(status, "<html>Bad gateway</html>")
export const rateLimited = (retryAfter?: string) =>
  status(429, "rate_limited", retryAfter === undefined ? {} : { "retry-after": retryAfter })
export const unavailable = html(503)
export const reset: Answer = (request) =>
  Effect.fail(
    new HttpClientError.RequestError({
      request,
      reason: "Transport",
      cause: Object.assign(new Error("reset"), { code: "ECONNRESET" })
    })
  )
export const hang: Answer = () => Effect.never
export const unreadable = answer(200, "not JSON")

/** `answer`, so much later. */
export const after =
  (delay: Duration.DurationInput, answer: Answer): Answer =>
  (request) =>
    Effect.delay(answer(request), delay)

/** A service that gives the answers in turn, the last one for ever, and notes when each request came. */
export const make = (...answers: readonly [Answer, ...ReadonlyArray<Answer>]) => {
  const times: Array<number> = []
  const httpClient = HttpClient.make((request) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const next = answers[Math.min(times.length, answers.length - 1)] ?? answers[0]
      times.push(now)
      return Effect.map(next(request), (response) => HttpClientResponse.fromWeb(request, response))
    })
  )
  return {
    /** When each request came, in milliseconds of the clock. */
    times,
    /** The same, since the first. */
    offsets: () => times.map((time) => time - at(times, 0)),
    layer: (options?: Partial<CertifierClient.Options>) =>
      CertifierClient.layer({ accessToken: Redacted.make("token"), ...options }).pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, httpClient)),
        Layer.orDie
      )
  }
}

export const update = CertifierClient.updateGroup("01g90279gp5sbmfek7wymcsvec", { name: "Financial Markets" })

/** Runs an effect to its end, however long it waits on the test's clock. */
export const patiently = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(self)
    yield* TestClock.adjust("1 day")
    return yield* Fiber.join(fiber)
  })

/** A clock whose sleeps end at once and move it on: for many calls in little time, one after the other. */
export const jumpingClock = (): Clock.Clock => {
  let now = 0
  return {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: () => now,
    unsafeCurrentTimeNanos: () => BigInt(now) * 1_000_000n,
    currentTimeMillis: Effect.sync(() => now),
    currentTimeNanos: Effect.sync(() => BigInt(now) * 1_000_000n),
    sleep: (duration) => Effect.sync(() => void (now += Duration.toMillis(duration)))
  }
}

export const rateLimitedError = (retryAfter?: Duration.DurationInput) =>
  new CertifierError.RateLimited({
    operation: "updateGroup",
    retryAfter: Option.map(Option.fromNullable(retryAfter), Duration.decode)
  })

export const transientError = () => new CertifierError.InternalServerError({ operation: "updateGroup" })

/** The item, or a failed test: what an index alone can't promise. */
export const at = <A>(items: ReadonlyArray<A>, index: number): A => items[index] ?? assert.fail(`no item ${index}`)
