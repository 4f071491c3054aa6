import type { Group, Operation } from "@effect-certifier/core"
import * as Option from "effect/Option"
import { type Groups, compare } from "./store.js"

/** The page size without a `limit`, from the vendor's documentation. */
const defaultLimit = 20

/**
 * A cursor is a direction and a position in the order of groups: creation time and id. It stays valid when its group is
 * deleted.
 */
const pattern = /^(after|before):(-?\d{1,16}):(.+)$/s

const encode = (side: "after" | "before", group: Group.Group): string =>
  Buffer.from(`${side}:${group.createdAt.epochMillis}:${group.id}`).toString("base64url")

/** One page of the groups; none if the cursor is invalid. */
export const page = (
  groups: Groups,
  { cursor, limit = defaultLimit }: Operation.PageOptions
): Option.Option<Group.Page> => {
  const all = [...groups.values()]
  const [, side, createdAt, id] =
    cursor === undefined
      ? ["", "after", "-Infinity", ""]
      : (pattern.exec(Buffer.from(cursor, "base64url").toString()) ?? [])
  if (id === undefined) return Option.none()
  const at = { createdAt: Number(createdAt), id }
  const data =
    side === "after"
      ? all.filter((group) => compare(group, at) > 0).slice(0, limit)
      : all.filter((group) => compare(group, at) < 0).slice(-limit)
  const [first, last] = [data[0], data.at(-1)]
  return Option.some({
    data,
    pagination: {
      prev: first === undefined || first === all[0] ? Option.none() : Option.some(encode("before", first)),
      next: last === undefined || last === all.at(-1) ? Option.none() : Option.some(encode("after", last))
    }
  })
}
