/**
 * What has become of an update that may or may not have been applied, as far as reading the group can tell.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { InvalidRequest } from "./CertifierError.js"
import type { Group } from "./Group.js"
import * as GroupPatch from "./GroupPatch.js"

/**
 * `group` is what was read.
 *
 * - `Applied`: the group is as the update wants it. There is nothing left to send.
 * - `NotApplied`: the group is as it was before, `updatedAt` included. Sending again overwrites nobody's change.
 * - `Changed`: neither. Somebody else has changed the group, and the update was overwritten, or never made.
 *
 * The API has no `If-Match`, so this is true of the moment of reading only: a request that is still on its way can be
 * applied later, and somebody else can write between the reading and the next request.
 *
 * @since 0.1.0
 * @category models
 */
export type Reconciliation = Data.TaggedEnum<{
  Applied: { readonly group: Group }
  NotApplied: { readonly group: Group }
  Changed: { readonly group: Group }
}>

/**
 * @since 0.1.0
 * @category constructors
 */
export const { $is, $match, Applied, Changed, NotApplied } = Data.taggedEnum<Reconciliation>()

/**
 * Compares the group before an update, the update, and the group now. Fails when the patch is not one.
 *
 * @since 0.1.0
 * @category combinators
 */
export const compare = (
  before: Group,
  patch: GroupPatch.Input,
  now: Group
): Either.Either<Reconciliation, InvalidRequest> =>
  Either.map(GroupPatch.diff(now, patch), (missing) => {
    if (Option.isNone(missing)) return Applied({ group: now })
    return now.updatedAt.epochMillis === before.updatedAt.epochMillis
      ? NotApplied({ group: now })
      : Changed({ group: now })
  })
