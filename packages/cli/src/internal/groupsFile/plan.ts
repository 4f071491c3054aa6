import type * as Group from "@effect-certifier/core/Group"
import * as Groups from "@effect-certifier/core/Groups"
import * as Array from "effect/Array"
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Struct from "effect/Struct"
import type { Entry, Fault, Faults } from "./parse.js"
import * as File from "./schema.js"

type Value = string | ReadonlyArray<string>

/** A field of a group, before and after the change. */
export interface Change {
  readonly field: File.Field
  readonly from: Option.Option<Value>
  readonly to: Value
}

/** An entry of the file, and its group in the workspace. */
interface Existing {
  readonly entry: Entry
  readonly group: Group.Group
}

/** The change of one group. `NoChange` sends no request. */
export type Step = Data.TaggedEnum<{
  Create: { readonly entry: Entry; readonly fields: Group.Create }
  Update: Existing & { readonly patch: Group.Patch; readonly changes: ReadonlyArray<Change> }
  NoChange: Existing
  Delete: { readonly group: Group.Group }
}>

export const Step = Data.taggedEnum<Step>()

export interface Plan {
  readonly steps: ReadonlyArray<Step>
  /** The groups of the workspace that are not in the file and are not deleted. */
  readonly unlisted: ReadonlyArray<Group.Group>
  /** The ids of all groups in the workspace. */
  readonly known: ReadonlySet<string>
}

/** Groups for an entry without an id: an interrupted `apply` can have created its group without writing the id. */
const ofName = (groups: ReadonlyArray<Group.Group>, listed: ReadonlySet<string>, name: string) =>
  groups.filter((group) => group.name === name && !listed.has(group.id))

const changesOf = (group: Group.Group, patch: Group.Patch): ReadonlyArray<Change> =>
  Struct.keys(File.fields).flatMap((field) => {
    const to = field === "id" ? undefined : patch[field]
    const from = field === "name" || field === "id" ? Option.some(group[field]) : group[field]
    return to === undefined ? [] : [{ field, from, to }]
  })

const existing = (entry: Entry, group: Group.Group): Either.Either<Step, Fault> => {
  const { id: _, ...desired } = entry.fields
  return Either.mapBoth(Groups.diff(group, desired), {
    onLeft: (error) => entry.fault(error.message),
    onRight: Option.match({
      onNone: () => Step.NoChange({ entry, group }),
      onSome: (patch) => Step.Update({ entry, group, patch, changes: changesOf(group, patch) })
    })
  })
}

const stepOf = (groups: ReadonlyArray<Group.Group>, listed: ReadonlySet<string>) => {
  const byId = new Map<string, Group.Group>(groups.map((group) => [group.id, group]))
  return (entry: Entry): Either.Either<Step, Fault> => {
    const { id, ...fields } = entry.fields
    if (id !== undefined) {
      const group = byId.get(id)
      return group === undefined
        ? Either.left(
            entry.fault(
              "the workspace has no group with this id: it was deleted, or is in another workspace. Remove the id to create a new group, or all of its lines",
              "id"
            )
          )
        : existing(entry, group)
    }
    const [found, ...others] = ofName(groups, listed, fields.name)
    if (found === undefined) return Either.right(Step.Create({ entry, fields }))
    if (others.length === 0) return existing(entry, found)
    const ids = [found, ...others].map((group) => group.id)
    return Either.left(
      entry.fault(
        `the workspace has ${ids.length} groups of this name: write the id of one of them, ${ids.join(" or ")}`
      )
    )
  }
}

/**
 * The changes that bring the workspace to the state in the file. Fields that an entry omits remain unchanged. Groups without an
 * entry remain unchanged too, unless `prune` deletes them.
 */
export const make = (
  entries: ReadonlyArray<Entry>,
  groups: ReadonlyArray<Group.Group>,
  options: { readonly prune: boolean }
): Either.Either<Plan, Faults> => {
  const listed = new Set<string>(entries.flatMap(({ fields }) => fields.id ?? []))
  const [faults, steps] = Array.separate(entries.map(stepOf(groups, listed)))
  if (Array.isNonEmptyReadonlyArray(faults)) return Either.left(faults)
  const kept = new Set<string>(steps.flatMap((step) => ("group" in step ? step.group.id : [])))
  const unlisted = groups.filter(({ id }) => !kept.has(id))
  return Either.right({
    steps: options.prune ? [...steps, ...unlisted.map((group) => Step.Delete({ group }))] : steps,
    unlisted: options.prune ? [] : unlisted,
    known: new Set(groups.map(({ id }) => id))
  })
}

/** Whether the id of the group must be written into the file. */
export const isNew = (step: Step): boolean => "entry" in step && step.entry.fields.id === undefined

/** Whether issued credentials change too. The vendor documents this for the name and the designs. */
export const reachesIssued = (step: Step): boolean =>
  step._tag === "Update" && step.changes.some(({ field }) => field !== "learningEventUrl")

/** Whether there is no request to send and no id to write. */
export const isEmpty = ({ steps }: Plan): boolean => steps.every((step) => step._tag === "NoChange" && !isNew(step))

/** The number of steps of each kind. */
export const count = (steps: ReadonlyArray<Step>): { readonly [K in Step["_tag"]]: number } => {
  const counts = { Create: 0, Update: 0, NoChange: 0, Delete: 0 }
  for (const { _tag } of steps) counts[_tag] += 1
  return counts
}
