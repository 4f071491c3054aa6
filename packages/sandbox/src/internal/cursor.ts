import type { Group } from "@effect-certifier/core"
import * as Option from "effect/Option"
import { type Groups, compare } from "./store.js"

interface Page {
  readonly data: ReadonlyArray<Group.Group>
  readonly pagination: { readonly prev: string | null; readonly next: string | null }
}

/**
 * A cursor is a side of a place in the order of groups: a moment of creation and an id. It stays good when the group that
 * it was made of is deleted.
 */
const pattern = /^(after|before):(-?\d{1,16}):(.+)$/s

const encode = (side: "after" | "before", group: Group.Group): string =>
  Buffer.from(`${side}:${group.createdAt.epochMillis}:${group.id}`).toString("base64url")

/** One page of the groups; none when the cursor is not one of these. */
export const page = (
  groups: Groups,
  options: { readonly cursor?: string; readonly limit: number }
): Option.Option<Page> => {
  const all = [...groups.values()]
  const [, side, createdAt, id] =
    options.cursor === undefined
      ? ["", "after", "-Infinity", ""]
      : (pattern.exec(Buffer.from(options.cursor, "base64url").toString()) ?? [])
  if (id === undefined) return Option.none()
  const at = { createdAt: Number(createdAt), id }
  const data =
    side === "after"
      ? all.filter((group) => compare(group, at) > 0).slice(0, options.limit)
      : all.filter((group) => compare(group, at) < 0).slice(-options.limit)
  const [first, last] = [data[0], data.at(-1)]
  return Option.some({
    data,
    pagination: {
      prev: first === undefined || first === all[0] ? null : encode("before", first),
      next: last === undefined || last === all.at(-1) ? null : encode("after", last)
    }
  })
}
