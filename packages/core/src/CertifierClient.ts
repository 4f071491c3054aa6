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
 * The interface of the client. Programs call `Groups.update(id, patch)` rather than `client.call(Groups.update, id, patch)`.
 *
 * @since 0.1.0
 * @category models
 */
export type Service = Internal.Service

/**
 * The `HttpClient` passed to a transform. Each `execute` is one attempt: it sends the request, reads the whole body within the
 * size and time limits, and maps every failure to a `CertifierError`. A returned response is always a success, and its body can
 * be read any number of times.
 *
 * @since 0.1.0
 * @category models
 */
export type AttemptClient = Transform.AttemptClient

/**
 * Wraps the attempts of a client, for example with retries, rate limits, caches or custom headers. Every `HttpClient`
 * combinator that is generic in the error type (`mapRequest`, `tap`, `transformResponse`, `retry`, …) can be used.
 *
 * A transform is applied once per operation of a client, so create shared state outside of it.
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
  /**
   * Default `https://api.certifier.io`. Must be https, or http on loopback, without a user name. A path prefix is kept, with or
   * without `/v1`.
   */
  readonly baseUrl?: string | URL | undefined
  /** The value of the `Certifier-Version` header. Default `2022-10-26`. */
  readonly apiVersion?: string | undefined
  /** The time limit of one attempt, including the response body. Default 30 seconds; at most 24 days. */
  readonly timeout?: Duration.DurationInput | undefined
  /**
   * The time limit of a whole call: all attempts and every wait of a transform. It also applies in uninterruptible regions.
   * Default: none, because retry policies and rate limiters have their own limits.
   */
  readonly callTimeout?: Duration.DurationInput | undefined
  /** Whether the trace context is propagated to the API (`traceparent` and `b3` headers). Default `false`. */
  readonly tracerPropagation?: boolean | undefined
  /** Wraps every attempt, for example with a retry policy or a rate limiter. */
  readonly transformClient?: ClientTransform | undefined
}

/**
 * Applies an additional transform to all calls of an effect, on any client. It wraps `Options.transformClient`, and is itself
 * wrapped by the transforms of enclosing `withClientTransform`s. Each call applies it again.
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
 * Transforms the requests nested in an attempt: the reads of `Groups.withConcurrencyCheck`. These bypass `transformClient`,
 * because the attempt may hold a resource that they would wait for, such as the permit of a semaphore. A transform that has to
 * see every request, such as a rate limiter, passes itself to this function around each attempt. It is wrapped by the
 * transforms of enclosing `withNestedTransform`s.
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
      // Only attempt transforms send nested requests.
      if (Context.get(context, Transform.CurrentAttemptTransform) === undefined) return self
      const inherited = Context.get(context, Transform.CurrentNestedTransform)
      return Effect.provideService(self, Transform.CurrentNestedTransform, (client, operation) =>
        inherited(transform(client, operation), operation)
      )
    })
)

/** A service that prepares each operation on its first call. */
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
 * Creates a client from its options and the `HttpClient` in the context. Fails with a `ConfigError` if an option is invalid;
 * the error names the option and never contains its value.
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
 * A layer of the client, from plain options.
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
 * An environment variable, validated when it is read, so that the error names the variable and never contains its value. An
 * empty variable counts as absent.
 */
const variable = <A>(name: string, check: (name: string, value: string) => Checks.Checked<A>): Config.Config<A> =>
  Config.mapOrFail(Config.string(name), (value) =>
    value === ""
      ? Either.left(ConfigError.MissingData([], "Expected a value"))
      : Either.mapLeft(check("", value), (error) => ConfigError.InvalidData([], Checks.messageOf(error)))
  )

/** Functions, so that bundlers drop them from programs that do not read the environment. */
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
 * A layer of the client, from the `ConfigProvider`: `CERTIFIER_ACCESS_TOKEN` and, if set, `CERTIFIER_BASE_URL`,
 * `CERTIFIER_VERSION` and `CERTIFIER_TIMEOUT` (such as `"30 seconds"`). Pass a `Config` to replace a variable.
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
 * A client for tests, without HTTP. Each operation is implemented by a handler; calling an operation without one dies with a
 * message that names the operation. Client transforms such as retry policies and rate limiters do not run, because there are no
 * HTTP attempts; policies around a call do.
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
