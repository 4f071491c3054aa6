import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { CertifierClient, Credentials, Interactions, Webhook } from "@effect-certifier/core"
import { HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { Duration, Effect, Layer, Option, Redacted, Schema, TestClock } from "effect"
import { type Delivery, Fixture, Sandbox } from "../src/index.js"

const secret = Redacted.make("sandbox-webhook-secret-01")

const ada = { groupId: Fixture.groupJson.id, recipient: { name: "Ada Example", email: "ada@example.com" } } as const

interface Setup {
  readonly behavior?: Partial<Delivery.Behavior>
  /** The statuses that the receiver responds with, in order; then 204. */
  readonly statuses?: ReadonlyArray<number>
}

const Received = Schema.parseJson(Schema.Struct({ id: Schema.String, type: Schema.String, data: Schema.Unknown }))

/** A sandbox with a receiver that stores the events it receives. */
const withReceiver = <E>(
  { behavior, statuses = [] }: Setup,
  effect: (
    received: ReadonlyArray<{ readonly body: string; readonly signature: string }>,
    types: () => ReadonlyArray<string>
  ) => Effect.Effect<void, E, CertifierClient.CertifierClient | Sandbox.Sandbox>
) =>
  Effect.suspend(() => {
    const received: Array<{ readonly body: string; readonly signature: string }> = []
    const app = Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      const status = statuses[received.length] ?? 204
      received.push({ body: yield* request.text, signature: request.headers["x-webhook-signature"] ?? "" })
      return HttpServerResponse.empty({ status })
    })
    const types = () => received.map(({ body }) => Schema.decodeSync(Received)(body).type)
    const sandbox = Sandbox.layerInProcess({
      rateLimit: "Unlimited",
      webhooks: [{ app, secret }],
      ...(behavior === undefined ? {} : { webhookBehavior: behavior })
    })
    return TestClock.setTime(Date.parse("2026-01-15T09:30:00.000Z")).pipe(
      Effect.zipRight(effect(received, types)),
      Effect.provide(Layer.provideMerge(CertifierClient.layer({ accessToken: Redacted.make("any") }), sandbox))
    )
  })

const states = (deliveries: ReadonlyArray<Delivery.Delivery>) =>
  deliveries.map(({ attempts, state, type }) => `${type} ${state} ${attempts.length}`)

describe("which events are delivered", () => {
  it.effect("one for each step of a credential, in order, none for sending it", () =>
    withReceiver({}, (_, types) =>
      Effect.gen(function* () {
        const { id } = yield* Credentials.create(ada)
        yield* Credentials.issue(id)
        yield* Credentials.send(id)
        yield* Credentials.update(id, { recipient: { name: "Ada Lovelace" } })
        yield* Credentials.delete(id)
        yield* Sandbox.awaitDeliveries
        deepStrictEqual(types(), [
          "credential.created",
          "credential.issued",
          "credential.updated",
          "credential.deleted"
        ])
      })
    )
  )

  it.effect("two for creating, issuing and sending in one", () =>
    withReceiver({}, (_, types) =>
      Effect.gen(function* () {
        yield* Credentials.createIssueSend(ada)
        yield* Sandbox.awaitDeliveries
        deepStrictEqual(types(), ["credential.created", "credential.issued"])
      })
    )
  )

  it.effect("for interactions with a known event, with the interaction", () =>
    withReceiver({}, (received, types) =>
      Effect.gen(function* () {
        const { id } = yield* Credentials.createIssueSend(ada)
        yield* Sandbox.awaitDeliveries
        for (const eventType of [
          "credential_viewed",
          "credential_downloaded",
          "credential_shared_to_weibo",
          "credential_link_copied",
          "credential_verified",
          "credential_added_to_linkedin_profile"
        ] as const) {
          yield* Interactions.create({
            credentialId: id,
            eventType,
            triggeredBy: "guest",
            triggeredAt: "2026-01-15T08:00:00.000Z"
          })
        }
        yield* Sandbox.awaitDeliveries
        deepStrictEqual(types().slice(2), ["credential.viewed", "credential.downloaded", "credential.shared"])
        const event = yield* Webhook.verify({ secret, ...(received[2] ?? { body: "", signature: "" }) })
        assert.strictEqual(event.data.resource.id, id)
        assert.strictEqual(Option.getOrThrow(event.data.credential).id, id)
        assert.strictEqual(Option.getOrThrow(event.data.credentialInteraction).eventType, "credential_viewed")
      })
    )
  )

  it.effect("none for a rejected request", () =>
    withReceiver({}, (_, types) =>
      Effect.gen(function* () {
        yield* Effect.flip(Credentials.issue("01k0crd00000000000000000c1"))
        deepStrictEqual(yield* Sandbox.awaitDeliveries, [])
        deepStrictEqual(types(), [])
      })
    )
  )
})

describe("a delivered event", () => {
  it.effect("is the JSON of the contract, signed over its bytes", () =>
    withReceiver({}, (received) =>
      Effect.gen(function* () {
        const { id } = yield* Credentials.create({ ...ada, recipient: { name: "Zoë Ångström" } })
        const [delivery] = yield* Sandbox.awaitDeliveries
        const { body, signature } = received[0] ?? { body: "", signature: "" }
        assert.strictEqual(body, delivery?.body)
        assert.strictEqual(
          body.slice(0, body.indexOf(',"credential":')),
          `{"id":"${delivery?.eventId}","type":"credential.created","createdAt":"2026-01-15T09:30:00.000Z","data":{"resource":{"id":"${id}","type":"credential"}`
        )
        assert.match(signature, /^[0-9a-f]{64}$/)
        const event = yield* Webhook.verify({ secret, signature, body })
        assert.strictEqual(Option.getOrThrow(event.data.credential).recipient.name, "Zoë Ångström")
        const other = Webhook.verify({ secret: Redacted.make("another"), signature, body })
        assert.strictEqual((yield* Effect.flip(other))._tag, "CertifierInvalidSignature")
      })
    )
  )

  it.effect("bare: only the resource", () =>
    withReceiver({ behavior: { bare: true } }, (received) =>
      Effect.gen(function* () {
        const { id } = yield* Credentials.create(ada)
        yield* Sandbox.awaitDeliveries
        const { data } = Schema.decodeSync(Received)(received[0]?.body ?? "")
        deepStrictEqual(data, { resource: { id, type: "credential" } })
      })
    )
  )

  it.effect("reordered: the same members in reverse order, with a valid signature", () =>
    withReceiver({ behavior: { reordered: true } }, (received) =>
      Effect.gen(function* () {
        yield* Credentials.create(ada)
        yield* Sandbox.awaitDeliveries
        const { body, signature } = received[0] ?? { body: "", signature: "" }
        deepStrictEqual(Object.keys(JSON.parse(body)), ["data", "createdAt", "type", "id"])
        assert.strictEqual((yield* Webhook.verify({ secret, signature, body })).type, "credential.created")
      })
    )
  )
})

describe("retries", () => {
  it.effect("stop after seven attempts in three and a half days without a 2xx response", () =>
    withReceiver({ statuses: Array.from({ length: 9 }, () => 500) }, (received) =>
      Effect.gen(function* () {
        yield* Credentials.create(ada)
        const waits = [
          "80 minutes",
          "160 minutes",
          "320 minutes",
          "640 minutes",
          "1280 minutes",
          "2560 minutes"
        ] as const
        for (const [index, wait] of waits.entries()) {
          deepStrictEqual(states(yield* Sandbox.awaitDeliveries), [`credential.created pending ${index + 1}`])
          yield* TestClock.adjust(Duration.subtract(Duration.decode(wait), "1 millis"))
          assert.strictEqual((yield* Sandbox.awaitDeliveries)[0]?.attempts.length, index + 1)
          yield* TestClock.adjust("1 millis")
        }
        const [delivery] = yield* Sandbox.awaitDeliveries
        assert(delivery !== undefined && delivery.state === "failed")
        const times = delivery.attempts.map(({ at }) => at.epochMillis)
        assert.strictEqual((times.at(-1) ?? 0) - (times[0] ?? 0), 3.5 * 86_400_000)
        yield* TestClock.adjust("30 days")
        assert.strictEqual(received.length, 7)
        assert.strictEqual(new Set(received.map(({ body, signature }) => body + signature)).size, 1)
      })
    )
  )

  it.effect("are made after a 3xx or 4xx response, until an attempt succeeds", () =>
    withReceiver({ statuses: [302, 400, 200], behavior: { speed: 4800 } }, () =>
      Effect.gen(function* () {
        yield* Credentials.create(ada)
        yield* Sandbox.awaitDeliveries
        yield* TestClock.adjust("1 second")
        deepStrictEqual(states(yield* Sandbox.awaitDeliveries), ["credential.created pending 2"])
        yield* TestClock.adjust("2 seconds")
        deepStrictEqual(states(yield* Sandbox.awaitDeliveries), ["credential.created delivered 3"])
      })
    )
  )

  it.effect("run when the sandbox's own clock is moved", () =>
    withReceiver({ statuses: [503] }, () =>
      Effect.gen(function* () {
        yield* Credentials.create(ada)
        yield* Sandbox.awaitDeliveries
        yield* Sandbox.moveClock("79 minutes")
        deepStrictEqual(states(yield* Sandbox.awaitDeliveries), ["credential.created pending 1"])
        yield* Sandbox.moveClock("1 minute")
        deepStrictEqual(states(yield* Sandbox.awaitDeliveries), ["credential.created delivered 2"])
      })
    )
  )

  it.effect("run immediately on request, after which none run automatically", () =>
    withReceiver({ statuses: [500, 500] }, (received) =>
      Effect.gen(function* () {
        yield* Credentials.create(ada)
        yield* Sandbox.awaitDeliveries
        const failed = Option.getOrThrow(yield* Sandbox.redeliver(1))
        deepStrictEqual(states([failed]), ["credential.created pending 2"])
        assert.isTrue(Option.isSome(failed.nextAt))
        deepStrictEqual(states([Option.getOrThrow(yield* Sandbox.redeliver(1))]), ["credential.created delivered 3"])
        assert.isTrue(Option.isNone(yield* Sandbox.redeliver(2)))
        yield* TestClock.adjust("30 days")
        // A later event. A further attempt would have been made by now.
        yield* Credentials.create(ada)
        yield* Sandbox.awaitDeliveries
        assert.strictEqual(received.length, 4)
      })
    )
  )
})

describe("delivery behavior", () => {
  it.effect("doubled: the same event twice", () =>
    withReceiver({ behavior: { doubled: true } }, (received) =>
      Effect.gen(function* () {
        yield* Credentials.create(ada)
        deepStrictEqual(states(yield* Sandbox.awaitDeliveries), ["credential.created delivered 2"])
        assert.strictEqual(received.length, 2)
        deepStrictEqual(received[0], received[1])
      })
    )
  )

  it.effect("out of order: two consecutive events are swapped, and a single event is late", () =>
    withReceiver({ behavior: { outOfOrder: true } }, (_, types) =>
      Effect.gen(function* () {
        const { id } = yield* Credentials.createIssueSend(ada)
        yield* Credentials.delete(id)
        yield* Sandbox.awaitDeliveries
        deepStrictEqual(types(), ["credential.issued", "credential.created"])
        yield* TestClock.adjust("1 second")
        yield* Sandbox.awaitDeliveries
        deepStrictEqual(types(), ["credential.issued", "credential.created", "credential.deleted"])
      })
    )
  )

  it.effect("late", () =>
    withReceiver({ behavior: { delay: Duration.hours(1) } }, (received) =>
      Effect.gen(function* () {
        yield* Credentials.create(ada)
        deepStrictEqual(states(yield* Sandbox.awaitDeliveries), ["credential.created pending 0"])
        yield* TestClock.adjust("1 hour")
        deepStrictEqual(states(yield* Sandbox.awaitDeliveries), ["credential.created delivered 1"])
        assert.strictEqual(received.length, 1)
      })
    )
  )

  it.effect("can change while the sandbox runs; invalid options are named", () =>
    withReceiver({}, (received) =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.Sandbox
        assert.isTrue((yield* sandbox.changeWebhooks({ bare: true })).bare)
        yield* Credentials.create(ada)
        yield* Sandbox.awaitDeliveries
        assert.notInclude(received[0]?.body ?? "", "recipient")
        const error = yield* Effect.flip(sandbox.changeWebhooks({ speed: 0 }))
        assert.include(error.message, "webhookBehavior.speed")
      })
    )
  )
})

describe("core's Webhook.handler", () => {
  it.effect("handles each event once, whatever the delivery behavior", () =>
    Effect.gen(function* () {
      const handled: Array<string> = []
      const app = Webhook.handler({ secret }, (event) =>
        Effect.suspend(() => (handled.push(event.type) === 1 ? Effect.fail("the table is locked") : Effect.void))
      )
      const layer = Sandbox.layerInProcess({
        webhooks: [{ app, secret }],
        webhookBehavior: { doubled: true, outOfOrder: true, reordered: true }
      })
      yield* Effect.gen(function* () {
        yield* Credentials.createIssueSend(ada)
        yield* Sandbox.awaitDeliveries
        yield* TestClock.adjust("80 minutes")
        deepStrictEqual(states(yield* Sandbox.awaitDeliveries), [
          "credential.created delivered 2",
          "credential.issued delivered 3"
        ])
        // The first delivery failed and was retried; the duplicates were not handled.
        deepStrictEqual(handled, ["credential.issued", "credential.created", "credential.issued"])
      }).pipe(Effect.provide(Layer.provideMerge(CertifierClient.layer({ accessToken: Redacted.make("any") }), layer)))
    })
  )

  it.effect("rejects events that are signed with another secret", () =>
    Effect.gen(function* () {
      const app = Webhook.handler({ secret: Redacted.make("another") }, () => Effect.void)
      const layer = Sandbox.layerInProcess({ webhooks: [{ app, secret }] })
      yield* Effect.gen(function* () {
        yield* Credentials.create(ada)
        const [delivery] = yield* Sandbox.awaitDeliveries
        deepStrictEqual(delivery?.attempts[0]?.status, Option.some(403))
      }).pipe(Effect.provide(Layer.provideMerge(CertifierClient.layer({ accessToken: Redacted.make("any") }), layer)))
    })
  )
})

describe("options", () => {
  const refusal = (options: Sandbox.Options) =>
    Effect.map(Effect.flip(Layer.launch(Sandbox.layerInProcess(options))), String)

  it.effect("the error of an invalid target names it, without its URL and secret", () =>
    Effect.gen(function* () {
      for (const url of ["ftp://a.example/hidden", "not a url hidden", "http://hidden:word@a.example/"]) {
        const text = yield* refusal({ webhooks: [{ url, secret }] })
        assert.include(text, "webhooks.0.url")
        assert.notInclude(text, "hidden")
      }
      assert.include(
        yield* refusal({ webhooks: [{ url: "http://a.example", secret: Redacted.make("") }] }),
        "webhooks.0.secret"
      )
      assert.include(yield* refusal({ keepDeliveries: 0 }), "keepDeliveries")
      assert.include(yield* refusal({ publicUrl: "javascript:1" }), "publicUrl")
    })
  )

  it.effect("deliveries are bounded, and dropped ones are counted and not redelivered", () =>
    Effect.gen(function* () {
      let calls = 0
      const app = Effect.sync(() => HttpServerResponse.empty({ status: calls++ < 3 ? 500 : 204 }))
      const layer = Sandbox.layerInProcess({ keepDeliveries: 2, webhooks: [{ app, secret }] })
      yield* Effect.gen(function* () {
        for (const name of ["A", "B", "C"]) {
          yield* Credentials.create({ ...ada, recipient: { name } })
          yield* Sandbox.awaitDeliveries
        }
        const sandbox = yield* Sandbox.Sandbox
        deepStrictEqual(
          (yield* sandbox.deliveries).map(({ number }) => number),
          [2, 3]
        )
        deepStrictEqual(yield* sandbox.forgotten, { requests: 0, mails: 0, deliveries: 1 })
        yield* TestClock.adjust("80 minutes")
        yield* Sandbox.awaitDeliveries
        assert.strictEqual(calls, 5)
      }).pipe(Effect.provide(Layer.provideMerge(CertifierClient.layer({ accessToken: Redacted.make("any") }), layer)))
    })
  )
})
