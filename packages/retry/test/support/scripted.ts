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

/** Copied from the API's documentation, like all responses here, instead of encoded with the client's schemas. */
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

/** How the service or the network handles a request. */
export type Reply = (
  request: HttpClientRequest.HttpClientRequest
) => Effect.Effect<Response, HttpClientError.HttpClientError>

const reply =
  (status: number, body: string | null, headers: Record<string, string> = {}): Reply =>
  () =>
    Effect.sync(() => new Response(body, { status, headers }))

export const ok = reply(200, groupJson)
export const status = (status: number, code: string, headers?: Record<string, string>) =>
  reply(status, errorJson(code), headers)
export const html = (status: number) => reply(status, "<html>Bad gateway</html>")
export const rateLimited = (retryAfter?: string) =>
  status(429, "rate_limited", retryAfter === undefined ? {} : { "retry-after": retryAfter })
export const unavailable = html(503)
export const reset: Reply = (request) =>
  Effect.fail(
    new HttpClientError.RequestError({
      request,
      reason: "Transport",
      cause: Object.assign(new Error("reset"), { code: "ECONNRESET" })
    })
  )
export const hang: Reply = () => Effect.never
export const unreadable = reply(200, "not JSON")

/** `reply`, delayed. */
export const after =
  (delay: Duration.DurationInput, reply: Reply): Reply =>
  (request) =>
    Effect.delay(reply(request), delay)

/** A service that returns the responses in turn, the last one repeatedly, and records the arrival of each request. */
export const make = (...replies: readonly [Reply, ...ReadonlyArray<Reply>]) => {
  const times: Array<number> = []
  const httpClient = HttpClient.make((request) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const next = replies[Math.min(times.length, replies.length - 1)] ?? replies[0]
      times.push(now)
      return Effect.map(next(request), (response) => HttpClientResponse.fromWeb(request, response))
    })
  )
  return {
    /** The arrival of each request, in milliseconds of the clock. */
    times,
    /** The same, relative to the first. */
    offsets: () => times.map((time) => time - at(times, 0)),
    layer: (options?: Partial<CertifierClient.Options>) =>
      CertifierClient.layer({ accessToken: Redacted.make("token"), ...options }).pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, httpClient)),
        Layer.orDie
      )
  }
}

export const update = CertifierClient.updateGroup("01g90279gp5sbmfek7wymcsvec", { name: "Financial Markets" })

/** Runs an effect to its end on the test clock, however long it waits. */
export const patiently = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(self)
    yield* TestClock.adjust("1 day")
    return yield* Fiber.join(fiber)
  })

/** A clock whose sleeps end at once and advance it, for many sequential calls in little time. */
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
    idempotent: true,
    retryAfter: Option.map(Option.fromNullable(retryAfter), Duration.decode)
  })

export const transientError = () =>
  new CertifierError.InternalServerError({ operation: "updateGroup", idempotent: true })

/** The item at the index; fails the test if there is none. */
export const at = <A>(items: ReadonlyArray<A>, index: number): A => items[index] ?? assert.fail(`no item ${index}`)
