import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as ErrorEnvelope from "../ErrorEnvelope.js"
import type { Body, Fault, Rule } from "../Fault.js"
import type { RateLimit } from "../RateLimit.js"
import * as Certifier from "./certifier.js"
import * as Control from "./control.js"
import * as Http from "./http.js"
import * as Limiter from "./limiter.js"
import { type Answer, bodiless, type Delivery, type Incoming, pathOf } from "./message.js"
import * as Recorder from "./recorder.js"
import * as Script from "./script.js"
import type * as Store from "./store.js"

export interface Options {
  readonly store: Store.Store
  readonly rateLimit: RateLimit | undefined
  readonly accessTokens: ReadonlyArray<Redacted.Redacted> | undefined
  readonly faults: ReadonlyArray<Rule>
  readonly seed: string | number
  readonly keepRequests: number
}

/** Everything behind a transport: a request goes in, and what is to be sent comes out. */
export interface Engine {
  readonly handle: (incoming: Incoming) => Effect.Effect<Delivery>
  readonly script: Script.Script
  readonly recorder: Recorder.Recorder
}

const encoder = new TextEncoder()

const bytesOf = (body: Body): Uint8Array => {
  if (typeof body === "string") return encoder.encode(body)
  if ("base64" in body) return new Uint8Array(Buffer.from(body.base64, "base64"))
  // A string that is opened and never closed.
  const opening = encoder.encode('{"id":"').subarray(0, body.bytes)
  const bytes = new Uint8Array(body.bytes).fill("x".charCodeAt(0))
  bytes.set(opening)
  return bytes
}

const lowerCase = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** What is answered with nothing but a status: the row of the error table that has it, or an empty body. */
const bare = (status: number): Answer => {
  const code = ErrorEnvelope.codes.find((code) => ErrorEnvelope.statusOf(code) === status)
  return code === undefined
    ? { status, headers: { "content-type": "application/json" }, body: new Uint8Array() }
    : Http.errorAnswer(code)
}

const distort = (answer: Answer, { body, headers, status }: Fault): Answer => {
  const base = status === undefined ? answer : bare(status)
  return {
    status: base.status,
    headers: { ...base.headers, ...lowerCase(headers ?? {}) },
    body: bodiless.has(base.status) ? new Uint8Array() : body === undefined ? base.body : bytesOf(body)
  }
}

/** A defect is this sandbox's mistake: it is logged, and answered as the service answers its own. */
const guard = (answer: Effect.Effect<Answer, unknown>): Effect.Effect<Answer> =>
  Effect.catchAllCause(answer, (cause) =>
    Cause.isInterruptedOnly(cause)
      ? Effect.interrupt
      : Effect.as(Effect.logError("The sandbox could not answer", cause), Http.errorAnswer("internal_server_error"))
  )

export const make = (options: Options): Effect.Effect<Engine, never, Scope.Scope> =>
  Effect.gen(function* () {
    const limiter = options.rateLimit === undefined ? Limiter.unlimited : yield* Limiter.make(options.rateLimit)
    const script = yield* Script.make(options.faults, options.seed)
    const recorder = yield* Recorder.make(options.keepRequests)
    const certifier = yield* Certifier.make({ ...options, limiter, random: Random.make(options.seed) })
    const control = yield* Control.make({ script, recorder })
    // The page holds two megabytes of scripts, which most sandboxes are never asked for.
    const docs = yield* Effect.cached(
      Effect.flatMap(
        Effect.promise(() => import("./docs.js")),
        (docs) => docs.make(certifier.api)
      )
    )

    /** Requests that are about the sandbox, not to Certifier: neither checked, nor limited, nor recorded. */
    const aside = (incoming: Incoming): Effect.Effect<Answer, unknown> | undefined => {
      const path = pathOf(incoming.url)
      if (path.startsWith("/__sandbox/")) {
        return Control.isAllowed(incoming)
          ? Http.run(control.app, incoming)
          : Effect.succeed(Http.errorAnswer("not_found"))
      }
      // What a browser asks for by itself when it opens the documentation.
      if (path === "/favicon.ico") return Effect.succeed(bare(204))
      return path === "/docs" || path === "/openapi.json"
        ? Effect.orElseSucceed(Http.run(Effect.flatten(docs), incoming), () => Http.errorAnswer("not_found"))
        : undefined
    }

    const respond = (incoming: Incoming): Effect.Effect<Delivery> =>
      Effect.gen(function* () {
        const fault = Option.getOrUndefined(yield* script.take(incoming))
        const isCarriedOut = fault?.status === undefined || fault.applied === true
        const real = isCarriedOut ? yield* guard(Http.run(certifier.app, incoming)) : bare(200)
        const answer = fault === undefined ? real : distort(real, fault)
        const { disconnect, delay, slowBody } = fault ?? {}
        yield* recorder.record(incoming, {
          status: disconnect?.at === "Start" ? Option.none() : Option.some(answer.status),
          faulted: fault !== undefined
        })
        return {
          answer,
          ...(disconnect === undefined ? {} : { disconnect }),
          ...(delay === undefined ? {} : { delay }),
          ...(slowBody === undefined ? {} : { slowBody })
        }
      })

    return {
      handle: (incoming) => {
        const answer = aside(incoming)
        return answer === undefined ? respond(incoming) : Effect.map(guard(answer), (answer) => ({ answer }))
      },
      script,
      recorder
    }
  })
