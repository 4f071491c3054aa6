/**
 * The client of the Certifier API: a service, its layers, and one accessor for each operation.
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
import type * as CertifierError from "./CertifierError.js"
import type { Group } from "./Group.js"
import type * as GroupPatch from "./GroupPatch.js"
import * as Attempt from "./internal/attempt.js"
import * as Redact from "./internal/redact.js"
import * as Run from "./internal/run.js"
import * as Settings from "./internal/settings.js"
import { version } from "./internal/version.js"
import * as Operation from "./Operation.js"

/**
 * The `HttpClient` that a transform sees: one `execute` is one attempt. It has already sent the request, read the whole
 * body within its limits and the time limit, and turned every failure into a `CertifierError`; a response that comes out
 * is a success, and its body can be read any number of times.
 *
 * @since 0.1.0
 * @category models
 */
export type AttemptClient = Attempt.AttemptClient

/**
 * Wraps the client's attempts: retries, rate limits, caches, headers of your own. Everything of `HttpClient` that leaves
 * the error type open (`mapRequest`, `tap`, `transformResponse`, `retry`, …) is such a transform.
 *
 * It is applied once for each operation when the client is made, so what all calls share is made outside of it.
 *
 * @since 0.1.0
 * @category models
 */
export type ClientTransform = (client: AttemptClient, operation: { readonly name: string }) => AttemptClient

/**
 * What the client can do.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /**
   * Reads a group.
   *
   * `GET /v1/groups/{id}`
   */
  readonly getGroup: (id: string) => Effect.Effect<Group, CertifierError.GetGroup>
  /**
   * Sets the fields of a group that `patch` gives and leaves the others as they are. Answers the whole group.
   *
   * `PATCH /v1/groups/{id}`
   */
  readonly updateGroup: (id: string, patch: GroupPatch.Input) => Effect.Effect<Group, CertifierError.UpdateGroup>
}

/**
 * The client of the Certifier API.
 *
 * @since 0.1.0
 * @category tags
 */
export class CertifierClient extends Context.Tag("@effect-certifier/core/CertifierClient")<
  CertifierClient,
  Service
>() {}

/**
 * How a client is made. Only the access token is needed.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The access token from the Certifier dashboard. Not empty, no control characters. */
  readonly accessToken: Redacted.Redacted
  /** Default `https://api.certifier.io`. https, or http on loopback; no user name; a path prefix is kept. */
  readonly baseUrl?: string | URL | undefined
  /** The value of the `Certifier-Version` header. Default `2022-10-26`. */
  readonly apiVersion?: string | undefined
  /** The time limit of one attempt, the whole body included. Default 30 seconds; at most 24 days. */
  readonly timeout?: Duration.DurationInput | undefined
  /** Whether the current span is told to the service (`traceparent` and `b3` headers). Default `false`. */
  readonly tracerPropagation?: boolean | undefined
  /** Wraps every attempt, innermost first; the place for a retry policy or a rate limit. */
  readonly transformClient?: ClientTransform | undefined
}

/**
 * Runs an effect whose calls, on whatever client, go through one more transform: around `Options.transformClient`, and
 * inside those of enclosing `withClientTransform`s. It is applied anew for each call.
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
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, transform: ClientTransform): Effect.Effect<A, E, R> =>
  Effect.locallyWith(
    self,
    Run.currentTransform,
    (inherited): ClientTransform =>
      (client, operation) =>
        inherited(transform(client, operation), operation)
  )
)

const valid = <A, B>(name: string, check: (value: A) => Either.Either<B, string>, value: A) =>
  Either.mapLeft(check(value), (expected) => ConfigError.InvalidData([name], expected))

/**
 * Makes a client from its options and the `HttpClient` in the context. Options that can't be used are a `ConfigError`
 * that names the option and never shows its value.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = Effect.fnUntraced(function* (
  options: Options
): Effect.fn.Return<Service, ConfigError.ConfigError, HttpClient.HttpClient> {
  const accessToken = Redacted.value(yield* valid("accessToken", Settings.accessToken, options.accessToken))
  const baseUrl = yield* valid("baseUrl", Settings.baseUrl, options.baseUrl ?? Settings.vendorUrl)
  const apiVersion = yield* valid("apiVersion", Settings.apiVersion, options.apiVersion ?? Settings.vendorVersion)
  const timeout = yield* valid("timeout", Settings.timeout, options.timeout ?? Settings.defaultTimeout)
  const httpClient = Attempt.prepare(yield* HttpClient.HttpClient, {
    tracerPropagation: options.tracerPropagation ?? false
  })
  const configured = {
    baseUrl,
    timeout,
    redact: Redact.make(accessToken),
    headers: {
      authorization: `Bearer ${accessToken}`,
      "certifier-version": apiVersion,
      accept: "application/json",
      "user-agent": `effect-certifier/${version}`
    },
    transformClient: options.transformClient ?? identity
  }
  const getGroup = Run.make(httpClient, Operation.getGroup, configured)
  const updateGroup = Run.make(httpClient, Operation.updateGroup, configured)
  return {
    getGroup: (id) => getGroup({ path: { id } }),
    updateGroup: (id, payload) => updateGroup({ path: { id }, payload })
  }
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
export const layer = (options: Options): Layer.Layer<CertifierClient, ConfigError.ConfigError, HttpClient.HttpClient> =>
  Layer.effect(CertifierClient, make(options))

/** A variable of the environment, checked where it is read, so that the error names the variable. */
const variable = <A, B>(config: Config.Config<A>, check: (value: A) => Either.Either<B, string>): Config.Config<A> =>
  Config.mapOrFail(config, (value) =>
    Either.mapBoth(check(value), {
      onLeft: (expected) => ConfigError.InvalidData([], expected),
      onRight: () => value
    })
  )

const environment = {
  accessToken: Config.redacted(
    variable(Config.string("CERTIFIER_ACCESS_TOKEN"), (token) => Settings.accessToken(Redacted.make(token)))
  ),
  baseUrl: variable(Config.string("CERTIFIER_BASE_URL"), Settings.baseUrl).pipe(Config.withDefault(undefined)),
  apiVersion: variable(Config.string("CERTIFIER_VERSION"), Settings.apiVersion).pipe(Config.withDefault(undefined)),
  timeout: variable(Config.duration("CERTIFIER_TIMEOUT"), Settings.timeout).pipe(Config.withDefault(undefined))
}

/**
 * A layer of the client from the `ConfigProvider`: `CERTIFIER_ACCESS_TOKEN`, and where they are set
 * `CERTIFIER_BASE_URL`, `CERTIFIER_VERSION` and `CERTIFIER_TIMEOUT` (`"30 seconds"`). A `Config` of your own takes the
 * place of a variable.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (options?: {
  readonly accessToken?: Config.Config<Redacted.Redacted> | undefined
  readonly baseUrl?: Config.Config<string | URL | undefined> | undefined
  readonly apiVersion?: Config.Config<string | undefined> | undefined
  readonly timeout?: Config.Config<Duration.DurationInput | undefined> | undefined
  readonly tracerPropagation?: boolean | undefined
  readonly transformClient?: ClientTransform | undefined
}): Layer.Layer<CertifierClient, ConfigError.ConfigError, HttpClient.HttpClient> =>
  Layer.effect(
    CertifierClient,
    Effect.flatMap(
      Config.all({
        accessToken: options?.accessToken ?? environment.accessToken,
        baseUrl: options?.baseUrl ?? environment.baseUrl,
        apiVersion: options?.apiVersion ?? environment.apiVersion,
        timeout: options?.timeout ?? environment.timeout
      }),
      (config) =>
        make({
          ...config,
          tracerPropagation: options?.tracerPropagation,
          transformClient: options?.transformClient
        })
    )
  )

/**
 * Reads a group: before an update that depends on it, and after a failure that may have taken effect.
 *
 * Source: the vendor's documentation, `GET /v1/groups/{id}`.
 *
 * @since 0.1.0
 * @category combinators
 */
export const getGroup = (id: string): Effect.Effect<Group, CertifierError.GetGroup, CertifierClient> =>
  Effect.flatMap(CertifierClient, (client) => client.getGroup(id))

/**
 * Sets the fields of a group that `patch` gives and leaves the others as they are; answers the whole group. Renaming a
 * group or changing its designs also changes the credentials that were issued from it before.
 *
 * `id` and `patch` are checked before anything is sent. Sending the same update again reaches the same state, unless
 * somebody else has changed the group in between.
 *
 * Source: the vendor's page "Update a group", `PATCH /v1/groups/{id}`.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { Effect } from "effect"
 *
 * const program = CertifierClient.updateGroup("01g90279gp5sbmfek7wymcsvec", { name: "Financial Markets" }).pipe(
 *   Effect.catchTag("CertifierNotFound", (error) => Effect.logWarning(error.message))
 * )
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const updateGroup = (
  id: string,
  patch: GroupPatch.Input
): Effect.Effect<Group, CertifierError.UpdateGroup, CertifierClient> =>
  Effect.flatMap(CertifierClient, (client) => client.updateGroup(id, patch))
