import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { DataFileError } from "../../SandboxError.js"
import type { Kind, Kinds, Write } from "./event.js"
import type { LetterWrite } from "./letters.js"

/** A stored object and its sequence number. */
export interface Row<K extends Kind = Kind> {
  readonly id: string
  readonly sequence: number
  readonly value: Kinds[K]
}

/** The content of a workspace. */
export type Content = { readonly [K in Kind]: ReadonlyArray<Row<K>> }

export type NumberedWrite = Write & { readonly sequence: number }

/** The storage of a workspace. Each write is atomic. */
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

/** Keeps snapshots in memory. It does not store the workspace, which is in memory anyway. */
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
