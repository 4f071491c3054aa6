/**
 * A `RateLimiter` for several processes or machines that use the same access token: they share the limit and the cool-down
 * over Redis.
 *
 * Requires `ioredis` 5, which the rest of the package does not need, so it is not part of the main module:
 * `import * as RedisRateLimiter from "@effect-certifier/retry/RedisRateLimiter"`.
 *
 * @since 0.1.0
 */
import * as Checks from "@effect-certifier/core/Options"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as ScopedRef from "effect/ScopedRef"
import { Redis, type RedisOptions } from "ioredis"
import { messageOf } from "./internal/rateLimiter/errorMessage.js"
import * as Limiter from "./internal/rateLimiter/limiter.js"
import * as Metrics from "./internal/rateLimiter/metrics.js"
import * as Queue from "./internal/rateLimiter/queue.js"
import * as Scripts from "./internal/rateLimiter/scripts.js"
import * as Settings from "./internal/rateLimiter/settings.js"
import { SlidingWindow } from "./internal/rateLimiter/slidingWindow.js"
import * as RateLimiter from "./RateLimiter.js"

/**
 * Options of `make` and `layer`: those of `RateLimiter`, and the connection. All processes must use the same `limit`, `window`
 * and `margin`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends RateLimiter.Options {
  /**
   * As in `RateLimiter`, but it always reduces the throughput: the rate is `limit` calls per `window + margin`. Default 250 ms.
   */
  readonly margin?: Duration.DurationInput | undefined
  /** The connection: `host`, `port`, `username`, `password`, `tls` and the other options of `ioredis`. */
  readonly redis: RedisOptions
  /** The prefix of the keys. Default `certifier:rate-limit:`. */
  readonly prefix?: string | undefined
  /**
   * What happens while Redis is unavailable.
   *
   * - `open` (default): a warning is logged, and each process applies the limit by itself. Together they may exceed it.
   * - `fail`: calls fail with `CertifierError.RateLimiterRejected` and nothing is sent.
   */
  readonly onUnavailable?: "open" | "fail" | undefined
  /** The time limit of the Redis commands before each call. Default 500 ms; above zero, at most 24 days. */
  readonly timeout?: Duration.DurationInput | undefined
}

/** The time until the next attempt after a failure, so that not every call waits for the timeout. */
const pauseAfterFailure = Duration.seconds(1)

/**
 * The key of a request: its origin, and a fingerprint of its credentials. The hashed text has its own prefix, so that the hash
 * differs from hashes of the same token elsewhere.
 */
const keyOf = (request: HttpClientRequest.HttpClientRequest): Effect.Effect<string> =>
  Effect.promise(async () => {
    const secret = new TextEncoder().encode(`effect-certifier rate limit\n${request.headers["authorization"] ?? ""}`)
    const fingerprint = new Uint8Array(await crypto.subtle.digest("SHA-256", secret)).slice(0, 16)
    return `${new URL(request.url).origin}:${Encoding.encodeHex(fingerprint)}`
  })

/** A connection that its scope closes. */
interface Link {
  readonly redis: Redis
  /** Why there is no connection, if known. */
  readonly problem: () => string | undefined
}

/** Connects with the first command, so that creating a connection can't fail. */
const makeLink = (options: RedisOptions, timeout: number): Effect.Effect<Link, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      let problem: string | undefined
      const redis = new Redis({
        ...options,
        lazyConnect: true,
        enableOfflineQueue: true,
        connectTimeout: timeout,
        socketTimeout: timeout,
        // A reconnect of ioredis would be too late for the call; a new link is created instead.
        retryStrategy: () => null
      })
      // Without a listener, ioredis writes its errors to the console.
      redis.on("error", (error: Error) => {
        problem = error.message
      })
      return { redis, problem: () => problem }
    }),
    ({ redis }) => Effect.sync(() => redis.disconnect())
  )

const command = <A>(run: () => Promise<A>): Effect.Effect<A, unknown> =>
  Effect.tryPromise({ try: run, catch: (error) => error })

/**
 * Creates a rate limiter that is shared by all processes with the same Redis, prefix, origin and access token. Its
 * connections are closed with the scope. Fails with a `ConfigError` that names the option if one is invalid. An unavailable
 * Redis does not fail `make`: see `onUnavailable`.
 *
 * - **Rate.** Calls of all processes are admitted one by one, every `(window + margin) / limit`, and not in bursts. Each
 *   process has its own first-in-first-out queue. Only the head of a queue sends commands to Redis, so that processes take turns
 *   and an interrupted call uses none of the shared limit.
 * - **Cool-down.** Each process checks for a shared cool-down before it sends a call, and shortens a cool-down of more than
 *   `maxCoolDown` for all processes.
 * - **Clock.** The clock of Redis is used.
 *
 * Keys consist of the prefix, the origin and 32 hex digits of a SHA-256 hash that depends on the token. They expire.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = Effect.fnUntraced(function* (
  options: Options
): Effect.fn.Return<RateLimiter.Service, ConfigError.ConfigError, Scope.Scope> {
  const { coolDown, maxCoolDown, maxWait, ...limits } = yield* Settings.settings({
    ...options,
    margin: options.margin ?? "250 millis"
  })
  const timeout = yield* Settings.time("timeout", options.timeout ?? "500 millis")
  const onUnavailable = yield* Checks.oneOf("onUnavailable", options.onUnavailable ?? "open", ["open", "fail"])
  const prefix = options.prefix ?? "certifier:rate-limit:"
  /** Redis counts whole milliseconds. */
  const period = Math.ceil(limits.window + limits.margin)
  const gap = period / limits.limit

  const window = new SlidingWindow(limits)
  const local = Limiter.local(window)
  const newLink = makeLink(options.redis, timeout)
  const links = yield* ScopedRef.fromAcquire(newLink)

  /** When to try Redis again after a failure; a time of the monotonic clock. */
  let closedUntil = Number.NEGATIVE_INFINITY
  let failing = false
  /**
   * The slot that Redis assigned to the head of this process's queue. Its waiter uses it, however late it wakes. If the waiter was
   * interrupted, the next one uses the slot unless it is more than the margin in the past.
   */
  let slot: { readonly key: string; readonly at: number; readonly waiter: object } | undefined
  /** Lets the next call wait for the slot that Redis is assigning to an interrupted one. */
  const mutex = Effect.unsafeMakeSemaphore(1)

  const recovered = Effect.suspend(() => {
    if (!failing) return Effect.void
    failing = false
    return Effect.logInfo("The rate limiter's Redis is available again")
  })

  const failed = Effect.fnUntraced(function* (error: unknown) {
    const first = !failing
    failing = true
    closedUntil = (yield* Limiter.now) + Duration.toMillis(pauseAfterFailure)
    yield* Metric.increment(Metrics.redisFailures)
    if (!first) return
    const problem = (yield* ScopedRef.get(links)).problem() ?? messageOf(error)
    const consequence = onUnavailable === "open" ? "each process applies the limit by itself" : "calls are rejected"
    yield* Effect.logWarning(`The rate limiter's Redis is unavailable (${problem}): ${consequence}`)
  })

  /** Runs commands within the timeout. `Option.none` if Redis is unavailable. */
  const attempt = Effect.fnUntraced(function* <A>(use: (link: Link) => Effect.Effect<A, unknown>) {
    if ((yield* Limiter.now) < closedUntil) return Option.none<A>()
    const once = Effect.flatMap(ScopedRef.get(links), use)
    const renew = ScopedRef.set(links, newLink)
    // Runs on its own fiber, which only the timeout interrupts, so that a slot that Redis has assigned is never lost.
    const fiber = yield* Effect.forkDaemon(
      // The connection may have been closed since the last call, so a failure is retried once on a new one.
      Effect.interruptible(
        failing ? Effect.zipRight(renew, once) : Effect.catchAll(once, () => Effect.zipRight(renew, once))
      )
    )
    return yield* Effect.interruptible(Fiber.join(fiber)).pipe(
      Effect.timeoutFail({ duration: timeout, onTimeout: () => new Error(`no response within ${timeout} ms`) }),
      Effect.tapBoth({
        onSuccess: () => recovered,
        onFailure: (error) => Effect.zipRight(Fiber.interruptFork(fiber), failed(error))
      }),
      Effect.option
    )
  })

  /** When the head of this process's queue may start. If that is in the future, check again at that time. */
  const reserve = Effect.fnUntraced(function* (key: string, waiter: object, { redis }: Link) {
    const coolDownKey = `${prefix}${key}:cool-down`
    const requested = yield* command(() => redis.pttl(coolDownKey))
    const rest = Math.min(requested, maxCoolDown)
    if (requested > rest) {
      // Another process has no `maxCoolDown`, or a longer one. The pause is shortened for all processes, because each check would
      // otherwise start a new pause.
      yield* command(() => redis.pexpire(coolDownKey, Math.ceil(rest)))
      yield* Effect.logWarning(
        `The rate limiter's Redis holds a pause of ${Duration.format(Duration.seconds(Math.ceil(requested / 1000)))}; all calls pause for ${Duration.format(Duration.millis(rest))}, the option maxCoolDown`
      )
    }
    const time = yield* Limiter.now
    if (rest > 0) {
      slot = undefined
      window.coolDown(time + rest)
      return time + rest
    }
    if (slot?.key !== key || (slot.waiter !== waiter && slot.at + limits.margin < time)) {
      const delay = Number(yield* command(() => redis.eval(Scripts.take, 1, `${prefix}${key}`, period, limits.limit)))
      slot = { key, at: (yield* Limiter.now) + delay, waiter }
    } else {
      slot = { ...slot, waiter }
    }
    return slot.at
  })

  const reserveInTurn = (key: string, waiter: object) => (link: Link) =>
    mutex.withPermits(1)(reserve(key, waiter, link))

  const admit = Effect.fnUntraced(function* (request: HttpClientRequest.HttpClientRequest, waiter: object) {
    const arrival = yield* Limiter.now
    const free = local.earliest(arrival, 0)
    if (free > arrival) return Either.left(free)
    const start = yield* attempt(reserveInTurn(yield* keyOf(request), waiter))
    const time = yield* Limiter.now
    if (Option.isNone(start) && onUnavailable === "fail") {
      const reason = "the rate limiter's Redis is unavailable"
      return yield* Effect.fail<Limiter.Rejection>({
        tag: "Redis",
        reason,
        retryAfter: Math.max(0, closedUntil - time)
      })
    }
    if (Option.isSome(start)) {
      // In the meantime, a call ahead of the queue can have taken this slot, or a local one.
      if (slot?.waiter !== waiter) return Either.left(Math.max(start.value, time))
      const earliest = Math.max(start.value, local.earliest(time, 0))
      if (earliest > time) return Either.left(earliest)
    }
    slot = undefined
    return Either.right(window.take(time))
  })

  const shareCoolDown = Effect.fnUntraced(function* (until: number, request: HttpClientRequest.HttpClientRequest) {
    const key = `${prefix}${yield* keyOf(request)}:cool-down`
    const wait = Math.ceil(until - (yield* Limiter.now))
    if (wait > 0) yield* attempt(({ redis }) => command(() => redis.eval(Scripts.extend, 1, key, wait)))
  })

  const limiter: Limiter.Limiter = {
    coolDownUntil: local.coolDownUntil,
    earliest: (time, ahead) => Math.max(local.earliest(time, ahead), time + ahead * gap),
    admit,
    // This process applies the cool-down even if it can't be shared.
    coolDown: (until, request) =>
      Effect.tap(local.coolDown(until, request), (longer) => (longer ? shareCoolDown(until, request) : Effect.void))
  }
  return { transform: Queue.make({ coolDown, maxCoolDown, maxWait, limiter }) }
})

/**
 * A layer of the shared rate limiter, used instead of `RateLimiter.layer`.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { RateLimiter } from "@effect-certifier/retry"
 * import * as RedisRateLimiter from "@effect-certifier/retry/RedisRateLimiter"
 * import { Layer } from "effect"
 *
 * const CertifierLive = RateLimiter.clientLayer(CertifierClient.layerConfig).pipe(
 *   Layer.provide(RedisRateLimiter.layer({ redis: { host: "127.0.0.1" }, limit: 3, window: "1 second" }))
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<RateLimiter.RateLimiter, ConfigError.ConfigError> =>
  Layer.scoped(RateLimiter.RateLimiter, make(options))
