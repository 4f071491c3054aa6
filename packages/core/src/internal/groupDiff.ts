import * as Array from "effect/Array"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Struct from "effect/Struct"
import { InvalidRequest, Issue } from "../CertifierError.js"
import { type Group, Patch, type PatchInput } from "../Group.js"
import * as Issues from "./schema/issues.js"

const check = /* #__PURE__ */ Issues.decoder(Patch)

/** A group in the form of a patch. An empty list of designs counts as absent, because a patch can't contain one. */
const written = (group: Group) => ({
  name: group.name,
  learningEventUrl: Option.getOrUndefined(group.learningEventUrl),
  certificateDesignId: Option.getOrUndefined(group.certificateDesignId),
  badgeDesignId: Option.getOrUndefined(group.badgeDesignId),
  designIds: Option.getOrUndefined(Option.filter(group.designIds, Array.isNonEmptyReadonlyArray))
})

type Written = ReturnType<typeof written>

/** The fields in which a desired group can differ, with the form of designs that it uses. */
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

/** The fields of a whole group; invalid if it lacks a field of `held`, because no request can clear a field. */
const stated = (
  held: Written,
  desired: Written
): Either.Either<Partial<Written>, Array.NonEmptyReadonlyArray<Issue>> => {
  const fields = compared(desired)
  const cleared = fields
    .filter((field) => desired[field] === undefined && held[field] !== undefined)
    .map((field) => new Issue({ field, problem: "can't be cleared", expected: "a value" }))
  return Array.isNonEmptyReadonlyArray(cleared) ? Either.left(cleared) : Either.right(Struct.pick(desired, ...fields))
}

const isSame = (held: Written[keyof Written], desired: Written[keyof Written]): boolean =>
  Array.isArray(held) && Array.isArray(desired)
    ? held.length === desired.length && held.every((id, index) => id === desired[index])
    : held === desired

/** Whether two states of a group agree in every field that a patch can set. */
export const agree = (one: Group, other: Group): boolean => {
  const [a, b] = [written(one), written(other)]
  return Struct.keys(a).every((field) => isSame(a[field], b[field]))
}

/** Not by class, because a program can have two copies of this library; a patch has no such field. */
const isGroup = (desired: PatchInput | Group): desired is Group => Predicate.hasProperty(desired, "updatedAt")

/** See `Groups.diff`. */
export const diff = (
  current: Group,
  desired: PatchInput | Group
): Either.Either<Option.Option<Patch>, InvalidRequest> => {
  const held = written(current)
  const fields = isGroup(desired) ? stated(held, written(desired)) : check(desired)
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
      onLeft: (issues) => new InvalidRequest({ operation: "updateGroup", idempotent: true, issues }),
      onRight: Option.liftPredicate((patch) => Object.keys(patch).length > 0)
    })
  )
}
