import * as CertifierError from "@effect-certifier/core/CertifierError"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import { type Decision, decide, delay, type Ledger, run } from "../src/internal/item.js"
import type { Failure } from "../src/JobError.js"
import * as JobOperation from "../src/JobOperation.js"
import { makeLedger } from "./memoryLedger.js"

const operation = "x"
const issues = [new CertifierError.Issue({ field: "name", problem: "is missing", expected: "a name" })] as const
const { InvalidRequest, RateLimiterRejected, ResponseDecodeError, Timeout, TransportError, UnknownApiError } =
  CertifierError

const unknownApi = (status: number) =>
  new UnknownApiError({ operation, status, outcome: status < 500 ? "NotApplied" : "MaybeApplied" })

const transport = (reason: CertifierError.TransportReason, outcome: CertifierError.Outcome) =>
  new TransportError({ operation, reason, outcome })

const t = CertifierError.table

/** The transition of an item of each kind after each error of the client. */
const transitions: ReadonlyArray<readonly [Failure, idempotent: Decision, find: Decision, unknowable: Decision]> = [
  [new t.missing_version({ operation }), "Fail", "Fail", "Fail"],
  [new t.invalid_version({ operation }), "Fail", "Fail", "Fail"],
  [new t.invalid_json({ operation }), "Fail", "Fail", "Fail"],
  [new t.validation_error({ operation }), "Fail", "Fail", "Fail"],
  [new t.unauthorized({ operation }), "Pause", "Pause", "Pause"],
  [new t.payment_required({ operation }), "Pause", "Pause", "Pause"],
  [new t.forbidden({ operation }), "Pause", "Pause", "Pause"],
  [new t.not_found({ operation }), "Fail", "Fail", "Fail"],
  [new t.conflict({ operation }), "Fail", "Fail", "Fail"],
  [new t.rate_limited({ operation }), "Retry", "Retry", "Retry"],
  [new t.internal_server_error({ operation }), "Retry", "Read", "Unknown"],
  [unknownApi(302), "Fail", "Fail", "Fail"],
  [unknownApi(408), "Retry", "Retry", "Retry"],
  [unknownApi(501), "Unknown", "Read", "Unknown"],
  [unknownApi(503), "Retry", "Read", "Unknown"],
  [new ResponseDecodeError({ operation, status: 200, issues }), "Unknown", "Read", "Unknown"],
  [transport("Connect", "NotSent"), "Retry", "Retry", "Retry"],
  [transport("Certificate", "NotSent"), "Fail", "Fail", "Fail"],
  [transport("Disconnected", "MaybeApplied"), "Retry", "Read", "Unknown"],
  [new Timeout({ operation, limit: Duration.seconds(30) }), "Retry", "Read", "Unknown"],
  [new InvalidRequest({ operation, issues }), "Fail", "Fail", "Fail"],
  [new RateLimiterRejected({ operation, reason: "full" }), "Wait", "Wait", "Wait"]
]

const limits = { attempts: 3, intentAge: Duration.seconds(10) }

const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Effect.fork(Effect.exit(effect)), (fiber) =>
    Effect.zipRight(TestClock.adjust("1 hour"), Fiber.join(fiber))
  )

const operationOf = (
  send: (item: string) => Effect.Effect<string, CertifierError.CertifierError>,
  find?: JobOperation.Declaration<"x", string, string, string, string, never>["find"]
) =>
  JobOperation.make({
    name: "x",
    item: Schema.String,
    success: Schema.String,
    key: (item) => item,
    send,
    ...(find === undefined ? {} : { find })
  })

describe("an item of a job", () => {
  it("has a transition for each error of the client", () => {
    const tags = CertifierError.CertifierError.members.map((member) => member._tag)
    const tested = new Set(transitions.map(([error]) => error._tag))
    // Only updates with a concurrency check fail with it, and no operation of jobs has one.
    deepStrictEqual(
      tags.filter((tag) => !tested.has(tag)),
      ["CertifierConcurrentModification"]
    )
  })

  for (const [error, idempotent, find, unknowable] of transitions) {
    const outcome = "outcome" in error ? error.outcome : ""
    it(`after ${error._tag} ${outcome}: ${idempotent}, ${find}, ${unknowable}`, () => {
      deepStrictEqual(
        [decide(error, "idempotent"), decide(error, "find"), decide(error, "unknowable")],
        [idempotent, find, unknowable]
      )
    })
  }

  it("waits for Retry-After, and at most 5 minutes", () => {
    const limited = (seconds: number) =>
      new t.rate_limited({ operation, retryAfter: Option.some(Duration.seconds(seconds)) })
    deepStrictEqual(
      [delay(limited(7), 1), delay(limited(1), 4), delay(limited(900), 1), delay(limited(0), 30)].map(
        Duration.toSeconds
      ),
      [7, 8, 300, 60]
    )
  })

  it.effect("ends as failed with its error after the last attempt, and as unknown if it may have been applied", () =>
    Effect.gen(function* () {
      const one = makeLedger()
      let calls = 0
      const send = (error: CertifierError.CertifierError) =>
        operationOf(() => Effect.suspend(() => (calls++, Effect.fail(error))))
      const refused = new t.rate_limited({ operation })
      yield* inTime(run(send(refused), one.item(), one.ledger, limits))
      deepStrictEqual([calls, one.last()], [3, { state: "failed", error: refused }])
      const two = makeLedger()
      const failed = new t.internal_server_error({ operation })
      yield* inTime(run(send(failed), two.item(), two.ledger, limits))
      deepStrictEqual([calls, two.last()], [6, { state: "unknown", error: failed }])
    })
  )

  it.effect("pauses the job and stays pending", () =>
    Effect.gen(function* () {
      const one = makeLedger()
      const error = new t.unauthorized({ operation })
      yield* inTime(
        run(
          operationOf(() => Effect.fail(error)),
          one.item(),
          one.ledger,
          limits
        )
      )
      deepStrictEqual([one.item().state, one.paused()], ["pending", error])
    })
  )

  it.effect("is not sent if its intent can't be written", () =>
    Effect.gen(function* () {
      const one = makeLedger(undefined, 0)
      let calls = 0
      const exit = yield* inTime(
        run(
          operationOf(() => Effect.sync(() => String(calls++))),
          one.item(),
          one.ledger,
          limits
        )
      )
      deepStrictEqual([calls, Exit.isFailure(exit)], [0, true])
      strictEqual(one.item().state, "pending")
    })
  )

  it.effect("writes its intent again if the first write took long", () =>
    Effect.gen(function* () {
      const one = makeLedger()
      let delayed = true
      const slow: Ledger = {
        ...one.ledger,
        intent: (now, counts) =>
          Effect.zipRight(
            Effect.suspend(() => Effect.sleep(delayed ? "11 seconds" : "1 second")),
            Effect.tap(one.ledger.intent(now, counts), () => void (delayed = false))
          )
      }
      let sentAt = 0
      const send = operationOf(() => Effect.map(Clock.currentTimeMillis, () => String((sentAt = one.item().sentAt))))
      yield* inTime(run(send, one.item(), slow, limits))
      deepStrictEqual([sentAt, one.item().attempts], [11_000, 1])
    })
  )

  it.effect("waits for a late call from the time its intent is found, because the call may have been delayed", () =>
    Effect.gen(function* () {
      const one = makeLedger()
      const applied: Array<string> = []
      const apply = Effect.sync(() => applied.push("a"))
      const find = () =>
        Effect.sync(() =>
          applied.length === 0 ? JobOperation.Finding.NotFound() : JobOperation.Finding.Found({ result: "a" })
        )
      const throttled = Effect.gen(function* () {
        yield* Effect.sleep("5 minutes")
        yield* Effect.forkDaemon(Effect.delay(apply, "1 minute"))
        return yield* Effect.interrupt
      })
      const first = yield* Effect.fork(
        Effect.exit(
          run(
            operationOf(() => throttled, find),
            one.item(),
            one.ledger,
            limits
          )
        )
      )
      yield* TestClock.adjust("5 minutes")
      yield* Fiber.join(first)
      const found = yield* one.ledger.read
      yield* inTime(
        run(
          operationOf(() => Effect.as(apply, "a"), find),
          found,
          one.ledger,
          limits
        )
      )
      deepStrictEqual([applied.length, one.item().state], [1, "done"])
    })
  )

  const points = [
    "before intent",
    "after intent",
    "on its way",
    "applied",
    "responded",
    "before outcome",
    "lives"
  ] as const
  const kinds = ["idempotent", "find", "unknowable"] as const
  type Point = (typeof points)[number]

  /** Runs an item repeatedly, and ends each run at another point. */
  const survive = (kind: (typeof kinds)[number], crashes: ReadonlyArray<Point>, isLate: boolean) =>
    Effect.gen(function* () {
      const one = makeLedger()
      const applied: Array<string> = []
      let point: Point = "lives"
      const dieAt = (here: Point) => Effect.suspend(() => (here === point ? Effect.interrupt : Effect.void))
      const apply = Effect.sync(() => applied.push("a"))
      const send = () =>
        Effect.gen(function* () {
          // A request in flight arrives or is lost when its process ends.
          if (point === "on its way" && isLate) yield* Effect.forkDaemon(Effect.delay(apply, "1 minute"))
          yield* dieAt("on its way")
          yield* apply
          yield* dieAt("applied")
          yield* dieAt("responded")
          return "a"
        })
      const find = () =>
        Effect.sync(() =>
          applied.length === 0 ? JobOperation.Finding.NotFound() : JobOperation.Finding.Found({ result: "a" })
        )
      const declared = operationOf(send, kind === "idempotent" ? undefined : kind === "find" ? find : "unknowable")
      const ledger: Ledger = {
        ...one.ledger,
        intent: (now, counts) =>
          Effect.zipRight(
            dieAt("before intent"),
            Effect.zipLeft(one.ledger.intent(now, counts), dieAt("after intent"))
          ),
        settle: (settled) => Effect.zipRight(dieAt("before outcome"), one.ledger.settle(settled))
      }
      const many = { ...limits, attempts: 100 }
      for (point of [...crashes, "lives" as const]) {
        const { state } = one.item()
        if (state !== "pending" && state !== "sent") break
        yield* inTime(Effect.flatMap(one.ledger.read, (item) => run(declared, item, ledger, many)))
      }
      return { applied: applied.length, state: one.item().state }
    })

  it.effect.prop(
    "is applied once, or is unknown and applied at most once, at whatever point its runs end",
    {
      kind: FastCheck.constantFrom(...kinds),
      crashes: FastCheck.array(FastCheck.constantFrom(...points), { maxLength: 6 }),
      isLate: FastCheck.boolean()
    },
    ({ crashes, isLate, kind }) =>
      Effect.map(survive(kind, crashes, isLate), ({ applied, state }) => {
        if (kind === "idempotent") return strictEqual(state, "done")
        if (state === "unknown") return strictEqual(kind === "unknowable" && applied <= 1, true)
        deepStrictEqual({ state, applied }, { state: "done", applied: 1 })
      }),
    { fastCheck: { numRuns: 25 } }
  )

  for (const kind of kinds) {
    for (const point of points) {
      it.effect(`${kind}, ended ${point}`, () =>
        Effect.map(survive(kind, [point], false), ({ applied, state }) => {
          const isUnknown = kind === "unknowable" && point !== "before intent" && point !== "lives"
          strictEqual(state, isUnknown ? "unknown" : "done")
          strictEqual(applied <= (kind === "idempotent" ? 2 : 1), true)
        })
      )
    }
  }
})
