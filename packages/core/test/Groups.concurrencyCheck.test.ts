import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as HttpClient from "@effect/platform/HttpClient"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import * as CertifierClient from "../src/CertifierClient.js"
import * as CertifierError from "../src/CertifierError.js"
import { Group } from "../src/Group.js"
import * as Groups from "../src/Groups.js"
import * as Fake from "./support/fake.js"
import { groupId, groupJson } from "./support/page.js"
import * as Service from "./support/service.js"
import * as RecordingTracer from "./support/tracer.js"

const page = Schema.decodeSync(Schema.parseJson(Group))(groupJson)

const name = "Money"
const sent = `PATCH {"name":"Money"}`
const update = CertifierClient.updateGroup(groupId, { name })

/** Retries retryable errors at once, at most three times. */
const schedule = Schedule.whileInput(Schedule.recurs(3), CertifierError.isRetryable)

const tagOf = (result: Group | CertifierError.CertifierError): string =>
  result instanceof Group ? `ok ${result.name}` : result._tag

/** The result of a call, and the requests that the service received. */
const outcome = <E extends CertifierError.CertifierError>(
  call: Effect.Effect<Group, E, CertifierClient.CertifierClient>,
  steps: ReadonlyArray<Service.Step>,
  options?: Partial<CertifierClient.Options>
) => {
  const service = Service.make(...steps)
  return Effect.match(call, { onFailure: tagOf, onSuccess: tagOf }).pipe(
    Effect.provide(service.layer(options)),
    Effect.map((end) => [end, ...service.log])
  )
}

/** A retry of the whole attempt within the client, like the policies of the retry package. */
const inside: Partial<CertifierClient.Options> = { transformClient: HttpClient.retry(schedule) }

const ways: ReadonlyArray<{
  readonly title: string
  readonly call: Effect.Effect<Group, CertifierError.CertifierError, CertifierClient.CertifierClient>
  readonly options?: Partial<CertifierClient.Options>
}> = [
  { title: "around the call", call: update.pipe(Effect.retry(schedule), Groups.withConcurrencyCheck()) },
  { title: "inside the client", call: Groups.withConcurrencyCheck(update), options: inside },
  { title: "of modify", call: Groups.modify(groupId, () => ({ name }), { retry: schedule }) },
  {
    title: "of modify, inside the client",
    call: Groups.modify(groupId, () => ({ name })),
    options: inside
  }
]

describe.each(ways)("a retry $title", ({ call, options }) => {
  it.effect.each<readonly [title: string, steps: ReadonlyArray<Service.Step>, seen: ReadonlyArray<string>]>([
    ["makes no difference without failures", [], ["ok Money", "GET", sent]],
    ["resends an update that was not applied", [{}, { status: 500 }], ["ok Money", "GET", sent, "GET", sent]],
    [
      "does not resend an update that was applied",
      [{}, { status: 500, applied: true }],
      ["ok Money", "GET", sent, "GET"]
    ],
    [
      "does not overwrite a change of another writer, made instead of the update",
      [{}, { status: 503, then: { name: "Theirs" } }],
      ["CertifierConcurrentModification", "GET", sent, `another writer {"name":"Theirs"}`, "GET"]
    ],
    [
      "does not overwrite a change of another writer, made after the update",
      [{}, { status: 503, applied: true, then: { name: "Theirs" } }],
      ["CertifierConcurrentModification", "GET", sent, `another writer {"name":"Theirs"}`, "GET"]
    ],
    [
      "succeeds if another writer has changed another field after the update",
      [{}, { status: 503, applied: true, then: { badgeDesignId: "b" } }],
      ["ok Money", "GET", sent, `another writer {"badgeDesignId":"b"}`, "GET"]
    ],
    [
      "reads the group after a rate limit as well",
      [{}, { status: 429, then: { name: "Theirs" } }],
      ["CertifierConcurrentModification", "GET", sent, `another writer {"name":"Theirs"}`, "GET"]
    ],
    [
      "reads the group before each retry",
      [{}, { status: 500 }, {}, { status: 500 }, {}, { status: 500, applied: true }],
      ["ok Money", "GET", sent, "GET", sent, "GET", sent, "GET"]
    ]
  ])("%s", ([, steps, seen]) =>
    Effect.gen(function* () {
      deepStrictEqual(yield* outcome(call, steps, options), seen)
    })
  )
})

describe("withConcurrencyCheck", () => {
  it.effect("without it, a retry overwrites the change of another writer", () =>
    Effect.gen(function* () {
      deepStrictEqual(
        yield* outcome(Effect.retry(update, schedule), [{ status: 500, applied: true, then: { name: "Theirs" } }]),
        ["ok Money", sent, `another writer {"name":"Theirs"}`, sent]
      )
    })
  )

  it.effect("with `before` it sends only if the group is unchanged", () =>
    Effect.gen(function* () {
      const call = update.pipe(Effect.retry(schedule), Groups.withConcurrencyCheck({ before: page }))
      deepStrictEqual(yield* outcome(call, [{}, { status: 500 }]), ["ok Money", "GET", sent, "GET", sent])
      const older = new Group({ ...page, updatedAt: page.createdAt.pipe(DateTime.subtract({ days: 1 })) })
      const service = Service.make()
      const error = yield* Groups.withConcurrencyCheck(update, { before: older }).pipe(
        Effect.flip,
        Effect.provide(service.layer())
      )
      deepStrictEqual([error._tag, error.outcome], ["CertifierConcurrentModification", "NotSent"])
      assert.include(error.message, "Nothing was sent.")
      deepStrictEqual(service.log, ["GET"])
      const another = new Group({ ...older, id: Schema.decodeSync(Group.fields.id)("another") })
      deepStrictEqual(yield* outcome(Groups.withConcurrencyCheck(update, { before: another }), []), [
        "ok Money",
        "GET",
        sent
      ])
    })
  )

  it.effect("a group that can't be read before the update is not updated", () =>
    Effect.gen(function* () {
      deepStrictEqual(yield* outcome(Groups.withConcurrencyCheck(update), [{ status: 404 }]), [
        "CertifierNotFound",
        "GET"
      ])
    })
  )

  it.effect("a group that can't be read before a retry is not updated, and the error is that of the update", () =>
    Effect.gen(function* () {
      const service = Service.make({}, { status: 500 }, { status: 404 }, { status: 404 }, { status: 404 })
      const error = yield* update.pipe(
        Effect.retry(schedule),
        Groups.withConcurrencyCheck(),
        Effect.flip,
        Effect.provide(service.layer())
      )
      deepStrictEqual(
        [error._tag, error.operation, error.outcome],
        ["CertifierInternalServerError", "updateGroup", "MaybeApplied"]
      )
      deepStrictEqual(service.log, ["GET", sent, "GET", "GET", "GET"])
    })
  )

  it.effect.each<readonly [title: string, then: Readonly<Record<string, unknown>>, end: string]>([
    ["was applied", { name }, "ok Money"],
    ["may have been overwritten", { name: "Theirs", updatedAt: "2023-01-01T00:00:00.000Z" }, "MaybeApplied"]
  ])("an update that was interrupted is checked as well: it %s", ([, then, end]) =>
    Effect.gen(function* () {
      const arrived = yield* Deferred.make<void>()
      let patches = 0
      const service = Fake.make(({ method }) => {
        if (method === "GET")
          return Fake.json(200, JSON.stringify({ ...JSON.parse(groupJson), ...(patches > 0 && then) }))
        patches++
        return Effect.zipRight(Deferred.succeed(arrived, undefined), Effect.never)
      })
      const fiber = yield* update.pipe(
        Effect.timeout("1 second"),
        Effect.retry({ times: 3 }),
        Groups.withConcurrencyCheck(),
        Effect.match({
          onFailure: (error) => (error._tag === "CertifierConcurrentModification" ? error.outcome : error._tag),
          onSuccess: tagOf
        }),
        Effect.provide(service.layer()),
        Effect.fork
      )
      yield* Deferred.await(arrived)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(fiber), end)
      assert.strictEqual(patches, 1)
    })
  )

  it.effect("distinguishes updates, and forgets one that succeeded", () =>
    Effect.gen(function* () {
      const other = CertifierClient.updateGroup(groupId, { name: "Other" })
      const service = Service.make({}, { status: 500, then: { name: "Theirs" } })
      const ends = yield* Effect.forEach([update, other, update], (call) =>
        Effect.match(call, { onFailure: tagOf, onSuccess: tagOf })
      ).pipe(Groups.withConcurrencyCheck(), Effect.provide(service.layer()))
      deepStrictEqual(ends, ["CertifierInternalServerError", "ok Other", "CertifierConcurrentModification"])
      const again = Service.make()
      yield* Effect.all([update, update]).pipe(Groups.withConcurrencyCheck(), Effect.provide(again.layer()))
      deepStrictEqual(again.log, ["GET", sent, "GET", sent])
    })
  )

  it.effect("each run starts with new state, except a nested one", () =>
    Effect.gen(function* () {
      const service = Service.make()
      const once = Groups.withConcurrencyCheck(update)
      yield* Effect.all([once, once]).pipe(Effect.provide(service.layer()))
      deepStrictEqual(service.log, ["GET", sent, "GET", sent])
      const nested = update.pipe(Groups.withConcurrencyCheck(), Effect.retry(schedule), Groups.withConcurrencyCheck())
      deepStrictEqual(yield* outcome(nested, [{}, { status: 500, applied: true }]), ["ok Money", "GET", sent, "GET"])
      assert.isFalse(yield* Groups.hasConcurrencyCheck)
      assert.isTrue(yield* Groups.withConcurrencyCheck(Groups.hasConcurrencyCheck))
    })
  )

  it.effect("the error has both groups and the outcome of the update", () =>
    Effect.gen(function* () {
      const then = { name: "Theirs" }
      const rows: ReadonlyArray<readonly [known: CertifierError.Outcome, ...steps: ReadonlyArray<Service.Step>]> = [
        ["MaybeApplied", {}, { status: 500, then }],
        ["NotApplied", {}, { status: 429, then }],
        // The last request counts.
        ["MaybeApplied", {}, { status: 429 }, {}, { status: 500, then }]
      ]
      for (const [known, ...steps] of rows) {
        const service = Service.make(...steps)
        const error = yield* update.pipe(
          Effect.retry(schedule),
          Groups.withConcurrencyCheck(),
          Effect.flip,
          Effect.provide(service.layer())
        )
        if (error._tag !== "CertifierConcurrentModification") return assert.fail(error._tag)
        deepStrictEqual(error.before, page)
        assert.strictEqual(error.current.name, "Theirs")
        assert.strictEqual(error.operation, "updateGroup")
        assert.strictEqual(error.outcome, known)
        assert.include(
          error.message,
          `group ${groupId}, updated at 2023-01-01T00:00:00.001Z, is neither unchanged nor as requested`
        )
        assert.isFalse(CertifierError.isRetryable(error))
        const encode = Schema.encodeSync(CertifierError.CertifierError)
        const there = JSON.parse(JSON.stringify(encode(error)))
        deepStrictEqual(encode(Schema.decodeUnknownSync(CertifierError.CertifierError)(there)), encode(error))
      }
    })
  )

  it.effect("the span of the update has the status, and the read has its own span", () =>
    Effect.gen(function* () {
      const { spans, tracer } = RecordingTracer.recording()
      yield* outcome(update.pipe(Effect.retry(schedule), Groups.withConcurrencyCheck()), [
        {},
        { status: 500, applied: true }
      ]).pipe(Effect.withTracer(tracer))
      deepStrictEqual(
        spans.map((span) => [
          span.name.replace("CertifierClient.", ""),
          Option.match(span.parent, {
            onNone: () => "",
            onSome: (parent) => (parent._tag === "Span" ? parent.name : "")
          }),
          span.attributes.get("certifier.update_status")
        ]),
        [
          ["updateGroup", "", undefined],
          ["getGroup", "CertifierClient.updateGroup", undefined],
          ["updateGroup", "", "Applied"],
          ["getGroup", "CertifierClient.updateGroup", undefined]
        ]
      )
    })
  )
})

describe("verifyUpdate", () => {
  it.effect.each<readonly [now: Readonly<Record<string, unknown>>, found: string]>([
    [{}, "NotApplied"],
    [{ name, updatedAt: "2023-01-01T00:00:00.000Z" }, "Applied"],
    [{ name, badgeDesignId: "theirs", updatedAt: "2023-01-01T00:00:00.000Z" }, "Applied"],
    [{ name }, "Applied"],
    [{ name: "Theirs", updatedAt: "2023-01-01T00:00:00.000Z" }, "Changed"],
    [{ updatedAt: "2022-01-01T00:00:00.001Z" }, "Changed"]
  ])("a group that is now with %j is %s", ([now, found]) =>
    Effect.gen(function* () {
      const fake = Fake.make(() => Fake.json(200, JSON.stringify({ ...JSON.parse(groupJson), ...now })))
      const status = yield* Groups.verifyUpdate(page, { name }).pipe(Effect.provide(fake.layer()))
      assert.strictEqual(status._tag, found)
      assert.strictEqual(status.group.name, now["name"] ?? "Financial Markets")
    })
  )

  it.effect("an invalid patch is rejected", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Groups.verifyUpdate(page, { name: "" })).pipe(
        Effect.provide(Fake.make().layer())
      )
      assert.strictEqual(error._tag, "CertifierInvalidRequest")
    })
  )
})

describe("modify", () => {
  const modify = (wanted: Groups.Desired) => Groups.modify(groupId, () => wanted)

  it.effect("sends only what differs, and returns the resulting group", () =>
    Effect.gen(function* () {
      const wish = { name: "Financial Markets", badgeDesignId: "b" }
      const service = Service.make()
      const group = yield* modify(wish).pipe(Effect.provide(service.layer()))
      deepStrictEqual(service.log, ["GET", `PATCH {"badgeDesignId":"b"}`])
      deepStrictEqual<unknown>(group.badgeDesignId, Option.some("b"))
    })
  )

  it.effect("sends nothing if nothing differs, as in a second run", () =>
    Effect.gen(function* () {
      const service = Service.make()
      const [first, second] = yield* Effect.all([modify({ name }), modify({ name })]).pipe(
        Effect.provide(service.layer())
      )
      deepStrictEqual(service.log, ["GET", sent, "GET"])
      deepStrictEqual(first, second)
    })
  )

  it.effect("accepts a whole group, and an effect", () =>
    Effect.gen(function* () {
      const whole = Groups.modify(groupId, (group) => new Group({ ...group, name }))
      deepStrictEqual(yield* outcome(whole, []), ["ok Money", "GET", sent])
      const effect = Groups.modify(groupId, (group) =>
        Effect.succeed({ name: group.name.replace("Financial Markets", name) })
      )
      // An effect takes time.
      deepStrictEqual(yield* outcome(effect, []), ["ok Money", "GET", "GET", sent])
      deepStrictEqual(yield* outcome(effect, [{ then: { name: "Theirs" } }]), [
        "CertifierConcurrentModification",
        "GET",
        `another writer {"name":"Theirs"}`,
        "GET"
      ])
      deepStrictEqual(yield* outcome(effect, [{ then: { name } }]), [
        "ok Money",
        "GET",
        `another writer {"name":"Money"}`,
        "GET"
      ])
      const service = Service.make()
      const failing = Groups.modify(groupId, () => Effect.fail("no" as const))
      assert.strictEqual(yield* Effect.flip(failing).pipe(Effect.provide(service.layer())), "no")
      deepStrictEqual(service.log, ["GET"])
    })
  )

  it.effect("rejects a change that a patch can't express, before anything is sent", () =>
    Effect.gen(function* () {
      const service = Service.make()
      const error = yield* Effect.flip(
        Groups.modify(groupId, (group) => new Group({ ...group, learningEventUrl: Option.none() }))
      ).pipe(Effect.provide(service.layer()))
      assert.include(error.message, "learningEventUrl can't be cleared")
      deepStrictEqual(service.log, ["GET"])
    })
  )

  it.effect("calls the function once, and retries the read as well", () =>
    Effect.gen(function* () {
      let asked = 0
      const append = Groups.modify(
        groupId,
        (group) => {
          asked++
          return { name: `${group.name}!` }
        },
        { retry: schedule }
      )
      deepStrictEqual(yield* outcome(append, [{ status: 503 }, {}, { status: 500, applied: true }]), [
        "ok Financial Markets!",
        "GET",
        "GET",
        `PATCH {"name":"Financial Markets!"}`,
        "GET"
      ])
      assert.strictEqual(asked, 1)
    })
  )
})
