/**
 * The `RateLimit` of several processes, or machines, that use the same access token: they keep together under the limit,
 * and a cool-down holds back all of them. They meet in a Redis.
 *
 * Needs `ioredis` 5 and `@effect/experimental` 0.61, which the rest of the package does without, so it is not part of the
 * package's main module: `import * as RedisRateLimit from "@effect-certifier/retry/RedisRateLimit"`.
 *
 * @since 0.1.0
 */
import * as RateLimiter from "@effect/experimental/RateLimiter"
import * as RedisStore from "@effect/experimental/RateLimiter/Redis"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as ScopedRef from "effect/ScopedRef"
import { Redis, type RedisOptions } from "ioredis"
import * as Gate from "./internal/rateLimitGate.js"
import * as Metrics from "./internal/rateLimitMetrics.js"
import { Places } from "./internal/rateLimitPlaces.js"
import * as Check from "./internal/rateLimitSettings.js"
import * as RateLimit from "./RateLimit.js"

/**
 * What `make` and `layer` take, on top of the options of `RateLimit`. All processes have to use the same `limit`, `window`
 * and `margin`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends RateLimit.Options {
  /**
   * As in `RateLimit`, but here it always costs: the pace is `limit` calls per `window` and `margin`. Default 250 ms.
   */
  readonly margin?: Duration.DurationInput | undefined
  /** Where the Redis is: `host`, `port`, `username`, `password`, `tls`, … as `ioredis` has them. */
  readonly redis: RedisOptions
  /** What the keys begin with. Default `certifier:rate-limit:`. */
  readonly prefix?: string | undefined
  /**
   * What happens while the Redis can't be used.
   *
   * - `open` (default): a warning is logged, and each process keeps to the limit by itself. Together they may exceed it.
   * - `fail`: calls fail with `CertifierError.Throttled` and nothing is sent.
   */
  readonly onUnavailable?: "open" | "fail" | undefined
  /** How long the Redis may take for what it does before one call. Default 500 ms; above zero, at most 24 days. */
  readonly timeout?: Duration.DurationInput | undefined
}

/** After a failure the Redis is left alone for that long, so that not every call waits for the time limit. */
const pauseAfterFailure = Duration.seconds(1)

/** The later end wins, on Redis's own clock. */
const extend = `
if redis.call("PTTL", KEYS[1]) < tonumber(ARGV[1]) then
  redis.call("SET", KEYS[1], "1", "PX", ARGV[1])
end
return 0
`

/**
 * Where a request is counted: its origin, and a fingerprint of what it authenticates with. A hash that is made for this
 * purpose alone can't be looked up among the hashes that others keep of the same token.
 */
const keyOf = (request: HttpClientRequest.HttpClientRequest): Effect.Effect<string> =>
  Effect.promise(async () => {
    const secret = new TextEncoder().encode(`effect-certifier rate limit\n${request.headers["authorization"] ?? ""}`)
    const fingerprint = new Uint8Array(await crypto.subtle.digest("SHA-256", secret)).slice(0, 16)
    return `${new URL(request.url).origin}:${Encoding.encodeHex(fingerprint)}`
  })

/** Two connections: the store of `@effect/experimental` makes its own and does not share it. */
interface Link {
  readonly redis: Redis
  readonly limiter: RateLimiter.RateLimiter
  /** Why there is no connection, if that is known. */
  readonly problem: () => string | undefined
}

/** Nothing is sent before the first command, so making one can't fail. */
const makeLink = Effect.fnUntraced(function* (
  options: RedisOptions,
  timeout: number
): Effect.fn.Return<Link, never, Scope.Scope> {
  // The types of the store want these two absent, not undefined.
  const { disconnectTimeout, tls, ...others } = options
  const settings = {
    ...others,
    ...(disconnectTimeout === undefined ? {} : { disconnectTimeout }),
    ...(tls === undefined ? {} : { tls }),
    prefix: "",
    lazyConnect: true,
    enableOfflineQueue: true,
    connectTimeout: timeout,
    socketTimeout: timeout,
    // What ioredis would repeat by itself comes too late for the call; a new link is made instead.
    retryStrategy: () => null
  }
  let problem: string | undefined
  const redis = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const redis = new Redis(settings)
      redis.on("error", (error: Error) => {
        problem = error.message
      })
      return redis
    }),
    (redis) => Effect.sync(() => redis.disconnect())
  )
  const { store } = yield* Effect.acquireRelease(
    Effect.flatMap(Scope.make(), (scope) =>
      Effect.map(Scope.extend(RedisStore.make(settings), scope), (store) => ({ store, scope }))
    ),
    ({ scope }) =>
      Scope.close(scope, Exit.void).pipe(
        Effect.interruptible,
        Effect.timeout(timeout),
        // The store says good-bye to Redis, and dies if the connection is gone.
        Effect.catchAllCause(() => Effect.logDebug("The connection of the rate limit to its Redis was already closed"))
      )
  )
  const limiter = yield* Effect.provideService(RateLimiter.make, RateLimiter.RateLimiterStore, store)
  return { redis, limiter, problem: () => problem }
})

const command = <A>(run: () => Promise<A>): Effect.Effect<A, unknown> =>
  Effect.tryPromise({ try: run, catch: (error) => error })

const messageOf = (error: unknown): string => {
  const origin = error instanceof RateLimiter.RateLimitStoreError ? error.cause : error
  return origin instanceof Error ? origin.message : "unknown error"
}

/**
 * A new rate limit, shared with all others that have the same Redis, prefix, origin and access token. Its connections are
 * closed with the scope. Fails with a `ConfigError` that names the option if one can't be used; a Redis that can't be
 * reached is not a failure here, see `onUnavailable`.
 *
 * - **Pace.** Calls of all processes together go out one by one, every `(window + margin) / limit`, and not in bursts.
 *   Each process keeps its own queue, first come, first served; only the first of a queue asks Redis, so that processes
 *   take turns and a call that is interrupted takes nothing from the others.
 * - **Cool-down.** Known to a process before its next call is sent.
 * - **Clock.** Redis's own.
 *
 * Keys consist of the prefix, the origin and 32 hex digits of a SHA-256 hash that depends on the token. They expire by
 * themselves.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = Effect.fnUntraced(function* (
  options: Options
): Effect.fn.Return<RateLimit.Service, ConfigError.ConfigError, Scope.Scope> {
  const { coolDown, maxWait, ...shape } = yield* Check.settings({ ...options, margin: options.margin ?? "250 millis" })
  const timeout = yield* Check.time("timeout", options.timeout ?? "500 millis", { zero: false })
  const onUnavailable = yield* Check.oneOf("onUnavailable", options.onUnavailable ?? "open", ["open", "fail"])
  const prefix = options.prefix ?? "certifier:rate-limit:"
  /** Redis counts whole milliseconds. */
  const gap = Math.ceil((shape.window + shape.margin) / shape.limit)

  const places = new Places(shape)
  const local = Gate.local(places)
  const newLink = makeLink(options.redis, timeout)
  const links = yield* ScopedRef.fromAcquire(newLink)

  /** When Redis may be asked again; a time of the monotonic clock. */
  let closedUntil = Number.NEGATIVE_INFINITY
  let failing = false
  /** The time that Redis gave to the first of this process's queue, which may be another call by then. */
  let slot: { readonly key: string; readonly at: number } | undefined
  /** The next one waits for what an interrupted one still gets from Redis. */
  const mutex = Effect.unsafeMakeSemaphore(1)

  const recovered = Effect.suspend(() => {
    if (!failing) return Effect.void
    failing = false
    return Effect.logInfo("The Redis of the rate limit is back")
  })

  const failed = Effect.fnUntraced(function* (error: unknown) {
    const first = !failing
    failing = true
    closedUntil = (yield* Gate.now) + Duration.toMillis(pauseAfterFailure)
    yield* Metric.increment(Metrics.redisFailures)
    if (!first) return
    const problem = (yield* ScopedRef.get(links)).problem() ?? messageOf(error)
    const consequence = onUnavailable === "open" ? "each process keeps to the limit by itself" : "calls are refused"
    yield* Effect.logWarning(`The Redis of the rate limit can't be used (${problem}): ${consequence}`)
  })

  /** Uses the Redis within the time limit; none if it can't be used. */
  const ask = Effect.fnUntraced(function* <A>(use: (link: Link) => Effect.Effect<A, unknown>) {
    if ((yield* Gate.now) < closedUntil) return Option.none<A>()
    const once = Effect.flatMap(ScopedRef.get(links), use)
    const renew = ScopedRef.set(links, newLink)
    // On a fiber that nobody interrupts before the time limit, so that what Redis has given is never lost.
    const fiber = yield* Effect.forkDaemon(
      // The connection may have been closed since the last call, so what fails is tried once more on a new one.
      Effect.interruptible(
        failing ? Effect.zipRight(renew, once) : Effect.catchAll(once, () => Effect.zipRight(renew, once))
      )
    )
    return yield* Effect.interruptible(Fiber.join(fiber)).pipe(
      Effect.timeoutFail({ duration: timeout, onTimeout: () => new Error(`no answer within ${timeout} ms`) }),
      Effect.tapBoth({
        onSuccess: () => recovered,
        onFailure: (error) => Effect.zipRight(Fiber.interruptFork(fiber), failed(error))
      }),
      Effect.option
    )
  })

  /** When the first of this process's queue may start: now, or ask again then. */
  const reserve = Effect.fnUntraced(function* (key: string, { limiter, redis }: Link) {
    const rest = yield* command(() => redis.pttl(`${prefix}${key}:cool-down`))
    const time = yield* Gate.now
    if (rest > 0) {
      slot = undefined
      places.coolDown(time + rest)
      return time + rest
    }
    // A call may use the time of one that gave it back, unless that is long past.
    if (slot === undefined || slot.key !== key || slot.at + shape.margin < time) {
      const { delay } = yield* limiter.consume({
        algorithm: "fixed-window",
        onExceeded: "delay",
        limit: 1,
        window: gap,
        key: `${prefix}${key}`
      })
      slot = { key, at: (yield* Gate.now) + Duration.toMillis(delay) }
    }
    return slot.at
  })

  const turn = (key: string) => (link: Link) => mutex.withPermits(1)(reserve(key, link))

  const admit = Effect.fnUntraced(function* (request: HttpClientRequest.HttpClientRequest) {
    const arrival = yield* Gate.now
    const free = local.earliest(arrival, 0)
    if (free > arrival) return Either.left(free)
    const start = yield* ask(turn(yield* keyOf(request)))
    const time = yield* Gate.now
    if (Option.isNone(start) && onUnavailable === "fail") {
      const reason = "the Redis of the rate limit can't be used"
      return yield* Effect.fail<Gate.Refusal>({ tag: "Redis", reason, retryAfter: Math.max(0, closedUntil - time) })
    }
    if (Option.isSome(start) && start.value > time) return Either.left(start.value)
    slot = undefined
    return Either.right(places.take(time))
  })

  const shareCoolDown = Effect.fnUntraced(function* (until: number, request: HttpClientRequest.HttpClientRequest) {
    const key = `${prefix}${yield* keyOf(request)}:cool-down`
    const wait = Math.ceil(until - (yield* Gate.now))
    if (wait > 0) yield* ask(({ redis }) => command(() => redis.eval(extend, 1, key, wait)))
  })

  const pace: Gate.Pace = {
    coolDownUntil: local.coolDownUntil,
    earliest: (time, ahead) => Math.max(local.earliest(time, ahead), time + ahead * gap),
    admit,
    // This process keeps to it even if the others can't be told.
    coolDown: (until, request) =>
      Effect.tap(local.coolDown(until, request), (longer) => (longer ? shareCoolDown(until, request) : Effect.void))
  }
  return { transform: Gate.make({ coolDown, maxWait, pace }) }
})

/**
 * A layer of the rate limit, in the place of `RateLimit.layer`.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { RateLimit } from "@effect-certifier/retry"
 * import * as RedisRateLimit from "@effect-certifier/retry/RedisRateLimit"
 * import { Layer } from "effect"
 *
 * const CertifierLive = RateLimit.clientLayer(CertifierClient.layerConfig).pipe(
 *   Layer.provide(RedisRateLimit.layer({ redis: { host: "127.0.0.1" }, limit: 3, window: "1 second" }))
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<RateLimit.RateLimit, ConfigError.ConfigError> =>
  Layer.scoped(RateLimit.RateLimit, make(options))
