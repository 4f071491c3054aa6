/**
 * Whether an update was applied, according to the current state of the group.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { InvalidRequest } from "./CertifierError.js"
import type { Group, PatchInput } from "./Group.js"
import { agree, diff } from "./internal/groupDiff.js"

/**
 * The status of an update. `group` is the current group.
 *
 * - `Applied`: the group has the values that the update sets.
 * - `NotApplied`: the group is unchanged, in `updatedAt` and every field that a patch can set. A retry overwrites no other
 *   change.
 * - `Changed`: neither. Another writer has changed the group, and the update was overwritten or never applied; or the API
 *   stores a value differently from how it was sent.
 *
 * The API has no `If-Match`, so the status is only valid at the time of the read: a request in flight can be applied later, and
 * another writer can change the group before the next request.
 *
 * @since 0.1.0
 * @category models
 */
export type UpdateStatus = Data.TaggedEnum<{
  Applied: { readonly group: Group }
  NotApplied: { readonly group: Group }
  Changed: { readonly group: Group }
}>

/**
 * @since 0.1.0
 * @category constructors
 */
export const { $is, $match, Applied, Changed, NotApplied } = Data.taggedEnum<UpdateStatus>()

/**
 * Compares the group before an update, the update, and the current group. Fails if the patch is invalid.
 *
 * @since 0.1.0
 * @category combinators
 */
export const compare = (before: Group, patch: PatchInput, now: Group): Either.Either<UpdateStatus, InvalidRequest> =>
  Either.map(diff(now, patch), (missing) => {
    if (Option.isNone(missing)) return Applied({ group: now })
    // Two changes can have the same timestamp.
    return now.updatedAt.epochMillis === before.updatedAt.epochMillis && agree(now, before)
      ? NotApplied({ group: now })
      : Changed({ group: now })
  })
