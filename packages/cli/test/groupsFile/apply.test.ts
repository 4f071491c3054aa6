import { CertifierClient } from "@effect-certifier/core"
import * as Groups from "@effect-certifier/core/Groups"
import { Fault, Fixture, Sandbox } from "@effect-certifier/sandbox"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Apply from "../../src/internal/groupsFile/apply.js"
import { parse } from "../../src/internal/groupsFile/parse.js"
import * as Plan from "../../src/internal/groupsFile/plan.js"

const group = (id: string, name: string) =>
  Fixture.group({ id, name, certificateDesignId: null, badgeDesignId: null, learningEventUrl: null })

const workspace = ["a", "b", "c", "d", "e"].map((id) => group(id, `Group ${id}`))

const service = CertifierClient.layer({ accessToken: Redacted.make("any") }).pipe(
  Layer.provideMerge(Sandbox.layerInProcess({ groups: workspace, rateLimit: "Unlimited" }))
)

const planned = Effect.fnUntraced(function* (text: string, prune = false) {
  const entries = yield* parse(text)
  const groups = yield* Stream.runCollect(Groups.list())
  return yield* Plan.make(entries, [...groups], { prune })
})

const nameOf = (step: Plan.Step) => (step._tag === "Create" ? step.fields.name : step.group.id)

/** Applies a plan, and returns the results as lines. */
const applied = (plan: Plan.Plan, lines: Array<string> = []) =>
  Effect.as(
    Apply.run(plan, (result) =>
      Effect.sync(() => {
        const reason = result._tag === "Failed" ? ` ${result.error._tag}` : ""
        lines.push(`${result._tag} ${result.step._tag} ${nameOf(result.step)}${reason}`)
      })
    ),
    lines
  )

/** The requests with an effect. */
const sent = Effect.map(Sandbox.requests, (requests) =>
  requests
    .filter(({ method }) => method !== "GET")
    .map(({ method, path }) => `${method} ${path.slice("/v1/groups".length)}`)
)

const renamed = (ids: string) => `groups:\n${[...ids].map((id) => `- id: ${id}\n  name: New ${id}\n`).join("")}`

describe("apply", () => {
  it.effect("sends only the changes, and none when it is repeated", () =>
    Effect.gen(function* () {
      const text = `${renamed("ab")}- id: c\n  name: Group c\n- name: First Aid\n`
      const { length } = (yield* planned(text)).steps
      deepStrictEqual(yield* applied(yield* planned(text)), [
        "Done Update a",
        "Done Update b",
        "Done NoChange c",
        "Done Create First Aid"
      ])
      deepStrictEqual(yield* sent, ["PATCH /a", "PATCH /b", "POST "])
      const again = yield* applied(yield* planned(text))
      deepStrictEqual(again.length, length)
      deepStrictEqual((yield* sent).length, 3)
    }).pipe(Effect.provide(service))
  )

  it.effect("does not overwrite a group that has changed since the plan, and continues", () =>
    Effect.gen(function* () {
      const plan = yield* planned(`${renamed("ab")}- id: c\n  name: Group c\n`, true)
      yield* Groups.update("a", { learningEventUrl: "https://example.com" })
      yield* Groups.update("d", { name: "In use" })
      yield* Effect.flatMap(Sandbox.Sandbox, ({ clearRequests }) => clearRequests)
      deepStrictEqual(yield* applied(plan), [
        "Failed Update a CertifierConcurrentModification",
        "Done Update b",
        "Done NoChange c",
        "Done Delete e",
        "Failed Delete d CertifierConcurrentModification"
      ])
      deepStrictEqual(yield* sent, ["PATCH /b", "DELETE /e"])
    }).pipe(Effect.provide(service))
  )

  it.effect("stops at a failure that the next group would have too, and a second apply completes the plan", () =>
    Effect.gen(function* () {
      const plan = yield* planned(renamed("abcde"))
      yield* Sandbox.inject(Fault.error("internal_server_error"), { method: "PATCH", path: "/v1/groups/c" })
      deepStrictEqual(yield* applied(plan), [
        "Done Update a",
        "Done Update b",
        "Failed Update c CertifierInternalServerError",
        "NotTried Update d",
        "NotTried Update e"
      ])
      yield* Effect.flatMap(Sandbox.Sandbox, ({ clearRequests }) => clearRequests)
      yield* applied(yield* planned(renamed("abcde")))
      deepStrictEqual(yield* sent, ["PATCH /c", "PATCH /d", "PATCH /e"])
    }).pipe(Effect.provide(service))
  )

  it.effect("continues after a failure of a single group", () =>
    Effect.gen(function* () {
      yield* Sandbox.inject(Fault.error("conflict"), { method: "PATCH", path: "/v1/groups/a" })
      deepStrictEqual(yield* applied(yield* planned(renamed("ab"))), [
        "Failed Update a CertifierConflict",
        "Done Update b"
      ])
    }).pipe(Effect.provide(service))
  )

  it.effect("searches by name for a group whose creation was not confirmed, instead of creating it twice", () =>
    Effect.gen(function* () {
      const plan = yield* planned("groups:\n- name: First Aid\n")
      yield* Sandbox.inject(Fault.applied(Fault.error("internal_server_error")), { method: "POST" })
      deepStrictEqual(yield* applied(plan), ["Done Create First Aid"])
      deepStrictEqual(yield* sent, ["POST "])
    }).pipe(Effect.provide(service))
  )

  it.effect("fails if a creation was not confirmed and the group does not exist", () =>
    Effect.gen(function* () {
      const plan = yield* planned("groups:\n- name: First Aid\n- name: Fire Safety\n")
      yield* Sandbox.inject(Fault.error("internal_server_error"), { method: "POST" })
      deepStrictEqual(yield* applied(plan), [
        "Failed Create First Aid CertifierInternalServerError",
        "NotTried Create Fire Safety"
      ])
    }).pipe(Effect.provide(service))
  )

  it.effect("does not create a group that another program has created since the plan", () =>
    Effect.gen(function* () {
      const plan = yield* planned("groups:\n- name: First Aid\n- name: Fire Safety\n")
      yield* Groups.create({ name: "First Aid" })
      deepStrictEqual(yield* applied(plan), ["Failed Create First Aid GroupAppeared", "Done Create Fire Safety"])
    }).pipe(Effect.provide(service))
  )

  it.effect("reports the remaining steps when it is interrupted", () =>
    Effect.gen(function* () {
      const plan = yield* planned(renamed("abc"))
      yield* Sandbox.inject(Fault.stall(), { method: "PATCH", path: "/v1/groups/b" })
      const lines: Array<string> = []
      const fiber = yield* Effect.fork(applied(plan, lines))
      while (lines.length === 0) yield* Effect.yieldNow()
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      deepStrictEqual(lines, ["Done Update a", "Interrupted Update b", "NotTried Update c"])
    }).pipe(Effect.provide(service))
  )
})
