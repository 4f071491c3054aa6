/**
 * The operations of groups, updates that check for concurrent changes, and bulk updates.
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
 * Reads one page of groups: the first, or the one at a cursor from the `pagination` of another page.
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
 * All groups, as a stream. Each page is requested when the groups of the previous page have been consumed. See
 * `Operation.paginate` for pagination that does not end.
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
 * Creates a group and returns it. Not idempotent: never retried after a `MaybeApplied` failure, because the group may already
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
 * Sets the fields of a group that are present in `patch`, and returns the whole group. Renaming a group or changing its designs
 * also changes credentials that were already issued from it.
 *
 * `id` and `patch` are validated before anything is sent. Idempotent, but repeating an update overwrites changes that another
 * writer made in between.
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
   * Deletes a group. Fails with `NotFound` if it does not exist, which includes the case that an earlier attempt deleted it and
   * only appeared to fail.
   *
   * Source: the vendor's documentation, `DELETE /v1/groups/{id}`.
   *
   * @since 0.1.0
   * @category operations
   */
  remove as delete
}

/**
 * The desired state of a group: the fields to set, or a whole group.
 *
 * @since 0.1.0
 * @category models
 */
export type Desired = Group.PatchInput | Group.Group

/**
 * The smallest patch that turns `current` into `desired`: only fields that differ, or none if there is no difference.
 *
 * `desired` is a patch, whose omitted fields stay unchanged, or a whole group, of which all fields are compared that a patch
 * can set (not `id` and the timestamps). Designs are compared by `designIds` if `desired` has it, and by `certificateDesignId`
 * and `badgeDesignId` otherwise.
 *
 * Fails with `InvalidRequest`, which names the field, if the desired state cannot be expressed as a patch: it violates a rule
 * of `Group.Patch`, or a whole group lacks a field that `current` has, because the API cannot clear a field.
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
 * Reads a group again and reports whether an update was applied: `before` is the group before the update, and `patch` is the
 * update. Use it after a failure whose `outcome` is `MaybeApplied`: retrying is safe only if the status is `NotApplied`, since
 * it could otherwise overwrite the change of another writer.
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
 * Prevents the updates of an effect from overwriting the changes of other writers, whether a policy inside the client or around
 * the call retries them. Before the first attempt the group is read to learn its state, or compared with `before` if that is
 * specified. Before each retry it is read again:
 *
 * - The group has the desired values: the call succeeds with that group, and nothing is sent.
 * - The group is unchanged: the update is sent.
 * - Another writer has changed the group: the call fails with `ConcurrentModification`.
 * - The group can't be read: the call fails with the failure of the update.
 *
 * Updates are identified by group id and fields, and remembered from a failure until they succeed or the effect ends. Without
 * `before`, a nested `withConcurrencyCheck` has no effect.
 *
 * The API has no `If-Match`: a change that another writer makes between the read and the following request is still
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
 * Reads a group, computes its desired state with `f`, sends only the differences, and returns the resulting group. If there are
 * none, nothing is sent.
 *
 * `f` returns a patch, whose omitted fields stay unchanged, or a whole group; either as a plain value or as an effect. Because
 * an effect takes time, the group is read again after it. Fails with `InvalidRequest` if the desired state cannot be expressed
 * as a patch, see `diff`.
 *
 * `retry` is a schedule that applies to the read and to the update separately. Each retry of the update, by `retry` or by a
 * policy of the client, reads the group first: an applied update is not repeated, and an update that would overwrite the change
 * of another writer fails with `ConcurrentModification` (see `withConcurrencyCheck`, which also describes the limits without
 * `If-Match`). An `Effect.retry` around `modify` starts over and calls `f` again with the current group, so `f` should be
 * idempotent.
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
 * One update of `updateMany`: the id of the group, and the fields to set.
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
  /** The maximum number of updates in flight; a whole number of at least 1. Default 5. */
  readonly concurrency?: number | undefined
  /** Whether the remaining updates are sent after a failure. Default `"continue"`. */
  readonly onFailure?: "continue" | "stop" | undefined
}

/**
 * The result of one update.
 *
 * @since 0.1.0
 * @category models
 */
export interface UpdateResult {
  /** The position of the update in the stream, from 0. */
  readonly index: number
  readonly id: string
  /** The updated group, or the error. */
  readonly result: Either.Either<Group.Group, CertifierError>
}

/**
 * Updates many groups, `concurrency` at a time (default 5). Results are emitted in the order in which the updates complete,
 * with their ids and positions in `updates`. A failure is emitted as a result too. By default the other updates continue; if
 * `onFailure` is `"stop"`, no further update is sent, those in flight are reported, and the stream ends.
 *
 * Updates are pulled only as results are consumed, so memory use does not depend on the length of the stream. If `updates`
 * fails, the updates already sent are reported before the stream fails. If the stream is interrupted, or its consumer stops,
 * updates in flight are interrupted, and may or may not have been applied.
 *
 * Rate limits and retries are those of the client: with the `RateLimiter` of the retry package, updates are sent at the
 * permitted rate. Fails with `InvalidRequest` if `concurrency` is not a whole number of at least 1.
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
 * The number of completed updates so far.
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
 * Converts the results of `updateMany` to progress, one element per result, in the same order.
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
