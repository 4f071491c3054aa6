import { CertifierClient } from "@effect-certifier/core"
import { HttpClient, HttpClientResponse } from "@effect/platform"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Duration, Effect, Layer, Redacted } from "effect"
import { run } from "../src/internal/item.js"
import { JobOperation } from "../src/index.js"
import { makeLedger } from "./memoryLedger.js"

const id = "01g90279gp5sbmfek7wymcsvec"

const group = `{"id":"${id}","name":"Financial Markets","createdAt":"2022-01-01T00:00:00.000Z","updatedAt":"2022-01-01T00:00:00.000Z"}`

const credential = `{"id":"${id}","publicId":"p-1","groupId":"${id}","status":"issued","recipient":{"id":"01k0rcp00000000000000000r1","name":"Ada Example","email":"ada@example.com"},"issueDate":"2026-01-01","expiryDate":null,"attributes":{},"customAttributes":{},"createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-01T00:00:00.000Z"}`

const gone = '{"error":{"code":"not_found","message":"There is no such object"}}'

const keptGroup = `{"id":"${id}"}`

const keptCredential = `{"id":"${id}","publicId":"p-1"}`

/** Of each operation of one call: its item, its request, a response to it, and what is stored of that. */
const rows: ReadonlyArray<
  readonly [
    operation: JobOperation.Any<CertifierClient.CertifierClient>,
    item: string,
    request: string,
    status: number,
    response: string,
    result: string
  ]
> = [
  [
    JobOperation.updateGroup,
    `{"id":"${id}","patch":{"name":"Financial Markets"}}`,
    `PATCH /v1/groups/${id} {"name":"Financial Markets"}`,
    200,
    group,
    keptGroup
  ],
  [JobOperation.createGroup, `{"name":"A"}`, `POST /v1/groups {"name":"A"}`, 201, group, keptGroup],
  [JobOperation.deleteGroup, `{"id":"${id}"}`, `DELETE /v1/groups/${id} `, 204, "", "null"],
  [JobOperation.deleteGroup, `{"id":"${id}"}`, `DELETE /v1/groups/${id} `, 404, gone, "null"],
  [
    JobOperation.updateCredential,
    `{"id":"${id}","patch":{"expiryDate":"2027-01-01"}}`,
    `PATCH /v1/credentials/${id} {"expiryDate":"2027-01-01"}`,
    200,
    credential,
    keptCredential
  ],
  [
    JobOperation.sendCredential,
    `{"id":"${id}"}`,
    `POST /v1/credentials/${id}/send {"deliveryMethod":"email"}`,
    200,
    credential,
    keptCredential
  ],
  [JobOperation.deleteCredential, `{"id":"${id}"}`, `DELETE /v1/credentials/${id} `, 204, "", "null"],
  [JobOperation.deleteCredential, `{"id":"${id}"}`, `DELETE /v1/credentials/${id} `, 404, gone, "null"]
]

describe("an operation", () => {
  for (const [operation, payload, request, status, response, result] of rows) {
    it.effect(`${operation.name} of one call, after a ${status}`, () =>
      Effect.gen(function* () {
        const requests: Array<string> = []
        const http = HttpClient.make((sent, url) =>
          Effect.sync(() => {
            const body = sent.body._tag === "Uint8Array" ? new TextDecoder().decode(sent.body.body) : ""
            requests.push(`${sent.method} ${url.pathname} ${body}`)
            const headers = { "content-type": "application/json" }
            return HttpClientResponse.fromWeb(sent, new Response(status === 204 ? null : response, { status, headers }))
          })
        )
        const client = CertifierClient.layer({ accessToken: Redacted.make("any") }).pipe(
          Layer.provide(Layer.succeed(HttpClient.HttpClient, http))
        )
        const one = makeLedger(payload)
        yield* run(operation, one.item(), one.ledger, { attempts: 3, intentAge: Duration.seconds(10) }).pipe(
          Effect.provide(client)
        )
        deepStrictEqual([requests, one.last()], [[request], { state: "done", result }])
      })
    )
  }
})
