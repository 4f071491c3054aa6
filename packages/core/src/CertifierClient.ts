/**
 * The client of the Certifier API: a service, its layers, and one accessor for each operation.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpTraceContext from "@effect/platform/HttpTraceContext"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FiberRef from "effect/FiberRef"
import { constTrue, dual, identity } from "effect/Function"
import { globalValue } from "effect/GlobalValue"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as CertifierError from "./CertifierError.js"
import type { Group } from "./Group.js"
import type * as GroupPatch from "./GroupPatch.js"
import * as Answer from "./internal/answer.js"
import * as Body from "./internal/body.js"
import * as BufferedResponse from "./internal/bufferedResponse.js"
import * as Issues from "./internal/issues.js"
import * as Metrics from "./internal/metrics.js"
import * as Redact from "./internal/redact.js"
import * as Settings from "./internal/settings.js"
import { toTransportError } from "./internal/transport.js"
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
export interface AttemptClient extends HttpClient.HttpClient.With<CertifierError.CertifierError> {}

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

const currentTransform = globalValue("@effect-certifier/core/CertifierClient/currentTransform", () =>
  FiberRef.unsafeMake<ClientTransform>(identity)
)

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
    currentTransform,
    (inherited): ClientTransform =>
      (client, operation) =>
        inherited(transform(client, operation), operation)
  )
)

/** How much of a body is read; what is behind it is discarded. */
const limits = { success: 1024 * 1024, failure: 64 * 1024 }

const isSuccess = (status: number): boolean => status >= 200 && status < 300

/**
 * `fetch` follows redirects unless told otherwise, and would send the request to wherever they point. Its options are
 * read from the fiber's context; a user's own are kept.
 */
const refuseRedirects = HttpClient.mapRequestEffect((request: HttpClientRequest.HttpClientRequest) =>
  Effect.as(
    FiberRef.update(FiberRef.currentContext, (context) =>
      Context.add(context, FetchHttpClient.RequestInit, {
        ...Option.getOrUndefined(Context.getOption(context, FetchHttpClient.RequestInit)),
        redirect: "manual"
      })
    ),
    request
  )
)

const propagateTrace = HttpClient.mapRequestEffect((request: HttpClientRequest.HttpClientRequest) =>
  Effect.flatMap(FiberRef.get(FiberRef.currentTracerEnabled), (enabled) =>
    Effect.match(Effect.currentSpan, {
      // With tracing switched off the current span is a placeholder without an id.
      onSuccess: (span) =>
        enabled ? HttpClientRequest.setHeaders(request, HttpTraceContext.toHeaders(span)) : request,
      onFailure: () => request
    })
  )
)

interface Configured {
  readonly baseUrl: Settings.BaseUrl
  readonly headers: Readonly<Record<string, string>>
  readonly timeout: Duration.Duration
  readonly redact: (text: string) => string
}

/** Sends, reads, and types what went wrong: one attempt. */
const makeAttempt = (httpClient: HttpClient.HttpClient, operation: string, options: Configured): AttemptClient => {
  const { baseUrl, redact, timeout } = options
  const onHttpClientError = (error: HttpClientError.HttpClientError) =>
    toTransportError(operation, baseUrl.origin, error)

  /** A transport that was told to fail on a status (`filterStatusOk`) still has the answer. */
  const recoverStatus = (error: HttpClientError.HttpClientError) =>
    error._tag === "ResponseError" && error.reason === "StatusCode"
      ? Effect.succeed(error.response)
      : Effect.fail(onHttpClientError(error))

  const receive = Effect.fnUntraced(function* (response: HttpClientResponse.HttpClientResponse) {
    const { headers, status } = response
    if (!isSuccess(status)) {
      // The status is known, so a body that breaks off is as good as a short one.
      const { bytes } = yield* Effect.merge(Body.read(response, limits.failure))
      return yield* Effect.flip(Answer.toError({ operation, response, bytes, redact }))
    }
    const body = yield* Effect.mapError(Body.read(response, limits.success), ({ error }) => onHttpClientError(error))
    const unusable = (problem: string, expected: string) =>
      new CertifierError.ResponseDecodeError({
        operation,
        status,
        requestId: Answer.requestIdOf(headers, redact),
        issues: [new CertifierError.Issue({ field: "", problem, expected })],
        excerpt: Answer.excerptOf(new TextDecoder().decode(body.bytes), redact)
      })
    if (body.truncated) return yield* unusable("is too large", `at most ${limits.success} bytes`)
    const text = yield* Effect.try({
      try: () => new TextDecoder("utf-8", { fatal: true }).decode(body.bytes),
      catch: () => unusable("is not UTF-8", "JSON in UTF-8")
    })
    return BufferedResponse.make(response, body.bytes, text)
  })

  return HttpClient.makeWith(
    Effect.flatMap((request: HttpClientRequest.HttpClientRequest) =>
      httpClient.execute(request).pipe(
        Effect.catchAll(recoverStatus),
        Effect.flatMap(receive),
        Effect.timeoutFail({
          duration: timeout,
          onTimeout: () => new CertifierError.Timeout({ operation, limit: timeout })
        }),
        // What `refuseRedirects` sets ends with the attempt.
        Effect.mapInputContext((context: Context.Context<never>) => context)
      )
    ),
    Effect.succeed<HttpClientRequest.HttpClientRequest>
  )
}

/** The path with its fields filled in; the schema has made sure that each stays one segment. */
const render = (template: string, path: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => path[name] ?? "")

const outcomeOf = (exit: Exit.Exit<unknown, CertifierError.CertifierError>): string =>
  Exit.match(exit, {
    onSuccess: () => "Success",
    onFailure: (cause) =>
      Option.match(Cause.failureOption(cause), {
        onSome: (error) => error._tag,
        onNone: () => (Cause.isInterrupted(cause) ? "Interrupted" : "Defect")
      })
  })

/** An operation as a function: checks the input, sends it through the transforms, decodes the answer. */
const makeOperation = <Path extends Readonly<Record<string, string>>, PathInput, Payload, PayloadInput, A, I>(
  httpClient: HttpClient.HttpClient,
  operation: Operation.Operation<Path, PathInput, Payload, PayloadInput, A, I>,
  options: Configured & { readonly transformClient: ClientTransform }
): ((path: PathInput, payload: PayloadInput) => Effect.Effect<A, CertifierError.CertifierError>) => {
  const { baseUrl, headers, redact } = options
  const { method, name, template } = operation
  const attempts = options.transformClient(makeAttempt(httpClient, name, options), operation)
  const metrics = Metrics.make(name)
  const decodePath = Schema.decodeUnknownEither(operation.path, { errors: "all" })
  const decodePayload = Schema.decodeUnknownEither(operation.payload, { errors: "all" })
  const encodePayload = Schema.encodeSync(operation.payload)
  const decodeSuccess = Schema.decodeUnknownEither(operation.success, { errors: "all" })

  const observe = <B>(self: Effect.Effect<B, CertifierError.CertifierError>) =>
    Effect.flatMap(Clock.currentTimeNanos, (start) =>
      Effect.onExit(self, (exit) =>
        Effect.flatMap(Clock.currentTimeNanos, (end) => {
          const outcome = outcomeOf(exit)
          return Effect.all(
            [
              Metric.increment(metrics.calls(outcome)),
              Metric.update(metrics.duration, Number(end - start) / 1e9),
              Exit.isSuccess(exit) ? Effect.void : Effect.annotateCurrentSpan("error.type", outcome)
            ],
            { discard: true }
          )
        })
      )
    )

  return Effect.fn(`CertifierClient.${name}`, {
    kind: "client",
    attributes: {
      "http.request.method": method,
      "url.template": template,
      "server.address": baseUrl.hostname,
      "server.port": baseUrl.port
    }
  })(function* (pathInput: PathInput, payloadInput: PayloadInput) {
    const [path, payload] = [decodePath(pathInput), decodePayload(payloadInput)]
    if (Either.isLeft(path) || Either.isLeft(payload)) {
      return yield* new CertifierError.InvalidRequest({ operation: name, issues: Issues.fromLefts([path, payload]) })
    }
    const url = `${baseUrl.prefix}${render(template, path.right)}`
    yield* Effect.annotateCurrentSpan("url.full", url)
    const transform = yield* FiberRef.get(currentTransform)
    const response = yield* transform(attempts, operation)
      .execute(
        HttpClientRequest.make(method)(url, {
          headers,
          body: HttpBody.text(JSON.stringify(encodePayload(payload.right)), "application/json")
        })
      )
      .pipe(
        Effect.tapError((error) =>
          "status" in error ? Effect.annotateCurrentSpan("http.response.status_code", error.status) : Effect.void
        )
      )
    yield* Effect.annotateCurrentSpan("http.response.status_code", response.status)
    // Only a transform that answers with a response of its own can make this fail.
    const text = yield* Effect.mapError(response.text, (error) => toTransportError(name, baseUrl.origin, error))
    const json = Answer.parseJson(text)
    const decoded = Either.flatMap(json, (value) =>
      Either.mapLeft(decodeSuccess(value), (error) => Issues.fromParseIssue(error.issue))
    )
    return yield* Either.mapLeft(
      decoded,
      (issues) =>
        new CertifierError.ResponseDecodeError({
          operation: name,
          status: response.status,
          requestId: Answer.requestIdOf(response.headers, redact),
          issues,
          excerpt: Answer.excerptOf(text, redact)
        })
    )
  }, observe)
}

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
  const httpClient = (yield* HttpClient.HttpClient).pipe(
    refuseRedirects,
    options.tracerPropagation === true ? propagateTrace : identity,
    // The span of the operation says it all, and the platform's own would send its trace headers to the service.
    HttpClient.withTracerDisabledWhen(constTrue)
  )
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
  const updateGroup = makeOperation(httpClient, Operation.updateGroup, configured)
  return { updateGroup: (id, patch) => updateGroup({ id }, patch) }
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
