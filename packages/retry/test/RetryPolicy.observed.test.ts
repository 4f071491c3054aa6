import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Metric from "effect/Metric"
import * as Tracer from "effect/Tracer"
import * as Metrics from "../src/internal/retry/metrics.js"
import * as RetryBudget from "../src/RetryBudget.js"
import * as RetryPolicy from "../src/RetryPolicy.js"
import * as Scripted from "./support/scripted.js"

interface Recorded {
  readonly name: string
  readonly attributes: ReadonlyMap<string, unknown>
  readonly events: ReadonlyArray<readonly [name: string, time: bigint, attributes: Record<string, unknown> | undefined]>
}

const recording = () => {
  const spans: Array<Recorded> = []
  const native = Effect.runSync(Effect.tracer)
  const tracer = Tracer.make({
    span: (...args) => {
      const span = native.span(...args)
      const events: Array<Recorded["events"][number]> = []
      spans.push({ name: span.name, attributes: span.attributes, events })
      const record = span.event.bind(span)
      span.event = (name, time, attributes) => {
        assert.strictEqual(span.status._tag, "Started", "an event of a span that has ended is lost")
        events.push([name, time, attributes])
        record(name, time, attributes)
      }
      return span
    },
    context: (execute, fiber) => native.context(execute, fiber)
  })
  return { spans, tracer }
}

const policy = RetryPolicy.transient({ jitter: "none", attempts: 3 })
const resends = "http.request.resend_count"

/** 429 with a hint, then 503, then what follows. */
const service = (last: Scripted.Reply) => Scripted.make(Scripted.rateLimited("2"), Scripted.unavailable, last)

const first = {
  "certifier.retry.attempt": 2,
  "certifier.retry.reason": "RateLimited",
  "error.type": "CertifierRateLimited",
  "certifier.retry.delay": 2.001,
  "certifier.retry.delay.source": "RetryAfter"
}
const second = {
  "certifier.retry.attempt": 3,
  "certifier.retry.reason": "Transient",
  "error.type": "CertifierUnknownApiError",
  "certifier.retry.delay": 0.4,
  "certifier.retry.delay.source": "Backoff"
}
const giveUp = {
  "certifier.retry.attempt": 3,
  "certifier.retry.reason": "AttemptsExhausted",
  "error.type": "CertifierUnknownApiError"
}

describe("spans", () => {
  it.effect("of toClientTransform: each retry is an event on the operation's span, which counts them", () =>
    Effect.gen(function* () {
      const { spans, tracer } = recording()
      yield* Scripted.update.pipe(
        Effect.provide(service(Scripted.ok).layer({ transformClient: RetryPolicy.toClientTransform(policy) })),
        Effect.withTracer(tracer),
        Scripted.patiently
      )
      deepStrictEqual(
        spans.map(({ attributes, events, name }) => ({ name, resends: attributes.get(resends), events })),
        [
          {
            name: "CertifierClient.updateGroup",
            resends: 2,
            events: [
              ["retry", 0n, first],
              ["retry", 2_001_000_000n, second]
            ]
          }
        ]
      )
    })
  )

  it.effect("of a successful call have no retry events", () =>
    Effect.gen(function* () {
      const { spans, tracer } = recording()
      yield* Scripted.update.pipe(
        Effect.provide(Scripted.make(Scripted.ok).layer({ transformClient: RetryPolicy.toClientTransform(policy) })),
        Effect.withTracer(tracer)
      )
      assert.isFalse(Scripted.at(spans, 0).attributes.has(resends))
      deepStrictEqual(Scripted.at(spans, 0).events, [])
    })
  )

  for (const [name, call, counts] of [
    ["Effect.retry", Effect.retry(Scripted.update, policy), [undefined, undefined, undefined]],
    ["RetryPolicy.retry", RetryPolicy.retry(Scripted.update, policy), [undefined, 1, 2]]
  ] as const) {
    it.effect(`of ${name}: the events are on the caller's span`, () =>
      Effect.gen(function* () {
        const { spans, tracer } = recording()
        yield* call.pipe(
          Effect.withSpan("caller"),
          Effect.provide(service(Scripted.unavailable).layer()),
          Effect.withTracer(tracer),
          Effect.flip,
          Scripted.patiently
        )
        deepStrictEqual(
          spans.map((span) => span.name),
          ["caller", ...Array.from({ length: 3 }, () => "CertifierClient.updateGroup")]
        )
        deepStrictEqual(Scripted.at(spans, 0).events, [
          ["retry", 0n, first],
          ["retry", 2_001_000_000n, second],
          ["retry.give_up", 2_401_000_000n, giveUp]
        ])
        deepStrictEqual(
          spans.slice(1).map((span) => span.attributes.get(resends)),
          [...counts]
        )
        assert.isTrue(spans.slice(1).every((span) => span.events.length === 0))
      })
    )
  }
})

describe("the log", () => {
  it.effect("has one debug line for each retry, and one for the give-up", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.make(({ annotations, logLevel, message }) => {
        lines.push(`${logLevel.label} ${String(message)}`)
        assert.strictEqual(HashMap.size(annotations), 0)
      })
      yield* Scripted.update.pipe(
        Effect.provide(service(Scripted.unavailable).layer({ transformClient: RetryPolicy.toClientTransform(policy) })),
        Effect.provide(Logger.replace(Logger.defaultLogger, logger)),
        Logger.withMinimumLogLevel(LogLevel.Debug),
        Effect.flip,
        Scripted.patiently
      )
      deepStrictEqual(lines, [
        "DEBUG updateGroup: attempt 2 in 2s 1ms (CertifierRateLimited, RetryAfter)",
        "DEBUG updateGroup: attempt 3 in 400ms (CertifierUnknownApiError, Backoff)",
        "DEBUG updateGroup: no retry after attempt 3 (CertifierUnknownApiError): AttemptsExhausted"
      ])
    })
  )
})

describe("metrics", () => {
  const count = (metric: Metric.Metric.Counter<number>, reason: string) =>
    Effect.map(
      Metric.value(Metric.tagged(Metric.tagged(metric, "operation", "updateGroup"), "reason", reason)),
      (state) => state.count
    )
  const waited = Metric.value(Metric.tagged(Metrics.waits, "operation", "updateGroup"))

  /** What one call adds to the counters; they are shared by all tests. */
  const added = (
    replies: readonly [Scripted.Reply, ...ReadonlyArray<Scripted.Reply>],
    by: RetryPolicy.RetryPolicy,
    budget?: RetryBudget.RetryBudget
  ) =>
    Effect.gen(function* () {
      const read = Effect.all({
        rateLimited: count(Metrics.retries, "RateLimited"),
        transient: count(Metrics.retries, "Transient"),
        attempts: count(Metrics.giveUps, "AttemptsExhausted"),
        tooLong: count(Metrics.giveUps, "RetryAfterTooLong"),
        deadline: count(Metrics.giveUps, "DeadlineExceeded"),
        budget: count(Metrics.giveUps, "BudgetExhausted"),
        permanent: count(Metrics.giveUps, "NotRetryable")
      })
      const before: Record<string, number> = yield* read
      yield* Scripted.update.pipe(
        Effect.provide(
          Scripted.make(...replies).layer({ transformClient: RetryPolicy.toClientTransform(by, { budget }) })
        ),
        Effect.exit,
        Scripted.patiently
      )
      const after = Object.entries(yield* read).map(([name, value]) => [name, value - (before[name] ?? 0)] as const)
      return Object.fromEntries(after.filter(([, value]) => value !== 0))
    })

  it.effect("count retries by reason, and give-ups by reason", () =>
    Effect.gen(function* () {
      const { ok, rateLimited, unavailable } = Scripted
      deepStrictEqual(yield* added([ok], policy), {})
      deepStrictEqual(yield* added([Scripted.status(404, "not_found")], policy), {})
      deepStrictEqual(yield* added([rateLimited(), unavailable, ok], policy), { rateLimited: 1, transient: 1 })
      deepStrictEqual(yield* added([unavailable], policy), { transient: 2, attempts: 1 })
      deepStrictEqual(yield* added([rateLimited("31")], policy), { tooLong: 1 })
      deepStrictEqual(yield* added([rateLimited("20")], RetryPolicy.rateLimited({ deadline: "10 seconds" })), {
        deadline: 1
      })
      deepStrictEqual(yield* added([unavailable], policy, RetryBudget.unsafeMake({ capacity: 14 })), {
        transient: 1,
        budget: 1
      })
    })
  )

  it.effect("record the seconds of the waits", () =>
    Effect.gen(function* () {
      const before = yield* waited
      yield* added([Scripted.rateLimited("2"), Scripted.unavailable, Scripted.ok], policy)
      const after = yield* waited
      assert.strictEqual(after.count - before.count, 2)
      assert.approximately(after.sum - before.sum, 2.401, 1e-6)
    })
  )
})
