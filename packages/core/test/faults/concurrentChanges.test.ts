import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as CertifierClient from "../../src/CertifierClient.js"
import * as CertifierError from "../../src/CertifierError.js"
import * as Groups from "../../src/Groups.js"
import { expectTag } from "../support/errors.js"
import * as Fake from "../support/fake.js"
import { groupId, groupJson } from "../support/page.js"

/** A service whose first update fails with 503, and whose group then has these fields. */
const lossy = (after: (patch: Record<string, unknown>) => Record<string, unknown>) => {
  let group: Record<string, unknown> = JSON.parse(groupJson)
  return Fake.make(({ body, method }) => {
    if (method === "GET") return Fake.json(200, JSON.stringify(group))
    const patch = body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : "{}"
    group = { ...group, ...after(JSON.parse(patch)) }
    return Fake.json(503, "")
  })
}

const renameTo = (name: string, service: ReturnType<typeof lossy>) =>
  CertifierClient.updateGroup(groupId, { name }).pipe(
    Effect.retry({ times: 1, while: CertifierError.isRetryable }),
    Groups.withConcurrencyCheck(),
    Effect.flip,
    Effect.map((error) => expectTag(error, "CertifierConcurrentModification")),
    Effect.provide(service.layer())
  )

describe("withConcurrencyCheck", () => {
  it.effect.each([
    ["name", { name: "Theirs" }],
    ["learningEventUrl", { learningEventUrl: "https://example.org" }],
    ["badgeDesignId", { badgeDesignId: "theirs" }],
    ["designIds", { designIds: ["theirs"] }]
  ] as const)("sees a change of %s that has the same time stamp", ([, theirs]) =>
    Effect.gen(function* () {
      const service = lossy(() => theirs)
      const error = yield* renameTo("Money", service)
      assert.strictEqual(error.outcome, "MaybeApplied")
      assert.strictEqual(error.current.updatedAt.epochMillis, error.before.updatedAt.epochMillis)
      deepStrictEqual(
        service.requests.map(({ method }) => method),
        ["GET", "PATCH", "GET"]
      )
    })
  )

  it.effect("does not name another writer as the cause if the API stores a name differently", () =>
    Effect.gen(function* () {
      const error = yield* renameTo(
        " Money ",
        lossy(({ name }) => ({ name: String(name).trim(), updatedAt: "2023-01-01T00:00:00.000Z" }))
      )
      assert.strictEqual(error.current.name, "Money")
      assert.strictEqual(
        error.message,
        `updateGroup: group ${groupId}, updated at 2023-01-01T00:00:00.000Z, is neither unchanged nor as requested. It may have taken effect.`
      )
    })
  )
})
