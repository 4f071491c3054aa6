import type { Kind, Kinds, Put, Remove } from "./event.js"
import * as State from "./state.js"

/** Stores an object under its id, after all others or instead of the one with this id. */
export const put = <K extends Kind>(kind: K, value: Kinds[K]): Put<K> => ({
  _tag: "Put",
  kind,
  id: State.idOf[kind](value),
  value
})

export const remove = (kind: Kind, id: string): Remove => ({ _tag: "Remove", kind, id })
