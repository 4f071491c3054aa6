import { HttpBody, HttpClient, type HttpClientResponse } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import {
  CertifierClient,
  Credential,
  Credentials,
  Designs,
  EmailTemplate,
  Groups,
  Interactions
} from "@effect-certifier/core"
import { Effect, Layer, Option, Redacted, Schema, TestClock } from "effect"
import { Fixture, Sandbox } from "../src/index.js"

const base = "https://api.certifier.io"

const groupId = Fixture.groupJson.id

const ada = { groupId, recipient: { name: "Ada Example", email: "ada@example.com" } } as const

const test = <E>(
  title: string,
  effect: Effect.Effect<void, E, CertifierClient.CertifierClient | Sandbox.Sandbox | HttpClient.HttpClient>,
  options: Sandbox.Options = {}
): void =>
  it.effect(title, () =>
    TestClock.setTime(Date.parse("2026-01-15T09:30:00.000Z")).pipe(
      Effect.zipRight(effect),
      Effect.provide(
        CertifierClient.layer({ accessToken: Redacted.make("any") }).pipe(
          Layer.provideMerge(Sandbox.layerInProcess({ rateLimit: "Unlimited", ...options }))
        )
      )
    )
  )

const read = (path: string) => HttpClient.get(new URL(path, base))

const form = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  HttpClient.post(new URL(path, base), { headers, body: HttpBody.urlParams(Object.entries(fields)) })

const eventsOf = (id: string) =>
  Effect.map(Interactions.listPage({ credentialId: id }), ({ data }) =>
    data.map(({ eventType, triggeredBy }) => `${eventType} ${triggeredBy}`)
  )

describe("mails", () => {
  test(
    "are stored each time a credential is sent, with the link for the recipient",
    Effect.gen(function* () {
      const { id, publicId } = yield* Credentials.create(ada)
      deepStrictEqual(yield* Sandbox.mails, [])
      yield* Credentials.issue(id)
      yield* Credentials.send(id)
      yield* Credentials.send(id)
      yield* Effect.flip(Credentials.send((yield* Credentials.create(ada)).id))
      const mails = yield* Sandbox.mails
      deepStrictEqual(
        mails.map(({ at, bounced, credentialId, number, subject, to, url }) => ({
          at: at.epochMillis,
          bounced,
          credentialId,
          number,
          subject,
          to,
          url
        })),
        [1, 2].map((number) => ({
          at: Date.parse("2026-01-15T09:30:00.000Z"),
          bounced: false,
          credentialId: id,
          number,
          subject: "Your credential is ready",
          to: "ada@example.com",
          url: `https://api.certifier.io/credentials/${publicId}?recipient=true`
        }))
      )
      assert.strictEqual((yield* read(mails[0]?.url ?? "")).status, 200)
    })
  )

  test(
    "bounce at addresses that are set to bounce, and the API does not show it",
    Effect.gen(function* () {
      const { id } = yield* Credentials.createIssueSend({
        groupId,
        recipient: { name: "Ada", email: "Ada@example.com" }
      })
      yield* Sandbox.bounce("aDA@example.com")
      assert.strictEqual((yield* Credentials.send(id)).status, "issued")
      yield* Sandbox.bounce("ada@example.com", false)
      yield* Credentials.send(id)
      deepStrictEqual(
        (yield* Sandbox.mails).map(({ bounced }) => bounced),
        [false, true, false]
      )
    })
  )

  test(
    "are bounded in number: the oldest are dropped and counted",
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox
      const { id } = yield* Credentials.createIssueSend(ada)
      yield* Credentials.send(id)
      yield* Credentials.send(id)
      deepStrictEqual(
        (yield* Sandbox.mails).map(({ number }) => number),
        [2, 3]
      )
      deepStrictEqual(yield* sandbox.forgotten, { requests: 0, mails: 1, deliveries: 0 })
      const response = yield* read("/__sandbox/mails")
      const { forgotten } = yield* Schema.decodeUnknown(Schema.Struct({ forgotten: Schema.Int }))(yield* response.json)
      assert.strictEqual(forgotten, 1)
      yield* sandbox.clearMails
      deepStrictEqual(yield* Sandbox.mails, [])
    }),
    { keepMails: 2 }
  )

  test(
    "are bounded in size",
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox
      yield* Effect.replicateEffect(Credentials.createIssueSend(ada), 4)
      deepStrictEqual(
        (yield* sandbox.mails).map(({ number }) => number),
        [3, 4]
      )
      assert.strictEqual((yield* sandbox.forgotten).mails, 2)
    }),
    {
      emailTemplates: Fixture.emailTemplates.map(
        (template) =>
          new EmailTemplate.EmailTemplate({ ...template, subject: Option.some("x".repeat(3 * 1024 * 1024)) })
      )
    }
  )
})

describe("the public page", () => {
  test(
    "shows an issued credential; each visit is an interaction, of the recipient if it is the recipient's link",
    Effect.gen(function* () {
      const { id, publicId } = yield* Credentials.createIssueSend(ada)
      const response = yield* read(`/credentials/${publicId}`)
      assert.strictEqual(response.status, 200)
      assert.strictEqual(response.headers["content-type"], "text/html; charset=utf-8")
      const text = yield* response.text
      for (const shown of ["Ada Example", "Financial Markets", "2026-01-15", "Valid", publicId]) {
        assert.include(text, shown)
      }
      yield* read(`/credentials/${publicId.toUpperCase()}?recipient=true`)
      yield* HttpClient.head(`${base}/credentials/${publicId}`)
      deepStrictEqual(yield* eventsOf(id), ["credential_viewed recipient", "credential_viewed guest"])
    })
  )

  test(
    "is not found for a draft, a deleted or an unknown credential",
    Effect.gen(function* () {
      const { id, publicId } = yield* Credentials.create(ada)
      const status = Effect.map(read(`/credentials/${publicId}`), (response) => response.status)
      assert.strictEqual(yield* status, 404)
      yield* Credentials.issue(id)
      assert.strictEqual(yield* status, 200)
      yield* Credentials.delete(id)
      assert.strictEqual(yield* status, 404)
      assert.strictEqual((yield* read("/credentials/6f1d2c3b-4a59-4e68-8b77-0123456789ab")).status, 404)
    })
  )

  test(
    "shows that a credential has expired, by the clock",
    Effect.gen(function* () {
      const { publicId } = yield* Credentials.createIssueSend({ ...ada, expiryDate: "2026-02-01" })
      const text = Effect.flatMap(read(`/credentials/${publicId}`), (response) => response.text)
      assert.notInclude(yield* text, "has expired")
      yield* Sandbox.moveClock("30 days")
      assert.include(yield* text, "has expired")
    })
  )

  test(
    "has buttons that record an interaction each, without another visit",
    Effect.gen(function* () {
      const { id, publicId } = yield* Credentials.createIssueSend(ada)
      const path = `/credentials/${publicId}`
      const text = yield* Effect.flatMap(read(`${path}?recipient=true`), (response) => response.text)
      assert.include(text, `<form method="post" action="${path}?recipient=true">`)
      const response = yield* form(`${path}?recipient=true`, { eventType: "credential_shared_to_linkedin" })
      assert.strictEqual(response.status, 303)
      assert.include(yield* (yield* read(response.headers["location"] ?? "")).text, "Recorded: Share on LinkedIn.")
      assert.strictEqual((yield* form(path, { eventType: "credential_eaten" })).status, 404)
      const elsewhere = { host: "127.0.0.1:4010", origin: "http://evil.example" }
      assert.strictEqual((yield* form(path, { eventType: "credential_verified" }, elsewhere)).status, 404)
      deepStrictEqual(yield* eventsOf(id), ["credential_shared_to_linkedin recipient", "credential_viewed recipient"])
    })
  )
})

const bytesOf = (response: HttpClientResponse.HttpClientResponse) =>
  Effect.map(response.arrayBuffer, (buffer) => Buffer.from(buffer))

const previewsOf = (id: string) =>
  Effect.map(Credentials.designs(id), (designs) => designs.flatMap(({ previews }) => previews.map(({ url }) => url)))

describe("previews", () => {
  test(
    "are PNG images at URLs with encoded slashes; another name has another image at another URL",
    Effect.gen(function* () {
      const { id } = yield* Credentials.createIssueSend(ada)
      const urls = yield* previewsOf(id)
      assert.strictEqual(urls.length, 2)
      for (const url of urls) {
        assert.match(url, /^https:\/\/api\.certifier\.io\/previews\/w1%2Fcredentials%2F\w+%2Fdesigns%2F\w+%2F\w+\.png$/)
      }
      const first = yield* read(urls[0] ?? "")
      assert.strictEqual(first.headers["content-type"], "image/png")
      const image = yield* bytesOf(first)
      assert.strictEqual(image.subarray(0, 8).toString("latin1"), "\u0089PNG\r\n\u001a\n")
      // The width and height of the header.
      deepStrictEqual([image.readUInt32BE(16), image.readUInt32BE(20)], [1000, 700])
      yield* Credentials.update(id, { recipient: { name: "Ada Lovelace" } })
      const renamed = yield* previewsOf(id)
      assert.notStrictEqual(renamed[0], urls[0])
      assert.isFalse(image.equals(yield* bytesOf(yield* read(renamed[0] ?? ""))))
      assert.strictEqual((yield* read(urls[0] ?? "")).status, 404)
      yield* Groups.update(groupId, { name: "Money" })
      assert.notStrictEqual((yield* previewsOf(id))[0], renamed[0])
      deepStrictEqual(yield* eventsOf(id), [])
    })
  )

  test(
    "are empty right after issuing and exist later, by a quirk",
    Effect.gen(function* () {
      const { id, publicId } = yield* Credentials.createIssueSend(ada)
      deepStrictEqual(yield* previewsOf(id), [])
      assert.include(yield* (yield* read(`/credentials/${publicId}`)).text, "is not rendered yet")
      yield* TestClock.adjust("2 seconds")
      const [url = ""] = yield* previewsOf(id)
      assert.strictEqual((yield* read(url)).status, 200)
    }),
    { quirks: { previews: "pending" } }
  )

  test(
    "of a design are separate images, unless the design has a URL",
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox
      yield* sandbox.setDesign(Fixture.design({ id: "own", previewUrl: "https://cdn.example.com/w1%2Fown.png" }))
      const urls = Effect.map(Designs.listPage(), ({ data }) =>
        data.map(({ previewUrl }) => Option.getOrNull(previewUrl))
      )
      const [own, badge = "", certificate = ""] = yield* urls
      assert.strictEqual(own, "https://cdn.example.com/w1%2Fown.png")
      assert.match(badge ?? "", /^https:\/\/api\.certifier\.io\/previews\/w1%2Fdesigns%2F\w+%2F\w+\.png$/)
      const sizes = yield* Effect.forEach([badge, certificate], (url) =>
        Effect.map(Effect.flatMap(read(url ?? ""), bytesOf), (image) => [
          image.readUInt32BE(16),
          image.readUInt32BE(20)
        ])
      )
      deepStrictEqual(sizes, [
        [600, 600],
        [1000, 700]
      ])
      yield* sandbox.setDesign(Fixture.design({ id: "01k0dsn00000000000000000d2", type: "badge", name: "Red badge" }))
      assert.notStrictEqual((yield* urls)[1], badge)
      assert.strictEqual((yield* read(badge ?? "")).status, 404)
    })
  )

  test(
    "have URLs below the public URL, if there is one",
    Effect.gen(function* () {
      const { id } = yield* Credentials.createIssueSend(ada)
      const [url = ""] = yield* previewsOf(id)
      assert.match(url, /^https:\/\/sandbox\.example\/c\/previews\/w1%2F/)
      // A proxy that removes its own path.
      assert.strictEqual((yield* read(url.replace("https://sandbox.example/c", ""))).status, 200)
      assert.match((yield* Sandbox.mails)[0]?.url ?? "", /^https:\/\/sandbox\.example\/c\/credentials\//)
    }),
    { publicUrl: "https://sandbox.example/c/" }
  )
})

const markup = `<img src=x onerror="alert(1)"></style></script><script>alert(2)</script>' & "`

describe("text from recipients", () => {
  test(
    "is escaped in every field of every page",
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox
      const group = yield* Groups.update(groupId, { name: markup })
      const { id, publicId } = yield* Credentials.create({
        groupId: group.id,
        recipient: { name: markup },
        customAttributes: { "custom.mentor": markup }
      })
      const issued = yield* Credentials.issue(id)
      // The API rejects this address, but an import of stored objects does not.
      const recipient = { ...issued.recipient, email: Option.some("<i>ada</i>@example.com") }
      yield* sandbox.setCredential(new Credential.Credential({ ...issued, recipient }))
      yield* Credentials.send(id)
      yield* Effect.ignore(read(`/v1/${encodeURIComponent(markup)}?q=${encodeURIComponent(markup)}`))
      const [url = ""] = yield* previewsOf(id)
      assert.strictEqual((yield* read(url)).headers["content-type"], "image/png")
      yield* sandbox.inject({ status: 418, body: markup, headers: { "x-a": "<b>x" } })
      for (const path of [
        "/",
        `/credentials/${publicId}`,
        `/credentials/${publicId}?done=${encodeURIComponent(markup)}`
      ]) {
        const response = yield* read(path)
        const text = yield* response.text
        const policy = response.headers["content-security-policy"] ?? ""
        assert.match(policy, /^default-src 'none'; /)
        assert.notInclude(policy, "unsafe")
        for (const part of ["<img src=x", "<script>", "</style>", "<i>", "<b>x", 'onerror="', 'alert(1)"']) {
          assert.notInclude(text, part)
        }
        assert.match(text, /&lt;img src=x onerror=&quot;alert\(1\)&quot;&gt;/)
        // No inline code, which the policy would have to allow.
        assert.notMatch(text, /<style|<script(?! src="\/assets\/console\.js" defer>)|\sstyle=|\son\w+="/)
      }
    })
  )
})

describe("the control endpoints of mails, webhooks and the clock", () => {
  const json = (path: string, body: unknown, method: "post" | "patch" = "post") =>
    HttpClient[method](`${base}/__sandbox${path}`, { body: HttpBody.unsafeJson(body) })

  test(
    "list and clear mails, make a recipient's mails bounce, and move the clock",
    Effect.gen(function* () {
      const bounced = yield* json("/bounces", { address: "ada@example.com" })
      deepStrictEqual(yield* bounced.json, { addresses: ["ada@example.com"] })
      yield* Credentials.createIssueSend({ ...ada, expiryDate: "2026-02-01" })
      const Mails = Schema.Struct({ data: Schema.Array(Schema.Struct({ to: Schema.String, bounced: Schema.Boolean })) })
      const { data } = yield* Schema.decodeUnknown(Mails)(yield* (yield* read("/__sandbox/mails")).json)
      deepStrictEqual(data, [{ to: "ada@example.com", bounced: true }])
      deepStrictEqual(yield* (yield* json("/clock", { by: "30 days" })).json, { moved: 30 * 86_400_000 })
      const page = yield* Credentials.searchPage({ filter: { AND: [{ status: { equals: "expired" } }] } })
      assert.strictEqual(page.data.length, 1)
      assert.strictEqual((yield* json("/clock", { by: -1 })).status, 400)
      assert.strictEqual((yield* json("/bounces", { address: "" })).status, 400)
    })
  )

  test(
    "change how events are delivered, list deliveries, and redeliver",
    Effect.gen(function* () {
      const changed = yield* json("/webhooks", { bare: true, delay: "1 second" }, "patch")
      const expected = { doubled: false, outOfOrder: false, delay: 1000, reordered: false, bare: true, speed: 1 }
      deepStrictEqual(yield* changed.json, { targets: ["http://127.0.0.1:9/hook"], behavior: expected })
      const refused = yield* json("/webhooks", { speed: "fast" }, "patch")
      assert.strictEqual(refused.status, 400)
      assert.include(yield* refused.text, "speed")
      yield* Credentials.create(ada)
      const again = yield* json("/deliveries/1/redeliver", {})
      const text = yield* again.text
      assert.include(text, `"state":"pending"`)
      assert.notInclude(text + (yield* (yield* read("/__sandbox/deliveries")).text), "hidden")
      assert.strictEqual((yield* json("/deliveries/2/redeliver", {})).status, 404)
      yield* HttpClient.del(`${base}/__sandbox/deliveries`)
      deepStrictEqual(yield* Sandbox.deliveries, [])
      assert.isTrue(Option.isNone((yield* Sandbox.Sandbox).controlToken))
    }),
    { webhooks: [{ url: "http://127.0.0.1:9/hook?key=hidden", secret: Redacted.make("hidden") }] }
  )
})
