/**
 * The operations of groups, and what is built on them: updates that check for concurrent changes, and many updates at once.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { dual } from "effect/Function"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { CertifierError, InvalidRequest } from "./CertifierError.js"
import * as Group from "./Group.js"
import { CurrentAttemptTransform } from "./internal/call/transform.js"
import * as ConcurrencyCheck from "./internal/concurrencyCheck.js"
import { freshRead } from "./internal/freshRead.js"
import * as Diff from "./internal/groupDiff.js"
import * as Fields from "./internal/schema/fields.js"
import type * as Service from "./internal/service.js"
import * as UpdateMany from "./internal/updateMany.js"
import * as Operation from "./Operation.js"
import * as UpdateStatus from "./UpdateStatus.js"

const byId = () => Schema.Struct({ id: Group.GroupId })

/**
 * Reads a group.
 *
 * Source: the vendor's documentation, `GET /v1/groups/{id}`.
 *
 * @since 0.1.0
 * @category operations
 */
export const get = /* #__PURE__ */ Operation.make(() => ({
  name: "getGroup",
  method: "GET",
  path: "/v1/groups/{id}",
  status: 200,
  safe: true,
  idempotent: true,
  toRequest: (id: Operation.IdInput<"GroupId">) => ({ path: { id } }),
  request: Schema.Struct({ path: byId() }),
  success: Group.Group
}))

/**
 * Reads one page of the groups: the first, or the one that another page's `pagination` names.
 *
 * Source: the vendor's documentation, `GET /v1/groups`.
 *
 * @since 0.1.0
 * @category operations
 */
export const listPage = /* #__PURE__ */ Operation.make(() => ({
  name: "listGroupsPage",
  method: "GET",
  path: "/v1/groups",
  status: 200,
  safe: true,
  idempotent: true,
  toRequest: (options?: Operation.PageOptions) => ({ urlParams: Fields.toPageParams(options) }),
  request: Schema.Struct({ urlParams: Fields.PageParams }),
  success: Group.Page
}))

/**
 * All groups, page by page. A page is requested when the consumer has taken the groups of the page before. See
 * `Operation.paginate` for how a list fails that has no end.
 *
 * Source: the vendor's documentation, `GET /v1/groups`.
 *
 * @example
 * ```ts
 * import { Groups } from "@effect-certifier/core"
 * import { Console, Stream } from "effect"
 *
 * const program = Groups.list().pipe(
 *   Stream.filter((group) => group.name.startsWith("Financial")),
 *   Stream.runForEach((group) => Console.log(group.id, group.name))
 * )
 * ```
 *
 * @since 0.1.0
 * @category operations
 */
export const list = (
  options?: Operation.ListOptions
): Stream.Stream<Group.Group, CertifierError, Service.CertifierClient> =>
  Operation.paginate(listPage, (page): [Operation.PageOptions] => [page], options)

/**
 * Creates a group and returns it. Not idempotent: never retried after a `MaybeApplied` failure, when the group may already
 * exist.
 *
 * Source: the vendor's documentation, `POST /v1/groups`.
 *
 * @example
 * ```ts
 * import { Groups } from "@effect-certifier/core"
 *
 * const program = Groups.create({
 *   name: "Financial Markets",
 *   designIds: ["01fpwtztwf7sacca5r0c483mnm"]
 * })
 * ```
 *
 * @since 0.1.0
 * @category operations
 */
export const create = /* #__PURE__ */ Operation.make(() => ({
  name: "createGroup",
  method: "POST",
  path: "/v1/groups",
  status: 201,
  safe: false,
  idempotent: false,
  toRequest: (fields: Group.CreateInput) => ({ payload: fields }),
  request: Schema.Struct({ payload: Group.Create }),
  success: Group.Group
}))

/**
 * Sets the fields of a group that `patch` contains, leaves the others unchanged, and returns the whole group. Renaming a
 * group or changing its designs also changes the credentials that were issued from it before.
 *
 * `id` and `patch` are checked before anything is sent. Repeating an update reaches the same state, unless another writer
 * has changed the group in between.
 *
 * Source: the vendor's page "Update a group", `PATCH /v1/groups/{id}`.
 *
 * @example
 * ```ts
 * import { Groups } from "@effect-certifier/core"
 * import { Effect } from "effect"
 *
 * const program = Groups.update("01g90279gp5sbmfek7wymcsvec", { name: "Financial Markets" }).pipe(
 *   Effect.catchTag("CertifierNotFound", (error) => Effect.logWarning(error.message))
 * )
 * ```
 *
 * @since 0.1.0
 * @category operations
 */
export const update = /* #__PURE__ */ Operation.make(() => ({
  name: "updateGroup",
  method: "PATCH",
  path: "/v1/groups/{id}",
  status: 200,
  safe: false,
  idempotent: true,
  toRequest: (id: Operation.IdInput<"GroupId">, patch: Group.PatchInput) => ({ path: { id }, payload: patch }),
  request: Schema.Struct({ path: byId(), payload: Group.Patch }),
  success: Group.Group
}))

const remove = /* #__PURE__ */ Operation.make(() => ({
  name: "deleteGroup",
  method: "DELETE",
  path: "/v1/groups/{id}",
  status: 204,
  safe: false,
  idempotent: true,
  toRequest: (id: Operation.IdInput<"GroupId">) => ({ path: { id } }),
  request: Schema.Struct({ path: byId() }),
  success: Schema.Void
}))

export {
  /**
   * Deletes a group. Fails with `NotFound` if there is none, also when an earlier attempt that seemed to fail has deleted it.
   *
   * Source: the vendor's documentation, `DELETE /v1/groups/{id}`.
   *
   * @since 0.1.0
   * @category operations
   */
  remove as delete
}

/**
 * What a group is to become: the fields to set, or a whole group.
 *
 * @since 0.1.0
 * @category models
 */
export type Desired = Group.PatchInput | Group.Group

/**
 * The smallest patch that turns `current` into `desired`: only fields that differ, and none if nothing does.
 *
 * `desired` is a patch (what it leaves out stays unchanged), or a whole group, of which everything counts that a patch can
 * set: not `id` and the timestamps. Of the two shapes of designs, `designIds` counts where `desired` has it, and otherwise
 * `certificateDesignId` and `badgeDesignId`; the other shape is ignored.
 *
 * Fails with `InvalidRequest`, naming the field, if the desired state cannot be expressed as a patch: it breaks a rule of
 * the patch, or a whole group lacks what `current` has, as the API has no way to clear a field.
 *
 * @example
 * ```ts
 * import { Group, Groups } from "@effect-certifier/core"
 * import { Schema } from "effect"
 *
 * const current = Schema.decodeSync(Group.Group)({
 *   id: "01g90279gp5sbmfek7wymcsvec",
 *   name: "Financial Markets",
 *   createdAt: "2022-01-01T00:00:00.000Z",
 *   updatedAt: "2022-01-01T00:00:00.000Z"
 * })
 * const patch = Groups.diff(current, { name: "Financial Markets", badgeDesignId: "01hz2ej4yzdcfkq9fa78nhyj0x" })
 * // Either.right(Option.some({ badgeDesignId: "01hz2ej4yzdcfkq9fa78nhyj0x" }))
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const diff: {
  (desired: Desired): (current: Group.Group) => Either.Either<Option.Option<Group.Patch>, InvalidRequest>
  (current: Group.Group, desired: Desired): Either.Either<Option.Option<Group.Patch>, InvalidRequest>
} = /* #__PURE__ */ dual(2, Diff.diff)

/**
 * Reads a group again and reports what has become of an update of it: `before` is the group before the update, `patch` is
 * the update. For use after a failure whose `outcome` is `MaybeApplied`; only after `NotApplied` a retry can't overwrite
 * what another writer has written.
 *
 * @example
 * ```ts
 * import { Groups, UpdateStatus } from "@effect-certifier/core"
 * import { Effect } from "effect"
 *
 * const patch = { name: "Financial Markets" }
 * const program = Effect.gen(function* () {
 *   const before = yield* Groups.get("01g90279gp5sbmfek7wymcsvec")
 *   const update = Groups.update(before.id, patch)
 *   return yield* Effect.catchIf(
 *     update,
 *     (error) => error.outcome === "MaybeApplied",
 *     (error) =>
 *       Effect.flatMap(
 *         Groups.verifyUpdate(before, patch),
 *         UpdateStatus.$match({
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
export const verifyUpdate = (
  before: Group.Group,
  patch: Group.PatchInput
): Effect.Effect<UpdateStatus.UpdateStatus, CertifierError, Service.CertifierClient> =>
  Effect.flatMap(freshRead(get(before.id)), (now) => UpdateStatus.compare(before, patch, now))

const checked = <A, E, R>(
  self: Effect.Effect<A, E, R>,
  options: Pick<ConcurrencyCheck.Options, "before" | "isFresh">
): Effect.Effect<A, E, R> =>
  Effect.suspend(() =>
    Effect.provideService(self, CurrentAttemptTransform, ConcurrencyCheck.make({ ...options, get, update }))
  )

/**
 * Runs an effect in which no update of a group overwrites a change of another writer, whichever policy retries it, inside
 * the client or around the call. The group is read before each attempt: the first time to know it (or, with `before`, to
 * see whether it is still that group), and then to see what has become of the update:
 *
 * - The group has the desired values: the call succeeds with what was read, and nothing is sent.
 * - It is unchanged: the update is sent.
 * - Another writer has changed it: the call fails with `ConcurrentModification`.
 * - It can't be read: the call fails with the failure of the update.
 *
 * Updates are identified by their id and their fields, and remembered from a failure until they succeed or the effect
 * ends. Inside another `withConcurrencyCheck` this one, without a `before`, changes nothing.
 *
 * The API has no `If-Match`: what another writer changes between the reading and the request that follows is still
 * overwritten, in the fields that the update sets.
 *
 * @example
 * ```ts
 * import { Groups } from "@effect-certifier/core"
 * import { RetryPolicy } from "@effect-certifier/retry"
 * import { Effect } from "effect"
 *
 * const program = Groups.update("01g90279gp5sbmfek7wymcsvec", { name: "Financial Markets" }).pipe(
 *   Effect.retry(RetryPolicy.transient()),
 *   Groups.withConcurrencyCheck()
 * )
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const withConcurrencyCheck: {
  (options?: {
    readonly before?: Group.Group | undefined
  }): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(
    self: Effect.Effect<A, E, R>,
    options?: { readonly before?: Group.Group | undefined }
  ): Effect.Effect<A, E, R>
} = /* #__PURE__ */ dual(
  (args) => Effect.isEffect(args[0]),
  <A, E, R>(
    self: Effect.Effect<A, E, R>,
    options?: { readonly before?: Group.Group | undefined }
  ): Effect.Effect<A, E, R> =>
    Effect.flatMap(hasConcurrencyCheck, (isChecked) =>
      isChecked && options?.before === undefined
        ? self
        : checked(self, { before: Option.fromNullable(options?.before), isFresh: false })
    )
)

/**
 * Whether the running effect is inside a `withConcurrencyCheck`.
 *
 * @since 0.1.0
 * @category combinators
 */
export const hasConcurrencyCheck: Effect.Effect<boolean> = /* #__PURE__ */ Effect.map(
  /* #__PURE__ */ Effect.context<never>(),
  (context) => Context.get(context, CurrentAttemptTransform) !== undefined
)

/**
 * Reads a group, calls `f` for its desired state, and sends only what differs; returns the resulting group. If nothing
 * differs, nothing is sent.
 *
 * `f` returns a patch (what it leaves out stays unchanged) or a whole group, plain or as an effect; an effect takes time, so
 * the group is read again after it. Fails with `InvalidRequest` if the desired state cannot be expressed as a patch, see
 * `diff`.
 *
 * `retry` is a schedule for the reading, and for the update by itself. Whatever retries the update, `retry` or a policy of
 * the client, reads the group first: an update that was applied is not repeated, and one that would overwrite the change
 * of another writer fails with `ConcurrentModification` (see `withConcurrencyCheck`, also for what can't be promised
 * without `If-Match`). An `Effect.retry` around `modify` starts over: `f` is called again, with the current group, so
 * applying it to its own result should be harmless.
 *
 * @example
 * ```ts
 * import { Groups } from "@effect-certifier/core"
 * import { RetryPolicy } from "@effect-certifier/retry"
 *
 * const program = Groups.modify(
 *   "01g90279gp5sbmfek7wymcsvec",
 *   (group) => ({ name: group.name.replace("2025", "2026") }),
 *   { retry: RetryPolicy.transient() }
 * )
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const modify: <E = never, R = never, R2 = never>(
  id: Operation.IdInput<"GroupId">,
  f: (group: Group.Group) => Desired | Effect.Effect<Desired, E, R>,
  options?: { readonly retry?: Schedule.Schedule<unknown, CertifierError, R2> | undefined }
) => Effect.Effect<Group.Group, CertifierError | E, Service.CertifierClient | R | R2> = /* #__PURE__ */ Effect.fn(
  "CertifierClient.modifyGroup"
)(function* (id, f, options) {
  const retried = <A, R>(self: Effect.Effect<A, CertifierError, R>) =>
    options?.retry === undefined ? self : Effect.retry(self, options.retry)
  const before = yield* retried(freshRead(get(id)))
  const desired = f(before)
  const patch = yield* diff(before, Effect.isEffect(desired) ? yield* desired : desired)
  if (Option.isNone(patch)) return before
  return yield* checked(retried(update(id, patch.value)), {
    before: Option.some(before),
    isFresh: !Effect.isEffect(desired)
  })
})

/**
 * One update of `updateMany`: which group, and what to set.
 *
 * @since 0.1.0
 * @category models
 */
export interface Update {
  readonly id: Operation.IdInput<"GroupId">
  readonly patch: Group.PatchInput
}

/**
 * @since 0.1.0
 * @category models
 */
export interface UpdateManyOptions {
  /** How many are in flight at a time; a whole number of at least 1. Default 5. */
  readonly concurrency?: number | undefined
  /** Whether the remaining updates are sent after one has failed. Default `"continue"`. */
  readonly onFailure?: "continue" | "stop" | undefined
}

/**
 * How one update has ended.
 *
 * @since 0.1.0
 * @category models
 */
export interface UpdateResult {
  /** The position of the update in the stream that it came from, from 0. */
  readonly index: number
  readonly id: string
  /** The updated group, or why there is none. */
  readonly result: Either.Either<Group.Group, CertifierError>
}

/**
 * Many updates, `concurrency` of them at a time (default 5). Results come in the order in which the updates end, with
 * their ids and their positions in `updates`; a failure is a result as well, and does not stop the others unless
 * `onFailure` is `"stop"`: then no further update is sent, those in flight are reported, and the stream ends.
 *
 * Updates are taken from the stream only as the consumer takes results, so a stream of any length needs little memory.
 * When `updates` fails, what was sent is reported before the stream fails. When the stream is interrupted, or its consumer
 * stops, updates in flight are interrupted, and may or may not have been applied.
 *
 * Rate limits and retries are the client's: with the retry package's `RateLimiter` the updates are sent at the allowed
 * rate. A `concurrency` that is not a whole number of at least 1 fails with `InvalidRequest`.
 *
 * @example
 * ```ts
 * import { Groups } from "@effect-certifier/core"
 * import { Console, Either, Stream } from "effect"
 *
 * const program = Groups.list().pipe(
 *   Stream.map((group) => ({ id: group.id, patch: { name: group.name.trim() } })),
 *   Groups.updateMany({ concurrency: 3 }),
 *   Stream.runForEach(({ id, result }) =>
 *     Either.isRight(result) ? Console.log(`${id} updated`) : Console.error(`${id}: ${result.left.message}`)
 *   )
 * )
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const updateMany: {
  (
    options?: UpdateManyOptions
  ): <E, R>(
    updates: Stream.Stream<Update, E, R>
  ) => Stream.Stream<UpdateResult, E | InvalidRequest, R | Service.CertifierClient>
  <E, R>(
    updates: Stream.Stream<Update, E, R>,
    options?: UpdateManyOptions
  ): Stream.Stream<UpdateResult, E | InvalidRequest, R | Service.CertifierClient>
} = /* #__PURE__ */ dual(
  (args) => Predicate.hasProperty(args[0], Stream.StreamTypeId),
  <E, R>(
    updates: Stream.Stream<Update, E, R>,
    options?: UpdateManyOptions
  ): Stream.Stream<UpdateResult, E | InvalidRequest, R | Service.CertifierClient> =>
    UpdateMany.make(updates, ({ id, patch }) => update(id, patch), options)
)

/**
 * How many updates have ended so far.
 *
 * @since 0.1.0
 * @category models
 */
export interface UpdateProgress {
  readonly succeeded: number
  readonly failed: number
  /** The latest result. */
  readonly last: UpdateResult
}

/**
 * Results of `updateMany` as progress: one for each result, in the same order, as each comes.
 *
 * @example
 * ```ts
 * import { Groups } from "@effect-certifier/core"
 * import { Console, Stream } from "effect"
 *
 * const program = Stream.make({ id: "01g90279gp5sbmfek7wymcsvec", patch: { name: "Financial Markets" } }).pipe(
 *   Groups.updateMany(),
 *   Groups.progress,
 *   Stream.runForEach(({ failed, succeeded }) => Console.log(`${succeeded} updated, ${failed} failed`))
 * )
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const progress = <E, R>(results: Stream.Stream<UpdateResult, E, R>): Stream.Stream<UpdateProgress, E, R> =>
  Stream.mapAccum(results, { succeeded: 0, failed: 0 }, ({ failed, succeeded }, last) => {
    const counts = Either.isRight(last.result)
      ? { succeeded: succeeded + 1, failed }
      : { succeeded, failed: failed + 1 }
    return [counts, { ...counts, last }]
  })
