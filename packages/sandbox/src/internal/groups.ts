import { Group } from "@effect-certifier/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Random from "effect/Random"
import * as Ids from "./ids.js"
import type { State } from "./workspace/state.js"

/** Sets the given fields, keeps the others, and advances `updatedAt` even if the clock has not moved. */
export const patch = (group: Group.Group, fields: Group.Patch): Effect.Effect<Group.Group> =>
  Effect.map(DateTime.now, (now) => {
    const given = <A>(value: A | undefined, old: Option.Option<A>) =>
      Option.orElse(Option.fromNullable(value), () => old)
    return new Group.Group({
      ...group,
      name: fields.name ?? group.name,
      learningEventUrl: given(fields.learningEventUrl, group.learningEventUrl),
      certificateDesignId: given(fields.certificateDesignId, group.certificateDesignId),
      badgeDesignId: given(fields.badgeDesignId, group.badgeDesignId),
      designIds: given(fields.designIds, group.designIds),
      updatedAt: DateTime.max(now, DateTime.add(group.updatedAt, { millis: 1 }))
    })
  })

export const create = (random: Random.Random, state: State, fields: Group.Create): Effect.Effect<Group.Group> =>
  Effect.zipWith(
    Ids.make(random, (id) => state.groups.has(id)),
    DateTime.now,
    (id, now) =>
      new Group.Group({
        id: Group.GroupId.make(id),
        name: fields.name,
        learningEventUrl: Option.fromNullable(fields.learningEventUrl),
        certificateDesignId: Option.fromNullable(fields.certificateDesignId),
        badgeDesignId: Option.fromNullable(fields.badgeDesignId),
        designIds: Option.fromNullable(fields.designIds),
        createdAt: now,
        updatedAt: now
      })
  )
