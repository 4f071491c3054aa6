import { CertifierClient } from "@effect-certifier/core"
import { HttpClient, HttpClientResponse } from "@effect/platform"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { DateTime, Effect, Layer, Redacted } from "effect"
import { JobOperation } from "../src/index.js"
import { TypeId } from "../src/internal/erased.js"

const [one, two, three] = ["01fpwtztwf7sacca5r0c483mnm", "01hz2ej4yzdcfkq9fa78nhyj0x", "01k0dsn00000000000000000d3"]

/** A group of the list, created at 12:00 unless `more` has another time. */
const group = (n: number, more: object) =>
  JSON.stringify({
    id: `01k0grp000000000000000000${n}`,
    name: "Financial Markets",
    createdAt: "2026-01-01T12:00:00.000Z",
    updatedAt: "2026-01-01T12:00:00.000Z",
    ...more
  })

const found = (n: number) =>
  JobOperation.Finding.Found({ result: JSON.stringify({ id: `01k0grp000000000000000000${n}` }) })

const missing = JobOperation.Finding.NotFound()

const ambiguous = JobOperation.Finding.Ambiguous()

/** For each search at 12:00: the designs of the item, the groups of the service, and the finding. */
const rows: ReadonlyArray<
  readonly [
    name: string,
    designIds: ReadonlyArray<unknown> | undefined,
    groups: ReadonlyArray<object>,
    JobOperation.Finding<string>
  ]
> = [
  ["no group", undefined, [], missing],
  ["another name", undefined, [{ name: "Financial" }], missing],
  ["the name, with any designs", undefined, [{ designIds: [one] }], found(0)],
  ["the name twice", undefined, [{}, {}], ambiguous],
  ["up to 5 minutes before", undefined, [{ createdAt: "2026-01-01T11:55:00.000Z" }], found(0)],
  ["earlier", undefined, [{ createdAt: "2026-01-01T11:54:59.999Z" }, {}], found(1)],
  ["the same designs", [one, two], [{ designIds: [one] }, { designIds: [one, two] }, { name: "b" }], found(1)],
  ["the same designs twice", [one, two], [{ designIds: [one, two] }, { designIds: [one, two] }], ambiguous],
  ["another order", [one, two], [{ designIds: [two, one] }], missing],
  ["more designs", [one], [{ designIds: [one, two] }], missing],
  ["no designs", [one], [{}, { designIds: null }, { designIds: [] }], missing],
  ["a repeated design stored once", [one, two, one], [{ designIds: [one, two] }], found(0)],
  ["the fields for two designs", [two, one], [{ certificateDesignId: one, badgeDesignId: two }], found(0)],
  ["the fields for some designs", [one, two, three], [{ certificateDesignId: one, badgeDesignId: null }], found(0)],
  ["the fields for another design", [one], [{ certificateDesignId: one, badgeDesignId: two }], missing]
]

describe("the search for a created group finds", () => {
  for (const [name, designIds, groups, finding] of rows) {
    it.effect(name, () => {
      const data = groups.map((more, n) => group(n, more)).join(",")
      const http = HttpClient.make((request) =>
        Effect.succeed(
          HttpClientResponse.fromWeb(
            request,
            new Response(`{"data":[${data}],"pagination":{"prev":null,"next":null}}`, {
              headers: { "content-type": "application/json" }
            })
          )
        )
      )
      const client = CertifierClient.layer({ accessToken: Redacted.make("any") }).pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, http))
      )
      const item = JSON.stringify({ name: "Financial Markets", ...(designIds === undefined ? {} : { designIds }) })
      return JobOperation.createGroup[TypeId].find(item, DateTime.unsafeMake("2026-01-01T12:00:00.000Z")).pipe(
        Effect.map((actual) => deepStrictEqual(actual, finding)),
        Effect.provide(client)
      )
    })
  }
})
