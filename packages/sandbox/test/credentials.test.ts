import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import {
  CertifierClient,
  Credential,
  Credentials,
  type CertifierError,
  Designs,
  Groups,
  Interactions,
  Search
} from "@effect-certifier/core"
import { Chunk, DateTime, Effect, Layer, Option, Redacted, Stream, TestClock } from "effect"
import { Fixture, Sandbox } from "../src/index.js"
import { good, sendTo } from "./support/request.js"

const groupId = Fixture.groupJson.id

const layer = CertifierClient.layer({ accessToken: Redacted.make("any") }).pipe(
  Layer.provideMerge(Sandbox.layerInProcess({ rateLimit: "Unlimited" }))
)

const test = <E>(
  title: string,
  effect: Effect.Effect<void, E, CertifierClient.CertifierClient | Sandbox.Sandbox>
): void =>
  it.effect(title, () =>
    TestClock.setTime(Date.parse("2026-01-15T23:30:00.000Z")).pipe(Effect.zipRight(effect), Effect.provide(layer))
  )

const ada = { groupId, recipient: { name: "Ada Example", email: "ada@example.com" } } as const

const collect = <A, E, R>(stream: Stream.Stream<A, E, R>) =>
  Effect.map(Stream.runCollect(stream), Chunk.toReadonlyArray)

const refusal = <A, R>(effect: Effect.Effect<A, CertifierError.CertifierError, R>) =>
  Effect.map(Effect.flip(effect), (error) =>
    "apiMessage" in error ? [error._tag, Option.getOrElse(error.apiMessage, () => "")] : [error._tag]
  )

describe("designs", () => {
  test(
    "are listed newest first, page by page, and read",
    Effect.gen(function* () {
      const page = yield* Designs.listPage({ limit: 3 })
      const designs = yield* collect(Designs.list({ pageSize: 1 }))
      assert.strictEqual(designs.length, 4)
      deepStrictEqual(page.data, designs.slice(0, 3))
      const design = yield* Designs.get("01k0dsn00000000000000000d1")
      assert.strictEqual(design.name, "Blue frame")
      deepStrictEqual(yield* refusal(Designs.get("nothing")), [
        "CertifierNotFound",
        "The requested resource does not exist"
      ])
    })
  )
})

describe("creating", () => {
  test(
    "creates a draft with today's date in UTC and the given fields",
    Effect.gen(function* () {
      const draft = yield* Credentials.create({ ...ada, customAttributes: { mentor: "Lin Example" } })
      assert.strictEqual(draft.status, "draft")
      deepStrictEqual(draft.issueDate, Option.some("2026-01-15"))
      assert.isTrue(Option.isNone(draft.expiryDate))
      deepStrictEqual(draft.customAttributes, { "custom.mentor": "Lin Example" })
      assert.strictEqual(Credential.recipientName(draft), "Ada Example")
      assert.match(draft.id, /^[0-9a-z]{26}$/)
      assert.match(draft.publicId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      deepStrictEqual(yield* Credentials.get(draft.id), draft)
    })
  )

  test(
    "rejects an attribute that the workspace does not have, with its name, and creates nothing",
    Effect.gen(function* () {
      for (const create of [Credentials.create, Credentials.createIssueSend]) {
        const error = yield* Effect.flip(create({ ...ada, customAttributes: { mentor: "Lin", tutor: "Kim" } }))
        assert.strictEqual(error._tag, "CertifierValidationError")
        deepStrictEqual(error._tag === "CertifierValidationError" && error.issues.map(({ field }) => field), [
          "customAttributes.tutor"
        ])
      }
      deepStrictEqual(yield* collect(Credentials.list()), [])
    })
  )

  test(
    "rejects a group that does not exist",
    Effect.gen(function* () {
      deepStrictEqual(yield* refusal(Credentials.create({ ...ada, groupId: "nothing" })), [
        "CertifierNotFound",
        "The requested resource does not exist"
      ])
    })
  )

  test(
    "with issuing and sending runs all three steps, or none without an email address",
    Effect.gen(function* () {
      assert.strictEqual((yield* Credentials.createIssueSend(ada)).status, "issued")
      deepStrictEqual(yield* refusal(Credentials.createIssueSend({ groupId, recipient: { name: "Ada" } })), [
        "CertifierValidationError",
        "The recipient has no email address"
      ])
      assert.strictEqual((yield* collect(Credentials.list())).length, 1)
    })
  )
})

describe("the states of a credential", () => {
  test(
    "a draft is issued once, and only an issued credential is sent",
    Effect.gen(function* () {
      const { id } = yield* Credentials.create(ada)
      deepStrictEqual(yield* refusal(Credentials.send(id)), [
        "CertifierValidationError",
        "The credential is draft; only an issued one can be sent"
      ])
      assert.strictEqual((yield* Credentials.issue(id)).status, "issued")
      deepStrictEqual(yield* refusal(Credentials.issue(id)), [
        "CertifierValidationError",
        "The credential is issued; only a draft can be issued"
      ])
      assert.strictEqual((yield* Credentials.send(id)).status, "issued")
      assert.strictEqual((yield* Credentials.send(id)).status, "issued")
      yield* Credentials.delete(id)
      const calls: ReadonlyArray<
        Effect.Effect<unknown, CertifierError.CertifierError, CertifierClient.CertifierClient>
      > = [Credentials.get(id), Credentials.issue(id), Credentials.send(id), Credentials.delete(id)]
      for (const call of calls) assert.strictEqual((yield* Effect.flip(call))._tag, "CertifierNotFound")
    })
  )

  test(
    "it expires after its date, in UTC, and is valid again when the date is moved or cleared",
    Effect.gen(function* () {
      const { id } = yield* Credentials.create({ ...ada, expiryDate: "2026-01-16" })
      yield* Credentials.issue(id)
      const status = Effect.map(Credentials.get(id), (credential) => credential.status)
      yield* TestClock.setTime(Date.parse("2026-01-16T23:59:59.999Z"))
      assert.strictEqual(yield* status, "issued")
      yield* TestClock.setTime(Date.parse("2026-01-17T00:00:00.000Z"))
      assert.strictEqual(yield* status, "expired")
      const expired = yield* collect(Credentials.search({ filter: Search.status.equals("expired") }))
      assert.strictEqual(expired.length, 1)
      deepStrictEqual(yield* refusal(Credentials.send(id)), [
        "CertifierValidationError",
        "The credential is expired; only an issued one can be sent"
      ])
      assert.strictEqual((yield* Credentials.update(id, { expiryDate: "2026-02-01" })).status, "issued")
      yield* TestClock.setTime(Date.parse("2026-02-02T00:00:00.000Z"))
      assert.strictEqual(yield* status, "expired")
      const updated = yield* Credentials.update(id, { expiryDate: null })
      deepStrictEqual([updated.status, Option.isNone(updated.expiryDate)], ["issued", true])
    })
  )

  it.effect.each(["", "{}", "[]"])("issuing accepts the body %o", (body) =>
    Effect.gen(function* () {
      const { id } = yield* Credentials.create(ada)
      const { url } = yield* Sandbox.Sandbox
      const path = `/v1/credentials/${id}/issue`
      const response = yield* sendTo(url, { method: "POST", path, headers: good, body })
      assert.strictEqual(response.status, 200)
      assert.strictEqual(JSON.parse(response.text).status, "issued")
    }).pipe(Effect.provide(layer))
  )

  it.effect.each(["{}", `{"deliveryMethod":"fax"}`, `{"deliveryMethod":null}`])("sending rejects the body %s", (body) =>
    Effect.gen(function* () {
      const { id } = yield* Credentials.createIssueSend(ada)
      const { url } = yield* Sandbox.Sandbox
      const path = `/v1/credentials/${id}/send`
      const response = yield* sendTo(url, { method: "POST", path, headers: good, body })
      assert.strictEqual(response.status, 400)
      assert.strictEqual(JSON.parse(response.text).error.code, "validation_error")
    }).pipe(Effect.provide(layer))
  )
})

describe("updating", () => {
  test(
    "merges custom attributes, and shows a new name in the attributes only",
    Effect.gen(function* () {
      const draft = yield* Credentials.create({ ...ada, customAttributes: { mentor: "Lin", course: "First Aid" } })
      const { id } = yield* Credentials.issue(draft.id)
      yield* Credentials.update(id, {
        recipient: Credential.recipientInput(draft, { name: "Ada Lovelace" }),
        customAttributes: { mentor: "Kim" }
      })
      const now = yield* Credentials.get(id)
      assert.strictEqual(now.recipient.name, "Ada Example")
      assert.strictEqual(Credential.recipientName(now), "Ada Lovelace")
      deepStrictEqual(now.customAttributes, { "custom.mentor": "Kim", "custom.course": "First Aid" })
      assert.isTrue(DateTime.greaterThan(now.updatedAt, draft.updatedAt))
    })
  )

  test(
    "an empty update changes only updatedAt",
    Effect.gen(function* () {
      const draft = yield* Credentials.create(ada)
      const updated = yield* Credentials.update(draft.id, {})
      deepStrictEqual({ ...updated, updatedAt: draft.updatedAt }, { ...draft })
      assert.isTrue(DateTime.greaterThan(updated.updatedAt, draft.updatedAt))
    })
  )

  test(
    "an expiry date before the stored issue date is rejected",
    Effect.gen(function* () {
      const { id } = yield* Credentials.create({ ...ada, issueDate: "2026-01-15" })
      deepStrictEqual(yield* refusal(Credentials.update(id, { expiryDate: "2026-01-14" })), [
        "CertifierValidationError",
        "expiryDate is before issueDate"
      ])
    })
  )
})

describe("the designs of a credential", () => {
  test(
    "are those of the group, with previews whose URLs change with their content",
    Effect.gen(function* () {
      const { id } = yield* Credentials.create(ada)
      const before = yield* Credentials.designs(id)
      deepStrictEqual(
        before.map((design) => design.name),
        ["Certificate of completion", "Badge of completion"]
      )
      const urls = (designs: typeof before) => designs.flatMap(({ previews }) => previews.map(({ url }) => url))
      deepStrictEqual(urls(yield* Credentials.designs(id)), urls(before))
      yield* Credentials.update(id, { recipient: { name: "Ada Lovelace" } })
      const after = urls(yield* Credentials.designs(id))
      assert.isTrue(after.every((url) => !urls(before).includes(url)))
      yield* Groups.update(groupId, { designIds: ["01k0dsn00000000000000000d2", "01k0dsn00000000000000000d1"] })
      deepStrictEqual(
        (yield* Credentials.designs(id)).map((design) => design.name),
        ["Blue badge", "Blue frame"]
      )
    })
  )
})

describe("lists and searches", () => {
  const people = ["Ada", "Bob", "Cid", "Dee", "Eve"]

  const five = Effect.forEach(people, (name, index) =>
    Effect.zipRight(
      TestClock.setTime(Date.parse(`2026-02-0${index + 1}T12:00:00.000Z`)),
      Credentials.create({
        groupId,
        recipient: index === 4 ? { name } : { name, email: `${name.toLowerCase()}@${index < 2 ? "a" : "b"}.example` },
        ...(index === 0 ? { expiryDate: "2026-12-31" } : {})
      })
    )
  )

  const names = (credentials: ReadonlyArray<Credential.Credential>) =>
    credentials.map(({ recipient }) => recipient.name).join(" ")

  test(
    "are newest first, and can be paged forwards and backwards, even if a credential in between is deleted",
    Effect.gen(function* () {
      const created = yield* five
      assert.strictEqual(names(yield* collect(Credentials.list({ pageSize: 2 }))), "Eve Dee Cid Bob Ada")
      const first = yield* Credentials.listPage({ limit: 2 })
      yield* Credentials.delete(created[3]?.id ?? "")
      const second = yield* Credentials.listPage({ limit: 2, cursor: Option.getOrThrow(first.pagination.next) })
      assert.strictEqual(names(second.data), "Cid Bob")
      const back = yield* Credentials.listPage({ limit: 2, cursor: Option.getOrThrow(second.pagination.prev) })
      assert.strictEqual(names(back.data), "Eve")
      deepStrictEqual(yield* refusal(Credentials.listPage({ cursor: "nonsense" })), [
        "CertifierValidationError",
        "cursor was not returned by a list"
      ])
    })
  )

  test(
    "find the credentials that match the filter",
    Effect.gen(function* () {
      const created = yield* five
      yield* Credentials.issue(created[1]?.id ?? "")
      const cases: ReadonlyArray<readonly [filter: Search.Filter | undefined, expected: string]> = [
        [undefined, "Eve Dee Cid Bob Ada"],
        [Search.recipientEmail.endsWith("@A.example"), "Bob Ada"],
        [Search.recipientName.in(["ada", "EVE"]), "Eve Ada"],
        [Search.not(Search.recipientEmail.contains("@")), "Eve"],
        [Search.status.in(["issued"]), "Bob"],
        [Search.any(Search.status.equals("issued"), Search.recipientName.startsWith("c")), "Cid Bob"],
        [Search.all(Search.groupId.equals(groupId), Search.not(Search.status.in(["draft"]))), "Bob"],
        [Search.groupId.equals("other"), ""],
        [Search.id.equals(created[2]?.id ?? ""), "Cid"],
        [Search.expiryDate.lte("2026-12-31"), "Ada"],
        [Search.expiryDate.gt("2026-12-31"), ""],
        [Search.issueDate.equals("2026-02-03"), "Cid"],
        [Search.createdAt.equals("2026-02-03"), "Cid"],
        [Search.createdAt.lt("2026-02-03"), "Bob Ada"],
        [Search.createdAt.lte("2026-02-03"), "Cid Bob Ada"],
        [Search.createdAt.gt("2026-02-03"), "Eve Dee"],
        [Search.createdAt.gte("2026-02-03"), "Eve Dee Cid"],
        // The vendor does not document these.
        [{ createdAt: { gt: "2026-02-03T11:59:59.999Z", lt: "2026-02-04T12:00:00Z" } }, "Cid"],
        [{ status: { equals: "draft" }, recipient: { name: { contains: "d" } } }, "Dee Cid Ada"],
        [{ NOT: [{ recipient: { name: { equals: "Ada" } } }, { status: { equals: "issued" } }] }, "Eve Dee Cid"],
        [{ AND: [] }, "Eve Dee Cid Bob Ada"],
        [{ OR: [] }, ""],
        [{ NOT: [] }, "Eve Dee Cid Bob Ada"]
      ]
      for (const [filter, expected] of cases) {
        assert.strictEqual(
          names(yield* collect(Credentials.search({ filter }, { pageSize: 2 }))),
          expected,
          JSON.stringify(filter)
        )
      }
    })
  )

  test(
    "are sorted by each property, in pages",
    Effect.gen(function* () {
      yield* five
      const sorted = (sort: Search.Sort) => Effect.map(collect(Credentials.search({ sort }, { pageSize: 2 })), names)
      assert.strictEqual(yield* sorted({ property: "createdAt", order: "asc" }), "Ada Bob Cid Dee Eve")
      assert.strictEqual(yield* sorted({ property: "issueDate", order: "desc" }), "Eve Dee Cid Bob Ada")
      assert.strictEqual(yield* sorted({ property: "id", order: "asc" }), "Ada Bob Cid Dee Eve")
      assert.strictEqual(yield* sorted({ property: "updatedAt", order: "asc" }), "Ada Bob Cid Dee Eve")
      assert.strictEqual(yield* sorted({ property: "expiryDate", order: "desc" }), "Ada Eve Dee Cid Bob")
    })
  )

  it.effect.each<readonly [body: string, message: string]>([
    [`{"filter":{"status":{"contains":"x"}}}`, "filter.status.contains is unexpected"],
    [`{"filter":{"customAttributes":{"equals":"x"}}}`, "filter.customAttributes is unexpected"],
    [`{"sort":{"property":"createdAt"}}`, "sort.order is missing"],
    [`{"limit":101}`, "limit is not a whole number"],
    [`{"cursor":"nonsense"}`, "cursor was not returned"]
  ])("%s is rejected", ([body, message]) =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      const response = yield* sendTo(url, { method: "POST", path: "/v1/credentials/search", headers: good, body })
      assert.strictEqual(response.status, 400)
      const { error } = JSON.parse(response.text)
      assert.strictEqual(error.code, "validation_error")
      assert.include(error.message, message)
    }).pipe(Effect.provide(layer))
  )
})

describe("interactions", () => {
  test(
    "are recorded with a time in the past, and listed newest first, for all credentials or one",
    Effect.gen(function* () {
      const [one, two] = [yield* Credentials.create(ada), yield* Credentials.create(ada)]
      const record = (credentialId: Credential.CredentialId, eventType: "credential_viewed" | "credential_verified") =>
        Interactions.create({
          credentialId,
          eventType,
          triggeredBy: "guest",
          triggeredAt: DateTime.unsafeMake("2026-01-15T10:00:00Z")
        })
      const first = yield* record(one.id, "credential_viewed")
      const second = yield* record(two.id, "credential_verified")
      assert.strictEqual(DateTime.formatIso(first.triggeredAt), "2026-01-15T10:00:00.000Z")
      deepStrictEqual(yield* collect(Interactions.list({ pageSize: 1 })), [second, first])
      deepStrictEqual(yield* collect(Interactions.list({ credentialId: one.id })), [first])
      const missing = Credential.CredentialId.make("nothing")
      deepStrictEqual(yield* refusal(record(missing, "credential_viewed")), [
        "CertifierNotFound",
        "The requested resource does not exist"
      ])
    })
  )
})

describe("deleting a group", () => {
  test(
    "is rejected while the group has issued credentials",
    Effect.gen(function* () {
      const { id } = yield* Credentials.create(ada)
      yield* Credentials.issue(id)
      deepStrictEqual(yield* refusal(Groups.delete(groupId)), ["CertifierConflict", "The group has issued credentials"])
      yield* Credentials.delete(id)
      yield* Credentials.create(ada)
      yield* Groups.delete(groupId)
      deepStrictEqual(yield* collect(Groups.list()), [])
    })
  )
})
