import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"

/** A store that evicts its oldest entry when it exceeds its capacity. */
export const make = (capacity: number): KeyValueStore.KeyValueStore => {
  const entries = new Map<string, string | Uint8Array>()
  const encoder = new TextEncoder()
  const get = <A>(key: string, convert: (value: string | Uint8Array) => A) =>
    Effect.sync(() => Option.map(Option.fromNullable(entries.get(key)), convert))
  return KeyValueStore.make({
    get: (key) => get(key, (value) => (typeof value === "string" ? value : Encoding.encodeBase64(value))),
    getUint8Array: (key) => get(key, (value) => (typeof value === "string" ? encoder.encode(value) : value)),
    set: (key, value) =>
      Effect.sync(() => {
        entries.delete(key)
        entries.set(key, value)
        // A map iterates in insertion order.
        for (const oldest of entries.keys()) {
          if (entries.size <= capacity) break
          entries.delete(oldest)
        }
      }),
    remove: (key) => Effect.sync(() => entries.delete(key)),
    clear: Effect.sync(() => entries.clear()),
    size: Effect.sync(() => entries.size)
  })
}
