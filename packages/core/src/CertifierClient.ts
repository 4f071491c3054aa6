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
import * as FiberRef from "effect/FiberRef"
import { dual, identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type * as CertifierError from "./CertifierError.js"
import type { Group } from "./Group.js"
import type * as GroupCreate from "./GroupCreate.js"
import type * as GroupPage from "./GroupPage.js"
import * as GroupPatch from "./GroupPatch.js"
import type * as GroupUpdate from "./GroupUpdate.js"
import type * as Attempt from "./internal/attempt.js"
import * as Guard from "./internal/guard.js"
import * as Pages from "./internal/pages.js"
import * as Redact from "./internal/redact.js"
import * as Run from "./internal/run.js"
import * as Settings from "./internal/settings.js"
import * as Updates from "./internal/updates.js"
import { version } from "./internal/version.js"
import * as Operation from "./Operation.js"
import * as Reconciliation from "./Reconciliation.js"

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
 * What the client can do: one method for each operation, with the arguments and the answer that `Operation` declares.
 *
 * @since 0.1.0
 * @category models
 */
export type Service = {
  readonly [Name in keyof typeof Operation.operations]: (
    ...args: Parameters<(typeof Operation.operations)[Name]["input"]>
  ) => Effect.Effect<(typeof Operation.operations)[Name]["success"]["Type"], CertifierError.CertifierError>
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
} = /* #__PURE__ */ dual(
  2,
  <A, E, R>(self: Effect.Effect<A, E, R>, transform: ClientTransform): Effect.Effect<A, E, R> =>
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
export const make = /* #__PURE__ */ Effect.fnUntraced(function* (
  options: Options
): Effect.fn.Return<Service, ConfigError.ConfigError, HttpClient.HttpClient> {
  const accessToken = Redacted.value(yield* valid("accessToken", Settings.accessToken, options.accessToken))
  const baseUrl = yield* valid("baseUrl", Settings.baseUrl, options.baseUrl ?? Settings.vendorUrl)
  const apiVersion = yield* valid("apiVersion", Settings.apiVersion, options.apiVersion ?? Settings.vendorVersion)
  const timeout = yield* valid("timeout", Settings.timeout, options.timeout ?? Settings.defaultTimeout)
  const httpClient = yield* HttpClient.HttpClient
  const configured = {
    baseUrl,
    timeout,
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
  const getGroup = Run.make(httpClient, Operation.getGroup, configured)
  return {
    getGroup,
    listGroupsPage: Run.make(httpClient, Operation.listGroupsPage, configured),
    createGroup: Run.make(httpClient, Operation.createGroup, configured),
    updateGroup: Run.make(httpClient, Operation.updateGroup, {
      ...configured,
      protect: Guard.protect(getGroup, Operation.updateGroup.name)
    }),
    deleteGroup: Run.make(httpClient, Operation.deleteGroup, configured)
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

/** Functions, so that a program that does not read the environment does not carry them. */
const environment = {
  accessToken: () =>
    Config.redacted(
      variable(Config.string("CERTIFIER_ACCESS_TOKEN"), (token) => Settings.accessToken(Redacted.make(token)))
    ),
  baseUrl: () => variable(Config.string("CERTIFIER_BASE_URL"), Settings.baseUrl).pipe(Config.withDefault(undefined)),
  apiVersion: () =>
    variable(Config.string("CERTIFIER_VERSION"), Settings.apiVersion).pipe(Config.withDefault(undefined)),
  timeout: () => variable(Config.duration("CERTIFIER_TIMEOUT"), Settings.timeout).pipe(Config.withDefault(undefined))
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
        accessToken: options?.accessToken ?? environment.accessToken(),
        baseUrl: options?.baseUrl ?? environment.baseUrl(),
        apiVersion: options?.apiVersion ?? environment.apiVersion(),
        timeout: options?.timeout ?? environment.timeout()
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
export const getGroup = (id: string): Effect.Effect<Group, CertifierError.CertifierError, CertifierClient> =>
  Effect.flatMap(CertifierClient, (client) => client.getGroup(id))

/**
 * Reads one page of the groups: the first, or the one that another page's `pagination` names.
 *
 * Source: the vendor's documentation, `GET /v1/groups`.
 *
 * @since 0.1.0
 * @category combinators
 */
export const listGroupsPage = (
  options?: GroupPage.Options
): Effect.Effect<GroupPage.GroupPage, CertifierError.CertifierError, CertifierClient> =>
  Effect.flatMap(CertifierClient, (client) => client.listGroupsPage(options))

/**
 * All groups, page by page. A page is requested when the consumer has taken what the one before it had.
 *
 * `pageSize` is how many groups a page has, 1 to 100, default 100: the fewest requests. A chain of pages that does not
 * lead to an end (the same cursor again, ten empty pages in a row, more than `maxPages`, default 10 000) fails with
 * `ResponseDecodeError`, after the groups that it had.
 *
 * Source: the vendor's documentation, `GET /v1/groups`.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { Console, Stream } from "effect"
 *
 * const program = CertifierClient.listGroups().pipe(
 *   Stream.filter((group) => group.name.startsWith("Financial")),
 *   Stream.runForEach((group) => Console.log(group.id, group.name))
 * )
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const listGroups = (options?: {
  readonly pageSize?: number | undefined
  readonly maxPages?: number | undefined
}): Stream.Stream<Group, CertifierError.CertifierError, CertifierClient> =>
  Stream.unwrap(
    Effect.map(CertifierClient, (client) =>
      Pages.make(
        (cursor) => client.listGroupsPage({ cursor, limit: options?.pageSize ?? 100 }),
        options?.maxPages ?? 10_000
      )
    )
  )

/**
 * Makes a group and answers it. Not to be sent again blindly: after a failure whose `outcome` is `MaybeApplied` there may
 * be a group already, and the policies of the retry package leave it at that.
 *
 * Source: the vendor's documentation, `POST /v1/groups`.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 *
 * const program = CertifierClient.createGroup({
 *   name: "Financial Markets",
 *   designIds: ["01fpwtztwf7sacca5r0c483mnm"]
 * })
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const createGroup = (
  fields: GroupCreate.Input
): Effect.Effect<Group, CertifierError.CertifierError, CertifierClient> =>
  Effect.flatMap(CertifierClient, (client) => client.createGroup(fields))

/**
 * Removes a group. One that is gone already is a `NotFound`, also when a first try that seemed to fail has removed it.
 *
 * Source: the vendor's documentation, `DELETE /v1/groups/{id}`.
 *
 * @since 0.1.0
 * @category combinators
 */
export const deleteGroup = (id: string): Effect.Effect<void, CertifierError.CertifierError, CertifierClient> =>
  Effect.flatMap(CertifierClient, (client) => client.deleteGroup(id))

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
): Effect.Effect<Group, CertifierError.CertifierError, CertifierClient> =>
  Effect.flatMap(CertifierClient, (client) => client.updateGroup(id, patch))

/**
 * Reads a group again and tells what has become of an update of it: `before` is the group as it was before, `patch` is
 * the update. To be asked after a failure whose `outcome` is `MaybeApplied`; only after `NotApplied` sending again can't
 * overwrite what somebody else has written.
 *
 * @example
 * ```ts
 * import { CertifierClient, Reconciliation } from "@effect-certifier/core"
 * import { Effect } from "effect"
 *
 * const patch = { name: "Financial Markets" }
 * const program = Effect.gen(function* () {
 *   const before = yield* CertifierClient.getGroup("01g90279gp5sbmfek7wymcsvec")
 *   const update = CertifierClient.updateGroup(before.id, patch)
 *   return yield* Effect.catchIf(
 *     update,
 *     (error) => error.outcome === "MaybeApplied",
 *     (error) =>
 *       Effect.flatMap(
 *         CertifierClient.reconcile(before, patch),
 *         Reconciliation.$match({
 *           Applied: ({ group }) => Effect.succeed(group),
 *           NotApplied: () => update,
 *           Changed: () => Effect.fail(error)
 *         })
 *       )
 *   )
 * })
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const reconcile = (
  before: Group,
  patch: GroupPatch.Input
): Effect.Effect<Reconciliation.Reconciliation, CertifierError.CertifierError, CertifierClient> =>
  Effect.flatMap(getGroup(before.id), (now) => Reconciliation.compare(before, patch, now))

const guarded = <A, E, R>(self: Effect.Effect<A, E, R>, guard: Guard.Guard): Effect.Effect<A, E, R> =>
  Effect.locally(self, Guard.currentGuard, Option.some(guard))

/**
 * Runs an effect in which no update is sent blindly, whatever policy sends it again, inside the client or around the
 * call. The group is read before each sending: the first time to know it (or, with `before`, to see whether it is still
 * that group), and then to see what has become of the update:
 *
 * - the group is as the update wants it: the call succeeds with what was read, and nothing is sent;
 * - it is as it was before: the update is sent;
 * - somebody else has changed it: the call fails with `GroupChanged`;
 * - it can't be read: the call fails as it did before.
 *
 * An update is told from others by its id and its fields, and remembered from its failure until it succeeds or the effect
 * ends. Inside of another `withReconcile` this one, without a `before`, changes nothing.
 *
 * The API has no `If-Match`: what somebody writes between the reading and the request that follows is overwritten all
 * the same, in the fields that the update sets.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { RetryPolicy } from "@effect-certifier/retry"
 * import { Effect } from "effect"
 *
 * const program = CertifierClient.updateGroup("01g90279gp5sbmfek7wymcsvec", { name: "Financial Markets" }).pipe(
 *   Effect.retry(RetryPolicy.transient()),
 *   CertifierClient.withReconcile()
 * )
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const withReconcile: {
  (options?: { readonly before?: Group | undefined }): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, options?: { readonly before?: Group | undefined }): Effect.Effect<A, E, R>
} = /* #__PURE__ */ dual(
  (args) => Effect.isEffect(args[0]),
  <A, E, R>(self: Effect.Effect<A, E, R>, options?: { readonly before?: Group | undefined }): Effect.Effect<A, E, R> =>
    Effect.flatMap(FiberRef.get(Guard.currentGuard), (enclosing) =>
      Option.isSome(enclosing) && options?.before === undefined
        ? self
        : guarded(self, Guard.make(Option.fromNullable(options?.before), { isFresh: false }))
    )
)

/**
 * Whether the running effect is inside of a `withReconcile`.
 *
 * @since 0.1.0
 * @category combinators
 */
export const isReconciling: Effect.Effect<boolean> = /* #__PURE__ */ Effect.map(
  /* #__PURE__ */ FiberRef.get(Guard.currentGuard),
  Option.isSome
)

/**
 * Reads a group, asks `f` what it is to become, and sends only what differs; answers the group as it is then. When
 * nothing differs, nothing is sent.
 *
 * `f` gives a patch (what it leaves out stays as it is) or a whole group, plain or as an effect; an effect takes time, so
 * the group is read again after it. A wish that can't be sent fails with `InvalidRequest`, see `GroupPatch.diff`.
 *
 * `retry` is a schedule for the reading, and for the update by itself. Whatever sends the update again, `retry` or a
 * policy of the client, reads the group before: an update that was applied is not sent again, and one that would
 * overwrite somebody else's change is not either, but fails with `GroupChanged` (see `withReconcile`, also for what
 * can't be promised without `If-Match`). An `Effect.retry` around `modifyGroup` starts over: `f` is asked again, about
 * the group as it is then, and should be one that can be applied to its own result.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { RetryPolicy } from "@effect-certifier/retry"
 *
 * const program = CertifierClient.modifyGroup(
 *   "01g90279gp5sbmfek7wymcsvec",
 *   (group) => ({ name: group.name.replace("2025", "2026") }),
 *   { retry: RetryPolicy.transient() }
 * )
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const modifyGroup: <E = never, R = never, R2 = never>(
  id: string,
  f: (group: Group) => GroupPatch.Wanted | Effect.Effect<GroupPatch.Wanted, E, R>,
  options?: { readonly retry?: Schedule.Schedule<unknown, CertifierError.CertifierError, R2> | undefined }
) => Effect.Effect<Group, CertifierError.CertifierError | E, CertifierClient | R | R2> = /* #__PURE__ */ Effect.fn(
  "CertifierClient.modifyGroup"
)(function* (id, f, options) {
  const retried = <A, R>(self: Effect.Effect<A, CertifierError.CertifierError, R>) =>
    options?.retry === undefined ? self : Effect.retry(self, options.retry)
  const before = yield* retried(getGroup(id))
  const wish = f(before)
  const patch = yield* GroupPatch.diff(before, Effect.isEffect(wish) ? yield* wish : wish)
  if (Option.isNone(patch)) return before
  const guard = Guard.make(Option.some(before), { isFresh: !Effect.isEffect(wish) })
  return yield* guarded(retried(updateGroup(id, patch.value)), guard)
})

/**
 * Many updates, `concurrency` of them at a time (default 5). Results come in the order in which the updates end, with
 * their ids and their places in `updates`; a failure is a result as well, and does not stop the others unless
 * `onFailure` is `"stop"`: then no further update is sent, those on their way are reported, and the stream ends.
 *
 * Updates are taken from the stream only as the consumer takes results, so a stream of any length needs little memory.
 * When `updates` fails, what was sent is reported before the stream fails. When the stream is interrupted, or its consumer
 * wants no more, updates on their way are interrupted, and may or may not have been applied.
 *
 * Rate limits and retries are the client's: with the retry package's `RateLimit` the updates go out at the allowed rate.
 * A `concurrency` that is not a whole number of at least 1 fails with `InvalidRequest`.
 *
 * @example
 * ```ts
 * import { CertifierClient } from "@effect-certifier/core"
 * import { Console, Either, Stream } from "effect"
 *
 * const program = CertifierClient.listGroups().pipe(
 *   Stream.map((group) => ({ id: group.id, patch: { name: group.name.trim() } })),
 *   CertifierClient.updateGroups({ concurrency: 3 }),
 *   Stream.runForEach(({ id, result }) =>
 *     Either.isRight(result) ? Console.log(`${id} updated`) : Console.error(`${id}: ${result.left.message}`)
 *   )
 * )
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const updateGroups: {
  (
    options?: GroupUpdate.Options
  ): <E, R>(
    updates: Stream.Stream<GroupUpdate.GroupUpdate, E, R>
  ) => Stream.Stream<GroupUpdate.Result, E | CertifierError.InvalidRequest, R | CertifierClient>
  <E, R>(
    updates: Stream.Stream<GroupUpdate.GroupUpdate, E, R>,
    options?: GroupUpdate.Options
  ): Stream.Stream<GroupUpdate.Result, E | CertifierError.InvalidRequest, R | CertifierClient>
} = /* #__PURE__ */ dual(
  (args) => Predicate.hasProperty(args[0], Stream.StreamTypeId),
  <E, R>(
    updates: Stream.Stream<GroupUpdate.GroupUpdate, E, R>,
    options?: GroupUpdate.Options
  ): Stream.Stream<GroupUpdate.Result, E | CertifierError.InvalidRequest, R | CertifierClient> =>
    Stream.unwrap(
      Effect.map(CertifierClient, (client) =>
        Updates.make(updates, (update) => client.updateGroup(update.id, update.patch), options)
      )
    )
)
