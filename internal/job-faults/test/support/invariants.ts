import type { Sandbox } from "@effect-certifier/sandbox"
import * as SqlClient from "@effect/sql/SqlClient"
import { Array as Arr, Effect } from "effect"
import { groupId, groupName, issuedTo, type Kind, kinds, newName, order, sentTo, type Sizes } from "./work.js"

interface Row {
  readonly job: Kind
  readonly seq: unknown
  readonly state: string
}

const isOver = (state: string) => state === "done" || state === "unknown"

/** The effects of each item in the sandbox: required if it is `done`, and allowed if it is `unknown`. */
interface Records {
  readonly done: (n: number) => boolean
  readonly atMost: (n: number) => boolean
}

const recordsOf = (service: Sandbox.Service) =>
  Effect.gen(function* () {
    const groups = new Map((yield* service.groups).map(({ id, name }) => [String(id), name]))
    const credentials = yield* service.credentials
    const mails = (yield* service.mails).map(({ to }) => to)
    const mailsTo = (address: string) => mails.filter((to) => to === address).length
    const named = (name: string) => [...groups.values()].filter((other) => other === name).length
    const ordered = (n: number) =>
      credentials.filter(({ customAttributes }) => customAttributes["custom.order"] === order(n))
    const known = { atMost: () => false }
    const records: Readonly<Record<Kind, Records>> = {
      update: { ...known, done: (n) => groups.get(groupId(n)) === newName(n) },
      create: { ...known, done: (n) => named(groupName(n)) === 1 },
      issue: {
        done: (n) =>
          ordered(n)
            .map(({ status }) => status)
            .join() === "issued" && mailsTo(issuedTo(n)) === 1,
        // The draft must exist, but it is unknown whether it was mailed.
        atMost: (n) =>
          ordered(n)
            .map(({ status }) => status)
            .join() === "issued" && mailsTo(issuedTo(n)) <= 1
      },
      send: {
        done: (n) => mailsTo(sentTo(n)) === 1,
        atMost: (n) => mailsTo(sentTo(n)) <= 1
      }
    }
    const strangers = credentials.filter(({ id }) => !String(id).startsWith("01k0crd"))
    return { records, counts: { groups: groups.size, credentials: strangers.length, mails: mails.length } }
  })

/** The maximum number of requests within any second. */
const peakOf = (times: ReadonlyArray<number>): number => {
  const sorted = times.toSorted((a, b) => a - b)
  let from = 0
  return sorted.reduce((peak, time, to) => {
    while (time - (sorted[from] ?? time) >= 1000) from += 1
    return Math.max(peak, to - from + 1)
  }, 0)
}

export interface Expected {
  readonly sizes: Sizes
  /** Requests per second, of all workers together, or of each worker if they do not share a limit. */
  readonly limit: number
  readonly isShared: boolean
}

/** Checks the invariants that must hold after any fault, and returns all violations. */
export const problems = (service: Sandbox.Service, { isShared, limit, sizes }: Expected) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const found: Array<string> = []
    const { counts, records } = yield* recordsOf(service)
    const jobs = yield* sql<{ id: Kind; state: string }>`SELECT id, state FROM certifier_jobs ORDER BY id`
    const states = jobs.map(({ id, state }) => `${id} ${state}`).join()
    if (
      states !==
      kinds
        .toSorted()
        .map((kind) => `${kind} done`)
        .join()
    )
      found.push(`The jobs are ${states}`)
    const rows = yield* sql<Row>`SELECT job, seq, state FROM certifier_job_items ORDER BY job, seq`
    for (const kind of kinds) {
      const items = rows.filter(({ job }) => job === kind)
      const count = new Set(items.map(({ seq }) => Number(seq))).size
      if (count !== sizes[kind] || items.length !== count) found.push(`${kind} has ${items.length} items`)
      for (const { seq, state } of items) {
        const { atMost, done } = records[kind]
        const holds = state === "done" ? done(Number(seq)) : state === "unknown" && atMost(Number(seq))
        if (!holds) found.push(`${kind} ${Number(seq)} is ${state}, and the service has other records`)
      }
    }
    const unknown = rows.filter(({ state }) => state === "unknown").length
    const groups = Math.max(1, sizes.update) + sizes.create
    if (counts.groups !== groups) found.push(`${counts.groups} groups rather than ${groups}`)
    if (counts.credentials !== sizes.issue) found.push(`${counts.credentials} credentials rather than ${sizes.issue}`)
    const settled = rows.filter(({ job, state }) => (job === "issue" || job === "send") && isOver(state)).length
    if (counts.mails > settled) found.push(`${counts.mails} mails for ${settled} people`)
    const requests = yield* service.requests
    const senders = Arr.groupBy(requests, ({ headers }) => (isShared ? "all" : (headers["x-runner"] ?? "")))
    for (const [sender, sent] of Object.entries(senders)) {
      const peak = peakOf(sent.map(({ headers }) => Number(headers["x-sent-at"])))
      if (peak > limit) found.push(`${peak} requests of ${sender} within a second, of ${limit}`)
    }
    return { found, unknown, requests: requests.length }
  })
