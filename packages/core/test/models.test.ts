import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Attribute from "../src/Attribute.js"
import * as Attributes from "../src/Attributes.js"
import * as CertifierApi from "../src/CertifierApi.js"
import * as Credentials from "../src/Credentials.js"
import type { CredentialId, PublicId } from "../src/Credential.js"
import * as Design from "../src/Design.js"
import * as Designs from "../src/Designs.js"
import * as EmailTemplates from "../src/EmailTemplates.js"
import type { GroupId } from "../src/Group.js"
import * as Groups from "../src/Groups.js"
import * as Interaction from "../src/Interaction.js"
import * as Interactions from "../src/Interactions.js"
import * as Issues from "../src/internal/schema/issues.js"
import * as Operation from "../src/Operation.js"
import * as Fake from "./support/fake.js"
import { credentialId, credentialJson, designJson, interactionJson, pageOf } from "./support/sheet.js"

const parsed = (json: string): Record<string, unknown> => JSON.parse(json)

describe("Design", () => {
  const decode = Schema.decodeUnknownSync(Design.Design)

  it("decodes the sheet's sample and encodes it to the same", () => {
    const design = decode(parsed(designJson))
    assert.strictEqual(design.type, "certificate")
    deepStrictEqual(design.previewUrl, Option.some("https://cdn.example.com/w%2Fd%2Fp.png"))
    deepStrictEqual<unknown>(Schema.encodeSync(Design.Design)(design), parsed(designJson))
  })

  it("tolerates an unknown type, unknown fields and a missing preview", () => {
    const wire = { ...parsed(designJson), type: "ticket", previewUrl: null, size: "A4" }
    const { data } = Schema.decodeUnknownSync(Design.Page)(parsed(pageOf(designJson, JSON.stringify(wire))))
    deepStrictEqual<unknown>(
      data.map(({ previewUrl, type }) => [type, Option.isSome(previewUrl)]),
      [
        ["certificate", true],
        ["ticket", false]
      ]
    )
    const { previewUrl: _, ...without } = wire
    assert.isTrue(Option.isNone(decode(without).previewUrl))
  })

  it.each(["", "..", "a/b", "ä", "a".repeat(129)])("%j is not an id", (id) => {
    assert.isTrue(Either.isLeft(Schema.decodeUnknownEither(Design.DesignId)(id)))
  })
})

describe("Interaction", () => {
  it("decodes the sheet's sample and encodes it to the same", () => {
    const interaction = Schema.decodeUnknownSync(Interaction.Interaction)(parsed(interactionJson))
    assert.strictEqual(interaction.credentialId, "01k0crd00000000000000000c1")
    deepStrictEqual<unknown>(Schema.encodeSync(Interaction.Interaction)(interaction), parsed(interactionJson))
  })

  it("tolerates unknown event types and causes", () => {
    const wire = {
      ...parsed(interactionJson),
      eventType: "credential_shared_to_mastodon",
      triggeredBy: "robot",
      ip: ""
    }
    const { data } = Schema.decodeUnknownSync(Interaction.Page)(parsed(pageOf(interactionJson, JSON.stringify(wire))))
    deepStrictEqual<unknown>(
      data.map(({ eventType, triggeredBy }) => [eventType, triggeredBy]),
      [
        ["credential_viewed", "recipient"],
        ["credential_shared_to_mastodon", "robot"]
      ]
    )
  })

  const create = Issues.decoder(Interaction.Create)
  const fields = {
    credentialId: "c",
    eventType: "credential_viewed",
    triggeredBy: "guest",
    triggeredAt: "2026-01-15T10:00:00Z"
  }

  it("sends each of the 13 types", () => {
    assert.strictEqual(new Set(Interaction.knownEventTypes).size, 13)
    for (const eventType of Interaction.knownEventTypes) {
      assert.strictEqual(
        JSON.stringify(Either.getOrThrow(create({ ...fields, eventType }))),
        `{"credentialId":"c","eventType":"${eventType}","triggeredBy":"guest","triggeredAt":"2026-01-15T10:00:00.000Z"}`
      )
    }
  })

  it.each<readonly [members: Record<string, unknown>, issue: string]>([
    [{ eventType: "credential_shared_to_mastodon" }, "eventType is not a known type of event"],
    [{ triggeredBy: "robot" }, "triggeredBy is not a known cause"],
    [{ triggeredAt: "2026-01-15" }, "triggeredAt is not a date and time"],
    [{ triggeredAt: 7 }, "triggeredAt is a number"],
    [{ credentialId: ".." }, "credentialId is not a valid credential id"],
    [{ note: "" }, "note is not a known field"],
    ...Object.keys(fields).map((name) => [{ [name]: undefined }, `${name} `] as const)
  ])("rejects %j", (members, issue) => {
    const result = create(JSON.parse(JSON.stringify({ ...fields, ...members })))
    assert.include(Either.isLeft(result) ? result.left.map(String).join() : "", issue)
  })

  it.effect("can be sent with a time", () =>
    Effect.gen(function* () {
      const fake = Fake.make(() => Fake.json(201, interactionJson))
      yield* Interactions.create({
        credentialId: "c",
        eventType: "credential_viewed",
        triggeredBy: "guest",
        triggeredAt: DateTime.unsafeMakeZoned("2026-01-15T10:00:00Z", { timeZone: "Europe/Warsaw" })
      }).pipe(Effect.provide(fake.layer()))
      const { body } = Fake.at(fake.requests)
      assert.include(
        body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : "",
        `"triggeredAt":"2026-01-15T10:00:00.000Z"`
      )
    })
  )
})

const run = <A, E, R>(stream: Stream.Stream<A, E, R>) => Effect.map(Stream.runCollect(stream), Chunk.toReadonlyArray)

describe("lists", () => {
  const lastPage = (item: string) => `{"data":[${item}],"pagination":{"next":null}}`
  const pages = (item: string) =>
    Fake.make((request) => Fake.json(200, Fake.isFirst(request) ? pageOf(item) : lastPage(item)))

  it.effect("of interactions keep their filter from page to page", () =>
    Effect.gen(function* () {
      const fake = pages(interactionJson)
      const found = yield* run(Interactions.list({ credentialId, pageSize: 1 })).pipe(Effect.provide(fake.layer()))
      assert.strictEqual(found.length, 2)
      deepStrictEqual(
        fake.requests.map(({ url }) => new URL(url).search),
        [`?credentialId=${credentialId}&limit=1`, `?credentialId=${credentialId}&cursor=c2&limit=1`]
      )
    })
  )

  it.effect("of designs and credentials are read completely", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* run(Designs.list()).pipe(Effect.provide(pages(designJson).layer()))).length, 2)
      assert.strictEqual((yield* run(Credentials.list()).pipe(Effect.provide(pages(credentialJson).layer()))).length, 2)
    })
  )

  it.effect("of a search keep filter and order from page to page", () =>
    Effect.gen(function* () {
      let calls = 0
      const fake = Fake.make(() => Fake.json(200, calls++ === 0 ? pageOf(credentialJson) : lastPage(credentialJson)))
      const query = { sort: { property: "id", order: "asc" }, filter: { AND: [{ id: { equals: "c" } }] } } as const
      const found = yield* run(Credentials.search(query)).pipe(Effect.provide(fake.layer()))
      assert.strictEqual(found.length, 2)
      deepStrictEqual(
        fake.requests.map(({ body }) => (body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : "")),
        ["", `,"cursor":"c2"`].map(
          (cursor) =>
            `{"filter":{"AND":[{"id":{"equals":"c"}}]},"sort":{"property":"id","order":"asc"},"limit":100${cursor}}`
        )
      )
    })
  )
})

describe("undocumented endpoints", () => {
  const attribute = `{"id":"a","tag":"mentor","name":"Mentor","type":"text","isDefault":false,"parent":null,"workspaceId":"w"}`
  const template = `{"id":"t","name":"Welcome","createdAt":"2026-01-15T09:30:00.000Z"}`

  it("is not among the operations", () => {
    const names = Object.values(CertifierApi.operations).map(
      (operation) => Operation.declaration<Operation.Info>(operation).path
    )
    for (const path of ["/v1/attributes", "/v1/email-templates", "/v1/credentials/{id}/schedule"]) {
      assert.notInclude<string>(names, path)
    }
  })

  it.effect.each([`[${attribute},${attribute}]`, `{"data":[${attribute},${attribute}],"pagination":{}}`])(
    "attributes are read from %s",
    (json) =>
      Effect.gen(function* () {
        const fake = Fake.make(() => Fake.json(200, json))
        const attributes = yield* run(Attributes.list()).pipe(Effect.provide(fake.layer()))
        deepStrictEqual(attributes.map(Attribute.key), ["custom.mentor", "custom.mentor"])
        assert.strictEqual(Fake.at(fake.requests).url, "https://api.certifier.io/v1/attributes")
        assert.strictEqual(fake.requests.length, 1)
      })
  )

  it("the key of an attribute has its prefix once", () => {
    assert.strictEqual(Attribute.key({ tag: "custom.mentor", isDefault: false }), "custom.mentor")
    assert.strictEqual(Attribute.key({ tag: "recipient.name", isDefault: true }), "recipient.name")
  })

  it.effect("email templates are read from an array, and from pages", () =>
    Effect.gen(function* () {
      const array = Fake.make(() => Fake.json(200, `[${template}]`))
      assert.strictEqual((yield* run(EmailTemplates.list()).pipe(Effect.provide(array.layer()))).length, 1)
      const pages = Fake.make((request) =>
        Fake.json(200, Fake.isFirst(request) ? pageOf(template) : `{"data":[],"pagination":{}}`)
      )
      const found = yield* run(EmailTemplates.list({ pageSize: 5 })).pipe(Effect.provide(pages.layer()))
      assert.strictEqual(found.length, 1)
      deepStrictEqual(
        pages.requests.map(({ url }) => new URL(url).search),
        ["?limit=5", "?cursor=c2&limit=5"]
      )
    })
  )

  it.effect("neither an array nor a page is an error", () =>
    Effect.gen(function* () {
      const fake = Fake.make(() => Fake.json(200, `{"items":[]}`))
      const error = yield* Effect.flip(Attributes.listPage()).pipe(Effect.provide(fake.layer()))
      assert.strictEqual(error._tag, "CertifierResponseDecodeError")
    })
  )

  it.effect.each<readonly [input: Credentials.ScheduleInput, json: string]>([
    [{ sendAtIssuance: false }, `{"sendAtIssuance":false}`],
    [
      { sendAtIssuance: true, issueAt: "2026-01-15T10:00:00+01:00" },
      `{"issueAt":"2026-01-15T09:00:00.000Z","sendAtIssuance":true}`
    ],
    [
      { sendAtIssuance: true, issueAt: DateTime.unsafeMake("2026-01-15T09:00:00Z") },
      `{"issueAt":"2026-01-15T09:00:00.000Z","sendAtIssuance":true}`
    ]
  ])("scheduling sends %j", ([input, json]) =>
    Effect.gen(function* () {
      const fake = Fake.make(() => Fake.json(200, credentialJson))
      yield* Credentials.schedule(credentialId, input).pipe(Effect.provide(fake.layer()))
      const { body, url } = Fake.at(fake.requests)
      assert.strictEqual(url, `https://api.certifier.io/v1/credentials/${credentialId}/schedule`)
      assert.strictEqual(body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : "", json)
    })
  )
})

/** These fail when they are compiled, not when they are run. */
describe("ids", () => {
  interface Ids {
    readonly groupId: GroupId
    readonly designId: Design.DesignId
    readonly credentialId: CredentialId
    readonly publicId: PublicId
    readonly interactionId: Interaction.InteractionId
  }

  it("of another kind do not compile; plain strings and the right brand do", () => {
    const calls = ({ credentialId, designId, groupId, interactionId, publicId }: Ids) => [
      Groups.get("plain"),
      Groups.get(groupId),
      Groups.update(groupId, { designIds: [designId, "plain"], badgeDesignId: undefined }),
      Designs.get(designId),
      Credentials.get(credentialId),
      Credentials.create({ groupId, recipient: { name: "Ada" } }),
      Interactions.listPage({ credentialId }),
      // @ts-expect-error: Property 'GroupId' is missing in type '{ readonly DesignId: "DesignId"; }'
      Groups.get(designId),
      // @ts-expect-error: Property 'DesignId' is missing in type '{ readonly GroupId: "GroupId"; }'
      Groups.update(groupId, { designIds: [groupId] }),
      // @ts-expect-error: Property 'CredentialId' is missing in type '{ readonly PublicId: "PublicId"; }'
      Credentials.get(publicId),
      // @ts-expect-error: Property 'CredentialId' is missing in type '{ readonly InteractionId: "InteractionId"; }'
      Credentials.send(interactionId),
      // @ts-expect-error: Property 'GroupId' is missing in type '{ readonly CredentialId: "CredentialId"; }'
      Credentials.create({ groupId: credentialId, recipient: { name: "Ada" } }),
      // @ts-expect-error: Property 'CredentialId' is missing in type '{ readonly GroupId: "GroupId"; }'
      Interactions.list({ credentialId: groupId }),
      // @ts-expect-error: Property 'CalendarDate' is missing in type '{ readonly PublicId: "PublicId"; }'
      Credentials.update(credentialId, { expiryDate: publicId })
    ]
    assert.isFunction(calls)
  })
})
