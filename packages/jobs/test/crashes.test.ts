import * as CertifierError from "@effect-certifier/core/CertifierError"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { type Ledger, run } from "../src/internal/item.js"
import * as JobOperation from "../src/JobOperation.js"
import { inTime, limits, operationOf } from "./itemOperation.js"
import { makeLedger } from "./memoryLedger.js"

/** The points at which a process dies. `issuing.test.ts` tests issuing, which has steps. */
const points = ["before intent", "after intent", "on its way", "applied", "responded", "before outcome"] as const

/** The event of a run of an item: its process dies, or the response of its call is lost. */
const events = [...points, "response lost"] as const

type Event = (typeof events)[number] | "nothing"

const kinds = ["idempotent", "find", "unknowable"] as const

type Kind = (typeof kinds)[number]

const lost = new CertifierError.TransportError({ operation: "x", reason: "Disconnected", outcome: "MaybeApplied" })

/** A service that either sets names or adds records. If a process ends, its request in flight arrives a minute late, or never. */
const makeService = (isLate: boolean) => {
  const records: Array<string> = []
  const names = new Map<string, string>()
  let event: Event = "nothing"
  const dieAt = (here: Event) => Effect.suspend(() => (here === event ? Effect.interrupt : Effect.void))
  const send = (item: string) =>
    Effect.gen(function* () {
      const apply = Effect.sync(() => {
        records.push(item)
        names.set("group", item)
      })
      if (event === "on its way" && isLate) yield* Effect.forkDaemon(Effect.delay(apply, "1 minute"))
      yield* dieAt("on its way")
      yield* apply
      yield* dieAt("applied")
      if (event === "response lost") {
        event = "nothing"
        return yield* lost
      }
      yield* dieAt("responded")
      return item
    })
  const find = (item: string) =>
    Effect.sync(() =>
      records.includes(item) ? JobOperation.Finding.Found({ result: item }) : JobOperation.Finding.NotFound()
    )
  const dying = (ledger: Ledger): Ledger => ({
    ...ledger,
    intent: (now, counts) =>
      Effect.zipRight(dieAt("before intent"), Effect.zipLeft(ledger.intent(now, counts), dieAt("after intent"))),
    settle: (settled) => Effect.zipRight(dieAt("before outcome"), ledger.settle(settled))
  })
  return { records, names, send, find, dying, next: (next: Event) => void (event = next) }
}

/** Runs an item repeatedly, each time with an event, and finally without one. */
const survive = (kind: Kind, happens: ReadonlyArray<Event>, isLate: boolean) =>
  Effect.gen(function* () {
    const { dying, find, names, next, records, send } = makeService(isLate)
    const operation = operationOf(send, kind === "idempotent" ? undefined : kind === "find" ? find : "unknowable")
    const one = makeLedger()
    for (const event of [...happens, "nothing" as const]) {
      const { state } = one.item()
      if (state !== "pending" && state !== "sent") break
      next(event)
      const item = yield* one.ledger.read
      yield* inTime(run(operation, item, dying(one.ledger), { ...limits, attempts: 100 }))
    }
    return { records: records.length, names: [...names], state: one.item().state, last: one.last() }
  })

const check = (kind: Kind, happens: ReadonlyArray<Event>, isLate: boolean) =>
  Effect.map(survive(kind, happens, isLate), ({ last, names, records, state }) => {
    if (state === "unknown") {
      strictEqual(kind, "unknowable")
      assert.isAtMost(records, 1)
      return state
    }
    deepStrictEqual({ last, names }, { last: done, names: [["group", "a"]] })
    // Idempotent calls are repeated, no more often than necessary.
    assert.isAtLeast(records, 1)
    assert.isAtMost(records, kind === "idempotent" ? happens.length + 1 : 1)
    return state
  })

const done = { state: "done", result: '"a"' }

describe("an item whose process dies", () => {
  it.effect.prop(
    "is applied once, or is unknown and applied at most once, whatever happens to its runs",
    {
      kind: FastCheck.constantFrom(...kinds),
      happens: FastCheck.array(FastCheck.constantFrom(...events), { maxLength: 6 }),
      isLate: FastCheck.boolean()
    },
    ({ happens, isLate, kind }) => Effect.asVoid(check(kind, happens, isLate)),
    { fastCheck: { numRuns: 25 } }
  )

  for (const kind of kinds) {
    for (const event of events) {
      it.effect(`${kind}: ${event}`, () =>
        Effect.gen(function* () {
          const state = yield* check(kind, [event], false)
          const isUnknown = kind === "unknowable" && event !== "before intent"
          strictEqual(state, isUnknown ? "unknown" : "done")
        })
      )
    }

    it.effect(`${kind}: on its way, and late`, () => check(kind, ["on its way"], true))
  }
})
