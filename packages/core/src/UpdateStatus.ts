/**
 * Whether an update was applied, as far as reading the group shows.
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
 * `group` is what was read.
 *
 * - `Applied`: the group has the values that the update sets. There is nothing left to send.
 * - `NotApplied`: the group is unchanged, in every field that a patch can set and in `updatedAt`. A retry overwrites no
 *   other change.
 * - `Changed`: neither. Another writer has changed the group, and the update was overwritten, or never applied; or the API
 *   stores a value differently from how it was sent.
 *
 * The API has no `If-Match`, so this holds at the moment of reading only: a request in flight can be applied later, and
 * another writer can come between the reading and the next request.
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
 * Compares the group before an update, the update, and the group now. Fails if the patch is invalid.
 *
 * @since 0.1.0
 * @category combinators
 */
export const compare = (before: Group, patch: PatchInput, now: Group): Either.Either<UpdateStatus, InvalidRequest> =>
  Either.map(diff(now, patch), (missing) => {
    if (Option.isNone(missing)) return Applied({ group: now })
    // Two changes can have one time stamp.
    return now.updatedAt.epochMillis === before.updatedAt.epochMillis && agree(now, before)
      ? NotApplied({ group: now })
      : Changed({ group: now })
  })
