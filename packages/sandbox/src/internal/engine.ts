import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { Fault, Rule } from "../Fault.js"
import type { RateLimit } from "../RateLimit.js"
import * as Certifier from "./certifier.js"
import * as FaultBody from "./faultBody.js"
import * as Http from "./http.js"
import * as Limiter from "./limiter.js"
import { bodiless, type IncomingRequest, type OutgoingResponse } from "./message.js"
import * as Outward from "./outward.js"
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
  readonly outward: Outward.Options
}

/** The sandbox without a transport, which takes a request and returns what to send. */
export interface Engine {
  readonly handle: (incoming: IncomingRequest) => Effect.Effect<Transmission>
  readonly pendingFaults: PendingFaults.PendingFaults
  readonly recorder: Recorder.Recorder
  readonly outward: Outward.Outward
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

/** Logs a defect, which is a bug in the sandbox, and responds with the service's 500. */
const guard = (transmission: Effect.Effect<Transmission, unknown>): Effect.Effect<Transmission> =>
  Effect.catchAllCause(transmission, (cause) =>
    Cause.isInterruptedOnly(cause)
      ? Effect.interrupt
      : Effect.as(Effect.logError("The sandbox could not respond", cause), {
          response: Http.errorResponse("internal_server_error")
        })
  )

const inOnePiece = Effect.map((response: OutgoingResponse): Transmission => ({ response }))

export const make = (options: Options): Effect.Effect<Engine, never, Scope.Scope> =>
  Effect.gen(function* () {
    const limiter =
      options.rateLimit === undefined ? Limiter.unlimited : Limiter.make(options.rateLimit, options.quirks)
    const pendingFaults = yield* PendingFaults.make(options.faults, options.seed)
    const recorder = yield* Recorder.make(options.keepRequests)
    const { url } = options.outward
    const random = Random.make(options.seed)
    const certifier = yield* Certifier.make({ ...options, url, limiter, random })
    const outward = yield* Outward.make(options.outward, {
      ...options,
      url,
      limiter,
      random,
      pendingFaults,
      recorder,
      store: Stored.make(options.workspace)
    })

    const respond = (incoming: IncomingRequest): Effect.Effect<Transmission> =>
      Effect.gen(function* () {
        const fault = Option.getOrUndefined(yield* pendingFaults.take(incoming))
        const applied = fault?.applied ?? false
        const isCarriedOut = fault?.status === undefined || applied !== false
        const carriedOut = Effect.map(guard(inOnePiece(Http.run(certifier, incoming))), ({ response }) => response)
        const real = isCarriedOut
          ? yield* typeof applied === "string"
              ? Effect.provideService(carriedOut, StepLimit, stepsUntil[applied])
              : carriedOut
          : FaultBody.ofStatus(200)
        const response = fault === undefined ? real : applyFault(real, fault)
        const { delay, disconnect, slowBody } = fault ?? {}
        yield* recorder.record(incoming, {
          status: disconnect?.at === "Start" ? Option.none() : Option.some(response.status),
          problem: Outward.problemOf(response),
          faulted: fault !== undefined
        })
        outward.changes.announce()
        return {
          response,
          ...(disconnect === undefined ? {} : { disconnect }),
          ...(delay === undefined ? {} : { delay }),
          ...(slowBody === undefined ? {} : { slowBody })
        }
      })

    return {
      handle: (incoming) =>
        outward.time.within(
          Effect.suspend(() => {
            const own = outward.handle(incoming)
            return own === undefined ? respond(incoming) : guard(own)
          })
        ),
      pendingFaults,
      recorder,
      outward
    }
  })
