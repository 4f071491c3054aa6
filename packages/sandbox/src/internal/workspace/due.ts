import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Credentials from "../credentials.js"
import type { Quirks } from "../../Quirk.js"
import { type Commit, Event, type Kinds, type Write } from "./event.js"
import type { SortedList } from "./sortedList.js"
import type { State } from "./state.js"
import type { Entry } from "./table.js"
import * as Writes from "./write.js"

const firstDue = (state: State): number =>
  Math.min(
    Number(state.credentials.orderedBy("due").positionAt(0)?.key ?? Infinity),
    Number(state.schedules.orderedBy("due").positionAt(0)?.key ?? Infinity)
  )

/** Whether a change is due. */
export const isDue = (state: State, now: number): boolean => firstDue(state) <= now

const dueIn = <A, Derived>(list: SortedList<Entry<A, Derived>>, now: number): ReadonlyArray<A> => {
  const due: Array<A> = []
  for (let index = 0; Number(list.positionAt(index)?.key ?? Infinity) <= now; index++) {
    const entry = list.at(index)
    if (entry !== undefined) due.push(entry.value)
  }
  return due
}

const issueScheduled = (state: State, { id, issueAt, sendAtIssuance }: Kinds["schedules"]): Commit => {
  const scheduled = state.credentials.get(id)
  const removed: Write = Writes.remove("schedules", id)
  if (scheduled?.status !== "scheduled") return { writes: [removed], events: [] }
  const credential = Credentials.change(scheduled, issueAt, { status: "issued" })
  const isSent = sendAtIssuance && Option.isSome(credential.recipient.email)
  return {
    writes: [removed, Writes.put("credentials", credential)],
    events: [Event.CredentialIssued({ credential }), ...(isSent ? [Event.CredentialSent({ credential })] : [])]
  }
}

/** The changes that are due: scheduled credentials are issued, and issued ones expire. */
export const changes = (state: State, now: number, quirks: Quirks): Commit => {
  const issued = dueIn(state.schedules.orderedBy("due"), now).map((schedule) => issueScheduled(state, schedule))
  const expired = dueIn(state.credentials.orderedBy("due"), now).map((credential) =>
    Credentials.at(credential, DateTime.unsafeMake(now), quirks)
  )
  return {
    writes: [
      ...issued.flatMap(({ writes }) => writes),
      ...expired.map((credential) => Writes.put("credentials", credential))
    ],
    events: [
      ...issued.flatMap(({ events }) => events),
      ...expired.map((credential) => Event.CredentialExpired({ credential }))
    ]
  }
}
