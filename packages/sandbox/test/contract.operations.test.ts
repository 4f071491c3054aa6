import { FetchHttpClient, HttpClient } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { CertifierClient, CertifierError, Credentials, Groups } from "@effect-certifier/core"
import { Chunk, Config, Effect, Layer, Option, Redacted, Stream } from "effect"
import { Fixture, Sandbox } from "../src/index.js"
import * as Contract from "./support/contract.js"

const groupId = Fixture.groupJson.id
const accessToken = Redacted.make("any")

const layer = Layer.merge(
  Sandbox.layer({ rateLimit: "Unlimited", experimental: true, credentials: [Fixture.credential()] }),
  FetchHttpClient.layer
)

/**
 * Runs it against a sandbox over a socket, as against the real service. Returns the requests and the objects that exist afterwards.
 */
const run = (mode: Contract.Mode) =>
  Effect.gen(function* () {
    const { requests, url } = yield* Sandbox.Sandbox
    const sent = new Set<string>()
    const target = { url, accessToken, mode, onSent: (name: string) => void sent.add(name) }
    const content = Effect.all([Stream.runCollect(Groups.list()), Stream.runCollect(Credentials.list())]).pipe(
      Effect.map((lists) => lists.map(Chunk.toReadonlyArray)),
      Effect.provide(CertifierClient.layer({ accessToken, baseUrl: url }))
    )
    const before = yield* content
    yield* Contract.check(target, groupId)
    const received = (yield* requests).map(({ method, path }) => `${method} ${path}`)
    return { sent: [...sent].toSorted(), received, before, after: yield* content }
  }).pipe(Effect.provide(layer))

describe("the contract of every operation, on a sandbox", () => {
  it.live("covers the 19 operations of the vendor's documentation, and three more", () =>
    Effect.gen(function* () {
      assert.strictEqual(Contract.expected("Mail").length, 22)
      deepStrictEqual((yield* run("Mail")).sent, Contract.expected("Mail"))
    })
  )

  it.live("only reads, unless writing is allowed", () =>
    Effect.gen(function* () {
      const { after, before, received, sent } = yield* run(Contract.modeOf(Option.none()))
      deepStrictEqual(sent, Contract.expected("Read"))
      deepStrictEqual(
        received.filter((request) => !/^GET |^POST \/v1\/credentials\/search$/.test(request)),
        []
      )
      deepStrictEqual(after, before)
    })
  )

  it.live("sends no mail when it writes, and removes the objects that it created", () =>
    Effect.gen(function* () {
      const { after, before, received, sent } = yield* run(Contract.modeOf(Option.some("1")))
      deepStrictEqual(sent, Contract.expected("Write"))
      assert.isTrue(received.some((request) => request.startsWith("DELETE /v1/credentials/")))
      deepStrictEqual(
        received.filter((request) => /send|schedule/.test(request)),
        []
      )
      deepStrictEqual(after, before)
    })
  )

  it.live.each(["Read", "Write"] as const)("can't mail in the mode %s, even if it is requested", (mode) =>
    Effect.gen(function* () {
      let requests = 0
      const http = HttpClient.make((request) =>
        Effect.sync(() => {
          requests += 1
          throw new Error(`sent ${request.url}`)
        })
      )
      const target = { url: "https://certifier.example", accessToken, mode, onSent: () => {} }
      const ada = { groupId, recipient: { name: "Ada Example", email: "ada@example.com" } }
      const calls = [
        Credentials.send("01k0crd00000000000000000c1"),
        Credentials.createIssueSend(ada),
        Credentials.schedule("01k0crd00000000000000000c1", { sendAtIssuance: true })
      ]
      for (const call of calls) {
        const error = yield* Effect.flip(call).pipe(
          Effect.provide(Layer.provide(Contract.client(target), Layer.succeed(HttpClient.HttpClient, http)))
        )
        assert.instanceOf(error, CertifierError.RateLimiterRejected)
      }
      assert.strictEqual(requests, 0)
    })
  )
})

const real = Effect.runSync(
  Config.option(
    Config.all({
      accessToken: Config.redacted("CERTIFIER_ACCESS_TOKEN"),
      groupId: Config.string("CERTIFIER_GROUP_ID"),
      url: Config.withDefault(Config.string("CERTIFIER_BASE_URL"), "https://api.certifier.io"),
      write: Config.option(Config.string("CERTIFIER_CONTRACT_WRITE"))
    })
  )
)

// `contract.test.ts` prints the notice.
describe.skipIf(Option.isNone(real))("the contract of every operation, on the real service", () => {
  it.live("responses match the models", () =>
    Effect.gen(function* () {
      const { groupId, write, ...service } = yield* real
      const sent = new Set<string>()
      const mode = Contract.modeOf(write)
      yield* Contract.check({ ...service, mode, onSent: (name) => void sent.add(name) }, groupId)
      deepStrictEqual([...sent].toSorted(), Contract.expected(mode))
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )
})
