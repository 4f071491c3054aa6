import {
  type CertifierApi,
  CertifierClient,
  type CertifierError,
  Credentials,
  Designs,
  Groups,
  Interactions
} from "@effect-certifier/core"
import * as HttpClient from "@effect/platform/HttpClient"
import { RequestError } from "@effect/platform/HttpClientError"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import * as RetryPolicy from "../src/RetryPolicy.js"

type Call = Effect.Effect<unknown, CertifierError.CertifierError, CertifierClient.CertifierClient>

const id = "01k0crd00000000000000000c1"
const fields = { groupId: "01k0grp00000000000000000g1", recipient: { name: "Ada Example", email: "ada@example.com" } }

/** Every operation, and whether it may be retried after a failure that may have taken effect. */
const operations: {
  readonly [Name in keyof typeof CertifierApi.operations]: readonly [call: Call, isRepeatable: boolean]
} = {
  listGroupsPage: [Groups.listPage(), true],
  createGroup: [Groups.create({ name: "First Aid" }), false],
  getGroup: [Groups.get(id), true],
  updateGroup: [Groups.update(id, { name: "First Aid" }), true],
  deleteGroup: [Groups.delete(id), true],
  listDesignsPage: [Designs.listPage(), true],
  getDesign: [Designs.get(id), true],
  listCredentialsPage: [Credentials.listPage(), true],
  createCredential: [Credentials.create(fields), false],
  getCredential: [Credentials.get(id), true],
  updateCredential: [Credentials.update(id, { expiryDate: null }), true],
  deleteCredential: [Credentials.delete(id), true],
  searchCredentialsPage: [Credentials.searchPage(), true],
  issueCredential: [Credentials.issue(id), true],
  sendCredential: [Credentials.send(id), false],
  createIssueSendCredential: [Credentials.createIssueSend(fields), false],
  listCredentialDesigns: [Credentials.designs(id), true],
  listInteractionsPage: [Interactions.listPage(), true],
  createInteraction: [
    Interactions.create({
      credentialId: id,
      eventType: "credential_viewed",
      triggeredBy: "guest",
      triggeredAt: "2026-01-15T10:00:00.000Z"
    }),
    false
  ]
}

type Respond = (request: Parameters<Parameters<typeof HttpClient.make>[0]>[0]) => Effect.Effect<Response, RequestError>

const status =
  (code: number, body = ""): Respond =>
  () =>
    Effect.sync(() => new Response(body, { status: code, headers: { "content-type": "application/json" } }))

/** Failures after which it is unknown whether the request has taken effect. */
const ambiguous: Readonly<Record<string, Respond>> = {
  "a 500": status(500, `{"error":{"code":"internal_server_error","message":"There was a problem on Certifier's end"}}`),
  "a 503": status(503),
  "a reset": (request) =>
    Effect.fail(
      new RequestError({
        request,
        reason: "Transport",
        cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })
      })
    ),
  silence: () => Effect.never,
  "a success that is half a body": status(200, `{"id":`)
}

const policies: Readonly<Record<string, RetryPolicy.RetryPolicy>> = {
  make: RetryPolicy.make({ attempts: 3, deadline: "1 day" }),
  rateLimited: RetryPolicy.rateLimited({ attempts: 3, deadline: "1 day" }),
  transient: RetryPolicy.transient({ attempts: 3, deadline: "1 day" })
}

/** How many requests a call sends, with a policy around it or in its client. */
const requestsOf = (call: Call, respond: Respond, policy: RetryPolicy.RetryPolicy, isInClient: boolean) =>
  Effect.gen(function* () {
    let requests = 0
    const httpClient = HttpClient.make((request) =>
      Effect.suspend(() => {
        requests += 1
        return Effect.map(respond(request), (response) => HttpClientResponse.fromWeb(request, response))
      })
    )
    const layer = CertifierClient.layer({
      accessToken: Redacted.make("any"),
      ...(isInClient ? { transformClient: RetryPolicy.toClientTransform(policy) } : {})
    }).pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, httpClient)), Layer.orDie)
    const retried = isInClient ? call : Effect.retry(call, policy)
    const fiber = yield* Effect.fork(Effect.flip(Effect.provide(retried, layer)))
    yield* TestClock.adjust("1 hour")
    const error = yield* Fiber.join(fiber)
    return { requests, error }
  })

const ways = Object.entries(policies).flatMap(([name, policy]) => [
  [`${name}, around the call`, policy, false] as const,
  [`${name}, in the client`, policy, true] as const
])

describe.each(Object.entries(operations))("%s", (_, [call, isRepeatable]) => {
  it.effect.each(Object.entries(ambiguous))("after %s", ([, respond]) =>
    Effect.gen(function* () {
      let most = 0
      for (const [way, policy, isInClient] of ways) {
        const { error, requests } = yield* requestsOf(call, respond, policy, isInClient)
        most = Math.max(most, requests)
        if (!isRepeatable) {
          assert.strictEqual(requests, 1, way)
          assert.strictEqual(error.outcome, "MaybeApplied", way)
        }
      }
      // A success with an invalid body is not retried, whatever the operation is.
      if (isRepeatable && respond !== ambiguous["a success that is half a body"]) assert.strictEqual(most, 3)
    })
  )

  it.effect("is repeated after a connection that was refused, when nothing was sent", () =>
    Effect.gen(function* () {
      const refused: Respond = (request) =>
        Effect.fail(
          new RequestError({
            request,
            reason: "Transport",
            cause: Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED", syscall: "connect" })
          })
        )
      for (const [way, policy, isInClient] of ways.filter(([, policy]) => policy !== policies["rateLimited"])) {
        const { error, requests } = yield* requestsOf(call, refused, policy, isInClient)
        deepStrictEqual([requests, error.outcome], [3, "NotSent"], way)
      }
    })
  )

  it.effect("is repeated after a 429, which had no effect", () =>
    Effect.gen(function* () {
      const limited = status(429, `{"error":{"code":"rate_limited","message":"You have exceeded the rate limit"}}`)
      for (const [way, policy, isInClient] of ways) {
        assert.strictEqual((yield* requestsOf(call, limited, policy, isInClient)).requests, 3, way)
      }
    })
  )
})
