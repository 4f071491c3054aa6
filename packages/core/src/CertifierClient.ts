/**
 * The client of the Certifier API: a service that calls operations, and its layers.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { dual, identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { update } from "./Groups.js"
import * as Call from "./internal/call/call.js"
import * as Redact from "./internal/call/redact.js"
import * as Transform from "./internal/call/transform.js"
import * as ClientOptions from "./internal/clientOptions.js"
import * as Internal from "./internal/service.js"
import { version } from "./internal/version.js"
import * as Operation from "./Operation.js"
import * as Checks from "./Options.js"

export {
  /**
   * The client of the Certifier API. Operations such as `Groups.update` call it.
   *
   * @since 0.1.0
   * @category tags
   */
  CertifierClient
} from "./internal/service.js"

/**
 * What a client does: it calls operations. A program calls `Groups.update(id, patch)` rather than
 * `client.call(Groups.update, id, patch)`.
 *
 * @since 0.1.0
 * @category models
 */
export type Service = Internal.Service

/**
 * The `HttpClient` that a transform sees: one `execute` is one attempt. It has already sent the request, read the whole
 * body within its limits and the time limit, and turned every failure into a `CertifierError`; a response that comes out
 * is a success, and its body can be read any number of times.
 *
 * @since 0.1.0
 * @category models
 */
export type AttemptClient = Transform.AttemptClient

/**
 * Wraps the client's attempts: retries, rate limits, caches, headers of your own. Everything of `HttpClient` that leaves
 * the error type open (`mapRequest`, `tap`, `transformResponse`, `retry`, …) is such a transform.
 *
 * It is applied once for each operation of a client, so what all calls share is created outside it.
 *
 * @since 0.1.0
 * @category models
 */
export type ClientTransform = (client: AttemptClient, operation: Operation.Info) => AttemptClient

/**
 * The options of a client. Only the access token is required.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The access token from the Certifier dashboard. Visible ASCII characters. */
  readonly accessToken: Redacted.Redacted
  /** Default `https://api.certifier.io`. https, or http on loopback; no user name; a path prefix is kept, with or without `/v1`. */
  readonly baseUrl?: string | URL | undefined
  /** The value of the `Certifier-Version` header. Default `2022-10-26`. */
  readonly apiVersion?: string | undefined
  /** The time limit of one attempt, the whole body included. Default 30 seconds; at most 24 days. */
  readonly timeout?: Duration.DurationInput | undefined
  /**
   * The time limit of a whole call: its attempts, and all that transforms wait for. It also holds where the call can't be
   * interrupted. Default: none, as retry policies and rate limiters have limits of their own.
   */
  readonly callTimeout?: Duration.DurationInput | undefined
  /** Whether the trace context is propagated to the API (`traceparent` and `b3` headers). Default `false`. */
  readonly tracerPropagation?: boolean | undefined
  /** Wraps every attempt; the place for a retry policy or a rate limiter. */
  readonly transformClient?: ClientTransform | undefined
}

/**
 * Runs an effect whose calls, on any client, go through one more transform: around `Options.transformClient`, and inside
 * those of enclosing `withClientTransform`s. It is applied anew for each call.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { HttpClient, HttpClientRequest } from "@effect/platform"
 *
 * const program = CertifierClient.updateGroup("01g90279gp5sbmfek7wymcsvec", { name: "Financial Markets" }).pipe(
 *   CertifierClient.withClientTransform(HttpClient.mapRequest(HttpClientRequest.setHeader("x-trial", "1")))
 * )
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const withClientTransform: {
  (transform: ClientTransform): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, transform: ClientTransform): Effect.Effect<A, E, R>
} = /* #__PURE__ */ dual(
  2,
  <A, E, R>(self: Effect.Effect<A, E, R>, transform: ClientTransform): Effect.Effect<A, E, R> =>
    Effect.flatMap(Transform.CurrentClientTransform, (inherited) =>
      Effect.provideService(self, Transform.CurrentClientTransform, (client, operation) =>
        inherited(transform(client, operation), operation)
      )
    )
)

/**
 * Transforms the requests that an attempt sends by itself: the reads of `Groups.withConcurrencyCheck`. They don't go through
 * `transformClient`, whose attempt may hold what they would wait for, such as the permit of a semaphore. A transform that has
 * to see every request, such as a rate limiter, wraps its attempts with this and itself. It goes inside those of enclosing
 * `withNestedTransform`s.
 *
 * @since 0.1.0
 * @category combinators
 */
export const withNestedTransform: {
  (transform: ClientTransform): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, transform: ClientTransform): Effect.Effect<A, E, R>
} = /* #__PURE__ */ dual(
  2,
  <A, E, R>(self: Effect.Effect<A, E, R>, transform: ClientTransform): Effect.Effect<A, E, R> =>
    Effect.withFiberRuntime((fiber) => {
      const context = fiber.currentContext
      // Without an attempt transform there are no such requests.
      if (Context.get(context, Transform.CurrentAttemptTransform) === undefined) return self
      const inherited = Context.get(context, Transform.CurrentNestedTransform)
      return Effect.provideService(self, Transform.CurrentNestedTransform, (client, operation) =>
        inherited(transform(client, operation), operation)
      )
    })
)

/** A service whose calls are prepared at their first use. */
const connect = (httpClient: HttpClient.HttpClient, options: Call.Options, inner?: Service): Service => {
  const client: Service = {
    call: (operation, ...args) => {
      const { prepared } = operation[Operation.TypeId]
      let run = prepared.get(client)
      if (run === undefined) {
        run = Call.make(inner ?? client, httpClient, operation, options)
        prepared.set(client, run)
      }
      return run(...args)
    }
  }
  return client
}

/**
 * Creates a client from its options and the `HttpClient` in the context. An invalid option is a `ConfigError` that names the
 * option and never shows its value.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = /* #__PURE__ */ Effect.fnUntraced(function* (
  options: Options
): Effect.fn.Return<Service, ConfigError.ConfigError, HttpClient.HttpClient> {
  const accessToken = Redacted.value(yield* ClientOptions.accessToken("accessToken", options.accessToken))
  const baseUrl = yield* ClientOptions.baseUrl("baseUrl", options.baseUrl ?? ClientOptions.vendorUrl)
  const apiVersion = yield* ClientOptions.apiVersion("apiVersion", options.apiVersion ?? ClientOptions.vendorVersion)
  const timeout = yield* Checks.duration("timeout", options.timeout ?? "30 seconds")
  const callTimeout =
    options.callTimeout === undefined ? undefined : yield* Checks.duration("callTimeout", options.callTimeout)
  const httpClient = yield* HttpClient.HttpClient
  const configured: Call.Options = {
    baseUrl,
    timeout,
    callTimeout,
    tracerPropagation: options.tracerPropagation ?? false,
    redact: Redact.make(accessToken),
    headers: {
      authorization: `Bearer ${accessToken}`,
      "certifier-version": apiVersion,
      accept: "application/json",
      "user-agent": `effect-certifier/${version}`
    },
    transformClient: options.transformClient ?? identity
  }
  const inner = connect(httpClient, { ...configured, transformClient: identity })
  return connect(httpClient, configured, inner)
})

/**
 * A layer of the client from plain options.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { FetchHttpClient } from "@effect/platform"
 * import { Layer, Redacted } from "effect"
 *
 * const CertifierLive = CertifierClient.layer({
 *   accessToken: Redacted.make("my access token"),
 *   timeout: "10 seconds"
 * }).pipe(Layer.provide(FetchHttpClient.layer))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: Options
): Layer.Layer<Internal.CertifierClient, ConfigError.ConfigError, HttpClient.HttpClient> =>
  Layer.effect(Internal.CertifierClient, make(options))

/**
 * A variable of the environment, checked where it is read, so that the error names the variable and not its value. An empty
 * one counts as absent.
 */
const variable = <A>(name: string, check: (name: string, value: string) => Checks.Checked<A>): Config.Config<A> =>
  Config.mapOrFail(Config.string(name), (value) =>
    value === ""
      ? Either.left(ConfigError.MissingData([], "Expected a value"))
      : Either.mapLeft(check("", value), (error) => ConfigError.InvalidData([], Checks.messageOf(error)))
  )

/** Functions, so that a program that does not read the environment does not carry them. */
const environment = {
  accessToken: () =>
    variable("CERTIFIER_ACCESS_TOKEN", (name, token) => ClientOptions.accessToken(name, Redacted.make(token))),
  baseUrl: () =>
    variable("CERTIFIER_BASE_URL", (name, url) => Either.map(ClientOptions.baseUrl(name, url), () => url)).pipe(
      Config.withDefault(undefined)
    ),
  apiVersion: () => variable("CERTIFIER_VERSION", ClientOptions.apiVersion).pipe(Config.withDefault(undefined)),
  timeout: () =>
    variable("CERTIFIER_TIMEOUT", (name, text) => Checks.duration(name, text)).pipe(Config.withDefault(undefined))
}

/**
 * A layer of the client from the `ConfigProvider`: `CERTIFIER_ACCESS_TOKEN`, and where they are set
 * `CERTIFIER_BASE_URL`, `CERTIFIER_VERSION` and `CERTIFIER_TIMEOUT` (`"30 seconds"`). A `Config` of your own replaces a
 * variable.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (options?: {
  readonly accessToken?: Config.Config<Redacted.Redacted> | undefined
  readonly baseUrl?: Config.Config<string | URL | undefined> | undefined
  readonly apiVersion?: Config.Config<string | undefined> | undefined
  readonly timeout?: Config.Config<Duration.DurationInput | undefined> | undefined
  readonly callTimeout?: Duration.DurationInput | undefined
  readonly tracerPropagation?: boolean | undefined
  readonly transformClient?: ClientTransform | undefined
}): Layer.Layer<Internal.CertifierClient, ConfigError.ConfigError, HttpClient.HttpClient> =>
  Layer.effect(
    Internal.CertifierClient,
    Effect.flatMap(
      Config.all({
        accessToken: options?.accessToken ?? environment.accessToken(),
        baseUrl: options?.baseUrl ?? environment.baseUrl(),
        apiVersion: options?.apiVersion ?? environment.apiVersion(),
        timeout: options?.timeout ?? environment.timeout()
      }),
      (config) =>
        make({
          ...config,
          callTimeout: options?.callTimeout,
          tracerPropagation: options?.tracerPropagation,
          transformClient: options?.transformClient
        })
    )
  )

/**
 * A client for tests, without HTTP: each operation has a handler, and one without a handler dies with a message that names
 * it. Retry policies and rate limiters of a client are not in it, as they are transforms of HTTP attempts; policies around
 * a call are.
 *
 * @example
 * ```ts
 * import { CertifierClient, Group, Groups, Operation } from "@effect-certifier/core"
 * import { Effect, Schema } from "effect"
 *
 * const group = Schema.decodeSync(Group.Group)({
 *   id: "01g90279gp5sbmfek7wymcsvec",
 *   name: "Financial Markets",
 *   createdAt: "2022-01-01T00:00:00.000Z",
 *   updatedAt: "2022-01-01T00:00:00.000Z"
 * })
 * const CertifierTest = CertifierClient.layerMock(
 *   Operation.handle(Groups.get, () => Effect.succeed(group)),
 *   Operation.handle(Groups.update, (id, { name = group.name }) => Effect.succeed(new Group.Group({ ...group, name })))
 * )
 * ```
 *
 * @since 0.1.0
 * @category testing
 */
export const layerMock = (...handlers: ReadonlyArray<Operation.Handler>): Layer.Layer<Internal.CertifierClient> =>
  Layer.sync(Internal.CertifierClient, () => {
    const client: Service = {
      call: (operation, ...args) => {
        const { declaration, prepared } = operation[Operation.TypeId]
        return (
          prepared.get(client)?.(...args) ??
          Effect.dieMessage(`CertifierClient.layerMock: no handler for ${declaration().name}`)
        )
      }
    }
    for (const handler of handlers) handler.install(client)
    return client
  })

/**
 * The same as `Groups.update`.
 *
 * @since 0.1.0
 * @category combinators
 */
export const updateGroup: typeof update = update
