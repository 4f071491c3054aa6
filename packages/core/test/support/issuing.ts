import { RequestError } from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fake from "./fake.js"

/** The handling of one request. */
export interface Fault {
  /** Whether the request is applied. Default: true without a `status`. */
  readonly applied?: boolean
  /** The status of the response; without one, the connection breaks. */
  readonly status?: number
  readonly body?: string
  /** Milliseconds after which the failed request is applied. */
  readonly late?: number
}

export type Name = "create" | "search" | "get" | "issue" | "send"

interface Stored {
  readonly id: string
  status: string
  readonly recipient: { readonly name: string; readonly email?: string }
  readonly groupId: string
  readonly customAttributes: Readonly<Record<string, string>>
  readonly createdAt: number
}

const json = ({ createdAt, ...credential }: Stored) => ({
  ...credential,
  publicId: `6f1d2c3b-4a59-4e68-8b77-${credential.id.slice(-12)}`,
  createdAt: new Date(createdAt).toISOString(),
  updatedAt: new Date(createdAt).toISOString()
})

const codes: Readonly<Record<number, string>> = {
  400: "validation_error",
  402: "payment_required",
  409: "conflict",
  429: "rate_limited"
}

const error = (code: string) => JSON.stringify({ error: { code, message: "Refused" } })

const nameOf = (method: string, path: string): Name =>
  path.endsWith("/search")
    ? "search"
    : path.endsWith("/issue")
      ? "issue"
      : path.endsWith("/send")
        ? "send"
        : method === "POST"
          ? "create"
          : "get"

/**
 * A service with credentials, whose requests of each kind have faults in turn. `searchLag` is the delay of a search in
 * milliseconds. `log` has the requests.
 */
export const make = (
  faults: { readonly [K in Name]?: ReadonlyArray<Fault | undefined> } = {},
  { searchLag = 0, existing = [] }: { readonly searchLag?: number; readonly existing?: ReadonlyArray<Stored> } = {}
) => {
  const credentials: Array<Stored> = [...existing]
  const mails: Array<string> = []
  const log: Array<string> = []
  const searches: Array<unknown> = []
  const counts = new Map<Name, number>()

  const carryOut = (name: Name, path: string, body: string, now: number): readonly [status: number, body: string] => {
    if (name === "create") {
      const fields = JSON.parse(body)
      const id = `01k0crd0000000000000000${String(credentials.length + 1).padStart(3, "0")}`
      const created = { customAttributes: {}, ...fields, id, status: "draft", createdAt: now }
      credentials.push(created)
      return [201, JSON.stringify(json(created))]
    }
    if (name === "search") {
      searches.push(JSON.parse(body))
      const data = credentials.filter(({ createdAt }) => createdAt + searchLag <= now).map(json)
      return [200, JSON.stringify({ data, pagination: { prev: null, next: null } })]
    }
    const credential = credentials.find(({ id }) => path.includes(id))
    if (credential === undefined) return [404, error("not_found")]
    if (name === "issue") {
      if (credential.status !== "draft") return [400, error("validation_error")]
      credential.status = "issued"
    }
    if (name === "send") {
      if (credential.status !== "issued") return [400, error("validation_error")]
      mails.push(credential.id)
    }
    return [200, JSON.stringify(json(credential))]
  }

  const reset = (request: HttpClientRequest.HttpClientRequest) => {
    const cause = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })
    return new RequestError({ request, reason: "Transport", cause })
  }

  const fake = Fake.make((request) =>
    Effect.gen(function* () {
      const { pathname } = new URL(request.url)
      const name = nameOf(request.method, pathname)
      const count = counts.get(name) ?? 0
      counts.set(name, count + 1)
      log.push(name)
      const fault = faults[name]?.[count]
      const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
      const run = Effect.map(Clock.currentTimeMillis, (now) => carryOut(name, pathname, body, now))
      if (fault === undefined) return Fake.json(...(yield* run))
      if (fault.late !== undefined) yield* Effect.forkDaemon(Effect.delay(run, fault.late))
      if (fault.applied ?? (fault.status === undefined && fault.late === undefined)) yield* run
      if (fault.status === undefined) return yield* reset(request)
      return Fake.json(fault.status, fault.body ?? error(codes[fault.status] ?? "internal_server_error"))
    })
  )
  return { layer: fake.layer(), credentials, mails, log, searches }
}
