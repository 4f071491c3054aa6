import { CertifierClient, CertifierError, Group, Groups } from "@effect-certifier/core"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Chunk, Effect, Either, Fiber, Layer, Option, Redacted, Schedule, Schema, Stream } from "effect"
import { Fault, Fixture, RecordedRequest, Sandbox } from "../src/index.js"
import * as Command from "./support/command.js"

const id = "01g90279gp5sbmfek7wymcsvec"
const accessToken = Redacted.make("any")

type Certifier = Layer.Layer<CertifierClient.CertifierClient | Sandbox.Sandbox, unknown>

const overSocket =
  (transport: Layer.Layer<HttpClient.HttpClient>) =>
  (options: Sandbox.Options): Certifier =>
    Layer.unwrapEffect(
      Effect.map(Sandbox.Sandbox, ({ url }) => CertifierClient.layer({ accessToken, baseUrl: url }))
    ).pipe(Layer.provide(transport), Layer.provideMerge(Sandbox.layer(options)))

const ways: ReadonlyArray<readonly [title: string, certifier: (options: Sandbox.Options) => Certifier]> = [
  [
    "in process",
    (options) => CertifierClient.layer({ accessToken }).pipe(Layer.provideMerge(Sandbox.layerInProcess(options)))
  ],
  ["over a socket, with fetch", overSocket(FetchHttpClient.layer)],
  ["over a socket, with undici", overSocket(NodeHttpClient.layerUndici)]
]

const many = (count: number) =>
  Array.from({ length: count }, (_, n) => Fixture.group({ id: `g${String(n).padStart(4, "0")}`, name: `group ${n}` }))

const retry = Schedule.whileInput(Schedule.recurs(5), CertifierError.isRetryable)

describe.each(ways)("groups, %s", (_, certifier) => {
  const run = <A, E>(
    effect: Effect.Effect<A, E, CertifierClient.CertifierClient | Sandbox.Sandbox>,
    options: Sandbox.Options = {}
  ) => Effect.provide(effect, certifier({ rateLimit: "Unlimited", ...options }))

  it.effect("are created, read, listed, updated and deleted", () =>
    Effect.gen(function* () {
      const created = yield* Groups.create({
        name: "Gardening",
        designIds: ["01k0dsn00000000000000000d1", "01k0dsn00000000000000000d2"]
      })
      deepStrictEqual(yield* Groups.get(created.id), created)
      const listed = yield* Stream.runCollect(Groups.list({ pageSize: 1 }))
      deepStrictEqual(
        Chunk.toReadonlyArray(listed)
          .map(({ name }) => name)
          .toSorted(),
        ["Financial Markets", "Gardening"]
      )
      const changed = yield* CertifierClient.updateGroup(created.id, { name: "Advanced Gardening" })
      deepStrictEqual(
        changed,
        new Group.Group({ ...created, name: "Advanced Gardening", updatedAt: changed.updatedAt })
      )
      assert.isUndefined(yield* Groups.delete(created.id))
      const gone = yield* Effect.flip(Groups.delete(created.id))
      assert.strictEqual(gone._tag, "CertifierNotFound")
      yield* Sandbox.expectRequests([
        {
          method: "POST",
          path: "/v1/groups",
          json: { name: "Gardening", designIds: ["01k0dsn00000000000000000d1", "01k0dsn00000000000000000d2"] },
          status: 201
        },
        { method: "GET", path: `/v1/groups/${created.id}`, status: 200 },
        { method: "GET", path: "/v1/groups", query: { limit: "1" }, status: 200 },
        { method: "GET", path: "/v1/groups", status: 200 },
        { method: "PATCH", path: `/v1/groups/${created.id}`, json: { name: "Advanced Gardening" }, status: 200 },
        { method: "DELETE", path: `/v1/groups/${created.id}`, status: 204 },
        { method: "DELETE", path: `/v1/groups/${created.id}`, status: 404 }
      ])
    }).pipe(run)
  )

  it.effect("are listed completely and newest first, 250 in three requests, without pages that are not needed", () =>
    Effect.gen(function* () {
      const all = yield* Stream.runCollect(Groups.list())
      deepStrictEqual(
        Chunk.toReadonlyArray(all).map(({ name }) => name),
        many(250)
          .map(({ name }) => name)
          .toReversed()
      )
      assert.strictEqual((yield* Sandbox.requests).length, 3)
      yield* Stream.runDrain(Stream.take(Groups.list({ pageSize: 10 }), 15))
      assert.strictEqual((yield* Sandbox.requests).length, 5)
    }).pipe((effect) => run(effect, { groups: many(250) }))
  )

  it.effect("are updated with their differences, and a second run sends no update", () =>
    Effect.gen(function* () {
      const rename = Groups.modify(id, (group) => ({
        name: group.name.replace("Financial", "Money"),
        learningEventUrl: Option.getOrUndefined(group.learningEventUrl)
      }))
      const first = yield* rename
      deepStrictEqual(yield* rename, first)
      yield* Sandbox.expectRequests([
        { method: "GET" },
        { method: "PATCH", json: { name: "Money Markets" }, status: 200 },
        { method: "GET" }
      ])
    }).pipe(run)
  )

  it.effect.each<readonly [title: string, fault: Fault.Fault, again: boolean]>([
    ["was applied, with a 500 as the response", Fault.applied(Fault.error("internal_server_error")), false],
    ["was applied, with its response lost", Fault.reset("Body"), false],
    ["was applied, with its response truncated", Fault.close("Body"), false],
    ["was not applied", Fault.error("internal_server_error"), true],
    ["reached only a gateway", Fault.htmlBadGateway, true],
    ["was rate-limited", Fault.error("rate_limited"), true]
  ])("an update that %s is applied once", ([, fault, again]) =>
    Effect.gen(function* () {
      yield* Sandbox.inject(fault, { method: "PATCH" })
      const changed = yield* Groups.modify(id, ({ name }) => ({ name: `${name}!` }), { retry })
      assert.strictEqual(changed.name, "Financial Markets!")
      const requests = yield* Sandbox.requests
      deepStrictEqual(
        requests.map(({ method }) => method),
        ["GET", "PATCH", "GET", ...(again ? ["PATCH"] : [])]
      )
      deepStrictEqual(
        (yield* Effect.flatMap(Sandbox.Sandbox, ({ groups }) => groups)).map(({ name }) => name),
        ["Financial Markets!"]
      )
    }).pipe(run)
  )

  it.effect("each of many updates despite faults is applied once, or fails with the reason", () =>
    Effect.gen(function* () {
      yield* Sandbox.inject(Fault.error("internal_server_error"), { method: "PATCH", probability: 0.2 })
      yield* Sandbox.inject(Fault.reset("Start"), { method: "PATCH", probability: 0.1 })
      const progress = yield* Stream.fromIterable(many(200)).pipe(
        Stream.map((group) => ({ id: group.id, patch: { name: `new ${group.name}` } })),
        Groups.updateMany({ concurrency: 8 }),
        Groups.progress,
        Stream.runCollect
      )
      const failed = Chunk.toReadonlyArray(progress).flatMap(({ last: { id, result } }) =>
        Either.isLeft(result) ? [[id, result.left._tag] as const] : []
      )
      const last = Option.getOrThrow(Chunk.last(progress))
      deepStrictEqual([last.succeeded + last.failed, last.failed], [200, failed.length])
      assert.isTrue(failed.length > 10 && last.succeeded > 100)
      const resets = failed.filter(([, tag]) => tag === "CertifierTransportError").map(([id]) => id)
      const unsent = failed.filter(([, tag]) => tag === "CertifierInternalServerError").map(([id]) => id)
      assert.strictEqual(resets.length + unsent.length, failed.length)
      for (const group of yield* Effect.flatMap(Sandbox.Sandbox, ({ groups }) => groups)) {
        // An update whose connection is reset before the response is still applied.
        assert.strictEqual(group.name.startsWith("new "), !unsent.includes(group.id), group.id)
      }
      const requests = yield* Sandbox.requests
      assert.strictEqual(requests.filter(RecordedRequest.matches({ method: "PATCH" })).length, 200)
    }).pipe((effect) => run(effect, { groups: many(200) }))
  )

  it.effect.prop(
    "for any two groups, the differences are sent and stored",
    [Fixture.arbitrary.group, Fixture.arbitrary.groupPatch],
    ([group, patch]) =>
      Effect.gen(function* () {
        const { groups, setGroup } = yield* Sandbox.Sandbox
        yield* setGroup(group)
        const changed = yield* Groups.modify(group.id, () => patch)
        deepStrictEqual(
          (yield* groups).find((stored) => stored.id === group.id),
          changed
        )
        deepStrictEqual(Groups.diff(changed, patch), Either.right(Option.none()))
        // The designs of the groups are arbitrary too.
      }).pipe((test) => run(test, { quirks: { unknownDesign: "accept" } })),
    { fastCheck: { numRuns: 10, seed: 7 } }
  )
})

describe("a caller that ends early leaves no resources open", () => {
  /** The test's own connections would be counted, so its pool closes after each request. */
  const undici = Effect.provide(NodeHttpClient.layerUndici)

  /** The interval of polling another process. */
  const polling = Schedule.spaced("20 millis")

  const served = Effect.gen(function* () {
    const running = yield* Command.start("served.ts", [], ["--expose-gc"])
    const url = (yield* running.line(/^listens /)).slice("listens ".length)
    let times = 0
    return {
      url,
      /** Completes when no connection is open. */
      isQuiet: Effect.suspend(() => Command.heldBy(running, ++times)).pipe(
        Effect.repeat({ until: ({ sockets }) => sockets === 0, schedule: polling })
      ),
      /** Stalls the responses to the next requests within their bodies. */
      stall: (times: number) =>
        HttpClientRequest.post(`${url}/__sandbox/faults`).pipe(
          HttpClientRequest.bodyUnsafeJson({ fault: Fault.stall("Body"), times }),
          HttpClient.execute,
          undici
        ),
      /** Completes when that many requests are stalled. */
      stalled: (count: number) =>
        HttpClient.get(`${url}/__sandbox/requests`).pipe(
          Effect.flatMap(({ json }) => json),
          Effect.flatMap(Schema.decodeUnknown(Schema.Array(RecordedRequest.RecordedRequest))),
          Effect.repeat({
            until: (requests) => requests.filter(({ faulted }) => faulted).length >= count,
            schedule: polling
          }),
          undici
        ),
      client: CertifierClient.layer({ accessToken, baseUrl: url }).pipe(Layer.provide(NodeHttpClient.layerUndici))
    }
  })

  it.scopedLive(
    "killed during eight responses: no open socket, and an intact group",
    () =>
      Effect.gen(function* () {
        const { client, isQuiet, stall, stalled, url } = yield* served
        const updater = yield* Command.start("updater.ts", [url])
        yield* updater.line(/^done 20$/)
        yield* stall(8)
        yield* stalled(8)
        yield* updater.kill("SIGKILL")
        assert.strictEqual(yield* updater.ended, "SIGKILL")
        yield* isQuiet
        const group = yield* Effect.provide(Groups.get(id), client)
        assert.match(group.name, /^\d+$/)
      }),
    60_000
  )

  it.scopedLive.each([
    ["updates", Stream.runDrain(Groups.updateMany(Stream.make({ id, patch: {} }, { id, patch: {} })))],
    ["a list", Stream.runDrain(Groups.list())]
  ] as const)(
    "interrupted during the responses of %s: no open socket",
    ([, call]) =>
      Effect.gen(function* () {
        const { client, isQuiet, stall, stalled } = yield* served
        yield* stall(2)
        const fiber = yield* Effect.fork(Effect.provide(call, client))
        yield* stalled(1)
        yield* Fiber.interrupt(fiber)
        yield* isQuiet
      }),
    60_000
  )
})
