import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import type * as CertifierClient from "../src/CertifierClient.js"
import * as CertifierError from "../src/CertifierError.js"
import * as Issuance from "../src/Issuance.js"
import * as Issuing from "./support/issuing.js"

const now = Date.parse("2026-01-15T09:30:00.000Z")
const groupId = "01k0grp00000000000000000g1"
const ada = { groupId, recipient: { name: "Ada Example", email: "ada@example.com" } } as const

type Service = ReturnType<typeof Issuing.make>

/** The store of a caller: the latest step as JSON. */
const recorder = () => {
  const steps: Array<string> = []
  let latest = ""
  return {
    onStep: (step: Issuance.Step) =>
      Effect.sync(() => {
        latest = JSON.stringify(Schema.encodeSync(Issuance.Step)(step))
        steps.push(`${step._tag}${"attemptedAt" in step && Option.isSome(step.attemptedAt) ? " attempted" : ""}`)
      }),
    steps,
    latest: () => Schema.decodeUnknownSync(Schema.parseJson(Issuance.Step))(latest)
  }
}

type Issuing<E> = Effect.Effect<Issuance.Done, E, CertifierClient.CertifierClient>

/** The result of an issuance, however long it takes. */
const ended = <E>(self: Issuing<E>, { layer }: Service) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(Effect.either(Effect.provide(self, layer)))
    yield* TestClock.adjust("1 hour")
    return yield* Fiber.join(fiber)
  })

const failureOf = <A, E>(result: Either.Either<A, E>): E =>
  Either.isLeft(result) ? result.left : assert.fail("it succeeded")

const test = <E>(title: string, effect: Effect.Effect<void, E>): void =>
  it.effect(title, () => Effect.zipRight(TestClock.setTime(now), effect))

const created = { credentialId: "01k0crd0000000000000000001", publicId: "6f1d2c3b-4a59-4e68-8b77-000000000001" }

describe("without faults", () => {
  test(
    "creates, issues and mails, and stores each step before the next request",
    Effect.gen(function* () {
      const service = Issuing.make()
      const record = recorder()
      const log: Array<string> = service.log
      const onStep = (step: Issuance.Step) =>
        Effect.zipRight(
          record.onStep(step),
          Effect.sync(() => log.push(`stored ${record.steps.at(-1)}`))
        )
      const done = yield* ended(Issuance.issue(ada, { onStep }), service)
      deepStrictEqual(Schema.encodeSync(Issuance.Step)(Either.getOrThrow(done)), { _tag: "Done", ...created })
      deepStrictEqual(log, [
        "stored Create attempted",
        "create",
        "stored Issue",
        "issue",
        "stored Send",
        "stored Send attempted",
        "send",
        "stored Done"
      ])
      deepStrictEqual(service.mails, [created.credentialId])
      deepStrictEqual(record.latest(), Either.getOrThrow(done))
    })
  )

  test(
    "mails only if requested",
    Effect.gen(function* () {
      const service = Issuing.make()
      const record = recorder()
      const fields = { groupId, recipient: { name: "Ada Example" } }
      yield* ended(Issuance.issue(fields, { ...record, send: false }), service)
      deepStrictEqual(service.log, ["create", "issue"])
      deepStrictEqual(record.steps, ["Create attempted", "Issue", "Done"])
    })
  )

  test(
    "a step is JSON with everything needed to continue",
    Effect.gen(function* () {
      const service = Issuing.make({ create: [{ status: 503 }] })
      const fields = { ...ada, customAttributes: { order: "4711" } }
      const encoded: Array<unknown> = []
      const onStep = (step: Issuance.Step) => Effect.sync(() => encoded.push(Schema.encodeSync(Issuance.Step)(step)))
      yield* ended(Issuance.issue(fields, { onStep, reference: "order", settle: "1 second" }), service)
      deepStrictEqual(encoded[0], {
        _tag: "Create",
        fields: { ...ada, customAttributes: { "custom.order": "4711" } },
        reference: "custom.order",
        send: true,
        attemptedAt: "2026-01-15T09:30:00.000Z"
      })
      deepStrictEqual(encoded.slice(2), [
        { _tag: "Issue", ...created, send: true },
        { _tag: "Send", ...created },
        { _tag: "Send", ...created, attemptedAt: "2026-01-15T09:30:01.000Z" },
        { _tag: "Done", ...created }
      ])
    })
  )
})

type Case = readonly [
  title: string,
  faults: Parameters<typeof Issuing.make>[0],
  requests: ReadonlyArray<string>,
  options?: Parameters<typeof Issuing.make>[1]
]

const searches = (count: number) => Array.from({ length: count }, () => "search")

describe("a create that may have taken effect", () => {
  it.effect.each<Case>([
    ["is found", { create: [{ applied: true, status: 500 }] }, ["create", "search", "issue", "send"]],
    ["is found after a reset", { create: [{}] }, ["create", "search", "issue", "send"]],
    [
      "is found when the search has caught up",
      { create: [{}] },
      ["create", ...searches(6), "issue", "send"],
      { searchLag: 30_000 }
    ],
    [
      "is repeated if a search of two minutes has found nothing",
      { create: [{ status: 503 }] },
      ["create", ...searches(12), "create", "issue", "send"]
    ],
    [
      "is found when the service applies it late",
      { create: [{ late: 20_000 }] },
      ["create", ...searches(6), "issue", "send"]
    ],
    [
      "is found even if its response could not be read",
      { create: [{ applied: true, status: 201, body: `{"id":` }] },
      ["create", "search", "issue", "send"]
    ]
  ])("%s", ([, faults, requests, options]) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const service = Issuing.make(faults, options)
      const record = recorder()
      const done = yield* ended(Issuance.issue(ada, record), service)
      assert.isTrue(Either.isRight(done))
      deepStrictEqual(service.log, requests)
      assert.strictEqual(service.credentials.length, 1)
      assert.strictEqual(service.mails.length, 1)
    })
  )

  test(
    "is searched for by group, address in its possible forms, and day",
    Effect.gen(function* () {
      const service = Issuing.make({ create: [{}] })
      const recipient = { name: "Ada Example", email: "Ada@Example.com" }
      yield* ended(Issuance.issue({ groupId, recipient }, recorder()), service)
      deepStrictEqual(service.searches, [
        {
          filter: {
            AND: [
              { groupId: { equals: groupId } },
              { recipient: { email: { in: ["Ada@Example.com", "Ada@example.com", "ada@example.com"] } } },
              { createdAt: { gte: "2026-01-14" } }
            ]
          },
          sort: { property: "createdAt", order: "desc" },
          limit: 100
        }
      ])
    })
  )

  const other = {
    id: "01k0crd0000000000000000999",
    status: "draft",
    recipient: { name: "Ada Example", email: "ADA@example.com" },
    groupId,
    customAttributes: {},
    createdAt: now - 299_000
  }

  it.effect.each<readonly [title: string, existing: ReadonlyArray<typeof other>, applied: boolean, found: number]>([
    ["several are found", [other], true, 2],
    ["the one that is found is no longer a draft", [{ ...other, status: "issued" }], false, 1]
  ])("stops if %s", ([, existing, applied, found]) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const service = Issuing.make({ create: [{ applied }] }, { existing: existing.map((one) => ({ ...one })) })
      const record = recorder()
      const error = failureOf(yield* ended(Issuance.issue(ada, record), service))
      assert(error._tag === "CertifierIssuanceUncertain")
      assert.strictEqual(error.reason, "Ambiguous")
      assert.strictEqual(error.found.length, found)
      assert.strictEqual(error.failures[0]?._tag, "CertifierTransportError")
      deepStrictEqual(error.step, record.latest())
      deepStrictEqual(error.credentialId, Option.none())
      assert.match(error.message, /^Create: the state that was read is not the result of this step\. Found: 01k0crd\w+/)
      deepStrictEqual(service.log, ["create", "search"])
    })
  )

  it.effect.each<readonly [title: string, existing: typeof other]>([
    ["of another group", { ...other, groupId: "01k0grp00000000000000000g2" }],
    ["of another recipient", { ...other, recipient: { name: "Ada Example", email: "ada@example.org" } }],
    ["from before", { ...other, createdAt: now - 301_000 }]
  ])("is not confused with a draft %s", ([, existing]) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const service = Issuing.make({ create: [{}] }, { existing: [existing] })
      const done = Either.getOrThrow(yield* ended(Issuance.issue(ada, recorder()), service))
      assert.strictEqual(done.credentialId, "01k0crd0000000000000000002")
    })
  )

  test(
    "is distinguished by its reference",
    Effect.gen(function* () {
      const existing = [{ ...other, createdAt: now, customAttributes: { "custom.order": "4710" } }]
      const service = Issuing.make({ create: [{}] }, { existing })
      const fields = { ...ada, customAttributes: { "custom.order": "4711" } }
      const done = yield* ended(Issuance.issue(fields, { ...recorder(), reference: "order" }), service)
      assert.strictEqual(Either.getOrThrow(done).credentialId, "01k0crd0000000000000000002")
      deepStrictEqual(service.log, ["create", "search", "issue", "send"])
    })
  )

  test(
    "is not considered absent if the service does not return the reference",
    Effect.gen(function* () {
      const existing = [{ ...other, createdAt: now }]
      const service = Issuing.make({ create: [{ status: 503 }] }, { existing })
      const fields = { ...ada, customAttributes: { order: "4711" } }
      const error = failureOf(yield* ended(Issuance.issue(fields, { ...recorder(), reference: "order" }), service))
      assert(error._tag === "CertifierIssuanceUncertain")
      assert.strictEqual(error.reason, "Ambiguous")
      deepStrictEqual(service.log, ["create", "search"])
    })
  )

  test(
    "is found by name if there is no address, in whatever form the service stores it",
    Effect.gen(function* () {
      const existing = [
        { ...other, createdAt: now, recipient: { name: "zoë ångström" } },
        { ...other, createdAt: now, recipient: { name: "Zoë Ångström-Lind" } }
      ]
      const service = Issuing.make({ create: [{ status: 503 }] }, { existing })
      const fields = { groupId, recipient: { name: " Zoe\u0308  A\u030angstro\u0308m" } }
      const done = yield* ended(Issuance.issue(fields, { ...recorder(), send: false }), service)
      assert.strictEqual(Either.getOrThrow(done).credentialId, other.id)
      assert.include(JSON.stringify(service.searches), `{"recipient":{"name":{"contains":"ngstr"}}}`)
    })
  )

  test(
    "is sent no more than attempts says",
    Effect.gen(function* () {
      const fault = { status: 503 }
      const service = Issuing.make({ create: [fault, fault, fault, fault] })
      const error = failureOf(
        yield* ended(Issuance.issue(ada, { ...recorder(), attempts: 2, settle: "1 second" }), service)
      )
      assert(error._tag === "CertifierIssuanceUncertain")
      assert.strictEqual(error.reason, "NotFound")
      deepStrictEqual(
        error.failures.map((failure) => failure._tag),
        ["CertifierInternalServerError", "CertifierInternalServerError"]
      )
      assert.strictEqual(service.log.filter((name) => name === "create").length, 2)
    })
  )

  test(
    "is never repeated with one attempt, also on resuming",
    Effect.gen(function* () {
      const service = Issuing.make({ create: [{ status: 503 }] })
      const record = recorder()
      const options = { ...record, attempts: 1, settle: "1 second" } as const
      const error = failureOf(yield* ended(Issuance.issue(ada, options), service))
      assert.strictEqual(error._tag, "CertifierIssuanceUncertain")
      const again = failureOf(yield* ended(Issuance.resume(record.latest(), options), service))
      assert.strictEqual(again._tag, "CertifierIssuanceUncertain")
      assert.strictEqual(service.log.filter((name) => name === "create").length, 1)
      const more = { ...record, settle: "1 second" } as const
      assert.isTrue(Either.isRight(yield* ended(Issuance.resume(more)(record.latest()), service)))
    })
  )

  test(
    "is not repeated after a success that search does not show",
    Effect.gen(function* () {
      const service = Issuing.make({ create: [{ applied: false, status: 201, body: `{"id":` }] })
      const error = failureOf(yield* ended(Issuance.issue(ada, recorder()), service))
      assert(error._tag === "CertifierIssuanceUncertain")
      assert.strictEqual(error.reason, "NotFound")
      assert.strictEqual(service.log.filter((name) => name === "create").length, 1)
    })
  )

  test(
    "is uncertain if the search fails",
    Effect.gen(function* () {
      const service = Issuing.make({ create: [{}], search: [{ status: 503 }] })
      const record = recorder()
      const error = failureOf(yield* ended(Issuance.issue(ada, record), service))
      assert(error._tag === "CertifierIssuanceUncertain")
      assert.strictEqual(error.reason, "NotRead")
      assert.strictEqual(error.failures.length, 2)
      assert.isTrue(Either.isRight(yield* ended(Issuance.resume(record.latest(), record), service)))
      deepStrictEqual(service.log, ["create", "search", "search", "issue", "send"])
    })
  )
})

describe("issuing", () => {
  it.effect.each<Case>([
    ["that took effect continues", { issue: [{ applied: true, status: 500 }] }, ["create", "issue", "get", "send"]],
    ["that did not take effect is repeated", { issue: [{ status: 500 }] }, ["create", "issue", "get", "issue", "send"]],
    ["that takes effect late continues", { issue: [{ late: 500 }] }, ["create", "issue", "get", "issue", "get", "send"]]
  ])("%s", ([, faults, requests]) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const service = Issuing.make(faults)
      assert.isTrue(Either.isRight(yield* ended(Issuance.issue(ada, recorder()), service)))
      deepStrictEqual(service.log, requests)
    })
  )

  test(
    "is uncertain if the status can't be read, or is not a result of issuing",
    Effect.gen(function* () {
      const unread = Issuing.make({ issue: [{}], get: [{ status: 503 }] })
      const error = failureOf(yield* ended(Issuance.issue(ada, recorder()), unread))
      assert(error._tag === "CertifierIssuanceUncertain")
      assert.strictEqual(error.reason, "NotRead")
      assert.strictEqual(error.failures.length, 2)

      const scheduled = Issuing.make({ issue: [{ status: 500 }] })
      const schedule = Effect.sync(() => scheduled.credentials.forEach((one) => (one.status = "scheduled")))
      const onStep = ({ _tag }: Issuance.Step) => (_tag === "Issue" ? schedule : Effect.void)
      const other = failureOf(yield* ended(Issuance.issue(ada, { onStep }), scheduled))
      assert(other._tag === "CertifierIssuanceUncertain")
      assert.strictEqual(other.reason, "Ambiguous")
    })
  )

  test(
    "is sent no more than attempts says",
    Effect.gen(function* () {
      const fault = { status: 500 }
      const service = Issuing.make({ issue: [fault, fault, fault, fault] })
      const error = failureOf(yield* ended(Issuance.issue(ada, recorder()), service))
      assert(error._tag === "CertifierIssuanceUncertain")
      assert.strictEqual(error.reason, "NotFound")
      deepStrictEqual(service.log, ["create", "issue", "get", "issue", "get", "issue", "get"])
    })
  )

  test(
    "that is rejected had no effect",
    Effect.gen(function* () {
      const service = Issuing.make({ issue: [{ status: 402 }] })
      const record = recorder()
      const error = failureOf(yield* ended(Issuance.issue(ada, record), service))
      assert.strictEqual(error._tag, "CertifierPaymentRequired")
      assert.isTrue(Either.isRight(yield* ended(Issuance.resume(record.latest(), record), service)))
      deepStrictEqual(service.log, ["create", "issue", "issue", "send"])
    })
  )
})

describe("a mail that may have been sent", () => {
  test(
    "is not repeated, then or on resuming",
    Effect.gen(function* () {
      const service = Issuing.make({ send: [{}] })
      const record = recorder()
      const error = failureOf(yield* ended(Issuance.issue(ada, record), service))
      assert(error._tag === "CertifierIssuanceUncertain")
      assert.strictEqual(error.reason, "NoDeliveryState")
      deepStrictEqual(error.credentialId, Option.some(service.credentials[0]?.id))
      deepStrictEqual(error.step, record.latest())
      const again = failureOf(yield* ended(Issuance.resume(record.latest(), record), service))
      assert(again._tag === "CertifierIssuanceUncertain")
      assert.match(
        again.message,
        /^Send of credential \w+: a mail may have been sent, and the API does not report it\.$/
      )
      assert.strictEqual(service.mails.length, 1)
    })
  )

  test(
    "is repeated if the caller allows it",
    Effect.gen(function* () {
      const service = Issuing.make({ send: [{}] })
      const done = yield* ended(Issuance.issue(ada, { ...recorder(), onUncertain: "resend" }), service)
      assert.isTrue(Either.isRight(done))
      assert.strictEqual(service.mails.length, 2)
    })
  )

  test(
    "stays uncertain when repeating it is rejected",
    Effect.gen(function* () {
      const service = Issuing.make({ send: [{}, { status: 429 }] })
      const record = recorder()
      const error = failureOf(yield* ended(Issuance.issue(ada, { ...record, onUncertain: "resend" }), service))
      assert(error._tag === "CertifierIssuanceUncertain")
      assert.strictEqual(error.failures.length, 2)
      assert.strictEqual(record.steps.at(-1), "Send attempted")
    })
  )

  test(
    "is sent no more than attempts says",
    Effect.gen(function* () {
      const service = Issuing.make({ send: [{}, {}, {}, {}] })
      const options = { ...recorder(), onUncertain: "resend", attempts: 2 } as const
      const error = failureOf(yield* ended(Issuance.issue(ada, options), service))
      assert.strictEqual(error._tag, "CertifierIssuanceUncertain")
      assert.strictEqual(service.mails.length, 2)
    })
  )

  test(
    "is certain again once the service has rejected it",
    Effect.gen(function* () {
      const service = Issuing.make({ send: [{ status: 429 }] })
      const record = recorder()
      const error = failureOf(yield* ended(Issuance.issue(ada, record), service))
      assert.strictEqual(error._tag, "CertifierRateLimited")
      assert.strictEqual(record.steps.at(-1), "Send")
      assert.isTrue(Either.isRight(yield* ended(Issuance.resume(record.latest(), record), service)))
      assert.strictEqual(service.mails.length, 1)
    })
  )
})

describe("resuming from a credential", () => {
  const steps = (status: string, existing: Omit<Issuance.Existing, "credentialId">, onUncertain?: "resend") =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const id = "01k0crd0000000000000000999"
      const one = { id, status, recipient: ada.recipient, groupId, customAttributes: {}, createdAt: now }
      const service = Issuing.make({}, { existing: [one] })
      const resume = Issuance.resume({ credentialId: id, ...existing }, { ...recorder(), onUncertain })
      const result = yield* ended(resume, service)
      return [Either.match(result, { onLeft: ({ _tag }) => _tag, onRight: ({ _tag }) => _tag }), ...service.log]
    })

  it.effect("issues and mails a draft", () =>
    Effect.gen(function* () {
      deepStrictEqual(yield* steps("draft", {}), ["Done", "get", "issue", "send"])
      deepStrictEqual(yield* steps("draft", { send: false }), ["Done", "get", "issue"])
    })
  )

  it.effect("is uncertain for an issued credential, which may have been mailed", () =>
    Effect.gen(function* () {
      deepStrictEqual(yield* steps("issued", {}), ["CertifierIssuanceUncertain", "get"])
      deepStrictEqual(yield* steps("issued", {}, "resend"), ["Done", "get", "send"])
      deepStrictEqual(yield* steps("issued", { send: false }), ["Done", "get"])
    })
  )

  it.effect("does not change a credential that another writer has scheduled", () =>
    Effect.gen(function* () {
      deepStrictEqual(yield* steps("scheduled", {}), ["CertifierIssuanceUncertain", "get"])
    })
  )
})

describe("resuming a finished issuance", () => {
  test(
    "sends nothing",
    Effect.gen(function* () {
      const service = Issuing.make()
      const record = recorder()
      const done = Either.getOrThrow(yield* ended(Issuance.issue(ada, record), service))
      const requests = service.log.length
      deepStrictEqual(yield* ended(Issuance.resume(record)(record.latest()), service), Either.right(done))
      deepStrictEqual(yield* Effect.provide(Issuance.runStep(done, record), service.layer), done)
      assert.strictEqual(service.log.length, requests)
    })
  )
})

describe("the stored step", () => {
  test(
    "must be stored before anything else is sent",
    Effect.gen(function* () {
      const cases: ReadonlyArray<readonly [failing: string, requests: Array<string>]> = [
        ["Create", []],
        ["Issue", ["create"]],
        ["Send", ["create", "issue"]],
        ["Done", ["create", "issue", "send"]]
      ]
      for (const [failing, requests] of cases) {
        const service = Issuing.make()
        const onStep = ({ _tag }: Issuance.Step) => (_tag === failing ? Effect.fail("the disk is full") : Effect.void)
        const error = failureOf(yield* ended(Issuance.issue(ada, { onStep }), service))
        assert.strictEqual(error, "the disk is full")
        deepStrictEqual(service.log, requests)
      }
    })
  )

  test(
    "does not depend on errors of other effects",
    Effect.gen(function* () {
      // An error of a store can look like one of a request.
      const service = Issuing.make()
      const failure = new CertifierError.RateLimited({ operation: "another" })
      const onStep = ({ _tag }: Issuance.Step) => (_tag === "Issue" ? Effect.fail(failure) : Effect.void)
      const error = failureOf(yield* ended(Issuance.issue(ada, { onStep, retry: Schedule.recurs(5) }), service))
      assert(error._tag === "CertifierRateLimited")
      assert.strictEqual(error.operation, "another")
      deepStrictEqual(service.log, ["create"])
    })
  )

  test(
    "is correct if the caller is interrupted: the response and its storing are awaited",
    Effect.gen(function* () {
      const service = Issuing.make()
      const record = recorder()
      const onStep = (step: Issuance.Step) => Effect.delay(record.onStep(step), "1 second")
      const issue = Issuance.issue(ada, { onStep }).pipe(Effect.provide(service.layer))
      for (const [seconds, last] of [
        [0.5, "Issue"],
        [2.5, "Send"],
        [3.5, "Done"]
      ] as const) {
        const fiber = yield* Effect.fork(issue)
        yield* TestClock.adjust(`${seconds} seconds`)
        const interruption = yield* Effect.fork(Fiber.interrupt(fiber))
        yield* TestClock.adjust("1 minute")
        assert.isTrue(Exit.isInterrupted(yield* Fiber.join(interruption)))
        assert.strictEqual(record.steps.at(-1), last)
      }
    })
  )
})

describe("a request without effect", () => {
  test(
    "is retried by the schedule, but one that may have taken effect is not",
    Effect.gen(function* () {
      const refused = { status: 429 }
      const service = Issuing.make({ create: [refused, refused], send: [refused, {}] })
      const options = { ...recorder(), retry: Schedule.spaced("1 second") }
      const error = failureOf(yield* ended(Issuance.issue(ada, options), service))
      assert.strictEqual(error._tag, "CertifierIssuanceUncertain")
      deepStrictEqual(service.log, ["create", "create", "create", "issue", "send", "send"])
      assert.strictEqual(service.mails.length, 1)
    })
  )
})

describe("a step", () => {
  test(
    "can be run by itself, data-first and data-last",
    Effect.gen(function* () {
      const service = Issuing.make()
      const record = recorder()
      const first = yield* Issuance.start(ada)
      deepStrictEqual(first.attemptedAt, Option.none())
      const second = yield* Effect.provide(Issuance.runStep(first, record), service.layer)
      deepStrictEqual(service.log, ["create"])
      const third = yield* Effect.provide(Issuance.runStep(record)(second), service.layer)
      assert.strictEqual(third._tag, "Send")
      deepStrictEqual(service.log, ["create", "issue"])
    })
  )

  test(
    "searches once for the credential that it may have created",
    Effect.gen(function* () {
      const service = Issuing.make({ create: [{}] }, { searchLag: 10_000 })
      const record = recorder()
      const issue = Effect.provide(Issuance.issue(ada, record), service.layer)
      const fiber = yield* Effect.fork(issue)
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      const step = record.latest()
      assert(step._tag === "Create")
      const find = Effect.provide(Issuance.find(step), service.layer)
      assert.strictEqual((yield* find)._tag, "NotFound")
      yield* TestClock.adjust("10 seconds")
      const found = yield* find
      assert(found._tag === "Found")
      assert.strictEqual(found.credential.id, service.credentials[0]?.id)
    })
  )
})

describe("invalid input", () => {
  it.effect.each<
    readonly [
      field: string,
      fields: Parameters<typeof Issuance.issue>[0],
      options: Omit<Parameters<typeof Issuance.issue>[1], "onStep">
    ]
  >([
    ["recipient.name", { ...ada, recipient: { ...ada.recipient, name: "undefined undefined" } }, {}],
    ["recipient.email", { groupId, recipient: { name: "Ada Example" } }, {}],
    ["reference", ada, { reference: "order" }],
    ["attempts", ada, { attempts: 0 }],
    ["settle", ada, { settle: -1 }],
    ["clockTolerance", ada, { clockTolerance: Infinity }]
  ])("is rejected with its name before anything is sent: %s", ([field, fields, options]) =>
    Effect.gen(function* () {
      const service = Issuing.make()
      const error = failureOf(yield* ended(Issuance.issue(fields, { ...recorder(), ...options }), service))
      assert(error._tag === "CertifierInvalidRequest")
      deepStrictEqual(
        error.issues.map((issue) => issue.field),
        [field]
      )
      deepStrictEqual(service.log, [])
    })
  )
})

describe("Uncertain", () => {
  test(
    "round-trips through JSON, names what to check, and is not retried by a policy",
    Effect.gen(function* () {
      const service = Issuing.make({ send: [{}] })
      const error = failureOf(yield* ended(Issuance.issue(ada, recorder()), service))
      assert(error._tag === "CertifierIssuanceUncertain")
      assert.strictEqual(
        error.message,
        `Send of credential ${created.credentialId}: a mail may have been sent, and the API does not report it. ` +
          "Last failure: sendCredential: the connection broke at https://api.certifier.io (ECONNRESET). It may have taken effect."
      )
      const Json = Schema.parseJson(Issuance.Uncertain)
      const copy = Schema.decodeSync(Json)(Schema.encodeSync(Json)(error))
      deepStrictEqual(Schema.encodeSync(Json)(copy), Schema.encodeSync(Json)(error))
      deepStrictEqual(copy.step, error.step)
      assert.strictEqual(copy.message, error.message)
      assert.isFalse(CertifierError.isRetryable(error))
      assert.isFalse(CertifierError.isCertifierError(error))
    })
  )
})
