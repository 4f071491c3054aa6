import * as CertifierError from "@effect-certifier/core/CertifierError"
import * as Group from "@effect-certifier/core/Group"
import * as Issuance from "@effect-certifier/core/Issuance"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Decision, decide, run } from "../src/internal/item.js"
import type { Failure } from "../src/JobError.js"
import * as JobOperation from "../src/JobOperation.js"
import { inTime, limits, operationOf } from "./itemOperation.js"
import { makeLedger } from "./memoryLedger.js"

const operation = "x"
const issues = [new CertifierError.Issue({ field: "name", problem: "is missing", expected: "a name" })] as const
const { InvalidRequest, RateLimiterRejected, ResponseDecodeError, Timeout, TransportError, UnknownApiError } =
  CertifierError

const unknownApi = (status: number) =>
  new UnknownApiError({ operation, status, outcome: status < 500 ? "NotApplied" : "MaybeApplied" })

const transport = (reason: CertifierError.TransportReason, outcome: CertifierError.Outcome) =>
  new TransportError({ operation, reason, outcome })

const group = Schema.decodeSync(Group.Group)({
  id: "01g90279gp5sbmfek7wymcsvec",
  name: "Financial Markets",
  createdAt: "2022-01-01T00:00:00.000Z",
  updatedAt: "2022-01-01T00:00:00.000Z"
})

/** The error of an operation that users declare with a concurrency check. */
const concurrent = (outcome: CertifierError.Outcome) =>
  new CertifierError.ConcurrentModification({ operation, before: group, current: group, outcome })

const t = CertifierError.table

/** The transitions of an item of each kind after each error of the client. */
const transitions: ReadonlyArray<
  readonly [CertifierError.CertifierError, idempotent: Decision, find: Decision, unknowable: Decision]
> = [
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
  [new RateLimiterRejected({ operation, reason: "full" }), "Wait", "Wait", "Wait"],
  [concurrent("NotSent"), "Fail", "Fail", "Fail"],
  [concurrent("MaybeApplied"), "Unknown", "Read", "Unknown"]
]

const kinds = ["idempotent", "find", "unknowable"] as const

const settle = Duration.toMillis("2 minutes")

interface Transition {
  readonly state: string
  /** Milliseconds from the start to each call. */
  readonly calls: ReadonlyArray<number>
  readonly finds: ReadonlyArray<number>
  readonly error?: Failure
  readonly paused?: Failure
}

/** The visible effects of a decision, if the next call succeeds. */
const transitionOf = (decision: Decision, error: Failure, isFound: boolean): Transition => {
  switch (decision) {
    case "Fail":
      return { state: "failed", calls: [0], finds: [], error }
    case "Unknown":
      return { state: "unknown", calls: [0], finds: [], error }
    case "Pause":
      return { state: "pending", calls: [0], finds: [], error, paused: error }
    case "Retry":
    case "Wait":
      return { state: "done", calls: [0, 1000], finds: [] }
    case "Read":
      return { state: "done", calls: isFound ? [0] : [0, settle], finds: [settle] }
  }
}

const observe = (error: CertifierError.CertifierError, kind: (typeof kinds)[number], isFound: boolean) =>
  Effect.gen(function* () {
    const start = yield* Clock.currentTimeMillis
    const calls: Array<number> = []
    const finds: Array<number> = []
    const note = (times: Array<number>) => Effect.map(Clock.currentTimeMillis, (now) => times.push(now - start))
    const send = () => Effect.flatMap(note(calls), (nth) => (nth === 1 ? Effect.fail(error) : Effect.succeed("b")))
    const find = () =>
      Effect.as(note(finds), isFound ? JobOperation.Finding.Found({ result: "b" }) : JobOperation.Finding.NotFound())
    const declared = operationOf(send, kind === "idempotent" ? undefined : kind === "find" ? find : "unknowable")
    const one = makeLedger()
    yield* run(declared, one.item(), one.ledger, limits)
    const last = one.last()
    const paused = one.paused()
    const transition: Transition = {
      state: one.item().state,
      calls,
      finds,
      ...(last !== undefined && "error" in last ? { error: last.error } : {}),
      ...(paused === undefined ? {} : { paused })
    }
    return transition
  })

describe("an item of a job", () => {
  it("has a transition for each error of the client", () => {
    const tested = new Set(transitions.map(([error]) => error._tag))
    deepStrictEqual(
      CertifierError.CertifierError.members.map((member) => member._tag).filter((tag) => !tested.has(tag)),
      []
    )
  })

  for (const [error, ...decisions] of transitions) {
    const outcome = "outcome" in error ? error.outcome : ""
    it.effect(`after ${error._tag} ${outcome}: ${decisions.join(", ")}`, () =>
      Effect.gen(function* () {
        const cases = kinds.flatMap((kind, nth) =>
          (kind === "find" ? [false, true] : [false]).map((isFound) => ({ kind, isFound, decision: decisions[nth] }))
        )
        const observed = yield* yield* inTime(
          Effect.forEach(cases, ({ isFound, kind }) => observe(error, kind, isFound), { concurrency: "unbounded" })
        )
        deepStrictEqual(
          observed,
          cases.map(({ decision, isFound }) => transitionOf(decision ?? "Fail", error, isFound))
        )
        // `Issuance` reads before it repeats a step.
        deepStrictEqual(decide(error, "steps"), decisions[0])
      })
    )
  }

  const sending = Schema.decodeSync(Issuance.Step)({
    _tag: "Send",
    credentialId: "01k0crd00000000000000000c1",
    publicId: "p-1"
  })

  const uncertain = (reason: Issuance.Reason, ...failures: ReadonlyArray<CertifierError.CertifierError>) =>
    new Issuance.Uncertain({ step: sending, reason, found: [], failures })

  const steps: ReadonlyArray<readonly [Issuance.Uncertain, Decision]> = [
    [uncertain("NoDeliveryState", unknownApi(503)), "Unknown"],
    [uncertain("NotFound", unknownApi(503)), "Unknown"],
    [uncertain("Ambiguous", unknownApi(503)), "Unknown"],
    [uncertain("NotRead"), "Unknown"],
    [uncertain("NotRead", new t.unauthorized({ operation }), new t.not_found({ operation })), "Unknown"],
    [uncertain("NotRead", new t.unauthorized({ operation }), unknownApi(503)), "Retry"],
    [uncertain("NotRead", unknownApi(503), new t.unauthorized({ operation })), "Pause"],
    [uncertain("NotRead", new RateLimiterRejected({ operation, reason: "full" })), "Wait"]
  ]

  for (const [error, decision] of steps) {
    it(`after an uncertain step, ${error.reason}, ${error.failures.at(-1)?._tag ?? "no failure"}: ${decision}`, () => {
      deepStrictEqual(decide(error, "steps"), decision)
    })
  }
})
