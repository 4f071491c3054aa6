import * as DateTime from "effect/DateTime"
import * as Fake from "./fake.js"
import { groupId, groupJson } from "./page.js"

/** The handling of the next request. */
export interface Step {
  /** The status of the response, instead of the group. */
  readonly status?: number
  /** Whether an update is applied although `status` is a failure. */
  readonly applied?: boolean
  /** The change of another writer directly after this request. */
  readonly then?: Readonly<Record<string, unknown>>
}

/**
 * A service with the documented group, which applies updates and advances `updatedAt`. Steps change the handling of requests in turn.
 * `log` has the requests, and the changes of another writer.
 */
export const make = (...steps: ReadonlyArray<Step>) => {
  let group: Record<string, unknown> = JSON.parse(groupJson)
  let changes = 0
  const log: Array<string> = []
  const set = (fields: Readonly<Record<string, unknown>>) => {
    const updatedAt = DateTime.formatIso(DateTime.unsafeMake(Date.UTC(2023, 0, 1) + ++changes))
    group = { ...group, ...fields, updatedAt }
  }
  const fake = Fake.make(({ body, method }) => {
    const { applied, status, then } = steps[fake.requests.length - 1] ?? {}
    const fields = body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""
    log.push(fields === "" ? method : `${method} ${fields}`)
    if (method === "PATCH" && (status === undefined || applied === true)) set(JSON.parse(fields))
    const answer = JSON.stringify(group)
    if (then !== undefined) {
      log.push(`another writer ${JSON.stringify(then)}`)
      set(then)
    }
    return status === undefined ? Fake.json(200, answer) : Fake.json(status, "")
  })
  return { ...fake, id: groupId, log, group: () => group }
}
