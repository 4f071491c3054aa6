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
import { Chunk, Effect, Either, Layer, Option, Queue, Redacted, Schedule, Stream } from "effect"
import { readFileSync } from "node:fs"
import { Fault, Fixture, Sandbox } from "../src/index.js"

/** The common tasks of the API, each with core's client over a socket. */

const groupId = Fixture.groupJson.id

const secret = Redacted.make("a secret")

const accessToken = Redacted.make("a-token")

/** The table that a receiver of webhooks keeps: the type of the last event of each credential. */
const makeReceiver = () => {
  const table = new Map<string, string>()
  const app = Webhook.handler({ secret }, ({ data, type }) => Effect.sync(() => table.set(data.resource.id, type)))
  return { table, app }
}

const titles: Array<string> = []

/** A task of the guide. */
const job = <E>(
  title: string,
  effect: (
    table: ReadonlyMap<string, string>
  ) => Effect.Effect<void, E, CertifierClient.CertifierClient | HttpClient.HttpClient | Sandbox.Sandbox>
): void => {
  titles.push(title)
  it.scopedLive(title, () =>
    Effect.suspend(() => {
      const { app, table } = makeReceiver()
      const clientLayer = Layer.unwrapEffect(
        Effect.map(Sandbox.Sandbox, ({ url }) => CertifierClient.layer({ accessToken, baseUrl: url }))
      )
      const layer = clientLayer.pipe(
        Layer.provideMerge(FetchHttpClient.layer),
        Layer.provideMerge(
          Sandbox.layer({ rateLimit: "Unlimited", accessTokens: [accessToken], webhooks: [{ app, secret }] })
        )
      )
      return Effect.provide(effect(table), layer)
    })
  )
}

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
  job("issue and mail a credential when a course is completed", () =>
    Effect.gen(function* () {
      const first = yield* issueOnce("course 1 of ada", "Ada")
      const again = yield* issueOnce("course 1 of ada", "Ada")
      assert.strictEqual(again.credentialId, first.credentialId)
      assert.strictEqual((yield* Credentials.get(first.credentialId)).status, "issued")
      deepStrictEqual(yield* recipients, ["ada@example.com"])
    }).pipe(Effect.provide(KeyValueStore.layerMemory))
  )

  job("issue for many recipients, from a spreadsheet", () =>
    Effect.gen(function* () {
      const file = "row,name\n1,Ada\n2, \n3,Lin\n"
      const rows = Stream.make(file).pipe(
        Stream.splitLines,
        Stream.drop(1),
        Stream.map((line) => line.split(","))
      )
      const run = rows.pipe(
        Stream.mapEffect(([row = "", name = ""]) => Effect.either(issueOnce(row, name)), { concurrency: 3 }),
        Stream.runCollect,
        Effect.map((results) => Array.from(results, (result) => (Either.isRight(result) ? "issued" : result.left._tag)))
      )
      // Invalid rows don't stop the others, and a second run issues none of them again.
      deepStrictEqual(yield* run, ["issued", "CertifierInvalidRequest", "issued"])
      deepStrictEqual(yield* run, ["issued", "CertifierInvalidRequest", "issued"])
      assert.sameMembers([...(yield* recipients)], ["ada@example.com", "lin@example.com"])
      assert.strictEqual(Chunk.size(yield* Stream.runCollect(Credentials.list())), 2)
    }).pipe(Effect.provide(KeyValueStore.layerMemory))
  )

  job("issue for each message of a connector or a queue", () =>
    Effect.gen(function* () {
      // Delivery at least once: the second message is repeated.
      const queue = yield* Queue.unbounded<{ readonly id: string; readonly name: string }>()
      const [ada, grace] = [
        { id: "m1", name: "Ada" },
        { id: "m2", name: "Grace" }
      ]
      yield* Queue.offerAll(queue, [ada, grace, grace])
      yield* Stream.fromQueue(queue).pipe(
        Stream.take(3),
        Stream.runForEach(({ id, name }) => issueOnce(id, name))
      )
      deepStrictEqual(yield* recipients, ["ada@example.com", "grace@example.com"])
      assert.strictEqual(Chunk.size(yield* Stream.runCollect(Credentials.list())), 2)
    }).pipe(Effect.provide(KeyValueStore.layerMemory))
  )

  job("map courses to groups, test a token", () =>
    Effect.gen(function* () {
      const { data } = yield* Groups.listPage({ limit: 1 })
      const designs = yield* Designs.listPage({ limit: 1 })
      const { id } = yield* Groups.create({ name: "Course 2", designIds: [designs.data[0]?.id ?? ""] })
      const byName = new Map(
        Array.from(yield* Stream.runCollect(Groups.list()), (group) => [group.name, String(group.id)])
      )
      deepStrictEqual([byName.get("Course 2"), byName.get("Financial Markets")], [String(id), String(data[0]?.id)])
      const { url } = yield* Sandbox.Sandbox
      const other = CertifierClient.layer({ accessToken: Redacted.make("another"), baseUrl: url })
      const refused = yield* Effect.flip(Effect.provide(Groups.listPage({ limit: 1 }), other))
      assert.strictEqual(refused._tag, "CertifierUnauthorized")
    })
  )

  job("show a public link, verification page, or badge image", () =>
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

  job("avoid duplicates, repair after a crash", () =>
    Effect.gen(function* () {
      const matchers = [{ path: "/v1/credentials" }, { path: "/v1/credentials/" }]
      for (const [index, matcher] of matchers.entries()) {
        // The request is applied, and then the connection is reset before the response.
        yield* Sandbox.inject(Fault.reset(), { ...matcher, method: "POST" })
        const name = `Ada${index}`
        yield* Effect.either(issueOnce(name, name))
        const result = yield* Effect.either(issueOnce(name, name))
        assert.isTrue(Either.isRight(result), String(Either.isLeft(result) ? result.left : ""))
        const filter = Search.all(Search.recipientEmail.equals(`${name.toLowerCase()}@example.com`))
        assert.strictEqual((yield* Credentials.searchPage({ filter })).data.length, 1)
      }
      deepStrictEqual(yield* recipients, ["ada0@example.com", "ada1@example.com"])
      // Only the id is left of an issuance that stopped at a draft.
      const { id } = yield* Credentials.create({ groupId, recipient: recipient("Grace") })
      yield* Issuance.resume({ credentialId: id }, { onStep: () => Effect.void })
      assert.strictEqual((yield* Credentials.get(id)).status, "issued")
      deepStrictEqual((yield* recipients).at(-1), "grace@example.com")
    }).pipe(Effect.provide(KeyValueStore.layerMemory))
  )

  job("correct a name on an issued credential", () =>
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

  job("write webhook events to a table or a CRM", (table) =>
    Effect.gen(function* () {
      const { url, awaitDeliveries } = yield* Sandbox.Sandbox
      const viewed = yield* Credentials.createIssueSend({ groupId, recipient: recipient("Ada") })
      const issued = yield* Credentials.createIssueSend({ groupId, recipient: recipient("Grace") })
      yield* read(Credential.publicUrl(viewed, url))
      yield* awaitDeliveries
      deepStrictEqual([table.get(viewed.id), table.get(issued.id)], ["credential.viewed", "credential.issued"])
    })
  )

  job("mail recipients again who did not open a credential", () =>
    Effect.gen(function* () {
      yield* Sandbox.bounce("lin@example.com")
      for (const name of ["Ada", "Lin"]) yield* Credentials.createIssueSend({ groupId, recipient: recipient(name) })
      // The API does not report these recipients. The dashboard does, and here the sandbox.
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

  job("renew expiring credentials", () =>
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

  job("change the names and designs of groups", () =>
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

  job("find credentials", () =>
    Effect.gen(function* () {
      for (const name of ["Ada", "Grace", "Lin"]) {
        yield* Credentials.create({ groupId, recipient: recipient(name), issueDate: "2026-01-15" })
      }
      const [lin] = yield* Stream.runCollect(Credentials.list())
      yield* Credentials.issue(lin?.id ?? "")
      const find = (filter: Search.Filter) =>
        Effect.map(Stream.runCollect(Credentials.search({ filter }, { pageSize: 1 })), (found) =>
          Array.from(found, Credential.recipientName).toSorted()
        )
      deepStrictEqual(yield* find(Search.all(Search.status.equals("draft"))), ["Ada", "Grace"])
      const byEmail = Search.recipientEmail.in(["ada@example.com", "lin@example.com"])
      deepStrictEqual(yield* find(Search.all(byEmail, Search.issueDate.lte("2026-01-15"))), ["Ada", "Lin"])
      deepStrictEqual(yield* find(Search.not(byEmail)), ["Grace"])
    })
  )

  /** Tasks of the guide that other tests cover. */
  const elsewhere: Readonly<Record<string, string>> = {
    "work from a terminal, without writing a program": "the tests of packages/cli",
    "process thousands of items, and survive a crash": "the tests of packages/jobs and internal/job-faults",
    "develop and test against a local Certifier": "all tests of this package",
    "use undici, a proxy, or your own `HttpClient`": "the tests of internal/transport-conformance",
    "see calls in traces, metrics and logs": "the tests of packages/core",
    "call this library from a program on Effect 4": "the tests of internal/ecosystem-tests",
    "call an endpoint that this library lacks": "the tests of packages/core"
  }

  it("are all tasks of the guide", () => {
    const guide = readFileSync(new URL("../../../docs/guides/tasks.md", import.meta.url), "utf8")
    const table = /\| task +\| guide +\|\n\|[- |]+\|\n((?:\|.*\n)+)/.exec(guide)?.[1] ?? ""
    const tasks = Array.from(table.matchAll(/^\| (.+?) +\|/gm), ([, task = ""]) => task)
    assert.sameMembers(tasks, [...titles, ...Object.keys(elsewhere)])
  })
})
