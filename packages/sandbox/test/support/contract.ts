/** Runs every operation that is allowed against a service, whose responses must match the client's models. */
import { HttpClient } from "@effect/platform"
import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import {
  Attributes,
  CertifierApi,
  CertifierClient,
  CertifierError,
  Credential,
  Credentials,
  Designs,
  EmailTemplates,
  Groups,
  Interactions,
  Operation,
  Search
} from "@effect-certifier/core"
import { Effect, Option, type Redacted, Schedule } from "effect"

/** What a run may do: only read; also write, and remove the created objects; also mail, which is allowed only on a sandbox. */
export type Mode = "Read" | "Write" | "Mail"

/** The three operations that the vendor does not document. */
const experimental = {
  listAttributesPage: Attributes.listPage,
  listEmailTemplatesPage: EmailTemplates.listPage,
  scheduleCredential: Credentials.schedule
}

const operations = { ...CertifierApi.operations, ...experimental }

type Name = keyof typeof operations

/** `scheduleCredential` sends its mail later. */
const mailing: ReadonlySet<string> = new Set<Name>([
  "sendCredential",
  "createIssueSendCredential",
  "scheduleCredential"
])

const isAllowed = (mode: Mode, { name, safe }: Operation.Info): boolean =>
  safe || (mode === "Write" && !mailing.has(name)) || mode === "Mail"

/** The names of the operations that a mode covers. */
export const expected = (mode: Mode): ReadonlyArray<string> =>
  Object.values(operations)
    .map((operation) => Operation.declaration<Operation.Info>(operation))
    .filter((operation) => isAllowed(mode, operation))
    .map(({ name }) => name)
    .toSorted()

export interface Target {
  readonly url: string
  readonly accessToken: Redacted.Redacted
  readonly mode: Mode
  /** Called with the name of each sent operation. */
  readonly onSent: (name: string) => void
}

/** A client that can't send operations that the mode does not allow. */
export const client = ({ accessToken, mode, onSent, url }: Target) =>
  CertifierClient.layer({
    accessToken,
    baseUrl: url,
    transformClient: (httpClient, operation) =>
      HttpClient.transform(httpClient, (attempt) =>
        isAllowed(mode, operation)
          ? Effect.zipRight(
              Effect.sync(() => onSent(operation.name)),
              // The service allows three requests per second.
              Effect.retry(attempt, {
                while: CertifierError.isRateLimited,
                schedule: Schedule.intersect(Schedule.spaced("2 seconds"), Schedule.recurs(5))
              })
            )
          : new CertifierError.RateLimiterRejected({
              operation: operation.name,
              reason: `the contract is checked in the mode ${mode}`
            })
      )
  })

/** Operations that the vendor does not document may be missing. */
const ifThere = <A, R>(call: Effect.Effect<A, CertifierError.CertifierError, R>) =>
  Effect.catchTag(Effect.asVoid(call), "CertifierNotFound", () => Effect.void)

const read = (groupId: string) =>
  Effect.gen(function* () {
    assert.isAbove((yield* Groups.listPage({ limit: 2 })).data.length, 0)
    assert.strictEqual((yield* Groups.get(groupId)).id, groupId)
    const [design] = (yield* Designs.listPage({ limit: 1 })).data
    assert(design !== undefined, "the workspace has a design")
    deepStrictEqual(yield* Designs.get(design.id), design)
    const [credential] = (yield* Credentials.listPage({ limit: 1 })).data
    assert(credential !== undefined, "the workspace has a credential")
    assert.strictEqual((yield* Credentials.get(credential.id)).publicId, credential.publicId)
    yield* Credentials.designs(credential.id)
    const found = yield* Credentials.searchPage({
      filter: Search.all(Search.groupId.equals(credential.groupId), Search.createdAt.gte("2020-01-01")),
      sort: { property: "createdAt", order: "desc" },
      limit: 5
    })
    for (const each of found.data) assert.strictEqual(each.groupId, credential.groupId)
    yield* Interactions.listPage({ credentialId: credential.id, limit: 1 })
    yield* ifThere(Attributes.listPage())
    yield* ifThere(EmailTemplates.listPage())
    return design.id
  })

/** Sends no mail, because the recipient has no address. Removes the objects that it creates. */
const write = (designId: string) =>
  Effect.gen(function* () {
    const group = yield* Effect.acquireRelease(
      Groups.create({ name: "effect-certifier contract", designIds: [designId] }),
      ({ id }) => Effect.orDie(Groups.delete(id))
    )
    assert.strictEqual((yield* Groups.update(group.id, { name: "effect-certifier contract 2" })).id, group.id)
    const draft = yield* Effect.acquireRelease(
      Credentials.create({ groupId: group.id, recipient: { name: "Ada Example" } }),
      ({ id }) => Effect.orDie(Credentials.delete(id))
    )
    assert.strictEqual(draft.status, "draft")
    yield* Credentials.update(draft.id, { recipient: Credential.recipientInput(draft, { name: "Ada Lovelace" }) })
    assert.strictEqual(Credential.recipientName(yield* Credentials.get(draft.id)), "Ada Lovelace")
    yield* Credentials.issue(draft.id)
    assert.strictEqual((yield* Credentials.get(draft.id)).status, "issued")
    yield* Interactions.create({
      credentialId: draft.id,
      eventType: "credential_viewed",
      triggeredBy: "guest",
      triggeredAt: "2026-01-15T10:00:00.000Z"
    })
  })

const mail = (groupId: string) =>
  Effect.gen(function* () {
    const ada = { groupId, recipient: { name: "Ada Example", email: "ada@example.com" } }
    const { id } = yield* Credentials.createIssueSend(ada)
    assert.strictEqual((yield* Credentials.get(id)).status, "issued")
    yield* Credentials.send(id)
    const draft = yield* Credentials.create(ada)
    const issueAt = "2126-01-15T09:00:00.000Z"
    assert.strictEqual((yield* Credentials.schedule(draft.id, { issueAt, sendAtIssuance: true })).id, draft.id)
  })

/** All operations that the mode allows. */
export const check = (target: Target, groupId: string) =>
  Effect.gen(function* () {
    const designId = yield* read(groupId)
    if (target.mode !== "Read") yield* Effect.scoped(write(designId))
    if (target.mode === "Mail") yield* mail(groupId)
  }).pipe(Effect.provide(client(target)))

/** The mode for the service of the environment. `CERTIFIER_CONTRACT_WRITE=1` allows writing; mailing is never allowed. */
export const modeOf = (write: Option.Option<string>): Exclude<Mode, "Mail"> =>
  Option.contains(write, "1") ? "Write" : "Read"
