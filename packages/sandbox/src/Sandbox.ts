/**
 * A Certifier on your own machine: a real HTTP server on loopback, or an `HttpClient` without any socket.
 *
 * @since 0.1.0
 */
import type { Group } from "@effect-certifier/core"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Path from "@effect/platform/Path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import * as Fault from "./Fault.js"
import * as Fixture from "./Fixture.js"
import * as DataFile from "./internal/dataFile.js"
import * as Engine from "./internal/engine.js"
import * as InProcess from "./internal/inProcess.js"
import * as Validation from "./internal/validation.js"
import * as Server from "./internal/server.js"
import * as Store from "./internal/store.js"
import * as Wait from "./internal/wait.js"
import * as RateLimit from "./RateLimit.js"
import * as RecordedRequest from "./RecordedRequest.js"
import type { InvalidOptions, StartError } from "./SandboxError.js"

/**
 * What a test does with a sandbox.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The base URL to give to a client, without a slash at its end. */
  readonly url: string
  /** Adds a fault: for the next request, unless `matcher` says for which. */
  readonly inject: (fault: Fault.Fault, matcher?: Fault.Matcher) => Effect.Effect<void, InvalidOptions>
  /** The faults to come. */
  readonly faults: Effect.Effect<ReadonlyArray<Fault.Rule>>
  /** Forgets the faults to come. */
  readonly clearFaults: Effect.Effect<void>
  /** What was asked, oldest first. */
  readonly requests: Effect.Effect<ReadonlyArray<RecordedRequest.RecordedRequest>>
  /** What was asked, and then what is being asked, without an end. */
  readonly requestStream: Stream.Stream<RecordedRequest.RecordedRequest>
  /** Forgets what was asked. */
  readonly clearRequests: Effect.Effect<void>
  /** The groups that are stored, oldest first. */
  readonly groups: Effect.Effect<ReadonlyArray<Group.Group>>
  /** Stores a group, in place of the one with its id if there is one. */
  readonly setGroup: (group: Group.Group) => Effect.Effect<void>
}

/**
 * The sandbox.
 *
 * @since 0.1.0
 * @category tags
 */
export class Sandbox extends Context.Tag("@effect-certifier/sandbox/Sandbox")<Sandbox, Service>() {}

/**
 * What every sandbox can be told.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The groups that are there at the beginning. Default: the one of the vendor's page, `Fixture.group()`. */
  readonly groups?: ReadonlyArray<Group.Group> | undefined
  /** The access tokens that are let in. Default: any that is not empty. */
  readonly accessTokens?: ReadonlyArray<Redacted.Redacted> | undefined
  /** Default: 3 requests a second, `RateLimit.standard`. */
  readonly rateLimit?: RateLimit.Options | "Unlimited" | undefined
  /** The faults to come, see `Fault`. Default: none. */
  readonly faults?: ReadonlyArray<Fault.Fault | Fault.Rule> | undefined
  /** What chance (faults with a probability, the ids of new groups) is drawn from. Default: always the same. */
  readonly seed?: string | number | undefined
  /** How many requests are remembered, 1 to 100 000. Default 1000. */
  readonly keepRequests?: number | undefined
}

/**
 * What a sandbox that listens can be told besides.
 *
 * @since 0.1.0
 * @category models
 */
export interface ServerOptions extends Options {
  /** Default 0: a port that is free. */
  readonly port?: number | undefined
  /** Default `127.0.0.1`. The control endpoints answer only callers on this machine, wherever it listens. */
  readonly host?: string | undefined
  /**
   * A file that keeps the groups beyond the end of the process; it is made when it is not there. What it holds takes the
   * place of `groups`. Default: none, memory only.
   */
  readonly data?: string | undefined
  /** How long a caller may take to send a request. Default 30 seconds. */
  readonly requestTimeout?: Duration.DurationInput | undefined
}

const checkSettings = Validation.validate(
  Schema.Struct({
    faults: Schema.Array(Fault.Rule),
    seed: Schema.Union(Schema.String, Schema.Number),
    keepRequests: Schema.Int.pipe(Schema.between(1, 100_000))
  })
)

const checkRateLimit = Validation.validate(Schema.Struct({ rateLimit: RateLimit.RateLimit }))

const checkRule = Validation.validate(Fault.Rule)

const rateLimitOf = (options: RateLimit.Options = {}) => {
  const { standard } = RateLimit
  const {
    limit = standard.limit,
    interval = standard.interval,
    burst = limit,
    retryAfter = standard.retryAfter
  } = options
  return checkRateLimit({ rateLimit: { limit, interval: Wait.fromInput(interval), burst, retryAfter } })
}

const makeEngine = <E = never, R = never>(
  options: Options,
  makeStore: (seeds: Store.Groups) => Effect.Effect<Store.Store, E, R> = (seeds) => Store.make(seeds, () => Effect.void)
): Effect.Effect<Omit<Service, "url"> & Pick<Engine.Engine, "handle">, InvalidOptions | E, Scope.Scope | R> =>
  Effect.gen(function* () {
    const settings = yield* checkSettings({
      faults: (options.faults ?? []).map((fault) => ("fault" in fault ? fault : { fault })),
      seed: options.seed ?? "effect-certifier",
      keepRequests: options.keepRequests ?? 1000
    })
    const { rateLimit } = options.rateLimit === "Unlimited" ? {} : yield* rateLimitOf(options.rateLimit)
    const store = yield* makeStore(Store.fromIterable(options.groups ?? [Fixture.group()]))
    const { handle, recorder, pendingFaults } = yield* Engine.make({
      ...settings,
      rateLimit,
      store,
      accessTokens: options.accessTokens
    })
    return {
      handle,
      inject: (fault, matcher) => Effect.flatMap(checkRule({ ...matcher, fault }), (rule) => pendingFaults.add([rule])),
      faults: pendingFaults.rules,
      clearFaults: pendingFaults.clear,
      requests: recorder.requests,
      requestStream: recorder.stream,
      clearRequests: recorder.clear,
      groups: Effect.map(store.groups, (groups) => [...groups.values()]),
      setGroup: (group) => store.modify((groups) => Effect.succeed([undefined, Store.set(groups, group)] as const))
    }
  })

/** Changes are saved before they are answered; one that can't be saved is this sandbox's internal server error. */
const fileStore = (path: string) => (seeds: Store.Groups) =>
  Effect.flatMap(DataFile.open(path, seeds), ({ groups, save }) =>
    Store.make(groups, (groups) => Effect.orDie(save(groups)))
  )

const checkServerSettings = Validation.validate(
  Schema.Struct({
    port: Schema.Int.pipe(Schema.between(0, 65_535)),
    host: Schema.NonEmptyString,
    requestTimeout: Wait.Bounded.pipe(Schema.greaterThanOrEqualToDuration("1 millis"))
  })
)

/**
 * Starts a sandbox that listens; it ends with its scope, and waits for nobody.
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
    const settings = yield* checkServerSettings({
      port: options.port ?? 0,
      host: options.host ?? "127.0.0.1",
      requestTimeout: Wait.fromInput(options.requestTimeout ?? "30 seconds")
    })
    const { handle, ...service } =
      options.data === undefined
        ? yield* makeEngine(options)
        : yield* Effect.provide(makeEngine(options, fileStore(options.data)), [NodeFileSystem.layer, Path.layer])
    const { url } = yield* Server.serve({ ...settings, handle })
    return { ...service, url }
  })

/**
 * A layer of a sandbox that listens.
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

/**
 * A layer of a sandbox without a socket, and the `HttpClient` that talks to it: whatever host it is asked for, the
 * sandbox answers. Time is the caller's: `TestClock` moves the rate limit, the delays and the timestamps.
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
export const layerInProcess = (options?: Options): Layer.Layer<Sandbox | HttpClient.HttpClient, InvalidOptions> =>
  Layer.scopedContext(
    Effect.map(makeEngine(options ?? {}), ({ handle, ...service }) =>
      Context.make(Sandbox, { ...service, url: "https://api.certifier.io" }).pipe(
        Context.add(HttpClient.HttpClient, InProcess.make(handle))
      )
    )
  )

/**
 * Adds a fault: for the next request, unless `matcher` says for which. A fault that can't be carried out is an `InvalidOptions`.
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
 * What was asked, oldest first.
 *
 * @since 0.1.0
 * @category testing
 */
export const requests: Effect.Effect<ReadonlyArray<RecordedRequest.RecordedRequest>, never, Sandbox> = Effect.flatMap(
  Sandbox,
  (sandbox) => sandbox.requests
)

/**
 * Fails unless exactly these requests were asked, in this order. Only what a pattern names is compared.
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
