/** A program that uses the client, and invariants that hold whatever the service does where its documentation is silent. */
import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import {
  Attributes,
  type CertifierClient,
  type CertifierError,
  Credential,
  Credentials,
  Designs,
  EmailTemplates,
  Groups,
  Interactions,
  Search
} from "@effect-certifier/core"
import { Fixture } from "../../src/index.js"
import { Chunk, Effect, Either, Option, Stream, TestClock } from "effect"

/** The errors with which the service rejects a request. Any other error is a bug in the client. */
const refusals: ReadonlyArray<CertifierError.CertifierError["_tag"]> = [
  "CertifierValidationError",
  "CertifierConflict",
  "CertifierForbidden",
  "CertifierNotFound",
  "CertifierPaymentRequired"
]

type Call<A> = Effect.Effect<A, CertifierError.CertifierError, CertifierClient.CertifierClient>

/** The result of a call that the service may reject. */
const attempt = <A>(call: Call<A>): Effect.Effect<Option.Option<A>, never, CertifierClient.CertifierClient> =>
  Effect.map(Effect.either(call), (result) => {
    if (Either.isRight(result)) return Option.some(result.right)
    assert.include(refusals, result.left._tag, result.left.message)
    return Option.none()
  })

const collect = <A, E, R>(stream: Stream.Stream<A, E, R>) =>
  Effect.map(Stream.runCollect(stream), Chunk.toReadonlyArray)

const two = ["01k0dsn00000000000000000d1", "01k0dsn00000000000000000d2"] as const

/** Initial objects of a sandbox, for a plan that does not allow more of them. */
const seededGroup = Fixture.groupJson.id
const seededDraft = Fixture.credential({
  status: "draft",
  id: "01k0crd00000000000000000c9",
  createdAt: "2026-01-15T09:00:00.000Z",
  updatedAt: "2026-01-15T09:00:00.000Z"
})

export const seeds = { credentials: [seededDraft] }

const groups = Effect.gen(function* () {
  const created = yield* attempt(Groups.create({ name: "First Aid", designIds: two }))
  if (Option.isNone(created)) {
    yield* attempt(Groups.update(seededGroup, { name: "Second Aid" }))
    return seededGroup
  }
  const group = created.value
  assert.match(group.id, /^([0-9a-z]{26}|[0-9a-f]{24})$/)
  const read = yield* Groups.get(group.id)
  deepStrictEqual(read, group)
  const renamed = yield* Groups.update(group.id, { name: "Second Aid", learningEventUrl: "https://example.com/aid" })
  assert.strictEqual(renamed.name, "Second Aid")
  deepStrictEqual(renamed.learningEventUrl, Option.some("https://example.com/aid"))
  yield* attempt(Groups.update(group.id, { designIds: ["01k0dsn00000000000000000d9"] }))
  yield* Groups.update(group.id, { designIds: two })
  yield* attempt(Groups.create({ name: "Second Aid" }))
  const listed = yield* collect(Groups.list({ pageSize: 1 }))
  assert.strictEqual(listed.filter(({ id }) => id === group.id).length, 1)
  return group.id
})

const statusOf = (id: string) => Effect.map(Credentials.get(id), ({ status }) => status)

/** Issues a draft twice and sends it. A fresh read shows the effect of the first call, whatever the responses. */
const issue = (id: string) =>
  Effect.gen(function* () {
    yield* attempt(Credentials.send(id))
    const first = yield* attempt(Credentials.issue(id))
    assert.strictEqual(yield* statusOf(id), Option.isSome(first) ? "issued" : "draft")
    yield* attempt(Credentials.issue(id))
    assert.strictEqual(yield* statusOf(id), Option.isSome(first) ? "issued" : "draft")
    const isSent = Option.isSome(yield* attempt(Credentials.send(id)))
    if (isSent) assert.isTrue(Option.isSome(first))
    return Option.isSome(first)
  })

const rename = (id: string) =>
  Effect.gen(function* () {
    const before = yield* Credentials.get(id)
    const recipient = Credential.recipientInput(before, { name: "Ada Lovelace" })
    const renamed = yield* attempt(Credentials.update(id, { recipient, customAttributes: { course: "Swimming" } }))
    const after = yield* Credentials.get(id)
    // A service that does not show attributes shows a new name in the recipient only.
    const isShown = "recipient.name" in after.attributes || after.recipient.name === "Ada Lovelace"
    if (Option.isSome(renamed) && isShown) assert.strictEqual(Credential.recipientName(after), "Ada Lovelace")
    yield* attempt(Credentials.update(id, { expiryDate: "2026-12-31" }))
    yield* attempt(Credentials.update(id, { expiryDate: null }))
  })

const searches = (groupId: string, ids: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    // A search may find a new credential late.
    yield* TestClock.adjust("3 seconds")
    const filter = Search.all(Search.groupId.equals(groupId))
    const sort = { property: "id", order: "asc" } as const
    for (const query of [{ filter }, { filter, sort }]) {
      const found = yield* collect(Credentials.search(query, { pageSize: 1 }))
      assert.sameMembers(
        found.map(({ id }) => id),
        [...ids]
      )
    }
    for (const filter of [
      Search.recipientEmail.endsWith("@EXAMPLE.com"),
      Search.any(Search.status.in(["draft", "issued"]), Search.expiryDate.gt("2026-01-01")),
      Search.not(Search.createdAt.lt("2026-01-01")),
      { createdAt: { gte: "2026-01-01T00:00:00Z" }, recipient: { name: { contains: "a" } } },
      { NOT: [{ AND: [] }, { OR: [] }] },
      Search.id.startsWith("01")
    ]) {
      yield* attempt(Credentials.searchPage({ filter }))
    }
    yield* attempt(Credentials.searchPage({}))
  })

/** Creates, issues and sends in one request. If it is rejected, a search shows which objects it created. */
const atOnce = (groupId: string) =>
  Effect.gen(function* () {
    const calls = [
      { groupId, recipient: { name: "Bob Example", email: "bob@example.com" } },
      { groupId, recipient: { name: "Cid Example" } },
      { groupId, recipient: { name: "Dee Example", email: "dee@example.com" }, customAttributes: { tutor: "Kim" } }
    ]
    for (const fields of calls) {
      const created = yield* attempt(Credentials.createIssueSend(fields))
      if (Option.isSome(created)) assert.strictEqual(yield* statusOf(created.value.id), "issued")
    }
    const left = yield* collect(Credentials.list({ pageSize: 2 }))
    assert.strictEqual(new Set(left.map(({ id }) => id)).size, left.length)
    return left.filter((credential) => credential.groupId === groupId).map(({ id }) => id)
  })

const interactions = (credentialId: string) =>
  Effect.gen(function* () {
    const fields = { credentialId, eventType: "credential_viewed", triggeredBy: "guest" } as const
    const created = yield* attempt(Interactions.create({ ...fields, triggeredAt: "2026-01-15T09:00:00Z" }))
    yield* attempt(
      Interactions.create({
        ...fields,
        credentialId: "01k0crd00000000000000000c0",
        triggeredAt: "2026-01-15T09:00:00Z"
      })
    )
    yield* attempt(Interactions.create({ ...fields, triggeredAt: "2126-01-15T10:00:00Z" }))
    const listed = yield* collect(Interactions.list({ credentialId }))
    assert.includeMembers(
      listed.map(({ id }) => id),
      Option.toArray(Option.map(created, ({ id }) => id))
    )
  })

const experimental = (groupId: string) =>
  Effect.gen(function* () {
    const attributes = yield* collect(Attributes.list())
    assert.sameMembers(
      attributes.filter(({ isDefault }) => !isDefault).map(({ tag }) => tag.replace(/^custom\./, "")),
      ["mentor", "course", "grade"]
    )
    assert.strictEqual((yield* collect(EmailTemplates.list())).length, 1)
    const created = yield* attempt(Credentials.create({ groupId, recipient: { name: "Eve Example" } }))
    if (Option.isNone(created)) return
    const { id } = created.value
    yield* attempt(Credentials.schedule(id, { sendAtIssuance: false }))
    yield* attempt(Credentials.schedule(id, { issueAt: "2026-01-16T00:00:00Z", sendAtIssuance: true }))
    yield* attempt(Credentials.delete(id))
    yield* attempt(Credentials.delete(id))
  })

/** Calls all operations as a program would. Every rejection is an error of the contract. */
export const journey = Effect.gen(function* () {
  yield* TestClock.setTime(Date.parse("2026-01-15T09:30:00.000Z"))
  const groupId = yield* groups
  const designs = yield* collect(Designs.list({ pageSize: 3 }))
  assert.strictEqual(designs.length, 4)
  yield* Designs.get(two[0])
  const created = yield* attempt(
    Credentials.create({
      groupId,
      recipient: { name: "Ada Example", email: "ada@example.com" },
      customAttributes: { mentor: "Lin" }
    })
  )
  const draft = Option.getOrElse(created, () => seededDraft)
  yield* attempt(Credentials.create({ groupId: "01k0grp00000000000000000g9", recipient: { name: "Ada Example" } }))
  yield* attempt(Credentials.create({ groupId, recipient: { name: "Ada" }, expiryDate: "2026-02-01" }))
  const isIssued = yield* issue(draft.id)
  yield* rename(draft.id)
  yield* Credentials.designs(draft.id)
  yield* TestClock.adjust("3 seconds")
  deepStrictEqual(
    (yield* Credentials.designs(draft.id)).map(({ previews }) => previews.length),
    [1, 1]
  )
  yield* interactions(draft.id)
  yield* searches(groupId, yield* atOnce(groupId))
  yield* experimental(groupId)
  yield* attempt(Credentials.delete(draft.id))
  if (!isIssued) yield* attempt(Groups.delete(groupId))
})
