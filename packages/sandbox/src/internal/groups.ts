import { type Design, Group } from "@effect-certifier/core"
import * as Array from "effect/Array"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Random from "effect/Random"
import type { ErrorEnvelope } from "../ErrorEnvelope.js"
import * as Api from "./api.js"
import * as Ids from "./ids.js"
import type { Given } from "./quirks/given.js"
import type { Quirks } from "../Quirk.js"
import type { State } from "./workspace/state.js"

const invalid = (message: string) => Api.failWith("validation_error", message)

const designIdsOf = ({ badgeDesignId, certificateDesignId, designIds }: Group.Patch): ReadonlyArray<Design.DesignId> =>
  designIds ?? [certificateDesignId, badgeDesignId].filter((id) => id !== undefined)

const checkName = (
  state: State,
  name: string | undefined,
  id: string | undefined,
  quirks: Quirks
): Effect.Effect<void, ErrorEnvelope> => {
  if (name === undefined) return Effect.void
  if (quirks.nameLength === "255" && name.length > 255) return invalid("name has more than 255 characters")
  return quirks.repeatedNames === "conflict" &&
    Array.some(state.groups.values(), (other) => other.name === name && other.id !== id)
    ? Api.failWith("conflict", "A group with this name already exists")
    : Effect.void
}

const checkDesigns = (state: State, ids: ReadonlyArray<string>, quirks: Quirks): Effect.Effect<void, ErrorEnvelope> => {
  if (quirks.repeatedDesigns === "refuse" && new Set(ids).size < ids.length) return invalid("A design is given twice")
  const unknown = ids.find((id) => !state.designs.has(id))
  if (unknown === undefined || quirks.unknownDesign === "accept") return Effect.void
  return quirks.unknownDesign === "invalid"
    ? invalid(`The design ${unknown} does not exist in the workspace`)
    : Api.failWith("not_found")
}

/** Rejects values that the service stores in no group. */
const check = (
  state: State,
  fields: Group.Patch,
  id: string | undefined,
  quirks: Quirks
): Effect.Effect<void, ErrorEnvelope> =>
  Effect.zipRight(checkName(state, fields.name, id, quirks), checkDesigns(state, designIdsOf(fields), quirks))

const listed = ({ designIds }: Group.Patch, given: Given, quirks: Quirks) => {
  if (given.clearsDesigns === true) return []
  return designIds !== undefined && quirks.repeatedDesigns === "once" ? Array.dedupe(designIds) : designIds
}

/** Sets the given fields, keeps the others, and advances `updatedAt`, even if the clock has not moved. */
export const patch = (
  state: State,
  group: Group.Group,
  fields: Group.Patch,
  given: Given,
  quirks: Quirks
): Effect.Effect<Group.Group, ErrorEnvelope> =>
  check(state, fields, group.id, quirks).pipe(
    Effect.zipRight(quirks.groupPlan === "read-only" ? Api.failWith("payment_required") : Effect.void),
    Effect.zipRight(
      Effect.map(DateTime.now, (now) => {
        const set = <A>(value: A | undefined, old: Option.Option<A>) =>
          Option.orElse(Option.fromNullable(value), () => old)
        return new Group.Group({
          ...group,
          name: fields.name ?? group.name,
          learningEventUrl:
            given.clearsUrl === true ? Option.none() : set(fields.learningEventUrl, group.learningEventUrl),
          certificateDesignId: set(fields.certificateDesignId, group.certificateDesignId),
          badgeDesignId: set(fields.badgeDesignId, group.badgeDesignId),
          designIds: set<ReadonlyArray<Design.DesignId>>(listed(fields, given, quirks), group.designIds),
          updatedAt: DateTime.max(now, DateTime.add(group.updatedAt, { millis: 1 }))
        })
      })
    )
  )

export const create = (
  random: Random.Random,
  state: State,
  fields: Group.Create,
  given: Given,
  quirks: Quirks
): Effect.Effect<Group.Group, ErrorEnvelope> =>
  Effect.gen(function* () {
    yield* check(state, fields, undefined, quirks)
    const isWithout = designIdsOf(fields).length === 0 && given.clearsDesigns !== true
    if (quirks.newGroupDesigns === "required" && isWithout) return yield* invalid("designIds is missing")
    if (quirks.groupPlan !== "included") return yield* Api.failWith("payment_required")
    const now = yield* DateTime.now
    return new Group.Group({
      id: Group.GroupId.make(yield* Ids.make(random, quirks, (id) => state.groups.has(id))),
      name: fields.name,
      learningEventUrl: Option.fromNullable(fields.learningEventUrl),
      certificateDesignId: Option.fromNullable(fields.certificateDesignId),
      badgeDesignId: Option.fromNullable(fields.badgeDesignId),
      designIds: Option.fromNullable(listed(fields, given, quirks)),
      createdAt: now,
      updatedAt: now
    })
  })

const refusals = { conflict: "conflict", invalid: "validation_error", forbidden: "forbidden" } as const

/** Fails if a group can't be deleted. */
export const checkDeletion = (state: State, group: Group.Group, quirks: Quirks): Effect.Effect<void, ErrorEnvelope> => {
  if (quirks.deleteUsedGroup === "accept") return Effect.void
  const issued = Array.some(
    [...state.credentials.lookUp("groupId", group.id.toLowerCase())],
    ({ value }) => value.groupId === group.id && value.status === "issued"
  )
  return issued ? Api.failWith(refusals[quirks.deleteUsedGroup], "The group has issued credentials") : Effect.void
}
