/**
 * A rate limiter for all calls of a client: it keeps them within the rate limit of the API, and after a 429 it delays all of them
 * for the requested time.
 *
 * @since 0.1.0
 */
import type * as CertifierClient from "@effect-certifier/core/CertifierClient"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Limiter from "./internal/rateLimiter/limiter.js"
import * as Queue from "./internal/rateLimiter/queue.js"
import * as Check from "./internal/rateLimiter/settings.js"
import { SlidingWindow } from "./internal/rateLimiter/slidingWindow.js"

/**
 * Options of `make` and `layer`; `defaults` has their default values.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The maximum number of calls within any `window`; a whole number from 1 to 100 000. */
  readonly limit?: number | undefined
  /** Above zero, at most 24 days. */
  readonly window?: Duration.DurationInput | undefined
  /**
   * The tolerated difference in latency between two requests: up to it, the API never counts more than `limit` calls in a
   * window. From zero to 24 days. It does not reduce the throughput if responses are fast, see `RateLimiter`.
   */
  readonly margin?: Duration.DurationInput | undefined
  /** A call that would wait longer fails at once with `CertifierError.RateLimiterRejected`. From zero to 24 days. */
  readonly maxWait?: Duration.DurationInput | undefined
  /** The pause of all calls after a 429 without a hint; above zero, at most 24 days. Default: `window`. */
  readonly coolDown?: Duration.DurationInput | undefined
  /**
   * The longest pause of all calls that a response can request; above zero, at most 24 days. Values below `coolDown` count as
   * `coolDown`.
   */
  readonly maxCoolDown?: Duration.DurationInput | undefined
}

/**
 * - `limit`, `window`: the documented limit, "about 3 requests a second".
 * - `margin`: the first request on a busy machine, over a new connection, can be this much slower than the next.
 * - `maxWait`: the time of 900 calls at that rate; no call waits forever.
 * - `maxCoolDown`: a rate limit requests a wait of seconds. One malformed header, such as a `Retry-After` in seconds since 1970,
 *   must not block the limiter. An API that does need longer requests it again after each pause, at the cost of one request.
 *
 * @since 0.1.0
 * @category models
 */
export const defaults: Required<Omit<Options, "coolDown">> = Check.defaults

/**
 * A rate limiter with its state. Clients that use the same one share its limit.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /**
   * Applies the limit to each attempt of a client. Use it in the client's `transformClient` option, *inside* a retry policy,
   * so that retries wait in the queue as well; `clientLayer` does that.
   */
  readonly transform: CertifierClient.ClientTransform
}

/**
 * The rate limiter of one access token.
 *
 * - **Rate.** The limiter has a sliding window of `limit` slots. A call counts from its response, or from `margin` after it was
 *   sent, whichever is earlier; its slot is free again one `window` later. Bursts of up to `limit` calls are therefore possible,
 *   but the API never counts more than `limit` calls per window, whether its own window is fixed, sliding or a token bucket, and
 *   whenever it starts. A token bucket in the client would admit up to twice the limit.
 * - **Queue.** Calls are admitted first in, first out. An interrupted call leaves the queue. A call that would wait longer than
 *   `maxWait` fails with `CertifierError.RateLimiterRejected`, whose `retryAfter` is the wait until a slot is free.
 * - **Cool-down.** A 429 delays all calls for the time of its `Retry-After`, otherwise of its `RateLimit` or `X-RateLimit-…`
 *   headers, otherwise `coolDown`. So does any response whose headers report that nothing remains. Later hints can extend a
 *   cool-down, but never shorten it. A hint of more than `maxCoolDown` is limited to it, with a warning in the log; the error of
 *   the call keeps the original value. Calls in flight are not affected. After the cool-down, calls are admitted one by one: the
 *   second 50 ms after the first, then at shrinking intervals down to `window / limit`.
 * - **Concurrency checks.** The reads of `Groups.withConcurrencyCheck` take slots as well: after its read, an attempt gets
 *   another slot for the update, ahead of the queue. The total wait of an attempt is at most `maxWait`.
 *
 * All times are measured with the monotonic clock. A call that waited has an event `rate_limit.wait` on its span.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 (`Retry-After`)
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10 (`RateLimit`)
 *
 * @since 0.1.0
 * @category tags
 */
export class RateLimiter extends Context.Tag("@effect-certifier/retry/RateLimiter")<RateLimiter, Service>() {}

/**
 * Creates a rate limiter. Fails with a `ConfigError` that names the option if one is invalid.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { RateLimiter } from "@effect-certifier/retry"
 * import { Effect, Layer } from "effect"
 *
 * const CertifierLive = Layer.unwrapEffect(
 *   Effect.map(RateLimiter.make({ limit: 3, window: "1 second" }), ({ transform }) =>
 *     CertifierClient.layerConfig({ transformClient: transform })
 *   )
 * )
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = /* #__PURE__ */ Effect.fnUntraced(function* (
  options: Options = {}
): Effect.fn.Return<Service, ConfigError.ConfigError> {
  const { coolDown, maxCoolDown, maxWait, ...window } = yield* Check.settings(options)
  return {
    transform: Queue.make({ coolDown, maxCoolDown, maxWait, limiter: Limiter.local(new SlidingWindow(window)) })
  }
})

/**
 * A layer of the rate limiter of this process.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { RateLimiter, RetryPolicy } from "@effect-certifier/retry"
 * import { FetchHttpClient } from "@effect/platform"
 * import { Layer } from "effect"
 *
 * const CertifierLive = RateLimiter.clientLayer(CertifierClient.layerConfig, {
 *   transformClient: RetryPolicy.toClientTransform(RetryPolicy.transient())
 * }).pipe(
 *   Layer.provide(RateLimiter.layer({ limit: 3, window: "1 second" })),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: Options): Layer.Layer<RateLimiter, ConfigError.ConfigError> =>
  Layer.effect(RateLimiter, make(options))

interface Transformed {
  readonly transformClient?: CertifierClient.ClientTransform | undefined
}

/**
 * The layer of a client that uses the `RateLimiter` of the context. `client` creates the layer from its options:
 * `CertifierClient.layer`, `CertifierClient.layerConfig`, or your own function. The limiter is applied inside the options'
 * `transformClient`, which may be a retry policy.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { RateLimiter } from "@effect-certifier/retry"
 * import { Layer } from "effect"
 *
 * const CertifierLive = RateLimiter.clientLayer(CertifierClient.layerConfig).pipe(Layer.provide(RateLimiter.layer()))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const clientLayer: {
  <A, E, R>(
    client: (options: { readonly transformClient: CertifierClient.ClientTransform }) => Layer.Layer<A, E, R>
  ): Layer.Layer<A, E, R | RateLimiter>
  <Options extends Transformed | undefined, A, E, R>(
    client: (options: Options) => Layer.Layer<A, E, R>,
    options: NonNullable<NoInfer<Options>>
  ): Layer.Layer<A, E, R | RateLimiter>
} = <A, E, R>(
  client: (options: { readonly transformClient: CertifierClient.ClientTransform }) => Layer.Layer<A, E, R>,
  options?: Transformed
): Layer.Layer<A, E, R | RateLimiter> =>
  Layer.unwrapEffect(
    Effect.map(RateLimiter, ({ transform }) => {
      const outer = options?.transformClient
      return client({
        ...options,
        transformClient:
          outer === undefined ? transform : (attempts, operation) => outer(transform(attempts, operation), operation)
      })
    })
  )
