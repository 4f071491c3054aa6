import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Credential from "../src/Credential.js"
import * as Issues from "../src/internal/schema/issues.js"
import { credentialDesignsJson, credentialJson, pageOf } from "./support/sheet.js"

const decode = Schema.decodeUnknownSync(Credential.Credential)
const sheet = (): Record<string, unknown> => JSON.parse(credentialJson)

describe("Credential", () => {
  it("decodes every field of the documented example", () => {
    const credential = decode(sheet())
    deepStrictEqual<unknown>(
      { ...credential },
      {
        id: "01k0crd00000000000000000c1",
        publicId: "6f1d2c3b-4a59-4e68-8b77-0123456789ab",
        groupId: "01k0grp00000000000000000g1",
        status: "issued",
        recipient: {
          id: Option.some("01k0rcp00000000000000000r1"),
          name: "Ada Example",
          email: Option.some("ada@example.com")
        },
        issueDate: Option.some("2026-01-15"),
        expiryDate: Option.none(),
        attributes: { "recipient.name": "Ada Example" },
        customAttributes: { "custom.mentor": "Lin Example" },
        createdAt: DateTime.unsafeMake("2026-01-15T09:30:00.000Z"),
        updatedAt: DateTime.unsafeMake("2026-01-15T09:31:00.000Z")
      }
    )
  })

  it("encodes to its input, without null fields", () => {
    const { expiryDate, ...others } = sheet()
    assert.isNull(expiryDate)
    deepStrictEqual<unknown>(Schema.encodeSync(Credential.Credential)(decode(sheet())), others)
  })

  it.each<readonly [title: string, members: Record<string, unknown>, expected: Record<string, unknown>]>([
    ["an unknown status", { status: "revoked" }, { status: "revoked" }],
    ["unknown fields", { walletUrl: "https://example.com", status: "draft" }, { status: "draft" }],
    ["no dates", { issueDate: null, expiryDate: undefined }, { issueDate: Option.none(), expiryDate: Option.none() }],
    [
      "an expiry date, which no time zone shifts",
      { expiryDate: "2028-02-29" },
      { expiryDate: Option.some("2028-02-29") }
    ],
    [
      "a recipient of older documentation",
      { recipient: { name: "Ada" } },
      { recipient: { name: "Ada", id: Option.none(), email: Option.none() } }
    ],
    [
      "a recipient without an email address",
      { recipient: { id: null, name: "", email: null, locale: "en" } },
      { recipient: { name: "", id: Option.none(), email: Option.none() } }
    ],
    [
      "attributes that are null",
      { attributes: null, customAttributes: null },
      { attributes: {}, customAttributes: {} }
    ],
    ["values that are null", { customAttributes: { "custom.a": null, b: "" } }, { customAttributes: { b: "" } }],
    ["an id of 24 hexadecimal digits", { id: "5f43a1b2c3d4e5f6a7b8c9d0" }, { id: "5f43a1b2c3d4e5f6a7b8c9d0" }]
  ])("tolerates %s", (_, members, expected) => {
    const given: Record<string, unknown> = { ...sheet(), ...members }
    const wire: unknown = JSON.parse(JSON.stringify(given))
    const credential: Record<string, unknown> = { ...decode(wire) }
    for (const [name, value] of Object.entries(expected)) deepStrictEqual(credential[name], value, name)
    const page = Schema.decodeUnknownSync(Credential.Page)(JSON.parse(pageOf(credentialJson, JSON.stringify(given))))
    assert.strictEqual(page.data.length, 2)
  })

  it("tolerates absent maps, as in older documentation", () => {
    const { attributes: _, customAttributes: _also, ...old } = sheet()
    const credential = decode(old)
    deepStrictEqual([credential.attributes, credential.customAttributes], [{}, {}])
    assert.strictEqual(Credential.recipientName(credential), "Ada Example")
  })

  it.each([
    { id: ".." },
    { id: "a/b" },
    { id: 7 },
    { status: null },
    { recipient: null },
    { issueDate: "15.01.2026" },
    { expiryDate: "2026-02-29" },
    { createdAt: null }
  ])("%j is not a credential", (members) => {
    assert.isTrue(Either.isLeft(Schema.decodeUnknownEither(Credential.Credential)({ ...sheet(), ...members })))
  })
})

describe("the designs of a credential", () => {
  const decodeDesigns = Schema.decodeUnknownSync(Schema.Array(Credential.CredentialDesign))

  it("are a bare array", () => {
    const [design] = decodeDesigns(JSON.parse(credentialDesignsJson))
    assert.strictEqual(design?.name, "Blue frame")
    deepStrictEqual<unknown>(
      design?.previews.map(({ format }) => format),
      ["png"]
    )
  })

  it.each([
    ["[]", 0],
    [`[{"id":"d","name":"x","previews":[]}]`, 0],
    [`[{"id":"d","name":"x","previews":null}]`, 0],
    [`[{"id":"d","name":"x"}]`, 0],
    [`[{"id":"d","name":"x","previews":[{"format":"webp","url":"https://x/a%2Fb","width":1}]}]`, 1]
  ])("can be %s", (json, previews) => {
    assert.strictEqual(decodeDesigns(JSON.parse(json)).flatMap((design) => design.previews).length, previews)
  })
})

const sent = <A, I>(schema: Schema.Schema<A, I>, fields: unknown) =>
  Either.match(Issues.decoder(schema)(fields), {
    onLeft: (issues): unknown => issues.map(({ field, problem }) => `${field} ${problem}`),
    onRight: (body): unknown => JSON.stringify(body)
  })

const least = { groupId: "g", recipient: { name: "Ada" } }

describe("Create", () => {
  it.each<readonly [fields: Credential.CreateInput, json: string]>([
    [least, `{"groupId":"g","recipient":{"name":"Ada"}}`],
    [
      {
        groupId: "g",
        recipient: { id: "r", name: "Zoë Ångström", email: "zoe+x@example.com" },
        issueDate: "2026-01-15",
        expiryDate: "2026-01-15",
        customAttributes: { mentor: "Lin", "custom.course": "", "a.b": "c" }
      },
      `{"groupId":"g","recipient":{"id":"r","name":"Zoë Ångström","email":"zoe+x@example.com"},"issueDate":"2026-01-15","expiryDate":"2026-01-15","customAttributes":{"custom.mentor":"Lin","custom.course":"","custom.a.b":"c"}}`
    ],
    [
      {
        ...least,
        recipient: { name: "Ada", email: undefined, id: undefined },
        issueDate: undefined,
        customAttributes: {}
      },
      `{"groupId":"g","recipient":{"name":"Ada"},"customAttributes":{}}`
    ],
    [{ ...least, recipient: { name: "Jennifer Null" } }, `{"groupId":"g","recipient":{"name":"Jennifer Null"}}`],
    [
      { ...least, recipient: { name: "A", email: `"a,b"@b` } },
      `{"groupId":"g","recipient":{"name":"A","email":"\\"a,b\\"@b"}}`
    ],
    [
      { ...least, recipient: { name: "A", email: "o'neil+x/y@ex-ample.co.uk" } },
      `{"groupId":"g","recipient":{"name":"A","email":"o'neil+x/y@ex-ample.co.uk"}}`
    ],
    [{ ...least, recipient: { name: "A", email: "a@b" } }, `{"groupId":"g","recipient":{"name":"A","email":"a@b"}}`]
  ])("sends %j", (fields, json) => {
    assert.strictEqual(sent(Credential.Create, fields), json)
  })

  const named = (name: unknown) => ({ groupId: "g", recipient: { name } })
  const mailed = (email: unknown) => ({ groupId: "g", recipient: { name: "Ada", email } })
  const notAName = "recipient.name has the word undefined or null where a name should be"

  it.each<readonly [fields: unknown, issues: ReadonlyArray<string>]>([
    [{}, ["groupId is missing", "recipient is missing"]],
    [{ groupId: "..", recipient: {} }, ["groupId is not a valid group id", "recipient.name is missing"]],
    [named(""), ["recipient.name is blank or malformed Unicode"]],
    [named("  "), ["recipient.name is blank or malformed Unicode"]],
    [named(null), ["recipient.name is null"]],
    [named("undefined undefined"), [notAName]],
    [named("undefined"), [notAName]],
    [named("Ada undefined"), [notAName]],
    [named(" null  null "), [notAName]],
    [mailed(""), ["recipient.email is not an email address"]],
    [mailed("ada"), ["recipient.email is not an email address"]],
    [mailed("ada@"), ["recipient.email is not an email address"]],
    [mailed("@example.com"), ["recipient.email is not an email address"]],
    [mailed("ada@example.com, bob@example.com"), ["recipient.email is not an email address"]],
    [mailed("ada@example.com,bob@example.com"), ["recipient.email is not an email address"]],
    [mailed("ada@example.com;bob@example.com"), ["recipient.email is not an email address"]],
    [mailed("<ada@example.com>"), ["recipient.email is not an email address"]],
    [mailed("Ada<ada@example.com>"), ["recipient.email is not an email address"]],
    [mailed("mailto:ada@example.com"), ["recipient.email is not an email address"]],
    [mailed("ada@bob@example.com"), ["recipient.email is not an email address"]],
    [mailed("ada@example.com\n"), ["recipient.email is not an email address"]],
    [mailed(null), ["recipient.email is null"]],
    [{ ...least, issueDate: "2026-02-29" }, ["issueDate is not a date as YYYY-MM-DD"]],
    [{ ...least, issueDate: "2026-01-15T00:00:00.000Z" }, ["issueDate is not a date as YYYY-MM-DD"]],
    [{ ...least, issueDate: new Date(0) }, ["issueDate is an object"]],
    [{ ...least, expiryDate: null }, ["expiryDate is null"]],
    [{ ...least, issueDate: "2026-01-15", expiryDate: "2026-01-14" }, ["expiryDate is before issueDate"]],
    [{ ...least, customAttributes: { a: 1 } }, ["customAttributes.a is a number"]],
    [{ ...least, customAttributes: { a: null } }, ["customAttributes.a is null"]],
    [{ ...least, customAttributes: { "": "x" } }, ["customAttributes. has no name"]],
    [{ ...least, customAttributes: { "custom.": "x" } }, ["customAttributes.custom. has no name"]],
    [
      { ...least, customAttributes: { mentor: "x", "custom.mentor": "y" } },
      ["customAttributes.custom.mentor is there twice, with and without custom."]
    ],
    [{ ...least, customAtributes: {} }, ["customAtributes is not a known field"]],
    [{ ...least, recipient: { name: "Ada", mail: "x" } }, ["recipient.mail is not a known field"]],
    [{ ...least, status: "issued" }, ["status is not a known field"]]
  ])("rejects %j", (fields, issues) => {
    deepStrictEqual(sent(Credential.Create, fields), issues)
  })
})

describe("Update", () => {
  it.each<readonly [fields: Credential.UpdateInput, json: string]>([
    [{}, "{}"],
    [{ expiryDate: null }, `{"expiryDate":null}`],
    [{ expiryDate: undefined, issueDate: undefined, recipient: undefined, customAttributes: undefined }, "{}"],
    [{ issueDate: "2026-01-15", expiryDate: null }, `{"issueDate":"2026-01-15","expiryDate":null}`],
    [{ recipient: { id: "r", name: "Ada" } }, `{"recipient":{"id":"r","name":"Ada"}}`],
    [{ customAttributes: { mentor: "x" } }, `{"customAttributes":{"custom.mentor":"x"}}`]
  ])("sends %j", (fields, json) => {
    assert.strictEqual(sent(Credential.Update, fields), json)
  })

  it.each<readonly [fields: unknown, issues: ReadonlyArray<string>]>([
    [{ issueDate: null }, ["issueDate is null"]],
    [{ recipient: null }, ["recipient is null"]],
    [{ recipient: { email: "a@b" } }, ["recipient.name is missing"]],
    [{ expiryDate: "" }, ["expiryDate is not a date as YYYY-MM-DD"]],
    [{ expiryDate: "2026-01-14", issueDate: "2026-01-15" }, ["expiryDate is before issueDate"]],
    [{ groupId: "g" }, ["groupId is not a known field"]]
  ])("rejects %j", (fields, issues) => {
    deepStrictEqual(sent(Credential.Update, fields), issues)
  })
})

describe("values derived from a credential", () => {
  const credential = decode(sheet())

  it("the URL of the public page", () => {
    const path = "credentials/6f1d2c3b-4a59-4e68-8b77-0123456789ab"
    assert.strictEqual(Credential.publicUrl(credential), `https://credsverse.com/${path}`)
    assert.strictEqual(
      Credential.publicUrl(credential, "https://certs.example.com//"),
      `https://certs.example.com/${path}`
    )
    assert.strictEqual(Credential.publicUrl(credential, new URL("https://x.example")), `https://x.example/${path}`)
  })

  it("the rendered name", () => {
    const renamed = decode({ ...sheet(), attributes: { "recipient.name": "Ada Lovelace" } })
    assert.strictEqual(renamed.recipient.name, "Ada Example")
    assert.strictEqual(Credential.recipientName(renamed), "Ada Lovelace")
    deepStrictEqual(Credential.recipientInput(renamed, { email: "a@b" }), {
      id: "01k0rcp00000000000000000r1",
      name: "Ada Lovelace",
      email: "a@b"
    })
  })

  it.each<readonly [members: Record<string, unknown>, now: string, zone: string, usable: boolean]>([
    [{}, "2026-01-15T10:00:00Z", "UTC", true],
    [{ status: "expired" }, "2026-01-15T10:00:00Z", "UTC", false],
    [{ status: "draft" }, "2026-01-15T10:00:00Z", "UTC", false],
    [{ status: "scheduled" }, "2026-01-15T10:00:00Z", "UTC", false],
    [{ status: "revoked" }, "2026-01-15T10:00:00Z", "UTC", false],
    [{ expiryDate: "2026-01-15" }, "2026-01-15T23:59:59Z", "UTC", true],
    [{ expiryDate: "2026-01-15" }, "2026-01-16T00:00:00Z", "UTC", false],
    [{ expiryDate: "2026-01-15" }, "2026-01-16T00:00:00Z", "America/New_York", true]
  ])("%j at %s in %s: usable %s", (members, now, timeZone, usable) => {
    const moment = DateTime.unsafeMakeZoned(now, { timeZone })
    assert.strictEqual(Credential.isUsable(decode({ ...sheet(), ...members }), moment), usable)
  })
})
