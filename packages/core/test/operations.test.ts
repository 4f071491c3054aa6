import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as CertifierClient from "../src/CertifierClient.js"
import type * as CertifierError from "../src/CertifierError.js"
import { operations } from "../src/CertifierApi.js"
import * as Operation from "../src/Operation.js"
import * as Credentials from "../src/Credentials.js"
import * as Designs from "../src/Designs.js"
import * as Groups from "../src/Groups.js"
import * as Interactions from "../src/Interactions.js"
import * as Search from "../src/Search.js"
import * as Fake from "./support/fake.js"
import { errors, groupId, groupJson } from "./support/page.js"
import {
  credentialDesignsJson,
  credentialId,
  credentialJson,
  designId,
  designJson,
  interactionJson,
  pageOf,
  searchJson
} from "./support/sheet.js"
import * as RecordingTracer from "./support/tracer.js"

type Call = Effect.Effect<unknown, CertifierError.CertifierError, CertifierClient.CertifierClient>

interface Row {
  readonly call: Call
  /** The documented method, path with query, and body. */
  readonly sent: readonly [method: string, url: string, body: string | undefined]
  readonly answer: () => Response
  readonly idempotent: boolean
  /** The outcome of a failure after which the effect is unknown. */
  readonly unknown: "MaybeApplied" | "NotApplied"
  readonly template: string
}

const group = () => Fake.json(200, groupJson)
const list = () => Fake.json(200, `{"data":[${groupJson}],"pagination":{"prev":null,"next":"c2"}}`)

const credential = (status: number) => () => Fake.json(status, credentialJson)

const newCredential = {
  groupId: "01k0grp00000000000000000g1",
  recipient: { name: "Ada Example", email: "ada@example.com" },
  issueDate: "2026-01-15",
  customAttributes: { mentor: "Lin Example" }
}

const newCredentialJson = `{"groupId":"01k0grp00000000000000000g1","recipient":{"name":"Ada Example","email":"ada@example.com"},"issueDate":"2026-01-15","customAttributes":{"custom.mentor":"Lin Example"}}`

const rows: { readonly [Name in keyof typeof operations]: Row } = {
  getGroup: {
    call: Groups.get(groupId),
    sent: ["GET", `/v1/groups/${groupId}`, undefined],
    answer: group,
    idempotent: true,
    unknown: "NotApplied",
    template: "/v1/groups/{id}"
  },
  listGroupsPage: {
    call: Groups.listPage({ cursor: "a b&c=ü", limit: 100 }),
    sent: ["GET", "/v1/groups?cursor=a+b%26c%3D%C3%BC&limit=100", undefined],
    answer: list,
    idempotent: true,
    unknown: "NotApplied",
    template: "/v1/groups"
  },
  createGroup: {
    call: Groups.create({ name: "Financial Markets", designIds: ["d1", "d2"] }),
    sent: ["POST", "/v1/groups", `{"name":"Financial Markets","designIds":["d1","d2"]}`],
    answer: () => Fake.json(201, groupJson),
    idempotent: false,
    unknown: "MaybeApplied",
    template: "/v1/groups"
  },
  updateGroup: {
    call: CertifierClient.updateGroup(groupId, { name: "Financial Markets" }),
    sent: ["PATCH", `/v1/groups/${groupId}`, `{"name":"Financial Markets"}`],
    answer: group,
    idempotent: true,
    unknown: "MaybeApplied",
    template: "/v1/groups/{id}"
  },
  deleteGroup: {
    call: Groups.delete(groupId),
    sent: ["DELETE", `/v1/groups/${groupId}`, undefined],
    answer: () => new Response(null, { status: 204 }),
    idempotent: true,
    unknown: "MaybeApplied",
    template: "/v1/groups/{id}"
  },
  listDesignsPage: {
    call: Designs.listPage({ cursor: "c2" }),
    sent: ["GET", "/v1/designs?cursor=c2", undefined],
    answer: () => Fake.json(200, pageOf(designJson)),
    idempotent: true,
    unknown: "NotApplied",
    template: "/v1/designs"
  },
  getDesign: {
    call: Designs.get(designId),
    sent: ["GET", `/v1/designs/${designId}`, undefined],
    answer: () => Fake.json(200, designJson),
    idempotent: true,
    unknown: "NotApplied",
    template: "/v1/designs/{id}"
  },
  listCredentialsPage: {
    call: Credentials.listPage({ limit: 100 }),
    sent: ["GET", "/v1/credentials?limit=100", undefined],
    answer: () => Fake.json(200, pageOf(credentialJson)),
    idempotent: true,
    unknown: "NotApplied",
    template: "/v1/credentials"
  },
  createCredential: {
    call: Credentials.create(newCredential),
    sent: ["POST", "/v1/credentials", newCredentialJson],
    answer: credential(201),
    idempotent: false,
    unknown: "MaybeApplied",
    template: "/v1/credentials"
  },
  getCredential: {
    call: Credentials.get(credentialId),
    sent: ["GET", `/v1/credentials/${credentialId}`, undefined],
    answer: credential(200),
    idempotent: true,
    unknown: "NotApplied",
    template: "/v1/credentials/{id}"
  },
  updateCredential: {
    call: Credentials.update(credentialId, { expiryDate: null, issueDate: undefined }),
    sent: ["PATCH", `/v1/credentials/${credentialId}`, `{"expiryDate":null}`],
    answer: credential(200),
    idempotent: true,
    unknown: "MaybeApplied",
    template: "/v1/credentials/{id}"
  },
  deleteCredential: {
    call: Credentials.delete(credentialId),
    sent: ["DELETE", `/v1/credentials/${credentialId}`, undefined],
    answer: () => new Response(null, { status: 204 }),
    idempotent: true,
    unknown: "MaybeApplied",
    template: "/v1/credentials/{id}"
  },
  searchCredentialsPage: {
    call: Credentials.searchPage({
      cursor: "c2",
      limit: 100,
      sort: { property: "createdAt", order: "desc" },
      filter: Search.all(
        Search.groupId.equals("01k0grp00000000000000000g1"),
        Search.recipientEmail.endsWith("@example.com"),
        Search.not(Search.status.in(["draft", "scheduled"]))
      )
    }),
    sent: ["POST", "/v1/credentials/search", searchJson],
    answer: () => Fake.json(200, pageOf(credentialJson)),
    idempotent: true,
    unknown: "NotApplied",
    template: "/v1/credentials/search"
  },
  issueCredential: {
    call: Credentials.issue(credentialId),
    sent: ["POST", `/v1/credentials/${credentialId}/issue`, undefined],
    answer: credential(200),
    idempotent: true,
    unknown: "MaybeApplied",
    template: "/v1/credentials/{id}/issue"
  },
  sendCredential: {
    call: Credentials.send(credentialId),
    sent: ["POST", `/v1/credentials/${credentialId}/send`, `{"deliveryMethod":"email"}`],
    answer: credential(200),
    idempotent: false,
    unknown: "MaybeApplied",
    template: "/v1/credentials/{id}/send"
  },
  createIssueSendCredential: {
    call: Credentials.createIssueSend(newCredential),
    sent: ["POST", "/v1/credentials/create-issue-send", newCredentialJson],
    answer: credential(201),
    idempotent: false,
    unknown: "MaybeApplied",
    template: "/v1/credentials/create-issue-send"
  },
  listCredentialDesigns: {
    call: Credentials.designs(credentialId),
    sent: ["GET", `/v1/credentials/${credentialId}/designs`, undefined],
    answer: () => Fake.json(200, credentialDesignsJson),
    idempotent: true,
    unknown: "NotApplied",
    template: "/v1/credentials/{id}/designs"
  },
  listInteractionsPage: {
    call: Interactions.listPage({ credentialId, cursor: "c2", limit: 50 }),
    sent: ["GET", `/v1/credential-interactions?credentialId=${credentialId}&cursor=c2&limit=50`, undefined],
    answer: () => Fake.json(200, pageOf(interactionJson)),
    idempotent: true,
    unknown: "NotApplied",
    template: "/v1/credential-interactions"
  },
  createInteraction: {
    call: Interactions.create({
      credentialId,
      eventType: "credential_viewed",
      triggeredBy: "recipient",
      triggeredAt: "2026-01-15T11:00:00+01:00"
    }),
    sent: [
      "POST",
      "/v1/credential-interactions",
      `{"credentialId":"${credentialId}","eventType":"credential_viewed","triggeredBy":"recipient","triggeredAt":"2026-01-15T10:00:00.000Z"}`
    ],
    answer: () => Fake.json(201, interactionJson),
    idempotent: false,
    unknown: "MaybeApplied",
    template: "/v1/credential-interactions"
  }
}

const table = Object.entries(rows)

describe.each(table)("%s", (name, { answer, call, idempotent, sent, template, unknown }) => {
  it.effect("sends the documented request, and accepts the documented response", () =>
    Effect.gen(function* () {
      const fake = Fake.make(answer)
      yield* call.pipe(Effect.provide(fake.layer()))
      const { body, headers, method, url, urlParams } = Fake.at(fake.requests)
      const text = body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : undefined
      deepStrictEqual<unknown>(
        [method, url, text],
        [sent[0], `https://api.certifier.io${sent[1]}`, sent[2]],
        "the request"
      )
      assert.strictEqual(urlParams.length, 0)
      assert.strictEqual(headers["content-type"], sent[2] === undefined ? undefined : "application/json")
      assert.strictEqual(headers["certifier-version"], "2022-10-26")
      assert.strictEqual(headers["authorization"], `Bearer ${Fake.token}`)
      assert.strictEqual(fake.requests.length, 1)
    })
  )

  it.effect.each(errors.map((row) => [row.tag, row] as const))("fails with %s", ([, row]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(call).pipe(
        Effect.provide(Fake.make(() => Fake.json(row.status, row.body)).layer())
      )
      deepStrictEqual<unknown>(
        [error._tag, error.operation, error.idempotent, error.outcome],
        [row.tag, name, idempotent, row.outcome === "MaybeApplied" ? unknown : row.outcome]
      )
    })
  )

  it.effect("has one span and one count under its name", () =>
    Effect.gen(function* () {
      const { spans, tracer } = RecordingTracer.recording()
      const calls = Metric.counter("certifier.client.calls", {
        description: "Finished calls",
        incremental: true
      }).pipe(Metric.tagged("operation", name), Metric.tagged("outcome", "Success"))
      const before = (yield* Metric.value(calls)).count
      yield* call.pipe(Effect.provide(Fake.make(answer).layer()), Effect.withTracer(tracer))
      assert.strictEqual((yield* Metric.value(calls)).count, before + 1)
      deepStrictEqual(
        spans.map((span) => span.name),
        [`CertifierClient.${name}`]
      )
      const attributes = Fake.at(spans).attributes
      assert.strictEqual(attributes.get("http.request.method"), sent[0])
      assert.strictEqual(attributes.get("url.template"), template)
      assert.strictEqual(attributes.get("url.full"), `https://api.certifier.io${sent[1]}`)
    })
  )
})

describe("the responses", () => {
  it.effect("a page has its groups and its cursors", () =>
    Effect.gen(function* () {
      const page = yield* Groups.listPage().pipe(Effect.provide(Fake.make(list).layer()))
      deepStrictEqual(
        page.data.map((group) => group.name),
        ["Financial Markets"]
      )
      deepStrictEqual(page.pagination, { prev: Option.none(), next: Option.some("c2") })
    })
  )

  it.effect.each([204, 200, 202])("deleting succeeds with %i, with and without a body", (status) =>
    Effect.gen(function* () {
      for (const body of status === 204 ? [null] : [null, "", " \n", "null", groupJson]) {
        const result = yield* Groups.delete(groupId).pipe(
          Effect.provide(Fake.make(() => new Response(body, { status })).layer())
        )
        assert.isUndefined(result)
      }
    })
  )

  it.effect.each([200, 201, 202])("creating succeeds with %i", (status) =>
    Effect.gen(function* () {
      const created = yield* Groups.create({ name: "Financial Markets" }).pipe(
        Effect.provide(Fake.make(() => Fake.json(status, groupJson)).layer())
      )
      assert.strictEqual(created.id, groupId)
    })
  )
})

describe("invalid input is reported and not sent", () => {
  it.effect.each<readonly [title: string, call: Call, issues: ReadonlyArray<string>]>([
    [
      "a page of 0",
      Groups.listPage({ limit: 0 }),
      ["limit is not a whole number from 1 to 100, expected a page size: a whole number from 1 to 100"]
    ],
    [
      "a page of 101",
      Groups.listPage({ limit: 101 }),
      ["limit is not a whole number from 1 to 100, expected a page size: a whole number from 1 to 100"]
    ],
    [
      "a page of 1.5",
      Groups.listPage({ limit: 1.5 }),
      ["limit is not a whole number from 1 to 100, expected a page size: a whole number from 1 to 100"]
    ],
    [
      "a page of NaN, after an empty cursor",
      Groups.listPage({ cursor: "", limit: Number.NaN }),
      [
        "cursor is empty, expected the cursor of another page",
        "limit is not a whole number from 1 to 100, expected a page size: a whole number from 1 to 100"
      ]
    ],
    [
      "a group without a name",
      // @ts-expect-error a name is required where the object is written
      Groups.create({ designIds: ["a"] }),
      ["name is missing, expected a name that is not blank"]
    ],
    [
      "a group with both shapes of designs",
      Groups.create({ name: "x", designIds: ["a"], badgeDesignId: "b" }),
      ["designIds is given together with certificateDesignId or badgeDesignId, expected one of the two"]
    ],
    [
      "a group with an unknown field",
      // @ts-expect-error nor does a misspelt field compile
      Groups.create({ name: "x", desingIds: ["a"] }),
      [
        "desingIds is not a known field, expected one of name, certificateDesignId, badgeDesignId, designIds, learningEventUrl"
      ]
    ],
    [
      "an id that is a path",
      Groups.delete(".."),
      ["id is not a valid group id, expected 1 to 128 letters, digits, '-', '.', '_' or '~'"]
    ]
  ])("%s", ([, call, issues]) =>
    Effect.gen(function* () {
      const fake = Fake.make()
      const error = yield* Effect.flip(call).pipe(Effect.provide(fake.layer()))
      deepStrictEqual<unknown>(error._tag === "CertifierInvalidRequest" ? error.issues.map(String) : error._tag, issues)
      assert.strictEqual(error.outcome, "NotSent")
      assert.strictEqual(fake.requests.length, 0)
    })
  )
})

describe("the declarations", () => {
  const declared = Object.entries(operations).map(
    ([name, operation]) => [name, Operation.declaration<Operation.Info>(operation)] as const
  )

  it("are listed under their names", () => {
    deepStrictEqual(
      declared.map(([name]) => name),
      declared.map(([, declaration]) => declaration.name)
    )
  })

  it("are complete", () => {
    assert.strictEqual(declared.length, 19)
  })

  it("declare which operations are safe, and which are idempotent", () => {
    const names = (key: "safe" | "idempotent") =>
      declared.flatMap(([name, declaration]) => (declaration[key] ? [name] : []))
    const reading = [
      "listGroupsPage",
      "getGroup",
      "listDesignsPage",
      "getDesign",
      "listCredentialsPage",
      "getCredential",
      "searchCredentialsPage",
      "listCredentialDesigns",
      "listInteractionsPage"
    ]
    const repeatable = ["updateGroup", "deleteGroup", "updateCredential", "deleteCredential", "issueCredential"]
    deepStrictEqual(names("safe").toSorted(), reading.toSorted())
    deepStrictEqual(names("idempotent").toSorted(), [...reading, ...repeatable].toSorted())
  })
})
