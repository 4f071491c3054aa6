/**
 * A Certifier on your own machine: an HTTP server on loopback, or an `HttpClient` without a socket.
 *
 * @since 0.1.0
 */
import {
  type Attribute,
  type Credential,
  type Design,
  type EmailTemplate,
  type Group,
  type Interaction
} from "@effect-certifier/core"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import type * as ConfigError from "effect/ConfigError"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type * as Delivery from "./Delivery.js"
import type * as Fault from "./Fault.js"
import * as CheckOptions from "./internal/checkOptions.js"
import * as InProcess from "./internal/inProcess.js"
import * as Make from "./internal/make.js"
import * as Server from "./internal/server.js"
import * as Open from "./internal/workspace/open.js"
import type * as Mail from "./Mail.js"
import type * as Outbox from "./Outbox.js"
import type * as Quirk from "./Quirk.js"
import type * as RateLimit from "./RateLimit.js"
import * as RecordedRequest from "./RecordedRequest.js"
import type { InvalidOptions, StartError, UnknownSnapshot } from "./SandboxError.js"
import type * as PublicWorkspace from "./Workspace.js"

/**
 * The operations of a sandbox.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service extends PublicWorkspace.Store, Outbox.Outbox {
  /**
   * The base URL for a client on this machine, without a trailing slash. For a sandbox that listens on all addresses
   * (`0.0.0.0` or `::`), it is that of loopback.
   */
  readonly url: string
  /** Adds a fault for the next request, or for those that `matcher` selects. */
  readonly inject: (fault: Fault.Fault, matcher?: Fault.Matcher) => Effect.Effect<void, InvalidOptions>
  /** The pending faults. */
  readonly faults: Effect.Effect<ReadonlyArray<Fault.Rule>>
  /** Removes the pending faults. */
  readonly clearFaults: Effect.Effect<void>
  /** The recorded requests, oldest first. */
  readonly requests: Effect.Effect<ReadonlyArray<RecordedRequest.RecordedRequest>>
  /** The recorded requests, then new ones as they arrive; the stream does not end. */
  readonly requestStream: Stream.Stream<RecordedRequest.RecordedRequest>
  /** Removes the recorded requests. */
  readonly clearRequests: Effect.Effect<void>
  /** The token that the control endpoints and the console require; none if only this machine can connect. */
  readonly controlToken: Option.Option<Redacted.Redacted>
}

/**
 * The sandbox.
 *
 * @since 0.1.0
 * @category tags
 */
export class Sandbox extends Context.Tag("@effect-certifier/sandbox/Sandbox")<Sandbox, Service>() {}

/**
 * Options of every sandbox.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends Outbox.Options {
  /** The initial groups. Default: the vendor's sample, `Fixture.group()`. */
  readonly groups?: ReadonlyArray<Group.Group> | undefined
  /** The initial designs. Default: `Fixture.designs`, among them those of the sample group. */
  readonly designs?: ReadonlyArray<Design.Design> | undefined
  /** The attributes of the workspace. Default: `Fixture.attributes`, with `custom.mentor`, `custom.course` and `custom.grade`. */
  readonly attributes?: ReadonlyArray<Attribute.Attribute> | undefined
  /** The email templates. Default: `Fixture.emailTemplates`. */
  readonly emailTemplates?: ReadonlyArray<EmailTemplate.EmailTemplate> | undefined
  /** The initial credentials. Default: none. */
  readonly credentials?: ReadonlyArray<Credential.Credential> | undefined
  /** When the scheduled ones among them are issued. Default: never. */
  readonly schedules?: ReadonlyArray<PublicWorkspace.ScheduledIssue> | undefined
  /** The initial interactions. Default: none. */
  readonly interactions?: ReadonlyArray<Interaction.Interaction> | undefined
  /** The valid access tokens. Default: any that is not empty. */
  readonly accessTokens?: ReadonlyArray<Redacted.Redacted> | undefined
  /** Default: 3 requests per second, `RateLimit.standard`. */
  readonly rateLimit?: RateLimit.Options | "Unlimited" | undefined
  /** The initial faults, see `Fault`. Default: none. */
  readonly faults?: ReadonlyArray<Fault.Fault | Fault.Rule> | undefined
  /** The seed of faults with a probability and of new groups' ids. Default: always the same. */
  readonly seed?: string | number | undefined
  /** What the sandbox does where the vendor's documentation is silent, see `Quirk`. Default: `Quirk.defaults`. */
  readonly quirks?: Partial<Quirk.Quirks> | undefined
  /**
   * Whether the three operations that the vendor does not document are served: the lists of attributes and of email
   * templates, and the scheduling of credentials. Default: no, they return 404.
   */
  readonly experimental?: boolean | undefined
  /** How many requests are recorded, 1 to 100 000; the oldest are dropped. Default 1000. */
  readonly keepRequests?: number | undefined
}

/**
 * Options of a sandbox with an HTTP server.
 *
 * @since 0.1.0
 * @category models
 */
export interface ServerOptions extends Options {
  /** Default 0: a free port. */
  readonly port?: number | undefined
  /** Default `127.0.0.1`. With an address that other machines can reach, the control endpoints and the console require a token. */
  readonly host?: string | undefined
  /**
   * The token that the control endpoints require as `Authorization: Bearer`, and the console as `?token=`. 8 to 256 letters,
   * digits and `-._~`. Default: none if `host` is only reachable from this machine, otherwise a random one, see `controlToken`
   * of the service.
   */
  readonly controlToken?: Redacted.Redacted | undefined
  /**
   * A file that persists what is stored, the mails and the deliveries: an SQLite database, created if it does not exist. What an
   * existing file has overrides `groups` and all other initial objects, and pending deliveries continue. It needs the package `@effect/sql-libsql`. One sandbox at a time can
   * have a file open. Default: none, memory only.
   */
  readonly data?: string | undefined
  /** The time limit for receiving a request. Default 30 seconds. */
  readonly requestTimeout?: Duration.DurationInput | undefined
}

/**
 * Starts a sandbox with an HTTP server. It stops when its scope closes, without waiting for open connections.
 *
 * @example
 * ```ts
 * import { Sandbox } from "@effect-certifier/sandbox"
 * import { Effect } from "effect"
 *
 * const program = Effect.gen(function* () {
 *   const sandbox = yield* Sandbox.serve({ port: 4010 })
 *   yield* Effect.log(`Certifier is at ${sandbox.url}`)
 *   return yield* Effect.never
 * }).pipe(Effect.scoped)
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const serve = (options: ServerOptions = {}): Effect.Effect<Service, StartError, Scope.Scope> =>
  Effect.gen(function* () {
    const { controlToken, ...settings } = yield* CheckOptions.checkServer(options)
    let ownUrl = `http://127.0.0.1:${settings.port}`
    const { engine, ...service } = yield* Make.make(
      options,
      { controlToken, url: () => ownUrl },
      options.data === undefined ? Open.inMemory : Open.inFile(options.data)
    )
    const { url } = yield* Server.serve({ ...settings, handle: engine.handle })
    ownUrl = url
    // What is due happens within a second, even without a request. In process it happens at the next read.
    yield* Effect.forkScoped(Effect.repeat(engine.settle, Schedule.spaced("1 second")))
    return { ...service, url, controlToken: Option.fromNullable(controlToken) }
  })

/**
 * A layer of a sandbox with an HTTP server.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { Sandbox } from "@effect-certifier/sandbox"
 * import { FetchHttpClient } from "@effect/platform"
 * import { Effect, Layer, Redacted } from "effect"
 *
 * const CertifierTest = Layer.unwrapEffect(
 *   Effect.map(Sandbox.Sandbox, ({ url }) =>
 *     CertifierClient.layer({ accessToken: Redacted.make("any"), baseUrl: url })
 *   )
 * ).pipe(Layer.provide(FetchHttpClient.layer), Layer.provideMerge(Sandbox.layer()))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: ServerOptions): Layer.Layer<Sandbox, StartError> =>
  Layer.scoped(Sandbox, serve(options))

/** The URL of the real service: the client of a sandbox without a socket sends all requests to it. */
const inProcess: Make.Reached = { url: () => "https://api.certifier.io", controlToken: undefined }

/**
 * A layer of a sandbox without a socket, and of an `HttpClient` that sends every request to it, for any host. The sandbox
 * uses the caller's `Clock`: `TestClock` controls the rate limit, the delays and the timestamps.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { Sandbox } from "@effect-certifier/sandbox"
 * import { Layer, Redacted } from "effect"
 *
 * const CertifierTest = CertifierClient.layer({ accessToken: Redacted.make("any") }).pipe(
 *   Layer.provideMerge(Sandbox.layerInProcess())
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerInProcess = (
  options?: Options
): Layer.Layer<Sandbox | HttpClient.HttpClient, InvalidOptions | ConfigError.ConfigError> =>
  Layer.scopedContext(
    Effect.map(Make.make(options ?? {}, inProcess, Open.inMemory), ({ engine, ...service }) =>
      Context.make(Sandbox, { ...service, url: inProcess.url(), controlToken: Option.none() }).pipe(
        Context.add(HttpClient.HttpClient, InProcess.make(engine.handle))
      )
    )
  )

/**
 * Adds a fault for the next request, or for those that `matcher` selects. Fails with `InvalidOptions` if the fault or the
 * matcher is invalid.
 *
 * @example
 * ```ts
 * import { Fault, Sandbox } from "@effect-certifier/sandbox"
 *
 * const twoRefusals = Sandbox.inject(Fault.error("rate_limited", { retryAfter: "2" }), { times: 2 })
 * const someResets = Sandbox.inject(Fault.reset("Body"), { probability: 0.1, method: "PATCH" })
 * ```
 *
 * @since 0.1.0
 * @category testing
 */
export const inject = (fault: Fault.Fault, matcher?: Fault.Matcher): Effect.Effect<void, InvalidOptions, Sandbox> =>
  Effect.flatMap(Sandbox, (sandbox) => sandbox.inject(fault, matcher))

/**
 * The recorded requests, oldest first.
 *
 * @since 0.1.0
 * @category testing
 */
export const requests: Effect.Effect<ReadonlyArray<RecordedRequest.RecordedRequest>, never, Sandbox> = Effect.flatMap(
  Sandbox,
  (sandbox) => sandbox.requests
)

/**
 * Fails unless exactly these requests were received, in this order. Only the fields that a pattern names are compared.
 *
 * @example
 * ```ts
 * import { Sandbox } from "@effect-certifier/sandbox"
 *
 * const check = Sandbox.expectRequests([
 *   { method: "PATCH", path: "/v1/groups/01g90279gp5sbmfek7wymcsvec", status: 429 },
 *   { method: "PATCH", json: { name: "Financial Markets" }, status: 200 }
 * ])
 * ```
 *
 * @since 0.1.0
 * @category testing
 */
export const expectRequests = (
  patterns: ReadonlyArray<RecordedRequest.Pattern>
): Effect.Effect<void, RecordedRequest.UnexpectedRequests, Sandbox> =>
  Effect.flatMap(requests, RecordedRequest.expect(patterns))

/**
 * The mails that would have been sent, oldest first.
 *
 * @example
 * ```ts
 * import { Sandbox } from "@effect-certifier/sandbox"
 * import { Effect } from "effect"
 *
 * const recipients = Effect.map(Sandbox.mails, (mails) => mails.map(({ to }) => to))
 * ```
 *
 * @since 0.1.0
 * @category testing
 */
export const mails: Effect.Effect<ReadonlyArray<Mail.Mail>, never, Sandbox> = Effect.flatMap(
  Sandbox,
  (sandbox) => sandbox.mails
)

/**
 * Sets whether mails to an address bounce from now on.
 *
 * @since 0.1.0
 * @category testing
 */
export const bounce = (address: string, bounces?: boolean): Effect.Effect<void, never, Sandbox> =>
  Effect.flatMap(Sandbox, (sandbox) => sandbox.bounce(address, bounces))

/**
 * The deliveries to webhooks, oldest first.
 *
 * @since 0.1.0
 * @category testing
 */
export const deliveries: Effect.Effect<ReadonlyArray<Delivery.Delivery>, never, Sandbox> = Effect.flatMap(
  Sandbox,
  (sandbox) => sandbox.deliveries
)

/**
 * Waits until no attempt is due, then returns the deliveries: each has been delivered, has failed for the last time, or waits
 * for the time of its next attempt.
 *
 * @example
 * ```ts
 * import { Credentials, Webhook } from "@effect-certifier/core"
 * import { Sandbox } from "@effect-certifier/sandbox"
 * import { Effect, Redacted } from "effect"
 *
 * const secret = Redacted.make("a secret")
 * const app = Webhook.handler({ secret }, (event) => Effect.log(event.type))
 * const CertifierTest = Sandbox.layerInProcess({ webhooks: [{ app, secret }] })
 *
 * const test = Effect.gen(function* () {
 *   yield* Credentials.create({ groupId: "01g90279gp5sbmfek7wymcsvec", recipient: { name: "Ada Example" } })
 *   const deliveries = yield* Sandbox.awaitDeliveries
 *   return deliveries.map(({ state, type }) => `${type} ${state}`) // "credential.created delivered"
 * })
 * ```
 *
 * @since 0.1.0
 * @category testing
 */
export const awaitDeliveries: Effect.Effect<ReadonlyArray<Delivery.Delivery>, never, Sandbox> = Effect.flatMap(
  Sandbox,
  (sandbox) => sandbox.awaitDeliveries
)

/**
 * Makes an attempt to deliver now, whatever the results of earlier attempts; none if no delivery has this number.
 *
 * @since 0.1.0
 * @category testing
 */
export const redeliver = (number: number): Effect.Effect<Option.Option<Delivery.Delivery>, never, Sandbox> =>
  Effect.flatMap(Sandbox, (sandbox) => sandbox.redeliver(number))

/**
 * Moves the sandbox's clock forward, relative to the caller's. With `TestClock`, adjust that instead.
 *
 * @since 0.1.0
 * @category testing
 */
export const moveClock = (by: Duration.DurationInput): Effect.Effect<void, InvalidOptions, Sandbox> =>
  Effect.flatMap(Sandbox, (sandbox) => sandbox.moveClock(by))

/**
 * Saves all stored objects as a snapshot; replaces a snapshot with the same name. At most 100 are kept.
 *
 * @example
 * ```ts
 * import { Sandbox } from "@effect-certifier/sandbox"
 * import { Effect } from "effect"
 *
 * const test = Sandbox.snapshot("before").pipe(
 *   // ... the program under test ...
 *   Effect.zipRight(Sandbox.restore("before"))
 * )
 * ```
 *
 * @since 0.1.0
 * @category testing
 */
export const snapshot = (name: string): Effect.Effect<void, InvalidOptions, Sandbox> =>
  Effect.flatMap(Sandbox, (sandbox) => sandbox.snapshot(name))

/**
 * Replaces all stored objects with those of a snapshot. Fails with `UnknownSnapshot` if there is none with this name.
 *
 * @since 0.1.0
 * @category testing
 */
export const restore = (name: string): Effect.Effect<void, UnknownSnapshot, Sandbox> =>
  Effect.flatMap(Sandbox, (sandbox) => sandbox.restore(name))
