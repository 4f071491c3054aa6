import type * as CertifierClient from "@effect-certifier/core/CertifierClient"
import * as CertifierError from "@effect-certifier/core/CertifierError"
import type * as Group from "@effect-certifier/core/Group"
import * as Groups from "@effect-certifier/core/Groups"
import type * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Plan, Step } from "./plan.js"

/** Another program has created a group with this name since the plan. */
export class GroupAppeared extends Data.TaggedError("GroupAppeared")<{
  readonly name: string
  readonly ids: ReadonlyArray<string>
}> {
  override get message(): string {
    return `a group "${this.name}" was created after the plan (${this.ids.join(", ")}). Nothing was created.`
  }
}

export type Failure = CertifierError.CertifierError | GroupAppeared

/** The result of a step. */
export type Result = Data.TaggedEnum<{
  Done: { readonly step: Step; readonly id: string }
  Failed: { readonly step: Step; readonly error: Failure }
  /** The step was running when the program was interrupted. */
  Interrupted: { readonly step: Step }
  NotTried: { readonly step: Step }
}>

export const Result = Data.taggedEnum<Result>()

/** Errors of a single group. After any other error, the next group would fail too. */
const ofThisGroupOnly: ReadonlySet<Failure["_tag"]> = new Set([
  "GroupAppeared",
  "CertifierConcurrentModification",
  "CertifierNotFound",
  "CertifierConflict",
  "CertifierValidationError",
  "CertifierInvalidRequest"
])

type Found = ReadonlyArray<Group.Group>

/** The groups that were created since the plan. */
const appeared = (plan: Plan): Effect.Effect<Found, CertifierError.CertifierError, CertifierClient.CertifierClient> =>
  Groups.list().pipe(
    Stream.filter((group) => !plan.known.has(group.id)),
    Stream.runCollect,
    Effect.map((found) => [...found])
  )

/**
 * Creates a group once. Fails if another program has created a group with its name since the plan. After a failure with an unknown
 * outcome, it searches for the group by its name instead of repeating the request.
 */
const create = Effect.fnUntraced(function* (plan: Plan, before: ReturnType<typeof appeared>, fields: Group.Create) {
  const named = (groups: Found) => groups.filter(({ name }) => name === fields.name)
  const others = named(yield* before)
  if (others.length > 0) return yield* new GroupAppeared({ name: fields.name, ids: others.map(({ id }) => id) })
  return yield* Effect.catchIf(
    Groups.create(fields),
    ({ outcome }) => outcome === "MaybeApplied",
    (error) =>
      Effect.flatMap(appeared(plan), (groups) => {
        const [group, ...more] = named(groups)
        return group === undefined || more.length > 0 ? Effect.fail(error) : Effect.succeed(group)
      })
  )
})

/** Deletes a group if it has not changed since the plan. */
const remove = Effect.fnUntraced(function* (before: Group.Group) {
  const { group: current } = yield* Groups.verifyUpdate(before, {})
  const difference = yield* Groups.diff(current, before)
  if (Option.isSome(difference) || current.updatedAt.epochMillis !== before.updatedAt.epochMillis) {
    return yield* new CertifierError.ConcurrentModification({
      operation: "deleteGroup",
      idempotent: true,
      before,
      current,
      outcome: "NotSent"
    })
  }
  yield* Groups.delete(before.id)
  return before.id
})

const perform = (
  plan: Plan,
  before: ReturnType<typeof appeared>,
  step: Step
): Effect.Effect<string, Failure, CertifierClient.CertifierClient> => {
  switch (step._tag) {
    case "Create":
      return Effect.map(create(plan, before, step.fields), ({ id }) => id)
    case "Update":
      return Groups.update(step.group.id, step.patch).pipe(
        Groups.withConcurrencyCheck({ before: step.group }),
        Effect.map(({ id }) => id)
      )
    case "Delete":
      return remove(step.group)
    case "NoChange":
      return Effect.succeed(step.group.id)
  }
}

/**
 * Applies the plan sequentially, and calls `onResult` after each step. An error of a single group does not stop the others. After
 * an interruption, it also calls `onResult` for the steps that were not run.
 */
export const run = <E, R>(
  plan: Plan,
  onResult: (result: Result) => Effect.Effect<void, E, R>
): Effect.Effect<void, E, R | CertifierClient.CertifierClient> =>
  // Only the calls are interruptible, so that every effect is reported and every new id is written into the file.
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const before = yield* Effect.cached(appeared(plan))
      let interruption: Option.Option<Cause.Cause<never>> = Option.none()
      let stopped = false
      for (const step of plan.steps) {
        if (stopped) {
          yield* onResult(Result.NotTried({ step }))
          continue
        }
        const exit = yield* Effect.exit(restore(Effect.either(perform(plan, before, step))))
        if (Exit.isFailure(exit)) {
          interruption = Option.some(exit.cause)
          stopped = true
          yield* onResult(Result.Interrupted({ step }))
        } else if (Either.isLeft(exit.value)) {
          stopped = !ofThisGroupOnly.has(exit.value.left._tag)
          yield* onResult(Result.Failed({ step, error: exit.value.left }))
        } else {
          yield* onResult(Result.Done({ step, id: exit.value.right }))
        }
      }
      if (Option.isSome(interruption)) yield* Effect.failCause(interruption.value)
    })
  )
