import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as CertifierClient from "../../src/CertifierClient.js"
import * as Groups from "../../src/Groups.js"
import * as Fake from "../support/fake.js"
import { groupId, groupJson } from "../support/page.js"

const name = "Money"
const update = CertifierClient.updateGroup(groupId, { name })

/** Serves repeated reads without a request, unless they have `no-cache`. */
const makeCache = () => {
  const bodies = new Map<string, string>()
  return <E, R>(client: HttpClient.HttpClient.With<E, R>): HttpClient.HttpClient.With<E, R> =>
    HttpClient.transform(client, (send, request) =>
      Effect.gen(function* () {
        if (request.method !== "GET") return yield* send
        const known = request.headers["cache-control"] === "no-cache" ? undefined : bodies.get(request.url)
        const body = known ?? (yield* Effect.orDie((yield* send).text))
        bodies.set(request.url, body)
        return HttpClientResponse.fromWeb(request, Fake.json(200, body))
      })
    )
}

/** A service whose group another writer renames after the first request. */
const serve = () => {
  const theirs = JSON.stringify({ ...JSON.parse(groupJson), name: "Theirs", updatedAt: "2023-01-01T00:00:00.000Z" })
  const fake = Fake.make(() => Fake.json(200, fake.requests.length === 1 ? groupJson : theirs))
  return fake
}

const caches: ReadonlyArray<readonly [title: string, layer: () => Layer.Layer<CertifierClient.CertifierClient>]> = [
  ["a client transform", () => serve().layer({ transformClient: makeCache() })],
  [
    "the transport",
    () =>
      Layer.orDie(CertifierClient.layer({ accessToken: Redacted.make("x") })).pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, makeCache()(serve().httpClient)))
      )
  ]
]

describe.each(caches)("a cache of %s", (_, layer) => {
  it.effect("serves reads, but not the one of verifyUpdate", () =>
    Effect.gen(function* () {
      const before = yield* Groups.get(groupId)
      assert.strictEqual((yield* Groups.get(groupId)).name, "Financial Markets")
      const status = yield* Groups.verifyUpdate(before, { name })
      deepStrictEqual([status._tag, status.group.name], ["Changed", "Theirs"])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("does not serve the read of modify", () =>
    Effect.gen(function* () {
      yield* Groups.get(groupId)
      const names: Array<string> = []
      yield* Groups.modify(groupId, (group) => {
        names.push(group.name)
        return {}
      })
      deepStrictEqual(names, ["Theirs"])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("does not serve the read of withConcurrencyCheck", () =>
    Effect.gen(function* () {
      const before = yield* Groups.get(groupId)
      const error = yield* Effect.flip(Groups.withConcurrencyCheck(update, { before }))
      deepStrictEqual([error._tag, error.outcome], ["CertifierConcurrentModification", "NotSent"])
    }).pipe(Effect.provide(layer()))
  )
})

it.effect("fetch bypasses its cache, and keeps the RequestInit of its layer", () =>
  Effect.gen(function* () {
    const seen: Array<ReadonlyArray<unknown>> = []
    const fetch: typeof globalThis.fetch = (_input, init) => {
      seen.push([init?.method, init?.cache, init?.credentials, init?.redirect])
      return Promise.resolve(Fake.json(200, groupJson))
    }
    const transport = FetchHttpClient.layer.pipe(
      Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)),
      Layer.merge(Layer.succeed(FetchHttpClient.RequestInit, { credentials: "include" }))
    )
    const before = yield* Effect.gen(function* () {
      const group = yield* Groups.get(groupId)
      yield* Groups.verifyUpdate(group, { name })
      yield* Groups.modify(groupId, () => ({ name }))
      yield* Groups.withConcurrencyCheck(update)
      return group
    }).pipe(
      Effect.provide(Layer.orDie(CertifierClient.layer({ accessToken: Redacted.make("x") }))),
      Effect.provide(transport)
    )
    assert.strictEqual(before.id, groupId)
    const read = ["GET", "no-store", "include", "manual"]
    const patch = ["PATCH", undefined, "include", "manual"]
    deepStrictEqual(seen, [["GET", undefined, "include", "manual"], read, read, patch, read, patch])
  })
)
