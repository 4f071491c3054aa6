import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { DataFileError } from "../../SandboxError.js"
import type { Kind, Kinds, Write } from "./event.js"
import type { LetterWrite } from "./letters.js"

/** A stored object and its place in the order in which objects were stored. */
export interface Row<K extends Kind = Kind> {
  readonly id: string
  readonly sequence: number
  readonly value: Kinds[K]
}

/** Everything that a workspace holds. */
export type Content = { readonly [K in Kind]: ReadonlyArray<Row<K>> }

export type NumberedWrite = Write & { readonly sequence: number }

/** Where a workspace is kept. All of a write is kept or nothing of it. */
export interface Persistence {
  readonly write: (
    writes: ReadonlyArray<NumberedWrite>,
    letters: ReadonlyArray<LetterWrite>
  ) => Effect.Effect<void, DataFileError>
  readonly replace: (content: Content) => Effect.Effect<void, DataFileError>
  readonly snapshots: Effect.Effect<ReadonlyArray<string>, DataFileError>
  readonly saveSnapshot: (name: string, content: Content) => Effect.Effect<void, DataFileError>
  readonly readSnapshot: (name: string) => Effect.Effect<Option.Option<Content>, DataFileError>
  readonly removeSnapshot: (name: string) => Effect.Effect<void, DataFileError>
}

/** Keeps snapshots in memory; the workspace itself is there anyway. */
export const memory = (): Persistence => {
  const snapshots = new Map<string, Content>()
  return {
    write: () => Effect.void,
    replace: () => Effect.void,
    snapshots: Effect.sync(() => [...snapshots.keys()]),
    saveSnapshot: (name, content) => Effect.sync(() => void snapshots.set(name, content)),
    readSnapshot: (name) => Effect.sync(() => Option.fromNullable(snapshots.get(name))),
    removeSnapshot: (name) => Effect.sync(() => void snapshots.delete(name))
  }
}
