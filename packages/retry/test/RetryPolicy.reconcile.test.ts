import { CertifierClient, type CertifierError } from "@effect-certifier/core"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as RateLimit from "../src/RateLimit.js"
import * as RetryBudget from "../src/RetryBudget.js"
import * as RetryPolicy from "../src/RetryPolicy.js"
import * as Scripted from "./support/scripted.js"

const id = "01g90279gp5sbmfek7wymcsvec"

/** The page's group, with another name, and changed so many milliseconds after it was made. */
const group =
  (name: string, changed: number): Scripted.Answer =>
  () =>
    Effect.sync(
      () =>
        new Response(
          `{"id":"${id}","name":"${name}","createdAt":"2022-01-01T00:00:00.000Z","updatedAt":"2022-01-01T00:00:00.00${changed}Z"}`
        )
    )

const [before, applied, theirs] = [group("Financial Markets", 0), group("Money", 1), group("Theirs", 1)]

const policy = RetryPolicy.transient({ reconcile: true })

const update = CertifierClient.updateGroup(id, { name: "Money" })

/** How a call ends, and the methods of the requests that it made, to answers in turn. */
const run = (
  call: Effect.Effect<unknown, CertifierError.CertifierError, CertifierClient.CertifierClient>,
  answers: readonly [Scripted.Answer, ...ReadonlyArray<Scripted.Answer>],
  options?: Partial<CertifierClient.Options>
) => {
  const methods: Array<string> = []
  const [first, ...others] = answers.map((answer): Scripted.Answer => (request) => {
    methods.push(request.method)
    return answer(request)
  })
  const service = Scripted.make(first ?? answers[0], ...others)
  return call.pipe(
    Effect.match({ onFailure: (error) => error._tag, onSuccess: () => "ok" }),
    Effect.map((end) => [end, ...methods]),
    Scripted.patiently,
    Effect.provide(service.layer(options))
  )
}

describe.each<{
  readonly title: string
  readonly call: typeof update
  readonly options?: Partial<CertifierClient.Options>
}>([
  { title: "retry", call: RetryPolicy.retry(update, policy) },
  { title: "transformer", call: update, options: { transformClient: RetryPolicy.transformer(policy) } },
  {
    title: "withPolicy",
    call: RetryPolicy.withPolicy(update, policy),
    options: { transformClient: RetryPolicy.transformer(RetryPolicy.never) }
  },
  {
    title: "a Schedule inside of withReconcile",
    call: update.pipe(Effect.retry(policy), CertifierClient.withReconcile())
  }
])("a policy that reconciles: $title", ({ call, options }) => {
  it.effect.each<
    readonly [
      title: string,
      answers: readonly [Scripted.Answer, ...ReadonlyArray<Scripted.Answer>],
      seen: ReadonlyArray<string>
    ]
  >([
    ["reads first", [before, applied], ["ok", "GET", "PATCH"]],
    ["does not send again what was applied", [before, Scripted.unavailable, applied], ["ok", "GET", "PATCH", "GET"]],
    ["sends again what was not", [before, Scripted.reset, before, applied], ["ok", "GET", "PATCH", "GET", "PATCH"]],
    [
      "does not send over a change of somebody else",
      [before, Scripted.unavailable, theirs],
      ["CertifierGroupChanged", "GET", "PATCH", "GET"]
    ],
    [
      "waits and looks again when the group can't be read",
      [before, Scripted.unavailable, Scripted.unavailable, before, applied],
      ["ok", "GET", "PATCH", "GET", "GET", "PATCH"]
    ],
    [
      "does not make more attempts than the policy has",
      [before, Scripted.unavailable],
      ["CertifierUnknownApiError", "GET", "PATCH", "GET", "GET", "GET"]
    ]
  ])("%s", ([, answers, seen]) =>
    Effect.gen(function* () {
      deepStrictEqual(yield* run(call, answers, options), seen)
    })
  )
})

describe("a policy that reconciles, as a bare Schedule", () => {
  it.effect("does not send again what may have been applied, and still what was not", () =>
    Effect.gen(function* () {
      const call = Effect.retry(update, policy)
      deepStrictEqual(yield* run(call, [Scripted.unavailable, applied]), ["CertifierUnknownApiError", "PATCH"])
      deepStrictEqual(yield* run(call, [Scripted.rateLimited("1"), applied]), ["ok", "PATCH", "PATCH"])
    })
  )
})

describe("calls within an attempt", () => {
  it.effect("are not retried by themselves, so that retries don't multiply", () =>
    Effect.gen(function* () {
      const call = CertifierClient.modifyGroup(id, () => ({ name: "Money" }))
      const transformClient = RetryPolicy.transformer(RetryPolicy.transient({ attempts: 4 }), {
        budget: RetryBudget.unlimited
      })
      deepStrictEqual(yield* run(call, [before, Scripted.unavailable], { transformClient }), [
        "CertifierUnknownApiError",
        "GET",
        "PATCH",
        "GET",
        "GET",
        "GET"
      ])
    })
  )

  it.effect("find a place under a rate limit of one, although the attempt holds it", () =>
    Effect.gen(function* () {
      const { transform } = yield* RateLimit.make({ limit: 1, window: "1 second" })
      const retried = RetryPolicy.transformer(policy)
      const transformClient: CertifierClient.ClientTransform = (client, operation) =>
        retried(transform(client, operation))
      deepStrictEqual(yield* run(update, [before, Scripted.unavailable, before, applied], { transformClient }), [
        "ok",
        "GET",
        "PATCH",
        "GET",
        "PATCH"
      ])
    })
  )
})

describe("what is not idempotent", () => {
  const create = CertifierClient.createGroup({ name: "Money" })

  it.effect.each<readonly [title: string, answer: Scripted.Answer, seen: ReadonlyArray<string>]>([
    ["503", Scripted.unavailable, ["CertifierUnknownApiError", "POST"]],
    ["500", Scripted.status(500, "internal_server_error"), ["CertifierInternalServerError", "POST"]],
    ["a reset", Scripted.reset, ["CertifierTransportError", "POST"]],
    ["no answer in time", Scripted.hang, ["CertifierTimeout", "POST"]],
    ["429", Scripted.rateLimited("1"), ["ok", "POST", "POST"]]
  ])("a creation after %s", ([, answer, seen]) =>
    Effect.gen(function* () {
      const transformClient = RetryPolicy.transformer(RetryPolicy.transient())
      deepStrictEqual(yield* run(create, [answer, applied], { transformClient }), seen)
      deepStrictEqual(yield* run(Effect.retry(create, RetryPolicy.transient()), [answer, applied]), seen)
    })
  )

  it.effect("what reads and what removes is sent again", () =>
    Effect.gen(function* () {
      for (const call of [CertifierClient.getGroup(id), CertifierClient.deleteGroup(id)]) {
        const [end, ...methods] = yield* run(Effect.retry(call, RetryPolicy.transient()), [Scripted.reset, applied])
        deepStrictEqual([end, methods.length], ["ok", 2])
      }
    })
  )
})
