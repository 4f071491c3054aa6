import { assert, describe, it } from "@effect/vitest"
import { assertNone, assertSome, strictEqual } from "@effect/vitest/utils"
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { inspect } from "node:util"
import * as Webhook from "../src/Webhook.js"
import { eventJson, secret, secretText, sign, vectors } from "./support/webhook.js"

const encode = (text: string) => new TextEncoder().encode(text)

const verify = (signature: string | null | undefined, body: string | Uint8Array, secrets: Webhook.Secret = secret) =>
  Webhook.verify({ secret: secrets, signature, body })

const reasonOf = (effect: Effect.Effect<Webhook.Event, Webhook.WebhookError>) =>
  Effect.map(Effect.flip(effect), (error) =>
    error._tag === "CertifierInvalidSignature" ? error.reason : error.issues.map(String).join("; ")
  )

const rejects = (reason: string, signature: string | null | undefined, body: string, secrets?: Webhook.Secret) =>
  Effect.map(reasonOf(verify(signature, body, secrets)), (found) => strictEqual(found, reason))

describe("Webhook.verify", () => {
  for (const [name, { body, bytes, id, signature, type }] of Object.entries(vectors)) {
    it.effect(`accepts vector ${name}`, () =>
      Effect.gen(function* () {
        const raw = encode(body)
        strictEqual(raw.byteLength, bytes)
        for (const form of [raw, body, Buffer.from(body)]) {
          const event = yield* verify(signature, form)
          strictEqual(String(event.id), id)
          strictEqual(event.type, type)
          strictEqual(DateTime.formatIso(event.createdAt), "2026-01-15T09:30:00.000Z")
          assert.deepStrictEqual(event.data.resource, { id: "01k0crd00000000000000000c1", type: "credential" })
          assert.deepStrictEqual(event.raw, JSON.parse(body))
        }
      })
    )
  }

  const { A, B, C, D } = vectors

  it.effect("rejects the signature of another body, even one with equal JSON", () =>
    Effect.gen(function* () {
      yield* rejects("Mismatch", A.signature, B.body)
      yield* rejects("Mismatch", B.signature, A.body)
      yield* rejects("Mismatch", A.signature, D.body)
      yield* rejects("Mismatch", D.signature, A.body)
      // The same letters, decomposed.
      yield* rejects("Mismatch", C.signature, C.body.normalize("NFD"))
      yield* rejects("Mismatch", A.signature, "")
    })
  )

  it.effect("rejects a signature that is missing, empty or malformed", () =>
    Effect.gen(function* () {
      for (const missing of [undefined, null, ""]) yield* rejects("Missing", missing, A.body)
      for (const malformed of [
        A.signature.slice(1),
        A.signature.slice(2),
        `${A.signature}0`,
        `${A.signature}00`,
        `${A.signature.slice(1)}g`,
        `0x${A.signature.slice(2)}`,
        `sha256=${A.signature}`,
        ` ${A.signature}`,
        `${A.signature}\n`,
        `${A.signature}, ${A.signature}`,
        "０".repeat(64),
        Buffer.from(A.signature, "hex").toString("base64")
      ]) {
        yield* rejects("Malformed", malformed, A.body)
      }
    })
  )

  it.effect("rejects another secret", () => rejects("Mismatch", A.signature, A.body, Redacted.make(`${secretText}!`)))

  it.effect("accepts upper-case digits, and both cases at once", () =>
    Effect.gen(function* () {
      yield* verify(A.signature.toUpperCase(), A.body)
      yield* verify(A.signature.slice(0, 32).toUpperCase() + A.signature.slice(32), A.body)
    })
  )

  it.effect("accepts a signature of any secret in a list, at any position", () =>
    Effect.gen(function* () {
      const others = ["first", "second"].map((text) => Redacted.make(text))
      for (const secrets of [[secret, ...others], [...others, secret], [secret], [secret, secret]]) {
        strictEqual(String((yield* verify(A.signature, A.body, secrets)).id), A.id)
      }
      yield* rejects("Mismatch", A.signature, A.body, others)
    })
  )

  it.effect("tries all secrets, also after one that matches", () =>
    Effect.gen(function* () {
      const original = crypto.subtle.verify.bind(crypto.subtle)
      let tried = 0
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          crypto.subtle.verify = (...args) => {
            tried++
            return original(...args)
          }
        }),
        () => Effect.sync(() => Reflect.deleteProperty(crypto.subtle, "verify"))
      )
      yield* verify(A.signature, A.body, [secret, Redacted.make("other"), secret])
      strictEqual(tried, 3)
    }).pipe(Effect.scoped)
  )

  it.effect("dies without a secret, and does not show one", () =>
    Effect.gen(function* () {
      for (const secrets of [[], Redacted.make(""), [secret, Redacted.make("")]]) {
        const exit = yield* Effect.exit(verify(A.signature, A.body, secrets))
        const defect = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
        assert.isTrue(Cause.isIllegalArgumentException(defect))
        assert.include(String(defect), "Webhook.verify: invalid secret")
        assert.notInclude(inspect(exit, { depth: 9 }), secretText)
      }
    })
  )

  it.effect.prop(
    "rejects any change of any byte of the body",
    { at: FastCheck.nat({ max: A.bytes - 1 }), by: FastCheck.integer({ min: 1, max: 255 }) },
    ({ at, by }) => {
      const changed = encode(A.body)
      changed[at] = (changed[at] ?? 0) ^ by
      return Effect.map(reasonOf(verify(A.signature, changed)), (reason) => strictEqual(reason, "Mismatch"))
    },
    { fastCheck: { numRuns: 200 } }
  )

  it.effect("rejects a change of each byte, each prefix, and an additional byte", () =>
    Effect.gen(function* () {
      for (let at = 0; at < A.bytes; at++) {
        const changed = encode(A.body)
        changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8))
        strictEqual(yield* reasonOf(verify(A.signature, changed)), "Mismatch")
        yield* rejects("Mismatch", A.signature, A.body.slice(0, at))
      }
      yield* rejects("Mismatch", A.signature, `${A.body} `)
    })
  )

  it.effect.prop(
    "rejects any change of any character of the signature, except of its case",
    { at: FastCheck.nat({ max: 63 }), to: FastCheck.fullUnicode() },
    ({ at, to }) => {
      const changed = A.signature.slice(0, at) + to + A.signature.slice(at + 1)
      if (changed.toLowerCase() === A.signature) return Effect.void
      return Effect.map(reasonOf(verify(changed, A.body)), (reason) =>
        strictEqual(reason, /^[0-9a-f]$/i.test(to) ? "Mismatch" : "Malformed")
      )
    },
    { fastCheck: { numRuns: 200 } }
  )

  it.effect("rejects another digit at each position of the signature", () =>
    Effect.gen(function* () {
      for (let at = 0; at < 64; at++) {
        const digit = A.signature[at] === "0" ? "1" : "0"
        yield* rejects("Mismatch", A.signature.slice(0, at) + digit + A.signature.slice(at + 1), A.body)
      }
    })
  )

  it.effect.prop(
    "agrees with the HMAC of Node for any body and secrets",
    {
      body: FastCheck.uint8Array({ maxLength: 300 }),
      text: FastCheck.fullUnicodeString({ minLength: 1 }),
      other: FastCheck.fullUnicodeString({ minLength: 1 })
    },
    ({ body, other, text }) =>
      Effect.gen(function* () {
        const reason = yield* reasonOf(verify(sign(body, text), body, [Redacted.make(other), Redacted.make(text)]))
        // These bytes are rarely an event, but the signature is valid.
        assert.notInclude(["Missing", "Malformed", "Mismatch"], reason)
        if (other !== text) {
          strictEqual(yield* reasonOf(verify(sign(body, text), body, Redacted.make(other))), "Mismatch")
        }
      })
  )

  it.effect("decodes the bytes that it has verified, even if the caller changes them meanwhile", () =>
    Effect.gen(function* () {
      const bytes = encode(A.body)
      const fiber = yield* Effect.fork(verify(A.signature, bytes))
      yield* Effect.yieldNow()
      bytes.fill(0x20)
      strictEqual(String((yield* fiber).id), A.id)
    })
  )
})

const signed = (body: string | Uint8Array) => verify(sign(body), body)

const whole = {
  id: "01k0evt00000000000000000e1",
  type: "credential.viewed",
  createdAt: "2026-01-15T10:00:01.032Z",
  data: {
    resource: { id: "01k0crd00000000000000000c1", type: "credential" },
    credential: {
      id: "01k0crd00000000000000000c1",
      publicId: "6f1d2c3b-4a59-4e68-8b77-0123456789ab",
      groupId: "01k0grp00000000000000000g1",
      status: "issued",
      recipient: { id: "01k0rcp00000000000000000r1", name: "Ada Example", email: "ada@example.com" },
      issueDate: "2026-01-15",
      expiryDate: null,
      attributes: { "recipient.name": "Ada Example" },
      customAttributes: { "custom.mentor": "Lin Example" },
      createdAt: "2026-01-15T09:30:00.000Z",
      updatedAt: "2026-01-15T09:31:00.000Z"
    },
    credentialInteraction: {
      id: "01k0nct00000000000000000n1",
      credentialId: "01k0crd00000000000000000c1",
      eventType: "credential_viewed",
      triggeredBy: "recipient",
      triggeredAt: "2026-01-15T10:00:00.000Z"
    }
  }
}

describe("Webhook.Event", () => {
  it.effect("has the credential and the interaction", () =>
    Effect.gen(function* () {
      const { data } = yield* signed(JSON.stringify(whole))
      assertSome(
        Option.map(data.credential, ({ recipient }) => recipient.name),
        "Ada Example"
      )
      assertSome(
        Option.map(data.credentialInteraction, ({ eventType }) => eventType),
        "credential_viewed"
      )
    })
  )

  it.effect("has neither if they are absent, null or incomplete, and keeps the raw event", () =>
    Effect.gen(function* () {
      for (const value of [undefined, null, {}, [], "x", { recipient: { name: "Zoë Ångström" } }]) {
        const body = { ...whole, data: { ...whole.data, credential: value, credentialInteraction: value } }
        const { data, raw } = yield* signed(JSON.stringify(body))
        assertNone(data.credential)
        assertNone(data.credentialInteraction)
        assert.deepStrictEqual(raw, JSON.parse(JSON.stringify(body)))
      }
    })
  )

  it.effect("keeps unknown types and fields", () =>
    Effect.gen(function* () {
      const body = { ...whole, type: "workspace.renamed", version: 2, data: { ...whole.data, more: { deep: [1] } } }
      const event = yield* signed(JSON.stringify(body))
      strictEqual(event.type, "workspace.renamed")
      assert.deepStrictEqual(event.raw, body)
    })
  )

  it.effect("encodes to the original event, and decodes again", () =>
    Effect.gen(function* () {
      for (const body of [whole, { ...whole, more: 1, data: { ...whole.data, credential: { broken: true } } }]) {
        const event = yield* signed(JSON.stringify(body))
        const json = yield* Schema.encode(Webhook.Event)(event)
        assert.deepStrictEqual(json, body)
        assert.deepStrictEqual(yield* Schema.decode(Webhook.Event)(json), event)
      }
    })
  )

  it.effect("is not affected by a field __proto__", () =>
    Effect.gen(function* () {
      const body = `{"__proto__":{"type":"x"},${eventJson("e1").slice(1)}`
      const event = yield* signed(body)
      strictEqual(event.type, "credential.issued")
      strictEqual(Object.getPrototypeOf(event), Object.prototype)
      yield* Effect.map(reasonOf(signed(`{"__proto__":${body}}`)), (reason) => assert.include(reason, "id is missing"))
    })
  )

  const cases: ReadonlyArray<readonly [name: string, body: string | Uint8Array, issues: RegExp]> = [
    ["an empty body", "", /^it is empty, expected a JSON object$/],
    ["no JSON", "no-json-marker", /^it is not JSON.*, expected a JSON object$/],
    ["no UTF-8", Uint8Array.of(0x22, 0xff, 0x22), /^it is not UTF-8, expected a JSON object$/],
    ["an array", "[]", /^it is an array, expected an event$/],
    ["a text", `"marker"`, /^it is a string, expected an event$/],
    ["null", "null", /^it is null, expected an event$/],
    ["no member", "{}", /^id is missing.*; type is missing.*; createdAt is missing.*; data is missing/],
    ["an empty id", eventJson(""), /^id is not a valid event id, expected 1 to 128 characters$/],
    ["a long id", eventJson("x".repeat(129)), /^id is not a valid event id/],
    ["a numeric type", eventJson("e1").replace(`"credential.issued"`, "7"), /^type is a number, expected credential/],
    ["no date", eventJson("e1").replace("2026-01-15T", "marker"), /^createdAt is not a date and time, expected an ISO/],
    [
      "no resource",
      eventJson("e1").replace("resource", "marker"),
      /^data\.resource is missing, expected an object with/
    ],
    [
      "no resource id",
      eventJson("e1").replace(`"01k0crd00000000000000000c1"`, "{}"),
      /^data\.resource\.id is an object/
    ]
  ]
  for (const [name, body, issues] of cases) {
    it.effect(`is not decoded from ${name}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(signed(body))
        strictEqual(error._tag, "CertifierInvalidEvent")
        assert.match(yield* reasonOf(signed(body)), issues)
        assert.notInclude(inspect(error, { depth: 9 }), "marker")
      })
    )
  }
})

describe("the errors of Webhook.verify", () => {
  it.effect("round-trip through JSON", () =>
    Effect.gen(function* () {
      const errors = Schema.Union(Webhook.InvalidSignature, Webhook.InvalidEvent)
      for (const effect of [verify("", "x"), verify("0", "x"), verify("0".repeat(64), "x"), signed("{}")]) {
        const error = yield* Effect.flip(effect)
        const text = yield* Schema.encode(Schema.parseJson(errors))(error)
        const again = yield* Schema.decode(Schema.parseJson(errors))(text)
        strictEqual(again.message, error.message)
        strictEqual(again._tag, error._tag)
      }
    })
  )

  it.effect("contain neither the body nor the secret nor the signature", () =>
    Effect.gen(function* () {
      const body = `{"marker-member":"marker-value"}`
      const other = "0123456789abcdef".repeat(4)
      for (const effect of [verify(other, body), verify(`z${other}`, body), signed(body), signed(`${body}x`)]) {
        const exit = yield* Effect.exit(effect)
        const texts = [inspect(exit, { depth: 9, showHidden: true }), String(exit), JSON.stringify(exit)]
        for (const text of texts) {
          for (const word of ["marker", secretText, other]) assert.notInclude(text, word)
        }
      }
    })
  )
})
