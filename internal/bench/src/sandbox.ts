/** The cost of a request for few and for many stored credentials, in process, without a socket or a rate limit. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { Credential } from "@effect-certifier/core"
import { Fixture, Sandbox } from "@effect-certifier/sandbox"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { held } from "./heap.js"
import { median } from "./stats.js"

export interface Size {
  readonly credentials: ReadonlyArray<number>
  readonly requests: number
}

/** CPU of a request in microseconds, for each number of stored credentials. */
export interface Row {
  readonly request: string
  readonly cpu: ReadonlyArray<number>
}

export interface SandboxScale {
  readonly credentials: ReadonlyArray<number>
  /** Bytes of heap for one stored credential, with its orders and indexes. */
  readonly bytes: ReadonlyArray<number>
  readonly rows: ReadonlyArray<Row>
}

const prototype = Fixture.credential()

const start = DateTime.unsafeMake("2026-01-01T00:00:00.000Z")

const idOf = (n: number) => `01k0crd000000000000${String(n).padStart(7, "0")}`

/** Half of the credentials are in one group; each of the other groups has a thousandth of them. */
const credential = (n: number, count: number): Credential.Credential =>
  new Credential.Credential({
    ...prototype,
    id: Credential.CredentialId.make(idOf(n)),
    publicId: Credential.PublicId.make(`6f1d2c3b-4a59-4e68-8b77-${String(n).padStart(12, "0")}`),
    groupId: n % 2 === 0 ? prototype.groupId : Fixture.group({ id: `group${n % 1000}` }).id,
    status: n % 4 === 0 ? "draft" : "issued",
    recipient: { ...prototype.recipient, name: `Person ${n}`, email: Option.some(`person${n}@example.com`) },
    updatedAt: DateTime.add(start, { millis: (n * 7919) % count })
  })

type Send = (
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  body?: unknown
) => Effect.Effect<void, unknown, HttpClient.HttpClient>

const send: Send = (method, path, body) =>
  Effect.gen(function* () {
    const request = HttpClientRequest.make(method)(`https://sandbox/v1${path}`, {
      headers: { authorization: "Bearer any", "certifier-version": "2022-10-26" }
    })
    const response = yield* HttpClient.execute(
      body === undefined ? request : HttpClientRequest.bodyUnsafeJson(request, body)
    )
    const text = yield* response.text
    if (response.status >= 300) return yield* Effect.dieMessage(`${method} ${path}: ${text}`)
  })

const search = (filter: unknown, sort?: unknown) => send("POST", "/credentials/search", { filter, sort })

const requests: Readonly<
  Record<string, (n: number, count: number) => Effect.Effect<void, unknown, HttpClient.HttpClient>>
> = {
  "a list's first 20": () => send("GET", "/credentials"),
  "one credential": (n) => send("GET", `/credentials/${idOf(n)}`),
  "a search by email": (n) => search({ AND: [{ recipient: { email: { equals: `person${n}@example.com` } } }] }),
  "a search in a small group, sorted": (n) =>
    search({ AND: [{ groupId: { equals: `group${n | 1}` } }] }, { property: "updatedAt", order: "desc" }),
  "a search in half of all, sorted": () =>
    search(
      { AND: [{ groupId: { equals: prototype.groupId } }, { NOT: [{ status: { in: ["issued"] } }] }] },
      { property: "updatedAt", order: "desc" }
    ),
  "a search for part of a name, no match": () => search({ AND: [{ recipient: { name: { contains: "zzz" } } }] }),
  "an update": (n, count) =>
    send("PATCH", `/credentials/${idOf((n * 7919) % count)}`, { customAttributes: { "custom.mentor": "Lin" } }),
  "a creation": () =>
    send("POST", "/credentials", { groupId: prototype.groupId, recipient: { name: "Ada", email: "ada@example.com" } }),
  "a deletion": (n) => send("DELETE", `/credentials/${idOf(n)}`)
}

const measure = (count: number, { requests: times }: Size) =>
  Effect.gen(function* () {
    const credentials = Array.from({ length: count }, (_, n) => credential(n, count))
    const before = held()
    const options: Sandbox.Options = { credentials, rateLimit: "Unlimited", keepRequests: 1 }
    return yield* Effect.gen(function* () {
      yield* Sandbox.Sandbox
      const bytes = (held() - before) / count
      const cpu: Array<number> = []
      for (const request of Object.values(requests)) {
        const samples: Array<number> = []
        for (let n = 0; n < times; n++) {
          const at = process.cpuUsage()
          yield* request(n, count)
          const { system, user } = process.cpuUsage(at)
          samples.push(system + user)
        }
        cpu.push(median(samples))
      }
      return { bytes, cpu }
    }).pipe(Effect.provide(Sandbox.layerInProcess(options)))
  })

export const run = (size: Size): Promise<SandboxScale> =>
  Effect.gen(function* () {
    // Warm-up before the measurement.
    yield* measure(1000, size)
    const found = yield* Effect.forEach(size.credentials, (count) => measure(count, size))
    return {
      credentials: size.credentials,
      bytes: found.map(({ bytes }) => bytes),
      rows: Object.keys(requests).map((request, index) => ({
        request,
        cpu: found.map(({ cpu }) => cpu[index] ?? Number.NaN)
      }))
    }
  }).pipe(Effect.runPromise)
