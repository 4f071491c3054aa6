import { CertifierClient } from "@effect-certifier/core"
import { HttpClient, HttpClientResponse } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect, Exit, FastCheck, Fiber, Layer, Option, Redacted, TestClock } from "effect"
import { JobOperation } from "../src/index.js"
import { type Item, type Ledger, run, type Settled } from "../src/internal/item.js"

const points = ["before intent", "after intent", "on its way", "applied", "responded", "before outcome"] as const

type Point = (typeof points)[number]

/** A process dies when it passes a point for the nth time. */
interface Death {
  readonly point: Point
  readonly passes: number
}

type At = (point: Point) => Effect.Effect<void>

const atOf = (death: Death | undefined): At => {
  let passes = 0
  return (point) =>
    Effect.suspend(() => {
      if (point !== death?.point) return Effect.void
      passes += 1
      return passes === death.passes ? Effect.interrupt : Effect.void
    })
}

interface Stored {
  status: "draft" | "issued"
  mails: number
}

/** As much of the service as issuing takes, with the bytes of the contract. A request is applied although its caller dies. */
class Service {
  readonly credentials: Array<Stored> = []

  body(index: number): string {
    return `{"id":"01k0crd00000000000000000c${index}","publicId":"p-${index}","groupId":"01k0grp00000000000000000g1","status":"${this.credentials[index]?.status}","recipient":{"id":"01k0rcp00000000000000000r1","name":"Ada Example","email":"ada@example.com"},"issueDate":"1970-01-01","expiryDate":null,"attributes":{},"customAttributes":{},"createdAt":"1970-01-01T00:00:01.000Z","updatedAt":"1970-01-01T00:00:01.000Z"}`
  }

  respond(method: string, path: string): readonly [status: number, body: string] {
    if (method === "POST" && path === "/v1/credentials") {
      this.credentials.push({ status: "draft", mails: 0 })
      return [201, this.body(this.credentials.length - 1)]
    }
    if (path === "/v1/credentials/search") {
      const data = this.credentials.map((_, index) => this.body(index)).join(",")
      return [200, `{"data":[${data}],"pagination":{"prev":null,"next":null}}`]
    }
    const [, id = "", action] = /^\/v1\/credentials\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? []
    const index = Number(id.at(-1))
    const credential = this.credentials[index]
    assert.isDefined(credential, path)
    if (action === "issue") {
      if (credential.status !== "draft") return [400, '{"error":{"code":"validation_error","message":"not a draft"}}']
      credential.status = "issued"
    }
    if (action === "send") credential.mails += 1
    return [200, this.body(index)]
  }

  layer(at: At) {
    const http = HttpClient.make((request, url) =>
      Effect.gen(this, function* () {
        const reads = request.method === "GET" || url.pathname.endsWith("search")
        const respond = Effect.sync(() => this.respond(request.method, url.pathname))
        const applying = yield* Effect.forkDaemon(Effect.delay(respond, "1 second"))
        if (!reads) yield* at("on its way")
        const [status, body] = yield* Fiber.join(applying)
        if (!reads) yield* at("applied")
        yield* Effect.sleep("1 second")
        if (!reads) yield* at("responded")
        return HttpClientResponse.fromWeb(
          request,
          new Response(body, { status, headers: { "content-type": "application/json" } })
        )
      })
    )
    return CertifierClient.layer({ accessToken: Redacted.make("any") }).pipe(
      Layer.provide(Layer.succeed(HttpClient.HttpClient, http))
    )
  }
}

const limits = { attempts: 5, intentAge: Duration.seconds(10) }

/** An item in memory, which outlives the run that writes it. */
class Store {
  settled: Option.Option<Settled> = Option.none()
  item: Item = {
    seq: 0,
    payload: JSON.stringify({
      groupId: "01k0grp00000000000000000g1",
      recipient: { name: "Ada Example", email: "ada@example.com" }
    }),
    state: "pending",
    attempts: 0,
    sentAt: 0,
    since: 0,
    readAt: 0,
    step: Option.none()
  }

  ledger(at: At): Ledger {
    const write = (change: () => Partial<Item>) =>
      Effect.gen(this, function* () {
        yield* at("before intent")
        this.item = { ...this.item, ...change() }
        yield* at("after intent")
      })
    return {
      read: Effect.map(Clock.currentTimeMillis, (readAt) => ({ ...this.item, readAt })),
      intent: (now, counts) =>
        write(() => ({
          state: "sent",
          sentAt: now,
          since: this.item.since || now,
          attempts: this.item.attempts + (counts ? 1 : 0)
        })),
      step: (text) => write(() => ({ step: Option.some(text) })),
      settle: (settled) =>
        Effect.zipRight(
          at("before outcome"),
          Effect.sync(() => {
            this.settled = Option.some(settled)
            this.item = { ...this.item, state: settled.state }
          })
        ),
      pause: (error) => Effect.dieMessage(error.message)
    }
  }
}

const lives = (deaths: ReadonlyArray<Death>) =>
  Effect.gen(function* () {
    const service = new Service()
    const store = new Store()
    for (const death of [...deaths, undefined]) {
      const at = atOf(death)
      const ledger = store.ledger(at)
      const fiber = yield* ledger.read.pipe(
        Effect.flatMap((item) => run(JobOperation.issueCredential, item, ledger, limits)),
        Effect.provide(service.layer(at)),
        Effect.fork
      )
      yield* TestClock.adjust("2 hours")
      const exit = Option.getOrElse(yield* Fiber.poll(fiber), () => Exit.die("an item has not ended within two hours"))
      if (Exit.isSuccess(exit)) return { settled: Option.getOrThrow(store.settled), service }
      assert.isTrue(Exit.isInterrupted(exit), String(exit))
    }
    return yield* Effect.dieMessage("the last life has died")
  })

const check = (deaths: ReadonlyArray<Death>) =>
  Effect.gen(function* () {
    const { service, settled } = yield* lives(deaths)
    const mails = service.credentials.reduce((sum, { mails }) => sum + mails, 0)
    assert.strictEqual(service.credentials.length, 1, "one credential")
    assert.strictEqual(service.credentials[0]?.status, "issued")
    if (settled.state === "unknown") {
      assert.isAtMost(mails, 1)
      assert.strictEqual(settled.error._tag, "CertifierIssuanceUncertain")
    } else {
      assert.strictEqual(settled.state, "done")
      assert.strictEqual(mails, 1)
    }
  })

describe("issuing while its process dies", () => {
  it.effect("creates, issues and mails once", () => check([]))

  it.effect.prop(
    "creates one credential, and mails once or is unknown with at most one mail",
    {
      deaths: FastCheck.array(
        FastCheck.record({ point: FastCheck.constantFrom(...points), passes: FastCheck.integer({ min: 1, max: 3 }) }),
        { maxLength: 3 }
      )
    },
    ({ deaths }) => check(deaths),
    { fastCheck: { numRuns: 12, seed: 20_261_127 } }
  )

  for (const point of points.slice(0, -1)) {
    for (const passes of [1, 2, 3]) {
      it.effect(`${point}, request ${passes}`, () => check([{ point, passes }]))
    }
  }
})
