import { CertifierClient, type CertifierError, Groups } from "@effect-certifier/core"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as RateLimiter from "../src/RateLimiter.js"
import * as RetryBudget from "../src/RetryBudget.js"
import * as RetryPolicy from "../src/RetryPolicy.js"
import * as Scripted from "./support/scripted.js"

const id = "01g90279gp5sbmfek7wymcsvec"

/** The documented group with another name, updated the given number of milliseconds after its creation. */
const group =
  (name: string, changed: number): Scripted.Reply =>
  () =>
    Effect.sync(
      () =>
        new Response(
          `{"id":"${id}","name":"${name}","createdAt":"2022-01-01T00:00:00.000Z","updatedAt":"2022-01-01T00:00:00.00${changed}Z"}`
        )
    )

const [before, applied, theirs] = [group("Financial Markets", 0), group("Money", 1), group("Theirs", 1)]

const policy = RetryPolicy.transient({ concurrencyCheck: Groups.withConcurrencyCheck() })

const update = CertifierClient.updateGroup(id, { name: "Money" })

/** The result of a call and the methods of its requests, given the responses. */
const run = (
  call: Effect.Effect<unknown, CertifierError.CertifierError, CertifierClient.CertifierClient>,
  replies: readonly [Scripted.Reply, ...ReadonlyArray<Scripted.Reply>],
  options?: Partial<CertifierClient.Options>
) => {
  const methods: Array<string> = []
  const [first, ...others] = replies.map((reply): Scripted.Reply => (request) => {
    methods.push(request.method)
    return reply(request)
  })
  const service = Scripted.make(first ?? replies[0], ...others)
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
  { title: "toClientTransform", call: update, options: { transformClient: RetryPolicy.toClientTransform(policy) } },
  {
    title: "withPolicy",
    call: RetryPolicy.withPolicy(update, policy),
    options: { transformClient: RetryPolicy.toClientTransform(RetryPolicy.never) }
  },
  {
    title: "a Schedule inside withConcurrencyCheck",
    call: update.pipe(Effect.retry(policy), Groups.withConcurrencyCheck())
  }
])("a policy with a concurrency check: $title", ({ call, options }) => {
  it.effect.each<
    readonly [
      title: string,
      replies: readonly [Scripted.Reply, ...ReadonlyArray<Scripted.Reply>],
      seen: ReadonlyArray<string>
    ]
  >([
    ["reads the group first", [before, applied], ["ok", "GET", "PATCH"]],
    [
      "does not retry an update that was applied",
      [before, Scripted.unavailable, applied],
      ["ok", "GET", "PATCH", "GET"]
    ],
    [
      "retries an update that was not applied",
      [before, Scripted.reset, before, applied],
      ["ok", "GET", "PATCH", "GET", "PATCH"]
    ],
    [
      "does not overwrite another writer's change",
      [before, Scripted.unavailable, theirs],
      ["CertifierConcurrentModification", "GET", "PATCH", "GET"]
    ],
    [
      "retries the read of the group",
      [before, Scripted.unavailable, Scripted.unavailable, before, applied],
      ["ok", "GET", "PATCH", "GET", "GET", "PATCH"]
    ],
    [
      "does not make more attempts than the policy has",
      [before, Scripted.unavailable],
      ["CertifierUnknownApiError", "GET", "PATCH", "GET", "GET", "GET"]
    ]
  ])("%s", ([, replies, seen]) =>
    Effect.gen(function* () {
      deepStrictEqual(yield* run(call, replies, options), seen)
    })
  )
})

describe("a policy with a concurrency check, as a plain Schedule", () => {
  it.effect("does not retry an update that may have been applied, and retries one that was not", () =>
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
      const call = Groups.modify(id, () => ({ name: "Money" }))
      const transformClient = RetryPolicy.toClientTransform(RetryPolicy.transient({ attempts: 4 }), {
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

  it.effect("get the only slot of a rate limiter, although the attempt has it", () =>
    Effect.gen(function* () {
      const { transform } = yield* RateLimiter.make({ limit: 1, window: "1 second" })
      const retried = RetryPolicy.toClientTransform(policy)
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

describe("operations that are not idempotent", () => {
  const create = Groups.create({ name: "Money" })

  it.effect.each<readonly [title: string, reply: Scripted.Reply, seen: ReadonlyArray<string>]>([
    ["503", Scripted.unavailable, ["CertifierUnknownApiError", "POST"]],
    ["500", Scripted.status(500, "internal_server_error"), ["CertifierInternalServerError", "POST"]],
    ["a reset", Scripted.reset, ["CertifierTransportError", "POST"]],
    ["a timeout", Scripted.hang, ["CertifierTimeout", "POST"]],
    ["429", Scripted.rateLimited("1"), ["ok", "POST", "POST"]]
  ])("a creation after %s", ([, reply, seen]) =>
    Effect.gen(function* () {
      const transformClient = RetryPolicy.toClientTransform(RetryPolicy.transient())
      deepStrictEqual(yield* run(create, [reply, applied], { transformClient }), seen)
      deepStrictEqual(yield* run(Effect.retry(create, RetryPolicy.transient()), [reply, applied]), seen)
    })
  )

  it.effect("reads and deletions are retried", () =>
    Effect.gen(function* () {
      for (const call of [Groups.get(id), Groups.delete(id)]) {
        const [end, ...methods] = yield* run(Effect.retry(call, RetryPolicy.transient()), [Scripted.reset, applied])
        deepStrictEqual([end, methods.length], ["ok", 2])
      }
    })
  )
})
