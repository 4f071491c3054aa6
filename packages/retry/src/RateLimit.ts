/**
 * Keeps all calls of a client together under the service's rate limit: it sends them no faster than the limit, and after
 * a 429 it holds all of them back until the time that the service named.
 *
 * @since 0.1.0
 */
import type * as CertifierClient from "@effect-certifier/core/CertifierClient"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Gate from "./internal/rateLimitGate.js"
import { Places } from "./internal/rateLimitPlaces.js"
import * as Check from "./internal/rateLimitSettings.js"

/**
 * What `make` and `layer` take. A field that is not given has its value of `defaults`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** How many calls may start within `window`, whenever it begins; a whole number from 1 to 100 000. */
  readonly limit?: number | undefined
  /** Above zero, at most 24 days. */
  readonly window?: Duration.DurationInput | undefined
  /**
   * How much longer one request may take to reach the service than another without the service seeing more than `limit`
   * in a window. From zero to 24 days. It costs nothing as long as answers come quickly, see `RateLimit`.
   */
  readonly margin?: Duration.DurationInput | undefined
  /** A call that would have to wait for longer fails at once with `CertifierError.Throttled`. From zero to 24 days. */
  readonly maxWait?: Duration.DurationInput | undefined
  /** The pause of all calls after a 429 that does not say how long; above zero, at most 24 days. Default: `window`. */
  readonly coolDown?: Duration.DurationInput | undefined
}

/**
 * - `limit`, `window`: what the vendor documents, "about 3 requests a second".
 * - `margin`: a first request, on a busy machine and over a new connection, can be that much slower than the next.
 * - `maxWait`: 900 calls at that pace, and nobody waits for ever.
 *
 * @since 0.1.0
 * @category models
 */
export const defaults: Required<Omit<Options, "coolDown">> = Check.defaults

/**
 * A rate limit with what it has seen so far. All clients that use the same one share it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /**
   * Puts every attempt of a client under the limit. It is for the client's `transformClient` option, *inside* of a retry
   * policy, so that retries wait in the queue as well; `clientLayer` puts it there.
   */
  readonly transform: CertifierClient.ClientTransform
}

/**
 * The rate limit of one access token.
 *
 * - **Pace.** A bucket of `limit` places. A place comes back one window after the call that used it was answered, or after
 *   `margin` if that is sooner: only then it is certain that the service has counted the call. So up to `limit` calls go
 *   out at once, and the service never sees more than `limit` of them within a window, whether its own window is fixed,
 *   sliding or a bucket, and wherever it begins. A bucket that fills up evenly would let through up to twice the limit.
 * - **Queue.** First come, first served. A call that is interrupted while it waits leaves the queue, and those behind move
 *   up. A call that would have to wait longer than `maxWait` is not let in: it fails with `CertifierError.Throttled`, whose
 *   `retryAfter` says when there would be a place.
 * - **Cool-down.** A 429 holds back every call for as long as its `Retry-After` says or else its `RateLimit` or
 *   `X-RateLimit-…` headers or else `coolDown`; so does any answer whose headers say that nothing remains. A later hint can
 *   make it longer, none can make it shorter. Calls on their way are left alone. Afterwards calls go out one by one: the
 *   second 50 ms after the first, then closer, down to the pace of the limit.
 *
 * All times are of the monotonic clock. A call that waited has an event `rate_limit.wait` on its span.
 *
 * Source: RFC 9110, section 10.2.3 (`Retry-After`); draft-ietf-httpapi-ratelimit-headers-10 (`RateLimit`).
 *
 * @since 0.1.0
 * @category tags
 */
export class RateLimit extends Context.Tag("@effect-certifier/retry/RateLimit")<RateLimit, Service>() {}

/**
 * A new rate limit. Fails with a `ConfigError` that names the option if one can't be used.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { RateLimit } from "@effect-certifier/retry"
 * import { Effect, Layer } from "effect"
 *
 * const CertifierLive = Layer.unwrapEffect(
 *   Effect.map(RateLimit.make({ limit: 3, window: "1 second" }), ({ transform }) =>
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
  const { coolDown, maxWait, ...shape } = yield* Check.settings(options)
  return { transform: Gate.make({ coolDown, maxWait, pace: Gate.local(new Places(shape)) }) }
})

/**
 * A layer of a rate limit of this process.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { RateLimit, RetryPolicy } from "@effect-certifier/retry"
 * import { FetchHttpClient } from "@effect/platform"
 * import { Layer } from "effect"
 *
 * const CertifierLive = RateLimit.clientLayer(CertifierClient.layerConfig, {
 *   transformClient: RetryPolicy.transformer(RetryPolicy.transient())
 * }).pipe(
 *   Layer.provide(RateLimit.layer({ limit: 3, window: "1 second" })),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: Options): Layer.Layer<RateLimit, ConfigError.ConfigError> =>
  Layer.effect(RateLimit, make(options))

interface Transformed {
  readonly transformClient?: CertifierClient.ClientTransform | undefined
}

/**
 * The layer of a client whose calls go through the `RateLimit` of the context. `client` makes the layer out of its
 * options: `CertifierClient.layer`, `CertifierClient.layerConfig`, or a function of your own. The limit goes inside of the
 * options' `transformClient`, which may be a retry policy.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { RateLimit } from "@effect-certifier/retry"
 * import { Layer } from "effect"
 *
 * const CertifierLive = RateLimit.clientLayer(CertifierClient.layerConfig).pipe(Layer.provide(RateLimit.layer()))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const clientLayer: {
  <A, E, R>(
    client: (options: { readonly transformClient: CertifierClient.ClientTransform }) => Layer.Layer<A, E, R>
  ): Layer.Layer<A, E, R | RateLimit>
  <Options extends Transformed | undefined, A, E, R>(
    client: (options: Options) => Layer.Layer<A, E, R>,
    options: NonNullable<NoInfer<Options>>
  ): Layer.Layer<A, E, R | RateLimit>
} = <A, E, R>(
  client: (options: { readonly transformClient: CertifierClient.ClientTransform }) => Layer.Layer<A, E, R>,
  options?: Transformed
): Layer.Layer<A, E, R | RateLimit> =>
  Layer.unwrapEffect(
    Effect.map(RateLimit, ({ transform }) => {
      const outer = options?.transformClient
      return client({
        ...options,
        transformClient:
          outer === undefined ? transform : (attempts, operation) => outer(transform(attempts, operation), operation)
      })
    })
  )
