import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { Fault, Rule } from "../Fault.js"
import type { RateLimit } from "../RateLimit.js"
import * as Certifier from "./certifier.js"
import * as Control from "./control.js"
import * as FaultBody from "./faultBody.js"
import * as Http from "./http.js"
import * as Limiter from "./limiter.js"
import { bodiless, type IncomingRequest, type OutgoingResponse, pathOf } from "./message.js"
import * as PendingFaults from "./pendingFaults.js"
import type { Quirks } from "../Quirk.js"
import * as Recorder from "./recorder.js"
import { StepLimit, stepsUntil } from "./steps.js"
import * as Stored from "./stored.js"
import type { Transmission } from "./transmission.js"
import type { Workspace } from "./workspace/workspace.js"

export interface Options {
  readonly workspace: Workspace
  readonly quirks: Quirks
  readonly experimental: boolean
  readonly rateLimit: RateLimit | undefined
  readonly accessTokens: ReadonlyArray<Redacted.Redacted> | undefined
  readonly faults: ReadonlyArray<Rule>
  readonly seed: string | number
  readonly keepRequests: number
}

/** Everything behind a transport: takes a request, returns what to send. */
export interface Engine {
  readonly handle: (incoming: IncomingRequest) => Effect.Effect<Transmission>
  readonly pendingFaults: PendingFaults.PendingFaults
  readonly recorder: Recorder.Recorder
}

const lowerCase = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

const applyFault = (response: OutgoingResponse, { body, headers, status }: Fault): OutgoingResponse => {
  const base = status === undefined ? response : FaultBody.ofStatus(status)
  return {
    status: base.status,
    headers: { ...base.headers, ...lowerCase(headers ?? {}) },
    body: bodiless.has(base.status) ? new Uint8Array() : body === undefined ? base.body : FaultBody.bytesOf(body)
  }
}

/** A defect is a bug of the sandbox: it is logged, and the response is the service's 500. */
const guard = (response: Effect.Effect<OutgoingResponse, unknown>): Effect.Effect<OutgoingResponse> =>
  Effect.catchAllCause(response, (cause) =>
    Cause.isInterruptedOnly(cause)
      ? Effect.interrupt
      : Effect.as(Effect.logError("The sandbox could not respond", cause), Http.errorResponse("internal_server_error"))
  )

export const make = (options: Options): Effect.Effect<Engine, never, Scope.Scope> =>
  Effect.gen(function* () {
    const limiter = options.rateLimit === undefined ? Limiter.unlimited : yield* Limiter.make(options.rateLimit)
    const pendingFaults = yield* PendingFaults.make(options.faults, options.seed)
    const recorder = yield* Recorder.make(options.keepRequests)
    const certifier = yield* Certifier.make({ ...options, limiter, random: Random.make(options.seed) })
    const control = yield* Control.make({ pendingFaults, recorder, store: Stored.make(options.workspace) })
    // The page holds two megabytes of scripts, which most sandboxes never serve.
    const docs = yield* Effect.cached(
      Effect.flatMap(
        Effect.promise(() => import("./docs.js")),
        (docs) => docs.make
      )
    )

    /** Requests to the sandbox itself, not to Certifier: neither checked, nor rate-limited, nor recorded. */
    const ownResponse = (incoming: IncomingRequest): Effect.Effect<OutgoingResponse, unknown> | undefined => {
      const path = pathOf(incoming.url)
      if (path.startsWith("/__sandbox/")) {
        return Control.isAllowed(incoming)
          ? Http.run(control, incoming)
          : Effect.succeed(Http.errorResponse("not_found"))
      }
      // A browser requests it when it opens the documentation.
      if (path === "/favicon.ico") return Effect.succeed(FaultBody.ofStatus(204))
      return path === "/docs" || path === "/openapi.json"
        ? Effect.orElseSucceed(Http.run(Effect.flatten(docs), incoming), () => Http.errorResponse("not_found"))
        : undefined
    }

    const respond = (incoming: IncomingRequest): Effect.Effect<Transmission> =>
      Effect.gen(function* () {
        const fault = Option.getOrUndefined(yield* pendingFaults.take(incoming))
        const applied = fault?.applied ?? false
        const isCarriedOut = fault?.status === undefined || applied !== false
        const carriedOut = guard(Http.run(certifier, incoming))
        const real = isCarriedOut
          ? yield* typeof applied === "string"
              ? Effect.provideService(carriedOut, StepLimit, stepsUntil[applied])
              : carriedOut
          : FaultBody.ofStatus(200)
        const response = fault === undefined ? real : applyFault(real, fault)
        const { delay, disconnect, slowBody } = fault ?? {}
        yield* recorder.record(incoming, {
          status: disconnect?.at === "Start" ? Option.none() : Option.some(response.status),
          faulted: fault !== undefined
        })
        return {
          response,
          ...(disconnect === undefined ? {} : { disconnect }),
          ...(delay === undefined ? {} : { delay }),
          ...(slowBody === undefined ? {} : { slowBody })
        }
      })

    return {
      handle: (incoming) => {
        const own = ownResponse(incoming)
        return own === undefined ? respond(incoming) : Effect.map(guard(own), (response) => ({ response }))
      },
      pendingFaults,
      recorder
    }
  })
