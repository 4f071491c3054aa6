import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as CertifierClient from "../../src/CertifierClient.js"
import * as CertifierError from "../../src/CertifierError.js"
import * as Groups from "../../src/Groups.js"
import * as Fake from "../support/fake.js"
import { groupId } from "../support/page.js"
import * as Service from "../support/service.js"

const name = "Money"
const sent = `PATCH {"name":"Money"}`
const update = CertifierClient.updateGroup(groupId, { name })
const schedule = Schedule.whileInput(Schedule.recurs(3), CertifierError.isRetryable)
const lost: Service.Step = { status: 500, applied: true }

const oneAtATime = Effect.map(Effect.makeSemaphore(1), (semaphore): CertifierClient.ClientTransform =>
  HttpClient.transform((send) => semaphore.withPermits(1)(send))
)

/** A limit in real time that is reached only if the call waits for itself. */
const unlessDeadlocked = Effect.timeoutFail({ duration: "5 seconds", onTimeout: () => new Error("deadlock") })

describe("a read within an attempt", () => {
  it.live.each([
    ["withConcurrencyCheck", update.pipe(Effect.retry(schedule), Groups.withConcurrencyCheck())],
    ["modify", Groups.modify(groupId, () => ({ name }), { retry: schedule })]
  ] as const)("%s: does not wait for the permit that its attempt holds", ([, call]) =>
    Effect.gen(function* () {
      const transformClient = yield* oneAtATime
      const service = Service.make({}, lost)
      const group = yield* call.pipe(Effect.provide(service.layer({ transformClient })), unlessDeadlocked)
      assert.strictEqual(group.name, name)
      deepStrictEqual(service.log, ["GET", sent, "GET"])
    })
  )

  it.live("does not wait for the permit of a transform around the call", () =>
    Effect.gen(function* () {
      const service = Service.make({}, lost)
      yield* update.pipe(
        Effect.retry(schedule),
        Groups.withConcurrencyCheck(),
        CertifierClient.withClientTransform(yield* oneAtATime),
        Effect.provide(service.layer()),
        unlessDeadlocked
      )
      deepStrictEqual(service.log, ["GET", sent, "GET"])
    })
  )

  it.effect("has the URL and the headers that transforms gave its attempt, and no body", () =>
    Effect.gen(function* () {
      const service = Service.make()
      yield* Groups.withConcurrencyCheck(update).pipe(
        CertifierClient.withClientTransform(HttpClient.mapRequest(HttpClientRequest.setHeader("x-call", "2"))),
        Effect.provide(
          service.layer({
            transformClient: HttpClient.mapRequest((request) =>
              request.pipe(
                HttpClientRequest.setUrl(request.url.replace("api.certifier.io", "eu.example.org")),
                HttpClientRequest.appendUrlParam("tenant", "7"),
                HttpClientRequest.setHeader("x-client", "1")
              )
            )
          })
        )
      )
      deepStrictEqual(
        service.requests.map(({ headers, method, url, urlParams }) => [
          method,
          url,
          [...urlParams],
          headers["x-client"],
          headers["x-call"],
          headers["authorization"] === `Bearer ${Fake.token}`,
          headers["content-type"],
          headers["content-length"]
        ]),
        [
          [
            "GET",
            `https://eu.example.org/v1/groups/${groupId}`,
            [["tenant", "7"]],
            "1",
            "2",
            true,
            undefined,
            undefined
          ],
          [
            "PATCH",
            `https://eu.example.org/v1/groups/${groupId}`,
            [["tenant", "7"]],
            "1",
            "2",
            true,
            "application/json",
            "16"
          ]
        ]
      )
    })
  )

  it.effect("does not go through the transforms of the attempt", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const seeing =
        (where: string): CertifierClient.ClientTransform =>
        (client, operation) =>
          HttpClient.transform(client, (send, { method }) =>
            Effect.suspend(() => {
              seen.push(`${where} ${operation.name} ${method}`)
              return send
            })
          )
      const service = Service.make({ status: 503 })
      const error = yield* Groups.withConcurrencyCheck(update).pipe(
        CertifierClient.withClientTransform(seeing("call")),
        Effect.flip,
        Effect.provide(
          service.layer({
            transformClient: (client, operation) =>
              HttpClient.retry(seeing("client")(client, operation), {
                while: (error) => error.operation === "getGroup" && seen.length > 10
              })
          })
        )
      )
      assert.strictEqual(error.operation, "getGroup")
      deepStrictEqual(seen, ["call updateGroup PATCH", "client updateGroup PATCH"])
      deepStrictEqual(service.log, ["GET"])
    })
  )

  it.effect("goes through the transform of withNestedTransform, once for each read", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const counting: CertifierClient.ClientTransform = (client, operation) =>
        HttpClient.transform(client, (send, { method }) =>
          Effect.suspend(() => {
            seen.push(`${operation.name} ${method}`)
            return CertifierClient.withNestedTransform(send, counting)
          })
        )
      const service = Service.make({}, lost)
      yield* update.pipe(
        Effect.retry(schedule),
        Groups.withConcurrencyCheck(),
        Effect.provide(service.layer({ transformClient: counting }))
      )
      deepStrictEqual(seen, ["updateGroup PATCH", "getGroup GET", "updateGroup PATCH", "getGroup GET"])
      deepStrictEqual(service.log, ["GET", sent, "GET"])
    })
  )
})
