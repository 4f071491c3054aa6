/**
 * The body of an update: the fields to set. A field that is not given is left as it is.
 *
 * @since 0.1.0
 */
import * as Array from "effect/Array"
import * as Either from "effect/Either"
import { dual } from "effect/Function"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { InvalidRequest, Issue } from "./CertifierError.js"
import { Group } from "./Group.js"
import * as GroupFields from "./internal/groupFields.js"
import * as Issues from "./internal/issues.js"

/**
 * The body of `PATCH /v1/groups/{id}`, as a `Schema`: it decodes what a caller writes and encodes what is sent.
 *
 * - every field is optional; absent and `undefined` are not sent, `null` is refused, `{}` is allowed;
 * - a field that the API does not know is refused by its name, because the API would ignore it and answer success;
 * - `name` is not blank; `learningEventUrl` is an absolute http(s) URL and is sent exactly as given;
 * - `designIds` is not empty, keeps its order, replaces the whole list, and excludes the two older fields.
 *
 * @example
 * ```ts
 * import { GroupPatch } from "@effect-certifier/core"
 * import { Schema } from "effect"
 *
 * const patch = Schema.decodeSync(GroupPatch.GroupPatch)({ name: "Financial Markets", learningEventUrl: undefined })
 * console.log(JSON.stringify(patch)) // {"name":"Financial Markets"}
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export const GroupPatch = GroupFields.body(
  Schema.Struct({ name: GroupFields.optional(GroupFields.Name), ...GroupFields.fields })
)

/**
 * A checked patch.
 *
 * @since 0.1.0
 * @category models
 */
export interface GroupPatch extends Schema.Schema.Type<typeof GroupPatch> {}

/**
 * What a caller writes: plain strings; a key whose value is `undefined` counts as absent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Input {
  /** Not blank. */
  readonly name?: string | undefined
  /** An absolute http(s) URL, sent exactly as given. */
  readonly learningEventUrl?: string | undefined
  /** All designs, in order, in the place of those that there are; not empty. Excludes the two older fields. */
  readonly designIds?: ReadonlyArray<string> | undefined
  readonly certificateDesignId?: string | undefined
  readonly badgeDesignId?: string | undefined
}

/**
 * What a group is to become: the fields to set, or a whole group.
 *
 * @since 0.1.0
 * @category models
 */
export type Wanted = Input | Group

const check = /* #__PURE__ */ Issues.decoder(GroupPatch)

/** A group as a patch writes it. An empty list of designs is as good as none: a patch can't hold one. */
const written = (group: Group) => ({
  name: group.name,
  learningEventUrl: Option.getOrUndefined(group.learningEventUrl),
  certificateDesignId: Option.getOrUndefined(group.certificateDesignId),
  badgeDesignId: Option.getOrUndefined(group.badgeDesignId),
  designIds: Option.getOrUndefined(Option.filter(group.designIds, Array.isNonEmptyReadonlyArray))
})

type Written = ReturnType<typeof written>

/** The fields in which a group can be wanted different. Of the two shapes of designs it is the one that is in use. */
const compared = ({ badgeDesignId, certificateDesignId, designIds }: Written): ReadonlyArray<keyof Written> => {
  const older = ["certificateDesignId", "badgeDesignId"] as const
  const hasOlder = (certificateDesignId ?? badgeDesignId) !== undefined
  return [
    "name",
    "learningEventUrl",
    ...(designIds === undefined ? older : []),
    ...(designIds === undefined && hasOlder ? [] : (["designIds"] as const))
  ]
}

/** The fields of a whole group, unless it lacks what `held` has: no request can take that away. */
const stated = (
  held: Written,
  wanted: Written
): Either.Either<Partial<Written>, Array.NonEmptyReadonlyArray<Issue>> => {
  const fields = compared(wanted)
  const cleared = fields
    .filter((field) => wanted[field] === undefined && held[field] !== undefined)
    .map((field) => new Issue({ field, problem: "is to be cleared", expected: "a value: the API can't clear it" }))
  return Array.isNonEmptyReadonlyArray(cleared) ? Either.left(cleared) : Either.right(Struct.pick(wanted, ...fields))
}

const isSame = (held: Written[keyof Written], wanted: Written[keyof Written]): boolean =>
  Array.isArray(held) && Array.isArray(wanted)
    ? held.length === wanted.length && held.every((id, index) => id === wanted[index])
    : held === wanted

/**
 * The smallest patch that makes `current` what is `wanted`: only fields that differ, and none when nothing does.
 *
 * `wanted` is a patch (what it leaves out stays as it is), or a whole group, of which everything counts that a patch can
 * set: not `id` and the timestamps. Of the two shapes of designs, `designIds` counts where `wanted` has it, and else
 * `certificateDesignId` and `badgeDesignId`; what the service then says of the other shape is its own affair.
 *
 * Fails with `InvalidRequest`, naming the field, when the wanted value can't be sent: it breaks a rule of the patch, or a
 * whole group lacks what `current` has, as the API has no way to clear a field.
 *
 * @example
 * ```ts
 * import { Group, GroupPatch } from "@effect-certifier/core"
 * import { Schema } from "effect"
 *
 * const current = Schema.decodeSync(Group.Group)({
 *   id: "01g90279gp5sbmfek7wymcsvec",
 *   name: "Financial Markets",
 *   createdAt: "2022-01-01T00:00:00.000Z",
 *   updatedAt: "2022-01-01T00:00:00.000Z"
 * })
 * const patch = GroupPatch.diff(current, { name: "Financial Markets", badgeDesignId: "01hz2ej4yzdcfkq9fa78nhyj0x" })
 * // Either.right(Option.some({ badgeDesignId: "01hz2ej4yzdcfkq9fa78nhyj0x" }))
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const diff: {
  (wanted: Wanted): (current: Group) => Either.Either<Option.Option<GroupPatch>, InvalidRequest>
  (current: Group, wanted: Wanted): Either.Either<Option.Option<GroupPatch>, InvalidRequest>
} = /* #__PURE__ */ dual(
  2,
  (current: Group, wanted: Wanted): Either.Either<Option.Option<GroupPatch>, InvalidRequest> => {
    const held = written(current)
    const fields = wanted instanceof Group ? stated(held, written(wanted)) : check(wanted)
    return Either.flatMap(fields, (fields) =>
      check(
        Object.fromEntries(
          Struct.keys(held).flatMap((field) =>
            fields[field] === undefined || isSame(held[field], fields[field]) ? [] : [[field, fields[field]]]
          )
        )
      )
    ).pipe(
      Either.mapBoth({
        onLeft: (issues) => new InvalidRequest({ operation: "updateGroup", issues }),
        onRight: Option.liftPredicate((patch) => Object.keys(patch).length > 0)
      })
    )
  }
)
