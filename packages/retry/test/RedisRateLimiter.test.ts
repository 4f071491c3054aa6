import { CertifierClient, Groups } from "@effect-certifier/core"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { assert, describe, it, vi } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { Redis } from "ioredis"
import { spawn, spawnSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import * as net from "node:net"
import * as Metrics from "../src/internal/rateLimiter/metrics.js"
import * as Scripts from "../src/internal/rateLimiter/scripts.js"
import * as RateLimiter from "../src/RateLimiter.js"
import * as RedisRateLimiter from "../src/RedisRateLimiter.js"
import * as Support from "./RateLimiter.support.js"
import * as Services from "./support/services.js"

const { update } = Support

const reachable = await Services.isReachable(6379)
const installed = spawnSync("redis-server", ["--version"]).status === 0

const clientOf = (baseUrl: string, limit: RedisRateLimiter.Options, accessToken = Support.token) =>
  RateLimiter.clientLayer(CertifierClient.layer, { accessToken: Redacted.make(accessToken), baseUrl }).pipe(
    Layer.provide(RedisRateLimiter.layer(limit)),
    Layer.provide(FetchHttpClient.layer)
  )

const all = (count: number) => Effect.forEach(Arr.range(1, count), update, { concurrency: "unbounded" })

/** Tolerates a busy machine. */
const patient = { timeout: "5 seconds", onUnavailable: "fail" } as const

/** Runs with the log of `Info` and above collected. */
const logging = <A, E, R>(use: (lines: ReadonlyArray<string>) => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    const lines: Array<string> = []
    const logger = Logger.make(
      ({ logLevel, message }) => void lines.push([logLevel.label, ...Arr.ensure(message)].join(" "))
    )
    return Effect.provide(use(lines), Logger.replace(Logger.defaultLogger, logger))
  })

const connection = Effect.acquireRelease(
  Effect.sync(() => new Redis({ host: "127.0.0.1" })),
  (redis) => Effect.sync(() => redis.disconnect())
)
const settings = () => ({ redis: { host: "127.0.0.1" }, prefix: `certifier:test:${randomUUID()}:`, ...patient })

/** A proxy for Redis that counts the slots that are taken; it can delay the responses from the first slot on. */
const proxy = Effect.acquireRelease(
  Effect.async<{
    readonly server: net.Server
    readonly port: number
    readonly taken: () => number
    readonly release: () => void
  }>((resume) => {
    let held: Array<() => void> | undefined = []
    let taken = 0
    const server = net.createServer((client) => {
      const redis = net.connect(6379, "127.0.0.1")
      client.on("data", (chunk) => {
        taken += chunk.toString().split('"INCR"').length - 1
        redis.write(chunk)
      })
      redis.on("data", (chunk) => {
        const pass = () => void client.write(chunk)
        if (held !== undefined && taken > 0) held.push(pass)
        else pass()
      })
      for (const [one, other] of [
        [client, redis],
        [redis, client]
      ] as const) {
        one.on("error", () => other.destroy()).on("close", () => other.destroy())
      }
    })
    const release = () => {
      for (const pass of held ?? []) pass()
      held = undefined
    }
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      resume(
        Effect.succeed({
          server,
          taken: () => taken,
          release,
          port: address !== null && typeof address === "object" ? address.port : 0
        })
      )
    })
  }),
  ({ server }) => Effect.sync(() => void server.close())
)

describe.skipIf(Services.lacks("Redis at 127.0.0.1:6379", reachable))("processes that share a Redis", () => {
  it.scopedLive("two limiters with four fibers each together stay under the limit of a server", () =>
    Effect.gen(function* () {
      const { arrivals, baseUrl } = yield* Support.listen(Support.sliding(20, 1000))
      const limit = { ...settings(), limit: 20, window: "1 second" } as const
      const four = (name: string) =>
        Effect.provide(
          Effect.replicateEffect(Effect.replicateEffect(update(name), 3), 4, { concurrency: "unbounded" }),
          clientOf(baseUrl, limit)
        )
      yield* Effect.all([four("one"), four("two")], { concurrency: "unbounded" })
      deepStrictEqual(
        arrivals.map(({ status }) => status),
        Arr.replicate(200, 24)
      )
      deepStrictEqual(
        ["one", "two"].map((name) => arrivals.filter((arrival) => arrival.name === name).length),
        [12, 12]
      )
    })
  )

  it.scopedLive("a 429 of one delays the other", () =>
    Effect.gen(function* () {
      let end = Number.POSITIVE_INFINITY
      const { arrivals, baseUrl } = yield* Support.listen((_, before) => {
        if (before.length > 0) return {}
        end = performance.now() + 1000
        return { status: 429, headers: { "retry-after": "1" } }
      })
      const limit = { ...settings(), limit: 100, window: "1 second" } as const
      const error = yield* Effect.flip(Effect.provide(update("one"), clientOf(baseUrl, limit)))
      assert.strictEqual(error._tag, "CertifierRateLimited")
      const elsewhere = Support.listen(() => ({}))
      const other = yield* elsewhere
      // The same process with another limiter; other origins and other tokens are not affected.
      yield* Effect.provide(update("other origin"), clientOf(other.baseUrl, limit))
      yield* Effect.provide(update("other token"), clientOf(baseUrl, limit, "another-token"))
      yield* Effect.provide(update("two"), clientOf(baseUrl, limit))
      deepStrictEqual(
        arrivals.map(({ name }) => name),
        ["one", "other token", "two"]
      )
      assert.isBelow(Arr.unsafeGet(arrivals, 1).at, end)
      assert.isAtLeast(Arr.unsafeGet(arrivals, 2).at, end)
    })
  )

  it.scopedLive("an earlier end does not shorten the cool-down of the others", () =>
    Effect.gen(function* () {
      const redis = yield* connection
      const [come, go] = yield* Effect.all([Deferred.make<void>(), Deferred.make<void>()])
      const { baseUrl } = yield* Support.listen(async ({ name }) => {
        if (name === "2")
          await Effect.runPromise(Effect.zipRight(Deferred.succeed(come, undefined), Deferred.await(go)))
        return { status: 429, headers: { "retry-after": name } }
      })
      const limit = { ...settings(), limit: 100, window: "100 millis" } as const
      const rest = Effect.gen(function* () {
        const [key = ""] = yield* Effect.promise(() => redis.keys(`${limit.prefix}*:cool-down`))
        return yield* Effect.promise(() => redis.pttl(key))
      })
      const short = yield* Effect.fork(Effect.flip(Effect.provide(update("2"), clientOf(baseUrl, limit))))
      yield* Deferred.await(come)
      const long = yield* Effect.flip(Effect.provide(update("60"), clientOf(baseUrl, limit)))
      assert.isAbove(yield* rest, 30_000)
      yield* Deferred.succeed(go, undefined)
      deepStrictEqual([long._tag, (yield* Fiber.join(short))._tag], Arr.replicate("CertifierRateLimited", 2))
      assert.isAbove(yield* rest, 30_000)
    })
  )

  it.scopedLive("keys name the origin and never the token, and expire by themselves", () =>
    Effect.gen(function* () {
      const redis = yield* connection
      const { baseUrl } = yield* Support.listen(() => ({ status: 429, headers: { "retry-after": "60" } }))
      const limit = { ...settings(), limit: 1, window: "1 minute" } as const
      yield* Effect.flip(Effect.provide(update("one"), clientOf(baseUrl, limit)))
      const keys = (yield* Effect.promise(() => redis.keys(`${limit.prefix}*`))).toSorted()
      const fingerprint = "[0-9a-f]{32}"
      assert.strictEqual(keys.length, 2)
      assert.match(keys[0] ?? "", new RegExp(`^${limit.prefix}${baseUrl}:${fingerprint}$`))
      assert.match(keys[1] ?? "", new RegExp(`^${limit.prefix}${baseUrl}:${fingerprint}:cool-down$`))
      for (const key of keys) {
        assert.notInclude(key, Support.token)
        assert.isAbove(yield* Effect.promise(() => redis.pttl(key)), 0)
        assert.match((yield* Effect.promise(() => redis.get(key))) ?? "", /^\d+$/)
        yield* Effect.promise(() => redis.del(key))
      }
    })
  )

  it.scopedLive("the next call uses the slot of a call that was interrupted before receiving it", () =>
    Effect.gen(function* () {
      const redis = yield* connection
      const { port, release } = yield* proxy
      const { arrivals, baseUrl } = yield* Support.listen(() => ({}))
      const limit = {
        ...settings(),
        redis: { host: "127.0.0.1", port },
        limit: 2,
        window: "1 second",
        margin: "1 second"
      } as const
      const taken = Effect.gen(function* () {
        const [key = ""] = yield* Effect.promise(() => redis.keys(`${limit.prefix}*`))
        return yield* Effect.promise(() => redis.get(key))
      })
      yield* Effect.gen(function* () {
        const first = yield* Effect.fork(update("first"))
        const second = yield* Effect.fork(update("second"))
        yield* Effect.repeat(taken, { until: (count) => count === "1" })
        yield* Fiber.interrupt(first)
        release()
        yield* Fiber.join(second)
        assert.strictEqual(yield* taken, "1")
      }).pipe(Effect.provide(clientOf(baseUrl, limit)))
      deepStrictEqual(
        arrivals.map(({ name }) => name),
        ["second"]
      )
    })
  )

  it.scopedLive("a call that would wait longer than the maximum fails at once", () =>
    Effect.gen(function* () {
      const { arrivals, baseUrl } = yield* Support.listen(() => ({}))
      const limit = { ...settings(), limit: 1, window: "1 minute", maxWait: "10 seconds" } as const
      yield* Effect.provide(update("one"), clientOf(baseUrl, limit))
      const error = yield* Effect.flip(Effect.provide(update("two"), clientOf(baseUrl, limit)))
      assert.strictEqual(error._tag, "CertifierRateLimiterRejected")
      assert.match(error.message, /the wait in the rate limiter's queue is/)
      assert.strictEqual(arrivals.length, 1)
    })
  )

  it.scopedLive("leaves no connection behind", () =>
    Effect.gen(function* () {
      const redis = yield* connection
      const { baseUrl } = yield* Support.listen(() => ({}))
      const connectionName = `certifier-test-${randomUUID()}`
      const limit = { ...settings(), redis: { host: "127.0.0.1", connectionName } }
      const count = Effect.map(
        Effect.promise(() => redis.client("LIST")),
        (list) => String(list).split(connectionName).length - 1
      )
      yield* Effect.gen(function* () {
        yield* update("one")
        assert.strictEqual(yield* count, 1)
      }).pipe(Effect.provide(clientOf(baseUrl, limit)))
      yield* Effect.repeat(count, { until: (left) => left === 0 })
    })
  )
})

describe.skipIf(Services.lacks("Redis at 127.0.0.1:6379", reachable))("slots, over a Redis", () => {
  for (const [period, limit, waits] of [
    [1020, 50, [0, 21, 41, 62, 82, 102]],
    [100, 3, [0, 34, 67, 100, 134, 167, 200]],
    [1000, 5000, [0, 1, 1, 1, 1, 1, 2]]
  ] as const) {
    it.scopedLive(`${limit} slots take ${period} ms, although Redis counts whole milliseconds`, () =>
      Effect.gen(function* () {
        const redis = yield* connection
        // In a script, the clock of Redis is constant.
        const script = `local all = {}
          for n = 1, ${waits.length} do all[n] = (function() ${Scripts.take} end)() end
          return all`
        const key = `${settings().prefix}slots`
        deepStrictEqual(yield* Effect.promise(() => redis.eval(script, 1, key, period, limit)), [...waits])
      })
    )
  }
})

describe.skipIf(Services.lacks("Redis at 127.0.0.1:6379", reachable))("faults, over a Redis", () => {
  for (const margin of [0, 1]) {
    it.scopedLive(`a waiter that wakes late keeps its turn: a margin of ${margin} ms`, () =>
      Effect.gen(function* () {
        const { port, release, taken } = yield* proxy
        release()
        const { arrivals, baseUrl } = yield* Support.listen(() => ({}))
        const redis = { host: "127.0.0.1", port }
        const limit = { ...settings(), redis, limit: 10, window: "1 second", margin, maxWait: "3 seconds" } as const
        yield* Effect.provide(all(5), clientOf(baseUrl, limit))
        // The slots of half a second, without an additional slot for each late timer.
        deepStrictEqual([arrivals.length, taken()], [5, 5])
      })
    )
  }

  it.scopedLive("an absurd hint does not block the limiter: the shared pause is limited to maxCoolDown", () =>
    logging((lines) =>
      Effect.gen(function* () {
        const redis = yield* connection
        const { baseUrl } = yield* Support.listen(() => ({ status: 429, headers: { "retry-after": "1795392000" } }))
        const limit = { ...settings(), limit: 100, window: "100 millis" } as const
        const error = yield* Effect.flip(Effect.provide(update("one"), clientOf(baseUrl, limit)))
        assert.strictEqual(error._tag, "CertifierRateLimited")
        const [key = ""] = yield* Effect.promise(() => redis.keys(`${limit.prefix}*:cool-down`))
        const rest = yield* Effect.promise(() => redis.pttl(key))
        assert.isAbove(rest, 200_000)
        assert.isAtMost(rest, 300_000)
        assert.match(
          lines.join(),
          /^WARN updateGroup: the service requested a pause of 20780d .* 5m, the option maxCoolDown$/
        )
      })
    )
  )

  it.scopedLive("an absurd hint does not block the limiter: the pause of an older process is shortened, once", () =>
    logging((lines) =>
      Effect.gen(function* () {
        const redis = yield* connection
        const { arrivals, baseUrl } = yield* Support.listen((_, before) =>
          before.length === 0 ? { status: 429, headers: { "retry-after": "1" } } : {}
        )
        const limit = { ...settings(), limit: 100, window: "100 millis", maxCoolDown: "1 second" } as const
        const client = clientOf(baseUrl, limit)
        yield* Effect.flip(Effect.provide(update("one"), client))
        const [key = ""] = yield* Effect.promise(() => redis.keys(`${limit.prefix}*:cool-down`))
        yield* Effect.promise(() => redis.set(key, "1", "PX", 1_795_392_000_000))
        yield* Effect.provide(update("two"), client)
        const rest = yield* Effect.promise(() => redis.pttl(key))
        assert.isAtMost(rest, 1000)
        yield* Effect.provide(update("three"), client)
        deepStrictEqual(
          arrivals.map(({ name, status }) => [name, status]),
          [
            ["one", 429],
            ["two", 200],
            ["three", 200]
          ]
        )
        assert.match(
          lines.join(),
          /^WARN The rate limiter's Redis holds a pause of 20780d; all calls pause for 1s, the option maxCoolDown$/
        )
      })
    )
  )

  for (const limit of [1, 3]) {
    it.scopedLive(`nested requests are counted: concurrency checks under a limit of ${limit} end without a 429`, () =>
      Effect.gen(function* () {
        const { arrivals, baseUrl } = yield* Support.listen(Support.sliding(limit, limit * 150))
        const client = clientOf(baseUrl, { ...settings(), limit, window: limit * 150, margin: 100 })
        yield* Effect.forEach(Arr.range(1, 4), (name) => Groups.withConcurrencyCheck(update(name)), {
          concurrency: "unbounded"
        }).pipe(Effect.provide(client))
        deepStrictEqual(
          arrivals.map(({ status }) => status),
          Arr.replicate(200, 8)
        )
      })
    )
  }
})

describe.skipIf(Services.lacks("redis-server on the PATH", installed))("a Redis that becomes unavailable", () => {
  const freePort = Effect.async<number>((resume) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resume(Effect.succeed(address !== null && typeof address === "object" ? address.port : 0)))
    })
  })

  /** Starts a Redis, waits until it is ready, and stops it with the scope. */
  const start = (port: number) =>
    Effect.acquireRelease(
      Effect.async<{ readonly kill: Effect.Effect<void>; readonly freeze: Effect.Effect<void> }>((resume) => {
        const child = spawn(
          "redis-server",
          ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
          {
            stdio: ["ignore", "pipe", "ignore"]
          }
        )
        const kill = Effect.async<void>((done) => {
          if (child.exitCode !== null || child.signalCode !== null) return done(Effect.void)
          child.once("close", () => done(Effect.void))
          child.kill("SIGKILL")
        })
        const freeze = Effect.sync(() => void child.kill("SIGSTOP"))
        child.stdout.on("data", (chunk: Buffer) => {
          if (chunk.toString().includes("Ready to accept connections")) resume(Effect.succeed({ kill, freeze }))
        })
      }),
      ({ kill }) => kill
    )

  /** What is written to the console until the scope ends. */
  const printing = Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => vi.spyOn(console, "error").mockImplementation(() => {})),
      (spy) => Effect.sync(() => spy.mockRestore())
    ),
    (spy) => () => spy.mock.calls.map(([line]) => String(line)).filter((line) => line.includes("ioredis"))
  )

  const failures = Effect.map(Metric.value(Metrics.redisFailures), ({ count }) => count)

  it.scopedLive(
    "open: calls continue under the limit of the process, one warning is logged, and Redis is used again",
    () =>
      logging((lines) =>
        Effect.gen(function* () {
          const port = yield* freePort
          const { kill } = yield* start(port)
          const before = yield* failures
          const { arrivals, baseUrl } = yield* Support.listen(Support.sliding(10, 200))
          yield* Effect.gen(function* () {
            yield* all(3)
            deepStrictEqual(lines, [])
            yield* kill
            yield* all(20)
            yield* Effect.repeat(Effect.zipRight(update("again"), failures), { until: (count) => count >= before + 3 })
            assert.strictEqual(lines.length, 1)
            assert.match(
              lines[0] ?? "",
              /^WARN The rate limiter's Redis is unavailable \(.+\): each process applies the limit by itself$/
            )
            yield* start(port)
            yield* Effect.repeat(update("again"), { until: () => lines.length > 1 })
            deepStrictEqual(lines.slice(1), ["INFO The rate limiter's Redis is available again"])
          }).pipe(Effect.provide(clientOf(baseUrl, { redis: { port }, limit: 10, window: "200 millis" })))
          assert.isTrue(arrivals.every(({ status }) => status === 200))
          assert.notInclude(lines.join(), Support.token)
        })
      )
  )

  it.scopedLive("fail: calls fail with a typed error, and nothing is sent", () =>
    logging((lines) =>
      Effect.gen(function* () {
        const port = yield* freePort
        const { kill } = yield* start(port)
        const { arrivals, baseUrl } = yield* Support.listen(() => ({}))
        yield* Effect.gen(function* () {
          yield* update("one")
          yield* kill
          const errors = yield* Effect.forEach([1, 2], (name) => Effect.flip(update(name)))
          for (const error of errors) {
            assert.strictEqual(error._tag, "CertifierRateLimiterRejected")
            assert.match(error.message, /rejected by this client: the rate limiter's Redis is unavailable/)
            assert.isTrue("retryAfter" in error && Option.isSome(error.retryAfter))
          }
          assert.strictEqual(arrivals.length, 1)
          assert.match(lines.join(), /^WARN .*: calls are rejected$/)
        }).pipe(Effect.provide(clientOf(baseUrl, { redis: { port }, onUnavailable: "fail", limit: 100 })))
      })
    )
  )

  it.scopedLive(
    "a Redis that does not respond is abandoned after the timeout, and a layer that uses it can be closed",
    () =>
      logging((lines) =>
        Effect.gen(function* () {
          const port = yield* freePort
          const { freeze } = yield* start(port)
          const printed = yield* printing
          const { arrivals, baseUrl } = yield* Support.listen(() => ({}))
          yield* Effect.gen(function* () {
            yield* update("one")
            yield* freeze
            yield* update("two")
          }).pipe(Effect.provide(clientOf(baseUrl, { redis: { port }, timeout: "200 millis", limit: 100 })))
          assert.strictEqual(arrivals.length, 2)
          assert.match(lines.join(), /^WARN The rate limiter's Redis is unavailable \(.*200 ?ms.*\)/)
          // `ioredis` does so with an error that has no listener.
          deepStrictEqual(printed(), [])
        })
      )
  )

  it.scopedLive("a connection that was closed in between is reopened without a warning", () =>
    logging((lines) =>
      Effect.gen(function* () {
        const port = yield* freePort
        const { kill } = yield* start(port)
        const { arrivals, baseUrl } = yield* Support.listen(() => ({}))
        yield* Effect.gen(function* () {
          yield* update("one")
          yield* kill
          yield* start(port)
          yield* update("two")
        }).pipe(Effect.provide(clientOf(baseUrl, { redis: { port }, ...patient, limit: 100 })))
        assert.strictEqual(arrivals.length, 2)
        deepStrictEqual(lines, [])
      })
    )
  )
})

describe("options", () => {
  const rows: ReadonlyArray<readonly [string, Omit<RedisRateLimiter.Options, "redis">]> = [
    ["limit", { limit: 0 }],
    ["timeout", { timeout: 0 }],
    ["timeout", { timeout: "25 days" }]
  ]
  for (const [name, invalid] of rows) {
    it.scoped(`rejects ${JSON.stringify(invalid)} with the name of the option`, () =>
      Effect.gen(function* () {
        const exit = yield* Effect.exit(Layer.build(RedisRateLimiter.layer({ redis: {}, ...invalid })))
        const error = Option.getOrThrow(Cause.failureOption(Option.getOrThrow(Exit.causeOption(exit))))
        assert.match(String(error), new RegExp(`at ${name}: "Expected `))
      })
    )
  }
})
