import { CertifierError, type Group } from "@effect-certifier/core"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as RetryBudget from "../src/RetryBudget.js"
import * as RetryPolicy from "../src/RetryPolicy.js"
import { at, update } from "./support/scripted.js"
import * as Server from "./support/server.js"

/** Delays that are short enough for a test, with the same decisions. */
const quick: RetryPolicy.Options = { transientDelay: "5 millis", rateLimitedDelay: "5 millis", maxDelay: "20 millis" }

/** The update on a server, with each of the three forms of a policy. */
const forms: Record<
  string,
  (policy: RetryPolicy.RetryPolicy, server: Server.Server) => Effect.Effect<Group.Group, CertifierError.CertifierError>
> = {
  "Effect.retry": (policy, server) => update.pipe(Effect.retry(policy), Effect.provide(server.layer())),
  "RetryPolicy.retry": (policy, server) => update.pipe(RetryPolicy.retry(policy), Effect.provide(server.layer())),
  "RetryPolicy.toClientTransform": (policy, server) =>
    Effect.provide(update, server.layer({ transformClient: RetryPolicy.toClientTransform(policy) }))
}

for (const [name, form] of Object.entries(forms)) {
  // Each waits for a second.
  describe.concurrent(`${name}, over a real socket`, () => {
    it.scopedLive("succeeds after 503s and resets, with more requests than without it", () =>
      Effect.gen(function* () {
        const trouble = [Server.unavailable, Server.reset, Server.unavailable, Server.reset, Server.ok] as const
        const without = yield* Server.make(...trouble)
        const error = yield* Effect.flip(form(RetryPolicy.never, without))
        assert.strictEqual(error._tag, "CertifierUnknownApiError")
        assert.strictEqual(without.arrivals.length, 1)
        const server = yield* Server.make(...trouble)
        const group = yield* form(RetryPolicy.transient({ ...quick, attempts: 5 }), server)
        assert.strictEqual(group.name, "Financial Markets")
        assert.strictEqual(server.arrivals.length, 5)
      })
    )

    it.scopedLive("does not retry before Retry-After", () =>
      Effect.gen(function* () {
        const server = yield* Server.make(Server.rateLimited("1"), Server.ok)
        yield* form(RetryPolicy.rateLimited(quick), server)
        assert.strictEqual(server.arrivals.length, 2)
        // Both times are measured by the server.
        assert.isAtLeast(at(server.arrivals, 1) - at(server.arrivals, 0), 1000)
      })
    )

    it.scopedLive("does not wait for a Retry-After beyond the deadline", () =>
      Effect.gen(function* () {
        // A call that waited would succeed.
        const server = yield* Server.make(Server.rateLimited("3"), Server.ok)
        const error = yield* Effect.flip(form(RetryPolicy.rateLimited({ ...quick, deadline: "2 seconds" }), server))
        assert.strictEqual(error._tag, "CertifierRateLimited")
        deepStrictEqual(CertifierError.retryAfter(error), Option.some(Duration.seconds(3)))
        assert.strictEqual(server.arrivals.length, 1)
      })
    )
  })
}

describe("a dead server, over a real socket", () => {
  const many = (calls: number, reaction: Server.Reaction, budget?: RetryBudget.RetryBudget) =>
    Effect.gen(function* () {
      const server = yield* Server.make(reaction)
      const results = yield* Effect.all(
        Array.from({ length: calls }, () => Effect.either(update)),
        { concurrency: "unbounded" }
      ).pipe(
        Effect.provide(
          server.layer({ transformClient: RetryPolicy.toClientTransform(RetryPolicy.transient(quick), { budget }) })
        )
      )
      assert.isTrue(results.every(Either.isLeft))
      return server.arrivals.length
    })

  for (const [name, reaction] of [
    ["503", Server.unavailable],
    ["resets", Server.reset]
  ] as const) {
    it.scopedLive(`gets at most 140 requests from 100 calls: ${name}`, () =>
      Effect.gen(function* () {
        const requests = yield* many(100, reaction)
        assert.isAtMost(requests, 140)
        assert.isAbove(requests, 100)
      })
    )
  }

  it.scopedLive("gets four requests from each call without the budget", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* many(40, Server.unavailable, RetryBudget.unlimited), 160)
    })
  )
})
