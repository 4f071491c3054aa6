import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { Quirks } from "../../Quirk.js"
import { UnknownSnapshot } from "../../SandboxError.js"
import * as Due from "./due.js"
import { type Commit, Event, type Kind, type Put } from "./event.js"
import type { LetterWrite } from "./letters.js"
import type { Content, Persistence, Row } from "./persistence.js"
import * as State from "./state.js"

/** The result of a change, its writes and its events. */
export interface Change<A> extends Partial<Commit> {
  readonly result: A
}

/** The consequences of a change: the letters that are saved with it, and the effect that runs once it is complete. */
export interface Consequence {
  readonly letters: ReadonlyArray<LetterWrite>
  readonly complete: Effect.Effect<void>
}

/** Called with each change, in order, before it is saved. It must not change the workspace, nor wait for long. */
export type Follower = (commit: Commit) => Effect.Effect<Consequence>

/** The stored objects of the service. Reads use memory. Writes go to the file first, if there is one. */
export interface Workspace {
  /** The current state, after all changes that are due. */
  readonly state: Effect.Effect<State.State>
  /** Runs one change at a time. If it fails, or can't be saved, which is a defect, nothing is changed. */
  readonly modify: <A, E>(change: (state: State.State) => Effect.Effect<Change<A>, E>) => Effect.Effect<A, E>
  readonly follow: (follower: Follower) => Effect.Effect<void, never, Scope.Scope>
  /** Saves letters outside of a change. A failure is only logged, because no caller depends on them. */
  readonly save: (letters: ReadonlyArray<LetterWrite>) => Effect.Effect<void>
  readonly content: Effect.Effect<Content>
  /** Replaces all objects with those that `change` returns. */
  readonly replace: <E>(change: (content: Content) => Effect.Effect<Content, E>) => Effect.Effect<void, E>
  readonly snapshots: Effect.Effect<ReadonlyArray<string>>
  readonly snapshot: (name: string) => Effect.Effect<void>
  readonly removeSnapshot: (name: string) => Effect.Effect<void>
  /** Replaces all objects with those of a snapshot; fails if no snapshot has this name. */
  readonly restore: (name: string) => Effect.Effect<void, UnknownSnapshot>
}

const store = <K extends Kind>(stores: State.Stores, { id, kind, value }: Put<K>, sequence: number): void =>
  stores[kind].set(id, value, sequence)

const rowsOf = <K extends Kind>(stores: State.Stores, kind: K): ReadonlyArray<Row<K>> => {
  return Array.from(stores[kind].entries(), ({ id, sequence, value }) => ({ id, sequence, value }))
}

const contentOf = (stores: State.Stores): Content => ({
  groups: rowsOf(stores, "groups"),
  designs: rowsOf(stores, "designs"),
  attributes: rowsOf(stores, "attributes"),
  emailTemplates: rowsOf(stores, "emailTemplates"),
  credentials: rowsOf(stores, "credentials"),
  schedules: rowsOf(stores, "schedules"),
  interactions: rowsOf(stores, "interactions")
})

const fill = (stores: State.Stores, content: Content): void => {
  const fillKind = <K extends Kind>(kind: K) => stores[kind].reset(content[kind])
  State.kinds.forEach((kind) => fillKind(kind))
}

export const make = (initial: Content, persistence: Persistence, quirks: Quirks): Workspace => {
  const semaphore = Effect.unsafeMakeSemaphore(1)
  const { state, stores } = State.make(quirks)
  fill(stores, initial)
  const followers = new Set<Follower>()

  const logFailure = <E>(effect: Effect.Effect<void, E>) =>
    Effect.catchAllCause(effect, (cause) =>
      Effect.logError("The mails and events of a change could not be completed", cause)
    )

  const consequencesOf = (commit: Commit) => Effect.forEach([...followers], (follower) => follower(commit))

  const completeAll = (consequences: ReadonlyArray<Consequence>) =>
    Effect.forEach(consequences, ({ complete }) => logFailure(complete), { discard: true })

  const commit = ({ events, writes }: Commit) => {
    if (writes.length === 0 && events.length === 0) return Effect.void
    const numbered = State.number(stores, writes)
    const apply = Effect.sync(() => {
      for (const write of numbered) {
        if (write._tag === "Put") store(stores, write, write.sequence)
        else stores[write.kind].delete(write.id)
      }
    })
    return Effect.gen(function* () {
      const consequences = yield* consequencesOf({ events, writes })
      const letters = consequences.flatMap(({ letters }) => letters)
      yield* Effect.orDie(persistence.write(numbered, letters))
      yield* apply
      yield* completeAll(consequences)
    })
  }

  /** Applies the changes that are due. */
  const settle = Effect.flatMap(Clock.currentTimeMillis, (now) =>
    // A credential that is issued now may have expired already.
    Effect.whileLoop({
      while: () => Due.isDue(state, now),
      body: () => commit(Due.changes(state, now, quirks)),
      step: () => {}
    })
  )

  // An interruption must not leave the file ahead of the memory.
  const exclusively = <A, E>(effect: Effect.Effect<A, E>) =>
    Effect.zipRight(settle, effect).pipe(Effect.uninterruptible, semaphore.withPermits(1))

  const replaceBy = (content: Content) =>
    Effect.orDie(persistence.replace(content)).pipe(
      Effect.zipRight(Effect.sync(() => fill(stores, content))),
      Effect.zipRight(Effect.flatMap(consequencesOf({ writes: [], events: [Event.Replaced()] }), completeAll))
    )

  return {
    state: Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Due.isDue(state, now) ? Effect.as(exclusively(Effect.void), state) : Effect.succeed(state)
    ),
    modify: (change) =>
      exclusively(
        Effect.flatMap(
          Effect.suspend(() => change(state)),
          ({ events = [], result, writes = [] }) => Effect.as(commit({ events, writes }), result)
        )
      ),
    follow: (follower) =>
      Effect.asVoid(
        Effect.acquireRelease(
          Effect.sync(() => followers.add(follower)),
          () => Effect.sync(() => followers.delete(follower))
        )
      ),
    save: (letters) => (letters.length === 0 ? Effect.void : logFailure(persistence.write([], letters))),
    content: exclusively(Effect.sync(() => contentOf(stores))),
    replace: (change) =>
      exclusively(
        Effect.flatMap(
          Effect.suspend(() => change(contentOf(stores))),
          replaceBy
        )
      ),
    snapshots: Effect.orDie(persistence.snapshots),
    snapshot: (name) =>
      exclusively(Effect.suspend(() => Effect.orDie(persistence.saveSnapshot(name, contentOf(stores))))),
    removeSnapshot: (name) => exclusively(Effect.orDie(persistence.removeSnapshot(name))),
    restore: (name) =>
      exclusively(
        Effect.flatMap(
          Effect.orDie(persistence.readSnapshot(name)),
          Option.match({ onNone: () => Effect.fail(new UnknownSnapshot({ name })), onSome: replaceBy })
        )
      )
  }
}
