import { assert } from "@effect/vitest"
import { CertifierClient, Credentials, type CertifierError, Issuance } from "@effect-certifier/core"
import { HttpClient, type HttpClientRequest, HttpClientResponse } from "@effect/platform"
import { RequestError } from "@effect/platform/HttpClientError"
import {
  Deferred,
  Effect,
  Exit,
  FastCheck as fc,
  Fiber,
  Layer,
  Option,
  Redacted,
  Schedule,
  Schema,
  Stream
} from "effect"
import { Fault, Fixture, Quirk, Sandbox } from "../../src/index.js"
import * as VirtualTime from "./virtualTime.js"

interface Behaviour {
  /** Whether the request is applied while its caller waits, seconds later, or never. */
  readonly applied: "now" | "late" | "never"
  /** Whether its caller can know that it had no effect. */
  readonly isRefused?: boolean
  readonly fault?: Fault.Fault
  readonly end?: "ECONNREFUSED" | "ECONNRESET" | "silence"
}

const normal: Behaviour = { applied: "now" }

/** The possible outcomes of one request. */
export const behaviours: Readonly<Record<string, Behaviour>> = {
  "a refused connection": { applied: "never", isRefused: true, end: "ECONNREFUSED" },
  "a 429": { applied: "never", isRefused: true, fault: Fault.error("rate_limited") },
  "a 402": { applied: "never", isRefused: true, fault: Fault.error("payment_required") },
  "a 500": { applied: "never", fault: Fault.error("internal_server_error") },
  "a 502 of a proxy": { applied: "never", fault: Fault.htmlBadGateway },
  "a 500 after the work": { applied: "now", fault: Fault.applied(Fault.error("internal_server_error")) },
  "a reset before the work": { applied: "never", end: "ECONNRESET" },
  "a reset": { applied: "now", fault: Fault.reset() },
  "an end within the body": { applied: "now", fault: Fault.close("Body") },
  "a success that is not JSON": { applied: "now", fault: Fault.malformedJson },
  "silence before the work": { applied: "never", end: "silence" },
  silence: { applied: "now", end: "silence" },
  "a reset, and the work seconds later": { applied: "late", end: "ECONNRESET" },
  "silence, and the work seconds later": { applied: "late", end: "silence" }
}

/** One run of the program. */
interface Life {
  /** The outcomes of its requests, in order. A name that is not in `behaviours` means success. */
  readonly requests: ReadonlyArray<string>
  /** How and when it ends early. `at` counts the points before and after each request and each write to its store. */
  readonly stop?: { readonly at: number; readonly how: "kill" | "interrupt" | "fail to store" } | undefined
}

export interface Script {
  readonly lives: ReadonlyArray<Life>
  /** The delays, in seconds, of the search (`lag`) and of late requests (`late`), and the lead of the service's clock (`skew`). */
  readonly lag: number
  readonly late: number
  readonly skew: number
  /** Whether a custom attribute distinguishes the recipients, instead of their addresses. */
  readonly hasReference: boolean
  readonly retries: boolean
  /** Quirks for points that the vendor's documentation leaves open. */
  readonly quirks: Partial<Quirk.Quirks>
}

/** Quirks that affect an issuance, except attributes that no response shows. */
const open = [
  "createdStatus",
  "emptyFields",
  "extraFields",
  "issueDates",
  "issueResponse",
  "issueTwice",
  "pageEnds",
  "recipientIds",
  "searchCase",
  "searchLag",
  "sendRefused",
  "unsetAttributes"
] as const

const quirks: fc.Arbitrary<Partial<Quirk.Quirks>> = fc
  .record(Object.fromEntries(open.map((name) => [name, fc.constantFrom(...Object.keys(Quirk.table[name].values))])))
  .map((values) => Schema.decodeUnknownSync(Quirk.Overrides)(values))

export const script: fc.Arbitrary<Script> = fc.record({
  lives: fc.array(
    fc.record({
      requests: fc.array(fc.constantFrom("nothing", "nothing", ...Object.keys(behaviours)), { maxLength: 6 }),
      stop: fc.option(
        fc.record({
          at: fc.nat(22),
          how: fc.constantFrom<"kill" | "interrupt" | "fail to store">("kill", "interrupt", "fail to store")
        }),
        { nil: undefined }
      )
    }),
    { minLength: 1, maxLength: 5 }
  ),
  lag: fc.integer({ min: 0, max: 12 }),
  late: fc.integer({ min: 1, max: 8 }),
  skew: fc.integer({ min: -60, max: 60 }),
  hasReference: fc.boolean(),
  retries: fc.boolean(),
  quirks
})

/** The result for one recipient. */
export interface Result {
  readonly credentials: number
  readonly issued: number
  readonly mails: number
  /** The outcome of the last life, which had no failures. */
  readonly end: string
  /** Whether at some point it was unknown whether a mail had been sent. */
  readonly isDoubtful: boolean
  /** The outcome and the number of mails after the caller chose to resend the mail. */
  readonly resent: readonly [end: string, mails: number] | undefined
}

const Record = Schema.parseJson(Issuance.Step)

type Failure = CertifierError.CertifierError | Issuance.Uncertain | "not stored"

const nameOf = (exit: Exit.Exit<Issuance.Done, Failure>): string =>
  Exit.match(exit, {
    onSuccess: ({ _tag }) => _tag,
    onFailure: (cause) => {
      if (cause._tag !== "Fail") return cause._tag
      const { error } = cause
      if (error === "not stored") return error
      return error._tag === "CertifierIssuanceUncertain" ? `uncertain: ${error.reason}` : error._tag
    }
  })

/** Issues for two recipients over the sandbox: first the lives of the script, then one without failures. */
export const run = ({ hasReference, lag, late, lives, quirks, retries, skew }: Script) => {
  const time = VirtualTime.make(Date.parse("2026-01-15T23:59:30.000Z"))

  return Effect.gen(function* () {
    const service = yield* HttpClient.HttpClient
    const { inject } = yield* Sandbox.Sandbox
    const layerOf = (client: HttpClient.HttpClient) =>
      CertifierClient.layer({ accessToken: Redacted.make("any"), timeout: VirtualTime.timeout }).pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, client)),
        Layer.orDie
      )
    const unharmed = Effect.provide(layerOf(service))

    const forRecipient = Effect.fnUntraced(function* (mentor: string) {
      let record: Issuance.Step | undefined
      let isDoubtful = false
      let mails = 0
      const isMailing = () => record?._tag === "Send" && Option.isSome(record.attemptedAt)

      const live = Effect.fnUntraced(function* (life: Life, onUncertain: "stop" | "resend") {
        const died = yield* Deferred.make<"killed">()
        let isDead = false
        let instants = 0
        let requests = 0
        let interrupt = () => {}

        const instant = (isStore: boolean): Effect.Effect<void, "not stored"> =>
          Effect.suspend(() => {
            if (isDead) return Effect.never
            if (instants++ !== life.stop?.at) return Effect.void
            if (life.stop.how === "interrupt") return Effect.sync(interrupt)
            isDoubtful ||= isMailing()
            if (life.stop.how === "fail to store" && isStore) return Effect.fail("not stored")
            isDead = true
            return Effect.zipRight(Deferred.succeed(died, "killed"), Effect.never)
          })

        const carryOut = Effect.fnUntraced(function* (
          request: HttpClientRequest.HttpClientRequest,
          fault?: Fault.Fault,
          isApplied = true
        ) {
          const { pathname } = new URL(request.url)
          if (pathname.endsWith("/send")) {
            const credential = yield* Effect.orDie(unharmed(Credentials.get(pathname.split("/").at(-2) ?? "")))
            if (isApplied && credential.status === "issued") mails += 1
          }
          if (fault !== undefined) yield* Effect.orDie(inject(fault))
          return yield* Effect.withClock(service.execute(request), time.clock(skew * 1000))
        })

        const client = HttpClient.make((request) =>
          Effect.gen(function* () {
            yield* Effect.orDie(instant(false))
            const name = life.requests[requests++] ?? "nothing"
            const { applied, end, fault, isRefused = false } = behaviours[name] ?? normal
            if (request.url.endsWith("/send") && name in behaviours && !isRefused) isDoubtful = true
            if (applied === "late") yield* time.after(late * 1000, Effect.ignore(carryOut(request)))
            // A fault without `applied` replaces the response.
            const responds = applied === "now" || fault !== undefined
            const result = yield* Effect.either(responds ? carryOut(request, fault, applied === "now") : Effect.void)
            yield* Effect.orDie(instant(false))
            if (end === "silence") return yield* time.stall
            if (end !== undefined) {
              const cause = Object.assign(new Error(end), { code: end })
              return yield* new RequestError({ request, reason: "Transport", cause })
            }
            const response = yield* result
            if (response === undefined) return yield* Effect.dieMessage("there is no response")
            return request.url.endsWith("/search") && fault === undefined ? yield* lagging(response) : response
          })
        )

        const onStep = Effect.fnUntraced(function* (step: Issuance.Step) {
          yield* instant(true)
          record = Schema.decodeSync(Record)(Schema.encodeSync(Record)(step))
          yield* instant(true)
        })
        const options = {
          onStep,
          onUncertain,
          settle: "20 seconds",
          clockTolerance: "1 minute",
          retry: retries ? Schedule.intersect(Schedule.spaced("1 second"), Schedule.recurs(2)) : undefined,
          reference: hasReference ? "mentor" : undefined
        } as const
        const email = hasReference ? "same@example.com" : `${mentor}@example.com`
        const fields = {
          groupId: Fixture.groupJson.id,
          recipient: { name: "Same Name", email },
          customAttributes: { mentor }
        }
        const issuance = record === undefined ? Issuance.issue(fields, options) : Issuance.resume(record, options)

        const fiber = yield* Effect.forkDaemon(
          Effect.zipRight(Effect.yieldNow(), Effect.provide(issuance, layerOf(client)))
        )
        interrupt = () => fiber.unsafeInterruptAsFork(fiber.id())
        // Does not wait for a dead life, which would not end.
        return yield* Effect.race(Effect.map(Fiber.await(fiber), nameOf), Deferred.await(died))
      })

      for (const life of lives) yield* live(life, "stop")
      const end = yield* live({ requests: [] }, "stop")
      const credentials = yield* unharmed(Stream.runCollect(Credentials.list()))
      const own = [...credentials].filter(({ customAttributes }) => customAttributes["custom.mentor"] === mentor)
      const result = {
        credentials: own.length,
        issued: own.filter(({ status }) => status === "issued").length,
        mails,
        end,
        isDoubtful
      }
      const resent = isDoubtful ? yield* live({ requests: [] }, "resend") : undefined
      return { ...result, resent: resent === undefined ? undefined : ([resent, mails] as const) } satisfies Result
    })

    /** The response of a search that lags behind. */
    const lagging = Effect.fnUntraced(function* (response: HttpClientResponse.HttpClientResponse) {
      const page: { readonly data: ReadonlyArray<{ readonly createdAt: string }> } = JSON.parse(yield* response.text)
      const seen = time.clock((skew - lag) * 1000).unsafeCurrentTimeMillis()
      const data = page.data.filter(({ createdAt }) => Date.parse(createdAt) <= seen)
      const web = new Response(JSON.stringify({ ...page, data }), { headers: { "content-type": "application/json" } })
      return HttpClientResponse.fromWeb(response.request, web)
    })

    return [yield* forRecipient("ada"), yield* forRecipient("lin")]
  }).pipe(Effect.provide(Sandbox.layerInProcess({ rateLimit: "Unlimited", quirks })), Effect.withClock(time.clock()))
}

/** A turn of the event loop. Minutes without one would time out the messages between the test runner and its worker. */
const turn = Effect.async<void>((resume) => void setImmediate(() => resume(Effect.void)))

/**
 * Checks that each recipient has one credential and one mail, despite all failures. If it is unknown whether the mail was sent,
 * there is no second one unless the caller chooses to resend.
 */
export const check = (script: Script) =>
  Effect.runPromise(
    Effect.map(Effect.zipLeft(run(script), turn), (results) => {
      for (const { credentials, end, isDoubtful, issued, mails, resent } of results) {
        assert.deepStrictEqual({ credentials, issued }, { credentials: 1, issued: 1 })
        assert.isAtMost(mails, 1)
        assert.deepStrictEqual<Partial<Result>>(
          { end, mails, resent },
          isDoubtful
            ? { end: "uncertain: NoDeliveryState", mails, resent: ["Done", mails + 1] }
            : { end: "Done", mails: 1, resent: undefined }
        )
      }
    })
  )
