/**
 * The behaviour of the client when a connection, a server or a gateway fails: one suite, which runs against every server with faults on
 * demand, over every supported transport.
 */
import { CertifierClient, type CertifierError, type Group } from "@effect-certifier/core"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { groupId } from "./page.js"

/** The transports of the suite. */
export const transports: ReadonlyArray<readonly [name: string, layer: Layer.Layer<HttpClient.HttpClient>]> = [
  ["FetchHttpClient.layer", FetchHttpClient.layer],
  ["NodeHttpClient.layer", NodeHttpClient.layer],
  ["NodeHttpClient.layerUndici", NodeHttpClient.layerUndici]
]

/** A server with one of the behaviours below for the next request. */
export interface Host {
  readonly origin: string
  /** Done when the request has arrived. */
  readonly received: Effect.Effect<unknown>
  /** Done when the connection of the request is closed; only for servers that can observe it. */
  readonly closed?: Effect.Effect<unknown>
}

type Result = Either.Either<Group.Group, CertifierError.CertifierError>

interface Expectation {
  readonly timeout?: Duration.DurationInput
  /** Whether the client has to close the connection. */
  readonly closes?: boolean
  readonly check: (result: Result) => void
}

const failsWith =
  (
    tag: CertifierError.CertifierError["_tag"],
    outcome: CertifierError.Outcome,
    more?: (error: CertifierError.CertifierError) => void
  ) =>
  (result: Result): void => {
    if (Either.isRight(result)) return assert.fail("expected an error, got a group")
    const error = result.left
    deepStrictEqual([error._tag, error.outcome], [tag, outcome], error.message)
    more?.(error)
  }

const isCut = (error: CertifierError.CertifierError): void =>
  assert.strictEqual(error._tag === "CertifierTransportError" ? error.reason : "", "Disconnected")

const waits = (seconds: number) => (error: CertifierError.CertifierError) =>
  deepStrictEqual(
    "retryAfter" in error ? Option.map(error.retryAfter, Duration.toSeconds) : Option.none(),
    Option.some(seconds)
  )

/** The expected result of each behaviour. Short time limits are for behaviours that never end. */
const expectations = {
  "returns the documented response": {
    check: (result) => assert.isTrue(Either.isRight(result) && result.right.id === groupId)
  },
  "answers late": { check: (result) => assert.isTrue(Either.isRight(result)) },
  "resets before the response": { check: failsWith("CertifierTransportError", "MaybeApplied", isCut) },
  "resets within the body": { check: failsWith("CertifierTransportError", "MaybeApplied", isCut) },
  "cuts the body short": { check: failsWith("CertifierTransportError", "MaybeApplied") },
  "stalls before the headers": {
    timeout: "150 millis",
    closes: true,
    check: failsWith("CertifierTimeout", "MaybeApplied")
  },
  "stalls within the body": {
    timeout: "150 millis",
    closes: true,
    check: failsWith("CertifierTimeout", "MaybeApplied")
  },
  "drips the body": { timeout: "200 millis", closes: true, check: failsWith("CertifierTimeout", "MaybeApplied") },
  "returns 429 with Retry-After": { check: failsWith("CertifierRateLimited", "NotApplied", waits(7)) },
  "returns 502 with HTML": { check: failsWith("CertifierUnknownApiError", "MaybeApplied") },
  "returns 200 with half of a JSON body": { check: failsWith("CertifierResponseDecodeError", "MaybeApplied") },
  "returns 200 with 10 MB": { closes: true, check: failsWith("CertifierResponseDecodeError", "MaybeApplied") }
} as const satisfies Record<string, Expectation>

/** The name of a behaviour. */
export type Behaviour = keyof typeof expectations

const update = (origin: string, options?: Partial<CertifierClient.Options>) =>
  CertifierClient.updateGroup(groupId, { name: "Financial Markets" }).pipe(
    Effect.provide(
      Layer.orDie(CertifierClient.layer({ accessToken: Redacted.make("conformance"), baseUrl: origin, ...options }))
    )
  )

/** The suite for a kind of server. `redirecting` redirects to the given origin. */
export const suite = (
  title: string,
  servers: {
    readonly behaving: (behaviour: Behaviour) => Effect.Effect<Host, never, Scope.Scope>
    readonly redirecting: (to: string) => Effect.Effect<Host, never, Scope.Scope>
  }
): void =>
  describe.each(transports)(`${title}, with %s`, (_, transport) => {
    const names = Object.keys(expectations).filter((name): name is Behaviour => name in expectations)

    it.scopedLive.each(names)("a server that %s", (behaviour) =>
      Effect.gen(function* () {
        const host = yield* servers.behaving(behaviour)
        const { check, closes, timeout }: Expectation = expectations[behaviour]
        check(yield* Effect.either(update(host.origin, { timeout })).pipe(Effect.provide(transport)))
        if (closes === true && host.closed !== undefined) yield* host.closed
      })
    )

    it.scopedLive("a redirect to another origin is not followed", () =>
      Effect.gen(function* () {
        const elsewhere = yield* servers.behaving("returns the documented response")
        const reached = yield* Deferred.make<void>()
        yield* Effect.forkScoped(Effect.zipRight(elsewhere.received, Deferred.succeed(reached, undefined)))
        const host = yield* servers.redirecting(`${elsewhere.origin}/elsewhere?secret=1`)
        const result = yield* Effect.either(update(host.origin)).pipe(Effect.provide(transport))
        failsWith("CertifierUnknownApiError", "NotApplied", (error) => {
          if (error._tag !== "CertifierUnknownApiError") return
          assert.strictEqual(error.status, 307)
          deepStrictEqual(error.location, Option.some(`${elsewhere.origin}/elsewhere`))
        })(result)
        assert.isFalse(yield* Deferred.isDone(reached))
      })
    )

    it.scopedLive("an interrupted call ends at once", () =>
      Effect.gen(function* () {
        const host = yield* servers.behaving("stalls before the headers")
        const fiber = yield* Effect.fork(update(host.origin).pipe(Effect.provide(transport)))
        yield* host.received
        yield* Fiber.interrupt(fiber)
        if (host.closed !== undefined) yield* host.closed
      })
    )
  })
