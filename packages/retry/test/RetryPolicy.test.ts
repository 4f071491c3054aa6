import { CertifierClient, CertifierError, type Group } from "@effect-certifier/core"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FC from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import { readFileSync } from "node:fs"
import * as RetryBudget from "../src/RetryBudget.js"
import { inspect } from "node:util"
import * as RetryDecision from "../src/RetryDecision.js"
import * as RetryPolicy from "../src/RetryPolicy.js"
import * as Scripted from "./support/scripted.js"

/** The configuration that the AWS SDKs share; their quota is in RetryBudget's tests. */
const aws = RetryPolicy.make({
  transientDelay: "50 millis",
  rateLimitedDelay: "1 second",
  factor: 2,
  maxDelay: "20 seconds",
  attempts: 3,
  jitter: "full"
})

const failureOf = (
  kind: RetryDecision.Failure["kind"],
  retryAfter?: Duration.DurationInput
): RetryDecision.Failure => ({
  kind,
  error: "CertifierError",
  retryAfter: Option.map(Option.fromNullable(retryAfter), Duration.decode)
})

const history = (attempts: number, elapsed: Duration.DurationInput = 0): RetryDecision.History => ({
  attempts,
  elapsed: Duration.decode(elapsed)
})

/** The wait in milliseconds and where it came from, or the reason to stop. */
const outcome = ([decision]: ReturnType<typeof RetryDecision.decide>): readonly [number, string] | string =>
  decision._tag === "Wait" ? [Duration.toMillis(decision.delay), decision.source] : decision.reason

describe("decide", () => {
  it("waits like the standard retry mode of the AWS SDKs", () => {
    const { concurrencyCheck: _, ...settings } = aws.settings
    const longer = RetryPolicy.make({ ...settings, attempts: 20 })
    const rows: ReadonlyArray<readonly [RetryDecision.Failure["kind"], number, number, number]> = [
      // kind, retries before, random, milliseconds: floor(random * min(base * 2 ^ retries, 20 s))
      ["Transient", 0, 0, 0],
      ["Transient", 0, 0.5, 25],
      ["Transient", 0, 0.999, 49],
      ["Transient", 1, 0.5, 50],
      ["Transient", 1, 0.25, 25],
      ["Transient", 2, 0.5, 100],
      ["Transient", 8, 0.5, 6400],
      ["Transient", 9, 0.5, 10_000],
      ["Transient", 18, 0.5, 10_000],
      ["RateLimited", 0, 0.5, 500],
      ["RateLimited", 0, 0.999, 999],
      ["RateLimited", 1, 0.5, 1000],
      ["RateLimited", 4, 0.5, 8000],
      ["RateLimited", 5, 0.5, 10_000],
      ["RateLimited", 18, 0.999, 19_980]
    ]
    for (const [kind, retries, random, millis] of rows) {
      deepStrictEqual(
        outcome(RetryDecision.decide(longer, history(retries), failureOf(kind), random)),
        [millis, "Backoff"],
        `${kind} ${retries} ${random}`
      )
    }
    deepStrictEqual(
      [0, 1, 2].map((retries) => outcome(RetryDecision.decide(aws, history(retries), failureOf("Transient"), 0.5))),
      [[25, "Backoff"], [50, "Backoff"], "AttemptsExhausted"]
    )
  })

  it("spreads the back-off by full, equal or no jitter", () => {
    const wait = (jitter: RetryPolicy.Jitter, random: number) =>
      outcome(RetryDecision.decide(RetryPolicy.make({ jitter }), history(1), failureOf("RateLimited"), random))
    deepStrictEqual(
      [wait("full", 0), wait("full", 0.5), wait("equal", 0), wait("equal", 0.5), wait("none", 0), wait("none", 0.5)],
      [0, 1000, 1000, 1500, 2000, 2000].map((millis) => [millis, "Backoff"] as const)
    )
  })

  it("waits at least Retry-After, and adds the jitter to it", () => {
    const rows: ReadonlyArray<readonly [RetryPolicy.Jitter, Duration.DurationInput, number, number, string]> = [
      // jitter, Retry-After, random, milliseconds, source; the back-off is 1 s, the extra 1 ms the timer's grain
      ["full", "2 seconds", 0, 2001, "RetryAfter"],
      ["full", "2 seconds", 0.5, 2501, "RetryAfter"],
      ["full", "2 seconds", 0.999, 3000, "RetryAfter"],
      ["full", "30 seconds", 0.5, 30_501, "RetryAfter"],
      ["full", "1500 micros", 0, 3, "RetryAfter"],
      ["equal", "2 seconds", 0.5, 2251, "RetryAfter"],
      ["equal", "100 millis", 0.5, 750, "Backoff"],
      ["none", "2 seconds", 0.5, 2001, "RetryAfter"],
      ["none", "100 millis", 0.5, 1000, "Backoff"],
      // Zero, which a date in the past is as well, is the back-off.
      ["full", 0, 0.5, 500, "Backoff"],
      ["none", 0, 0.5, 1000, "Backoff"]
    ]
    for (const [jitter, retryAfter, random, millis, source] of rows) {
      deepStrictEqual(
        outcome(
          RetryDecision.decide(RetryPolicy.make({ jitter }), history(0), failureOf("RateLimited", retryAfter), random)
        ),
        [millis, source],
        `${jitter} ${String(retryAfter)} ${random}`
      )
    }
  })

  it("stops, with a reason", () => {
    const policy = RetryPolicy.make({
      attempts: 3,
      deadline: "10 seconds",
      maxRetryAfter: "5 seconds",
      jitter: "none",
      rateLimitedDelay: "1 second"
    })
    const rows: ReadonlyArray<
      readonly [RetryPolicy.RetryPolicy, RetryDecision.History, RetryDecision.Failure, unknown]
    > = [
      [policy, history(0), failureOf("Permanent"), "NotRetryable"],
      [RetryPolicy.rateLimited(), history(0), failureOf("Transient"), "NotRetryable"],
      [policy, history(2), failureOf("Transient"), "AttemptsExhausted"],
      [policy, history(7), failureOf("Transient"), "AttemptsExhausted"],
      [policy, history(0), failureOf("RateLimited", "5 seconds"), [5001, "RetryAfter"]],
      [policy, history(0), failureOf("RateLimited", "5001 millis"), "RetryAfterTooLong"],
      [policy, history(0), failureOf("Transient", "1 hour"), "RetryAfterTooLong"],
      [policy, history(0, "9 seconds"), failureOf("RateLimited"), [1000, "Backoff"]],
      [policy, history(0, "9001 millis"), failureOf("RateLimited"), "DeadlineExceeded"],
      [policy, history(0, "7 seconds"), failureOf("RateLimited", "3 seconds"), "DeadlineExceeded"],
      [RetryPolicy.never, history(0), failureOf("RateLimited"), "AttemptsExhausted"]
    ]
    for (const [given, past, failure, expected] of rows) {
      deepStrictEqual(outcome(RetryDecision.decide(given, past, failure, 0)), expected, JSON.stringify(failure))
    }
  })

  it("returns the history at the end of the wait", () => {
    const [first, next] = RetryDecision.decide(aws, history(0, 100), failureOf("RateLimited"), 0.5)
    deepStrictEqual(next, history(1, 600))
    deepStrictEqual(
      first,
      RetryDecision.Wait.make({ attempt: 2, delay: Duration.millis(500), source: "Backoff", reason: "RateLimited" })
    )
    const [last, end] = RetryDecision.decide(aws, history(2, 700), failureOf("RateLimited"), 0.5)
    deepStrictEqual(end, history(3, 700))
    deepStrictEqual(last, RetryDecision.Stop.make({ attempt: 3, reason: "AttemptsExhausted" }))
  })

  it("is replayed from a log", () => {
    const Line = Schema.Struct({
      history: RetryDecision.History,
      failure: RetryDecision.Failure,
      random: Schema.Number,
      decision: RetryDecision.Decision
    })
    const log = [
      `{"history":{"attempts":0,"elapsed":120},"failure":{"kind":"RateLimited","error":"CertifierRateLimited","retryAfter":2000},"random":0.25,"decision":{"_tag":"Wait","attempt":2,"delay":2251,"source":"RetryAfter","reason":"RateLimited"}}`,
      `{"history":{"attempts":1,"elapsed":2400},"failure":{"kind":"Transient","error":"CertifierTimeout"},"random":0.5,"decision":{"_tag":"Wait","attempt":3,"delay":200,"source":"Backoff","reason":"Transient"}}`,
      `{"history":{"attempts":2,"elapsed":2700},"failure":{"kind":"Permanent","error":"CertifierNotFound"},"random":0.5,"decision":{"_tag":"Stop","attempt":3,"reason":"NotRetryable"}}`
    ]
    for (const text of log) {
      const line = Schema.decodeSync(Schema.parseJson(Line))(text)
      const [decision] = RetryDecision.decide(RetryPolicy.make(), line.history, line.failure, line.random)
      assert.strictEqual(Schema.encodeSync(Schema.parseJson(Line))({ ...line, decision }), text)
    }
  })
})

const millis = (most: number) => FC.integer({ min: 1, max: most })

const anyPolicy = FC.record({
  attempts: FC.integer({ min: 1, max: 12 }),
  rateLimitedDelay: millis(60_000),
  transientDelay: millis(60_000),
  factor: FC.double({ min: 1, max: 10, noNaN: true }),
  maxDelay: millis(1_036_800_000),
  jitter: FC.constantFrom<RetryPolicy.Jitter>("full", "equal", "none"),
  deadline: millis(1_036_800_000),
  maxRetryAfter: millis(1_036_800_000)
}).map(RetryPolicy.make)

const anyRetryAfter = FC.option(
  FC.oneof(FC.integer({ min: 0, max: 60_000 }), FC.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
  { nil: undefined }
)

const anyRandom = FC.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe("properties", () => {
  it("a wait is within its bounds, never below Retry-After, and short enough for a timer", () => {
    FC.assert(
      FC.property(
        anyPolicy,
        FC.nat({ max: 12 }),
        FC.constantFrom("RateLimited" as const, "Transient" as const),
        anyRetryAfter,
        anyRandom,
        (policy, attempts, kind, retryAfter, random) => {
          const { settings } = policy
          const [decision, next] = RetryDecision.decide(policy, history(attempts), failureOf(kind, retryAfter), random)
          if (decision._tag === "Stop") return
          const delay = Duration.toMillis(decision.delay)
          const requested = retryAfter ?? 0
          const base = Duration.toMillis(kind === "RateLimited" ? settings.rateLimitedDelay : settings.transientDelay)
          const backoff = Math.min(base * settings.factor ** attempts, Duration.toMillis(settings.maxDelay))
          const least = { full: 0, equal: backoff / 2, none: backoff }[settings.jitter]
          assert.isTrue(Number.isInteger(delay))
          assert.isAtLeast(delay, Math.floor(least))
          if (requested > 0) assert.isAbove(delay, requested)
          assert.isAtMost(delay, Math.max(requested + 1, least) + (backoff - least))
          assert.isBelow(delay, 2 ** 31)
          assert.isAtMost(requested, Duration.toMillis(settings.maxRetryAfter))
          assert.isTrue(Duration.lessThanOrEqualTo(next.elapsed, settings.deadline))
        }
      ),
      { numRuns: 5000, seed: 1 }
    )
  })

  it("a larger random number never waits less", () => {
    FC.assert(
      FC.property(anyPolicy, anyRetryAfter, anyRandom, anyRandom, (policy, retryAfter, a, b) => {
        const wait = (random: number) => {
          const [decision] = RetryDecision.decide(policy, history(0), failureOf("Transient", retryAfter), random)
          return decision._tag === "Wait" ? Duration.toMillis(decision.delay) : Infinity
        }
        assert.isAtMost(wait(Math.min(a, b)), wait(Math.max(a, b)))
      }),
      { numRuns: 2000, seed: 1 }
    )
  })

  it.effect("full jitter waits half of the back-off on average, and everywhere in it", () =>
    Effect.gen(function* () {
      const waits = yield* Effect.forEach(Array.from({ length: 10_000 }), (_, seed) =>
        Effect.map(Effect.withRandom(Random.next, Random.make(seed)), (random) => {
          const [decision] = RetryDecision.decide(aws, history(1), failureOf("RateLimited"), random)
          return decision._tag === "Wait" ? Duration.toMillis(decision.delay) : NaN
        })
      )
      const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length
      assert.approximately(mean, 1000, 20)
      const deciles = Array.from({ length: 10 }, (_, n) => waits.filter((wait) => Math.floor(wait / 200) === n).length)
      for (const count of deciles) assert.approximately(count, 1000, 150)
    })
  )

  const anyError = FC.oneof(
    anyRetryAfter.map((retryAfter) => Scripted.rateLimitedError(retryAfter)),
    FC.constant(Scripted.transientError()),
    FC.constant(new CertifierError.NotFound({ operation: "updateGroup" })),
    FC.constant(new Error("foreign"))
  )

  /** A slow call that fails with each of the errors in turn and then succeeds. */
  const call = (errors: ReadonlyArray<unknown>, duration: number) => {
    const starts: Array<number> = []
    const attempt = Effect.gen(function* () {
      starts.push(yield* Clock.currentTimeMillis)
      const error = errors[starts.length - 1]
      yield* Effect.sleep(Duration.millis(duration))
      if (error !== undefined) return yield* Effect.fail(error)
    })
    return { starts, attempt }
  }

  it("attempts are bounded and none starts after the deadline, whatever the order of failures", () => {
    FC.assert(
      FC.property(
        anyPolicy,
        FC.array(anyError, { minLength: 12, maxLength: 15 }),
        FC.nat({ max: 100_000 }),
        FC.nat(),
        (policy, errors, duration, seed) => {
          const run = (form: (effect: Effect.Effect<void, unknown>) => Effect.Effect<void, unknown>) => {
            const { attempt, starts } = call(errors, duration)
            const exit = Effect.runSync(
              Effect.exit(form(attempt)).pipe(
                Effect.withClock(Scripted.jumpingClock()),
                Effect.withRandom(Random.make(seed))
              )
            )
            assert.isAtMost(starts.length, policy.settings.attempts)
            deepStrictEqual(exit, Exit.fail(errors[starts.length - 1]), "the last error, unchanged")
            return starts
          }
          const combined = run(RetryPolicy.retry(policy))
          for (const start of combined) {
            assert.isAtMost(start, Math.max(0, Duration.toMillis(policy.settings.deadline)))
          }
          // The time of a schedule starts with the first failure, so it can continue for the time of one more attempt.
          const scheduled = run(Effect.retry(policy))
          deepStrictEqual(scheduled.slice(0, combined.length), combined)
          for (const start of scheduled) {
            assert.isAtMost(start - duration, Math.max(0, Duration.toMillis(policy.settings.deadline)))
          }
        }
      ),
      { numRuns: 500, seed: 1 }
    )
  })
})

/** The three forms of a policy, each of which runs the update on a scripted service. */
const forms: Record<
  string,
  (
    policy: RetryPolicy.RetryPolicy,
    service: ReturnType<typeof Scripted.make>
  ) => Effect.Effect<Group.Group, CertifierError.CertifierError>
> = {
  "Effect.retry": (policy, service) => Scripted.update.pipe(Effect.retry(policy), Effect.provide(service.layer())),
  "RetryPolicy.retry": (policy, service) =>
    Scripted.update.pipe(RetryPolicy.retry(policy), Effect.provide(service.layer())),
  "RetryPolicy.toClientTransform": (policy, service) =>
    Effect.provide(Scripted.update, service.layer({ transformClient: RetryPolicy.toClientTransform(policy) }))
}

for (const [name, form] of Object.entries(forms)) {
  describe(`${name}, as a form of the policy`, () => {
    it.effect("changes the number of requests that the service sees", () =>
      Effect.gen(function* () {
        const without = Scripted.make(Scripted.unavailable, Scripted.rateLimited("1"), Scripted.ok)
        assert.isTrue(Exit.isFailure(yield* Effect.exit(form(RetryPolicy.never, without))))
        assert.strictEqual(without.times.length, 1)
        const service = Scripted.make(Scripted.unavailable, Scripted.rateLimited("1"), Scripted.ok)
        const group = yield* Scripted.patiently(form(RetryPolicy.transient(), service))
        assert.strictEqual(group.name, "Financial Markets")
        assert.strictEqual(service.times.length, 3)
      })
    )

    it.effect("waits exactly as decided, with a seed", () =>
      Effect.gen(function* () {
        const service = Scripted.make(Scripted.rateLimited("2"), Scripted.unavailable, Scripted.reset, Scripted.ok)
        yield* Scripted.patiently(Effect.withRandom(form(RetryPolicy.transient(), service), Random.make("seed")))
        const random = Random.make("seed")
        const failures = [failureOf("RateLimited", "2 seconds"), failureOf("Transient"), failureOf("Transient")]
        let past = RetryDecision.start
        const expected = [0]
        for (const failure of failures) {
          ;[, past] = RetryDecision.decide(RetryPolicy.transient(), past, failure, yield* random.next)
          expected.push(Duration.toMillis(past.elapsed))
        }
        deepStrictEqual(service.times, expected)
        assert.isAbove(Scripted.at(expected, 1), 2000)
      })
    )

    it.effect("never retries permanent failures", () =>
      Effect.gen(function* () {
        const permanent = [
          Scripted.status(400, "missing_version"),
          Scripted.status(400, "invalid_version"),
          Scripted.status(400, "invalid_json"),
          Scripted.status(400, "validation_error"),
          Scripted.status(401, "unauthorized"),
          Scripted.status(402, "payment_required"),
          Scripted.status(403, "forbidden"),
          Scripted.status(404, "not_found"),
          Scripted.status(409, "conflict"),
          Scripted.status(400, "bad_request"),
          Scripted.status(418, "teapot", { "retry-after": "1" }),
          Scripted.html(501),
          Scripted.html(302),
          Scripted.unreadable
        ]
        for (const reply of permanent) {
          const service = Scripted.make(reply)
          const error = yield* Scripted.patiently(Effect.flip(form(RetryPolicy.make(), service)))
          assert.strictEqual(service.times.length, 1, error.message)
        }
      })
    )

    it.effect("rateLimited() retries only 429, transient() all transient failures", () =>
      Effect.gen(function* () {
        const passing = [
          [Scripted.rateLimited(), 4],
          [Scripted.rateLimited("1"), 4],
          [Scripted.html(429), 4],
          [Scripted.status(500, "internal_server_error"), 1],
          [Scripted.status(500, "internal_server_error", { "retry-after": "1" }), 1],
          [Scripted.html(502), 1],
          [Scripted.status(503, "no_such_code"), 1],
          [Scripted.html(504), 1],
          [Scripted.reset, 1]
        ] as const
        for (const [reply, requests] of passing) {
          const service = Scripted.make(reply)
          const error = yield* Scripted.patiently(Effect.flip(form(RetryPolicy.rateLimited(), service)))
          assert.strictEqual(service.times.length, requests, error.message)
          const second = Scripted.make(reply)
          yield* Scripted.patiently(Effect.flip(form(RetryPolicy.transient(), second)))
          assert.strictEqual(second.times.length, 4, error.message)
        }
        const slow = Scripted.make(Scripted.hang)
        // An attempt times out after 30 seconds, so the deadline of a minute allows a second one, not a third.
        const error = yield* Scripted.patiently(Effect.flip(form(RetryPolicy.transient({ jitter: "none" }), slow)))
        assert.strictEqual(error._tag, "CertifierTimeout")
        deepStrictEqual(slow.offsets(), name === "Effect.retry" ? [0, 30_200, 60_600] : [0, 30_200])
      })
    )

    it.effect("fails at once with the last error if Retry-After is too long", () =>
      Effect.gen(function* () {
        for (const [retryAfter, policy] of [
          ["31", RetryPolicy.rateLimited()],
          ["20", RetryPolicy.rateLimited({ deadline: "10 seconds" })],
          // Both would make a timer of JavaScript fire at once, or never.
          ["2147484", RetryPolicy.rateLimited({ maxRetryAfter: "12 days", deadline: "12 days" })],
          ["99999999999999999999", RetryPolicy.rateLimited({ maxRetryAfter: "12 days", deadline: "12 days" })]
        ] as const) {
          const service = Scripted.make(Scripted.rateLimited(retryAfter))
          // No time passes on the test's clock: with any sleep this would not end.
          const error = yield* Effect.flip(form(policy, service))
          assert.strictEqual(error._tag, "CertifierRateLimited")
          assert.isTrue(Option.isSome(CertifierError.retryAfter(error)))
          assert.strictEqual(service.times.length, 1)
        }
      })
    )

    it.effect("uses the back-off if Retry-After is zero or in the past", () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(Date.UTC(2030, 0, 1))
        for (const retryAfter of ["0", "Sun, 06 Nov 1994 08:49:37 GMT"]) {
          const service = Scripted.make(Scripted.rateLimited(retryAfter))
          yield* Scripted.patiently(Effect.flip(form(RetryPolicy.rateLimited({ jitter: "none" }), service)))
          deepStrictEqual(service.offsets(), [0, 1000, 3000, 7000])
        }
      })
    )

    it.effect("waits as long as the longest accepted Retry-After", () =>
      Effect.gen(function* () {
        const long = { maxRetryAfter: "12 days", maxDelay: "12 days", rateLimitedDelay: "12 days" } as const
        const service = Scripted.make(Scripted.rateLimited("1036800"), Scripted.ok)
        const policy = RetryPolicy.make({ ...long, deadline: "12 days", jitter: "none" })
        // One millisecond more than the deadline allows.
        assert.isTrue(Exit.isFailure(yield* Effect.exit(form(policy, service))))
        const shorter = Scripted.make(Scripted.rateLimited("1036799"), Scripted.ok)
        const fiber = yield* Effect.fork(
          form(
            RetryPolicy.make({ deadline: "12 days", maxRetryAfter: "12 days", transientDelay: 1, rateLimitedDelay: 1 }),
            shorter
          )
        )
        yield* TestClock.adjust(1_036_799_000)
        assert.strictEqual(shorter.times.length, 1)
        yield* TestClock.adjust(2)
        yield* Fiber.join(fiber)
        assert.strictEqual(shorter.times.length, 2)
      })
    )

    it.effect("ends at once when interrupted during a wait, and sends no more requests", () =>
      Effect.gen(function* () {
        const service = Scripted.make(Scripted.rateLimited("10"))
        const fiber = yield* Effect.fork(form(RetryPolicy.rateLimited(), service))
        yield* TestClock.adjust("5 seconds")
        const exit = yield* Fiber.interrupt(fiber)
        assert.isTrue(Exit.isInterrupted(exit))
        yield* TestClock.adjust("1 day")
        assert.strictEqual(service.times.length, 1)
      })
    )

    it.effect("is not affected by a change of the wall clock", () =>
      Effect.gen(function* () {
        for (const step of [Duration.toMillis("1 day"), -Duration.toMillis("1 day")]) {
          const service = Scripted.make(Scripted.rateLimited("2"), Scripted.unavailable, Scripted.ok)
          const since = yield* Clock.currentTimeMillis
          const clock = yield* Effect.clock
          let wall = 0
          const stepping: Clock.Clock = {
            ...clock,
            [Clock.ClockTypeId]: Clock.ClockTypeId,
            unsafeCurrentTimeMillis: () => clock.unsafeCurrentTimeMillis() + wall,
            unsafeCurrentTimeNanos: () => clock.unsafeCurrentTimeNanos(),
            currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + wall),
            currentTimeNanos: clock.currentTimeNanos,
            sleep: (duration) => clock.sleep(duration)
          }
          const fiber = yield* Effect.fork(
            Effect.withClock(form(RetryPolicy.make({ jitter: "none", deadline: "3 seconds" }), service), stepping)
          )
          yield* TestClock.adjust("1 second")
          wall = step
          yield* TestClock.adjust(1000)
          assert.strictEqual(service.times.length, 1)
          yield* TestClock.adjust(1)
          assert.strictEqual(service.times.length, 2)
          yield* TestClock.adjust(400)
          yield* Fiber.join(fiber)
          deepStrictEqual(service.times, [since, since + 2001 + step, since + 2401 + step])
        }
      })
    )
  })
}

describe("an invalid request", () => {
  it.effect("is not sent by any form", () =>
    Effect.gen(function* () {
      const service = Scripted.make(Scripted.ok)
      const update = CertifierClient.updateGroup("..", {})
      const exits = yield* Effect.all(
        [Effect.retry(update, RetryPolicy.make()), RetryPolicy.retry(update, RetryPolicy.make())].map(Effect.flip)
      ).pipe(Effect.provide(service.layer({ transformClient: RetryPolicy.toClientTransform(RetryPolicy.make()) })))
      deepStrictEqual(
        exits.map((error) => error._tag),
        ["CertifierInvalidRequest", "CertifierInvalidRequest"]
      )
      assert.strictEqual(service.times.length, 0)
    })
  )
})

describe("Effect.retry", () => {
  it("keeps the types of the call site", () => {
    const program: Effect.Effect<
      Group.Group | void,
      Exclude<CertifierError.CertifierError, CertifierError.NotFound>,
      CertifierClient.CertifierClient
    > = CertifierClient.updateGroup("01g90279gp5sbmfek7wymcsvec", { name: "Financial Markets" }).pipe(
      Effect.retry(RetryPolicy.rateLimited()),
      Effect.catchTag("CertifierNotFound", (error) => Effect.logWarning(error.message))
    )
    const narrow: Effect.Effect<never, CertifierError.Timeout> = RetryPolicy.retry(
      Effect.fail(
        new CertifierError.Timeout({ operation: "updateGroup", idempotent: true, limit: Duration.seconds(1) })
      ),
      RetryPolicy.transient()
    )
    assert.isTrue(Effect.isEffect(program) && Effect.isEffect(narrow))
  })

  it.effect("composes with other schedules", () =>
    Effect.gen(function* () {
      const policy = RetryPolicy.transient({ jitter: "none", attempts: 10 })
      const run = (schedule: Schedule.Schedule<unknown>) =>
        Effect.gen(function* () {
          const service = Scripted.make(Scripted.unavailable)
          yield* Scripted.patiently(
            Scripted.update.pipe(Effect.retry(schedule), Effect.provide(service.layer()), Effect.flip)
          )
          return service.offsets()
        })
      deepStrictEqual(yield* run(policy), [0, 200, 600, 1400, 3000, 6200, 12_600, 25_400, 45_400])
      deepStrictEqual(yield* run(policy.pipe(Schedule.intersect(Schedule.recurs(2)))), [0, 200, 600])
      deepStrictEqual(
        yield* run(policy.pipe(Schedule.intersect(Schedule.spaced("500 millis")), Schedule.upTo("2 seconds"))),
        [0, 500, 1000, 1800, 3400]
      )
      const seen: Array<RetryDecision.Decision> = []
      yield* run(
        RetryPolicy.transient({ jitter: "none", attempts: 2 }).pipe(
          Schedule.tapOutput((decision) => Effect.sync(() => void seen.push(decision)))
        )
      )
      deepStrictEqual(seen, [
        RetryDecision.Wait.make({ attempt: 2, delay: Duration.millis(200), source: "Backoff", reason: "Transient" }),
        RetryDecision.Stop.make({ attempt: 2, reason: "AttemptsExhausted" })
      ])
      const delays = yield* Schedule.run(
        Schedule.delays(RetryPolicy.rateLimited({ jitter: "none" })),
        0,
        Array.from({ length: 4 }, () => Scripted.rateLimitedError())
      )
      deepStrictEqual(Chunk.toReadonlyArray(delays).map(Duration.toMillis), [1000, 2000, 4000, 0])
    })
  )

  it.effect("keeps no state between uses of the same policy", () =>
    Effect.gen(function* () {
      const policy = RetryPolicy.rateLimited({ attempts: 2, jitter: "none" })
      for (const _ of [1, 2]) {
        const service = Scripted.make(Scripted.rateLimited())
        yield* Scripted.patiently(
          Scripted.update.pipe(Effect.retry(policy), Effect.provide(service.layer()), Effect.flip)
        )
        assert.strictEqual(service.times.length, 2)
      }
    })
  )
})

describe("RetryPolicy.retry", () => {
  it.effect("takes its arguments in both orders, with and without options", () =>
    Effect.gen(function* () {
      const policy = RetryPolicy.make({ attempts: 3 })
      const budget = RetryBudget.unlimited
      let attempts = 0
      const failing = Effect.suspend(() => {
        attempts += 1
        return Effect.fail(Scripted.transientError())
      })
      for (const retried of [
        RetryPolicy.retry(failing, policy),
        RetryPolicy.retry(failing, policy, { budget }),
        failing.pipe(RetryPolicy.retry(policy)),
        failing.pipe(RetryPolicy.retry(policy, { budget }))
      ]) {
        attempts = 0
        yield* Scripted.patiently(Effect.flip(retried))
        assert.strictEqual(attempts, 3)
      }
    })
  )

  it.effect("fails with the same error, and the same cause", () =>
    Effect.gen(function* () {
      const error = Scripted.transientError()
      const cause = Cause.parallel(Cause.fail(error), Cause.die("also"))
      const exit = yield* Scripted.patiently(
        Effect.exit(RetryPolicy.retry(Effect.failCause(cause), RetryPolicy.make({ attempts: 2 })))
      )
      deepStrictEqual(exit, Exit.failCause(cause))
      const result = yield* Scripted.patiently(Effect.either(RetryPolicy.retry(Effect.fail(error), RetryPolicy.make())))
      assert.isTrue(Either.isLeft(result) && result.left === error)
    })
  )

  it.effect("does not retry defects, interruptions and other errors", () =>
    Effect.gen(function* () {
      let attempts = 0
      const once = <E>(effect: Effect.Effect<never, E>) =>
        Effect.exit(
          RetryPolicy.retry(
            Effect.zipRight(
              Effect.sync(() => (attempts += 1)),
              effect
            ),
            RetryPolicy.make()
          )
        )
      deepStrictEqual(yield* once(Effect.die("defect")), Exit.die("defect"))
      assert.isTrue(Exit.isInterrupted(yield* once(Effect.interrupt)))
      deepStrictEqual(
        yield* once(Effect.fail({ _tag: "CertifierRateLimited" })),
        Exit.fail({ _tag: "CertifierRateLimited" })
      )
      deepStrictEqual(
        yield* once(Effect.fail(new CertifierError.RateLimiterRejected({ reason: "full" }))),
        Exit.fail(new CertifierError.RateLimiterRejected({ reason: "full" }))
      )
      assert.strictEqual(attempts, 4)
    })
  )

  it.effect("retries only retryable errors that match the predicate", () =>
    Effect.gen(function* () {
      const policy = RetryPolicy.make({ retryable: (error) => error._tag !== "CertifierTransportError" })
      const run = (reply: Scripted.Reply, by: RetryPolicy.RetryPolicy) =>
        Effect.gen(function* () {
          const service = Scripted.make(reply)
          yield* Scripted.patiently(
            Scripted.update.pipe(RetryPolicy.retry(by), Effect.provide(service.layer()), Effect.flip)
          )
          return service.times.length
        })
      assert.strictEqual(yield* run(Scripted.reset, policy), 1)
      assert.strictEqual(yield* run(Scripted.unavailable, policy), 4)
      assert.strictEqual(yield* run(Scripted.status(404, "not_found"), RetryPolicy.make({ retryable: () => true })), 1)
    })
  )

  it.effect("counts the deadline from the start of the call", () =>
    Effect.gen(function* () {
      const service = Scripted.make(Scripted.after("3 seconds", Scripted.unavailable))
      yield* Scripted.patiently(
        Scripted.update.pipe(
          RetryPolicy.retry(RetryPolicy.transient({ deadline: "4 seconds", jitter: "none" })),
          Effect.provide(service.layer()),
          Effect.flip
        )
      )
      deepStrictEqual(service.times, [0, 3200])
    })
  )
})

describe("withPolicy", () => {
  it.effect("replaces the client's policy for the calls inside", () =>
    Effect.gen(function* () {
      const service = Scripted.make(Scripted.unavailable)
      const layer = service.layer({
        transformClient: RetryPolicy.toClientTransform(RetryPolicy.transient({ attempts: 2 }))
      })
      const requests = (
        effect: Effect.Effect<unknown, CertifierError.CertifierError, CertifierClient.CertifierClient>
      ) =>
        Effect.gen(function* () {
          const before = service.times.length
          yield* Scripted.patiently(Effect.flip(Effect.provide(effect, layer)))
          return service.times.length - before
        })
      assert.strictEqual(yield* requests(Scripted.update), 2)
      assert.strictEqual(yield* requests(RetryPolicy.withPolicy(Scripted.update, RetryPolicy.never)), 1)
      assert.strictEqual(
        yield* requests(Scripted.update.pipe(RetryPolicy.withPolicy(RetryPolicy.make({ attempts: 6 })))),
        6
      )
      assert.strictEqual(yield* requests(Scripted.update), 2)
    })
  )
})

describe("options", () => {
  const invalid: ReadonlyArray<readonly [RetryPolicy.Options, string]> = [
    [{ attempts: 0 }, "RetryPolicy.make: invalid attempts. Expected a whole number of at least 1"],
    [{ attempts: -1 }, "invalid attempts. Expected "],
    [{ attempts: 1.5 }, "invalid attempts. Expected "],
    [{ attempts: NaN }, "invalid attempts. Expected "],
    [{ attempts: Infinity }, "invalid attempts. Expected "],
    [{ rateLimitedDelay: 0 }, "invalid rateLimitedDelay. Expected a duration above zero and of at most 12 days"],
    [{ transientDelay: -1 }, "invalid transientDelay. Expected "],
    [{ transientDelay: NaN }, "invalid transientDelay. Expected "],
    [{ maxDelay: Infinity }, "invalid maxDelay. Expected "],
    [{ maxDelay: "13 days" }, "invalid maxDelay. Expected "],
    [{ deadline: Duration.infinity }, "invalid deadline. Expected "],
    [{ deadline: "-5 seconds" }, "invalid deadline. Expected "],
    [{ maxRetryAfter: 2 ** 31 }, "invalid maxRetryAfter. Expected "],
    [{ factor: 0.5 }, "invalid factor. Expected a number of at least 1"],
    [{ factor: NaN }, "invalid factor. Expected "],
    [{ factor: Infinity }, "invalid factor. Expected "],
    // Values that JavaScript, or a cast, can pass.
    [JSON.parse(`{ "jitter": "some" }`), "invalid jitter. Expected one of full, equal, none"],
    [JSON.parse(`{ "deadline": "soon" }`), "invalid deadline. Expected "],
    [JSON.parse(`{ "attempts": "3" }`), "invalid attempts. Expected "]
  ]

  for (const [options, message] of invalid) {
    it(`rejects ${inspect(options)}: ${message}`, () => {
      for (const make of [RetryPolicy.make, RetryPolicy.transient, RetryPolicy.rateLimited]) {
        const caught = Either.flip(Either.try({ try: () => make(options), catch: (error) => error }))
        if (Either.isLeft(caught)) return assert.fail("accepted")
        assert.isTrue(Cause.isIllegalArgumentException(caught.right))
        assert.include(
          String(caught.right),
          make === RetryPolicy.make ? message : message.replace("RetryPolicy.make: ", "")
        )
        // The value could be a misplaced secret.
        for (const value of Object.values(options)) assert.notInclude(String(caught.right), ` ${String(value)},`)
      }
    })
  }

  it("has bounded defaults, ignores undefined fields, and matches the README", () => {
    deepStrictEqual(RetryPolicy.make().settings, RetryPolicy.defaults)
    deepStrictEqual(RetryPolicy.make({ attempts: undefined, retryable: undefined }).settings, RetryPolicy.defaults)
    deepStrictEqual(RetryPolicy.transient().settings, RetryPolicy.defaults)
    deepStrictEqual(RetryPolicy.rateLimited().settings, { ...RetryPolicy.defaults, kinds: ["RateLimited"] })
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8").replaceAll(/ +/g, " ")
    const { kinds: _, ...policy } = RetryPolicy.defaults
    for (const [name, value] of Object.entries({ ...policy, ...RetryBudget.defaults })) {
      const text = Duration.isDuration(value) ? Duration.format(value) : value === false ? "none" : String(value)
      assert.include(readme, `| \`${name}\` | ${text} |`)
    }
  })
})

describe("the description of a policy", () => {
  it("is a table", () => {
    assert.strictEqual(
      RetryDecision.describe(RetryPolicy.transient()),
      [
        "attempt  after a rate limit  after a transient failure",
        "      2  0 to 1s             0 to 200ms",
        "      3  0 to 2s             0 to 400ms",
        "      4  0 to 4s             0 to 800ms",
        "At most 4 attempts, none later than 1m after the start of the call.",
        "Never before Retry-After; a Retry-After of more than 30s ends the call."
      ].join("\n")
    )
    assert.strictEqual(
      RetryDecision.describe(
        RetryPolicy.rateLimited({ jitter: "equal", attempts: 3, deadline: "90 seconds", factor: 1.5 })
      ),
      [
        "attempt  after a rate limit  after a transient failure",
        "      2  500ms to 1s         not retried",
        "      3  750ms to 1s 500ms   not retried",
        "At most 3 attempts, none later than 1m 30s after the start of the call.",
        "Never before Retry-After; a Retry-After of more than 30s ends the call."
      ].join("\n")
    )
    const long = RetryDecision.describe(RetryPolicy.make({ jitter: "none", attempts: 40 })).split("\n")
    deepStrictEqual(long.slice(9, 13), [
      "     10  20s                 20s",
      "     11  20s                 20s",
      "      …  …                   …",
      "     40  20s                 20s"
    ])
    assert.strictEqual(RetryDecision.describe(RetryPolicy.never), "Never retries.")
  })
})
