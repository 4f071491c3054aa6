import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { DataFileError } from "../../SandboxError.js"
import * as Letters from "./letters.js"
import * as Persistence from "./persistence.js"
import * as Sqlite from "./sqlite.js"

/** Opens the storage of a workspace. Its initial content is that of a file, or else that of the options. */
export type OpenStore<E> = (seeds: Persistence.Content) => Effect.Effect<
  {
    readonly initial: Persistence.Content
    readonly letters: Letters.SavedLetters
    readonly persistence: Persistence.Persistence
  },
  E,
  Scope.Scope
>

export const inMemory: OpenStore<never> = (initial) =>
  Effect.sync(() => ({ initial, letters: Letters.none, persistence: Persistence.memory() }))

export const inFile =
  (path: string): OpenStore<DataFileError> =>
  (seeds) =>
    Effect.gen(function* () {
      const { initial, letters, ...persistence } = yield* Sqlite.open(path)
      if (Option.isSome(initial)) return { initial: initial.value, letters, persistence }
      yield* persistence.replace(seeds)
      return { initial: seeds, letters, persistence }
    })
