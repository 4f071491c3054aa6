import { Group } from "@effect-certifier/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Random from "effect/Random"

/** The groups by id, in the order of lists. */
export type Groups = ReadonlyMap<string, Group.Group>

export interface Store {
  readonly groups: Effect.Effect<Groups>
  /** Runs one change at a time; a change is saved before it becomes visible. */
  readonly modify: <A, E = never>(
    change: (groups: Groups) => Effect.Effect<readonly [result: A, groups: Groups], E>
  ) => Effect.Effect<A, E>
}

/** The order of lists: oldest first, then by id. */
export const compare = (group: Group.Group, at: { readonly createdAt: number; readonly id: string }): number =>
  group.createdAt.epochMillis - at.createdAt || (group.id < at.id ? -1 : group.id === at.id ? 0 : 1)

export const fromIterable = (groups: Iterable<Group.Group>): Groups =>
  new Map(
    Array.from(groups)
      .toSorted((self, that) => compare(self, { createdAt: that.createdAt.epochMillis, id: that.id }))
      .map((group) => [group.id, group])
  )

export const make = (initial: Groups, save: (groups: Groups) => Effect.Effect<void>): Effect.Effect<Store> =>
  Effect.map(Effect.makeSemaphore(1), (semaphore) => {
    let groups = initial
    return {
      groups: Effect.sync(() => groups),
      modify: (change) =>
        Effect.suspend(() => change(groups)).pipe(
          Effect.flatMap(([result, changed]) =>
            changed === groups
              ? Effect.succeed(result)
              : Effect.map(save(changed), () => {
                  groups = changed
                  return result
                })
          ),
          // An interruption must not leave the file ahead of the memory.
          Effect.uninterruptible,
          semaphore.withPermits(1)
        )
    }
  })

export const set = (groups: Groups, group: Group.Group): Groups =>
  groups.has(group.id) ? new Map([...groups, [group.id, group]]) : fromIterable([...groups.values(), group])

export const remove = (groups: Groups, id: string): Groups => new Map([...groups].filter(([other]) => other !== id))

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

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

/** An id in the service's format: a ULID in lower case, 48 bits of time and 80 random bits. */
export const makeId = (random: Random.Random, at: DateTime.Utc): Effect.Effect<string> =>
  Effect.map(Effect.replicateEffect(random.nextIntBetween(0, 32), 16), (chances) =>
    Array.from({ length: 10 }, (_, index) => Math.floor(at.epochMillis / 32 ** (9 - index)) % 32)
      .concat(chances)
      .map((digit) => alphabet[digit])
      .join("")
  )

export const create = (random: Random.Random, groups: Groups, fields: Group.Patch): Effect.Effect<Group.Group> =>
  Effect.gen(function* () {
    const now = yield* DateTime.now
    const id = yield* Effect.repeat(makeId(random, now), { while: (id) => groups.has(id) })
    return new Group.Group({
      id: Group.GroupId.make(id),
      name: fields.name ?? "",
      learningEventUrl: Option.fromNullable(fields.learningEventUrl),
      certificateDesignId: Option.fromNullable(fields.certificateDesignId),
      badgeDesignId: Option.fromNullable(fields.badgeDesignId),
      designIds: Option.fromNullable(fields.designIds),
      createdAt: now,
      updatedAt: now
    })
  })
