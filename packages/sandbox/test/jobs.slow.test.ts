import { FetchHttpClient, HttpClient, KeyValueStore } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import {
  CertifierClient,
  Credential,
  Credentials,
  Designs,
  Groups,
  Issuance,
  Search,
  Webhook
} from "@effect-certifier/core"
import { Chunk, Effect, Either, Layer, Option, Redacted, Schedule, Stream } from "effect"
import { Fault, Fixture, Sandbox } from "../src/index.js"

/** What people use the API for, by frequency, each done by core's client over a socket. */

const groupId = Fixture.groupJson.id

const secret = Redacted.make("a secret")

/** The table that a receiver of webhooks keeps: the type of the last event of each credential. */
const makeReceiver = () => {
  const table = new Map<string, string>()
  const app = Webhook.handler({ secret }, ({ data, type }) => Effect.sync(() => table.set(data.resource.id, type)))
  return { table, app }
}

const job = <E>(
  title: string,
  effect: (
    table: ReadonlyMap<string, string>
  ) => Effect.Effect<void, E, CertifierClient.CertifierClient | HttpClient.HttpClient | Sandbox.Sandbox>
): void =>
  it.scopedLive(title, () =>
    Effect.suspend(() => {
      const { app, table } = makeReceiver()
      const clientLayer = Layer.unwrapEffect(
        Effect.map(Sandbox.Sandbox, ({ url }) =>
          CertifierClient.layer({ accessToken: Redacted.make("any"), baseUrl: url })
        )
      )
      const layer = clientLayer.pipe(
        Layer.provideMerge(FetchHttpClient.layer),
        Layer.provideMerge(Sandbox.layer({ rateLimit: "Unlimited", webhooks: [{ app, secret }] }))
      )
      return Effect.provide(effect(table), layer)
    })
  )

const recipient = (name: string) => ({ name, email: `${name.toLowerCase()}@example.com` })

const issueOnce = (key: string, name: string) =>
  Effect.gen(function* () {
    const store = (yield* KeyValueStore.KeyValueStore).forSchema(Issuance.Step)
    const options = { onStep: (step: Issuance.Step) => store.set(key, step), retry: Schedule.recurs(3), settle: 0 }
    const stored = yield* store.get(key)
    return Option.isSome(stored)
      ? yield* Issuance.resume(stored.value, options)
      : yield* Issuance.issue({ groupId, recipient: recipient(name) }, options)
  })

const read = (url: string) => Effect.flatMap(HttpClient.get(url), (response) => response.text)

const recipients = Effect.map(Sandbox.mails, (mails) => mails.map(({ to }) => to))

describe("the jobs that the API is used for", () => {
  job("(1) issue and mail one credential when a course is completed, however often that is reported", () =>
    Effect.gen(function* () {
      const first = yield* issueOnce("course 1 of ada", "Ada")
      const again = yield* issueOnce("course 1 of ada", "Ada")
      assert.strictEqual(again.credentialId, first.credentialId)
      assert.strictEqual((yield* Credentials.get(first.credentialId)).status, "issued")
      deepStrictEqual(yield* recipients, ["ada@example.com"])
    }).pipe(Effect.provide(KeyValueStore.layerMemory))
  )

  job("(2, 3) many recipients from a table or a queue, the same ones twice", () =>
    Effect.gen(function* () {
      const names = ["Ada", "Grace", "Lin"]
      const all = Stream.fromIterable([...names, ...names]).pipe(Stream.mapEffect((name) => issueOnce(name, name)))
      yield* Stream.runDrain(all)
      deepStrictEqual(yield* recipients, ["ada@example.com", "grace@example.com", "lin@example.com"])
      const stored = yield* Stream.runCollect(Credentials.list())
      assert.strictEqual(Chunk.size(stored), 3)
    }).pipe(Effect.provide(KeyValueStore.layerMemory))
  )

  job("(4) map courses to groups, and test a token cheaply", () =>
    Effect.gen(function* () {
      const { data } = yield* Groups.listPage({ limit: 1 })
      const designs = yield* Designs.listPage({ limit: 1 })
      const { id } = yield* Groups.create({ name: "Course 2", designIds: [designs.data[0]?.id ?? ""] })
      const byName = new Map(
        Array.from(yield* Stream.runCollect(Groups.list()), (group) => [group.name, String(group.id)])
      )
      deepStrictEqual([byName.get("Course 2"), byName.get("Financial Markets")], [String(id), String(data[0]?.id)])
    })
  )

  job("(5) the public link, a page that verifies it, and the image", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      const credential = yield* Credentials.createIssueSend({ groupId, recipient: recipient("Ada") })
      assert.include(yield* read(Credential.publicUrl(credential, url)), "Valid")
      const found = yield* Credentials.searchPage({ filter: Search.all(Search.publicId.equals(credential.publicId)) })
      deepStrictEqual(found.data.map(Credential.recipientName), ["Ada"])
      const designs = yield* Credentials.designs(credential.id)
      const image = yield* HttpClient.get(designs[0]?.previews[0]?.url ?? "")
      assert.strictEqual(image.headers["content-type"], "image/png")
    })
  )

  job("(6) no duplicates after a crash: whatever step is lost, one credential and one mail", () =>
    Effect.gen(function* () {
      const matchers = [{ path: "/v1/credentials" }, { path: "/v1/credentials/" }]
      for (const [index, matcher] of matchers.entries()) {
        // Carried out, and then the connection is reset before the response.
        yield* Sandbox.inject(Fault.reset(), { ...matcher, method: "POST" })
        const name = `Ada${index}`
        yield* Effect.either(issueOnce(name, name))
        const result = yield* Effect.either(issueOnce(name, name))
        assert.isTrue(Either.isRight(result), String(Either.isLeft(result) ? result.left : ""))
        const filter = Search.all(Search.recipientEmail.equals(`${name.toLowerCase()}@example.com`))
        assert.strictEqual((yield* Credentials.searchPage({ filter })).data.length, 1)
      }
      deepStrictEqual(yield* recipients, ["ada0@example.com", "ada1@example.com"])
    }).pipe(Effect.provide(KeyValueStore.layerMemory))
  )

  job("(7) correct a name on an issued credential", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      const credential = yield* Credentials.createIssueSend({ groupId, recipient: recipient("Adda") })
      yield* Credentials.update(credential.id, { recipient: Credential.recipientInput(credential, { name: "Ada" }) })
      assert.strictEqual(Credential.recipientName(yield* Credentials.get(credential.id)), "Ada")
      const page = yield* read(Credential.publicUrl(credential, url))
      assert.include(page, "Ada")
      assert.notInclude(page, "Adda")
    })
  )

  job("(8) webhooks into a table", (table) =>
    Effect.gen(function* () {
      const { url, awaitDeliveries } = yield* Sandbox.Sandbox
      const viewed = yield* Credentials.createIssueSend({ groupId, recipient: recipient("Ada") })
      const issued = yield* Credentials.createIssueSend({ groupId, recipient: recipient("Grace") })
      yield* read(Credential.publicUrl(viewed, url))
      yield* awaitDeliveries
      deepStrictEqual([table.get(viewed.id), table.get(issued.id)], ["credential.viewed", "credential.issued"])
    })
  )

  job("(9) mail again to whom it did not reach", () =>
    Effect.gen(function* () {
      yield* Sandbox.bounce("lin@example.com")
      for (const name of ["Ada", "Lin"]) yield* Credentials.createIssueSend({ groupId, recipient: recipient(name) })
      // The API does not report who it was; the dashboard does, and here the sandbox.
      const bounced = (yield* Sandbox.mails).filter((mail) => mail.bounced)
      for (const { credentialId } of bounced) {
        const credential = yield* Credentials.get(credentialId)
        const changed = Credential.recipientInput(credential, { email: "lin@example.org" })
        yield* Credentials.update(credentialId, { recipient: changed })
        yield* Credentials.send(credentialId)
      }
      deepStrictEqual(
        (yield* Sandbox.mails).map(({ bounced, to }) => [to, bounced]),
        [
          ["ada@example.com", false],
          ["lin@example.com", true],
          ["lin@example.org", false]
        ]
      )
    })
  )

  job("(10) renew what has expired", () =>
    Effect.gen(function* () {
      const { id } = yield* Credentials.createIssueSend({
        groupId,
        recipient: recipient("Ada"),
        issueDate: "2026-01-01",
        expiryDate: "2999-01-01"
      })
      yield* Credentials.update(id, { expiryDate: "2026-01-31" })
      const expired = Search.all(Search.status.equals("expired"))
      const found = yield* Credentials.searchPage({ filter: expired })
      deepStrictEqual(
        found.data.map((credential) => credential.id),
        [id]
      )
      yield* Credentials.update(id, { expiryDate: "2999-01-01" })
      assert.strictEqual((yield* Credentials.get(id)).status, "issued")
    })
  )

  job("the yearly new name and design of a group, which also shows in what was issued before", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      const credential = yield* Credentials.createIssueSend({ groupId, recipient: recipient("Ada") })
      const before = yield* Credentials.designs(credential.id)
      yield* Groups.update(groupId, { name: "Financial Markets 2027", designIds: ["01k0dsn00000000000000000d1"] })
      assert.include(yield* read(Credential.publicUrl(credential, url)), "Financial Markets 2027")
      const after = yield* Credentials.designs(credential.id)
      deepStrictEqual([before.length, after.map(({ name }) => name)], [2, ["Blue frame"]])
    })
  )
})
