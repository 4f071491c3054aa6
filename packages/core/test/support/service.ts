import * as DateTime from "effect/DateTime"
import * as Fake from "./fake.js"
import { groupId, groupJson } from "./page.js"

/** What the service does with the request that it is given next. */
export interface Step {
  /** Answered with in place of the group. */
  readonly status?: number
  /** Whether an update is made although `status` says that it failed. */
  readonly applied?: boolean
  /** What somebody else sets, right after this request. */
  readonly then?: Readonly<Record<string, unknown>>
}

/**
 * A service with one group, the page's, that sets what it is sent and moves `updatedAt`; for each request in turn there
 * can be a step. `log` has what was asked, and what somebody else did.
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
      log.push(`somebody else ${JSON.stringify(then)}`)
      set(then)
    }
    return status === undefined ? Fake.json(200, answer) : Fake.json(status, "")
  })
  return { ...fake, id: groupId, log, group: () => group }
}
