import { CertifierClient, type CertifierError, Groups, Operation } from "@effect-certifier/core"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Scheduler } from "effect/Scheduler"
import * as http from "node:http"

export const token = "a-token-that-must-not-leak"

export const id = "01g90279gp5sbmfek7wymcsvec"

export const group = JSON.stringify({
  id,
  name: "Financial Markets",
  createdAt: "2022-01-01T00:00:00.000Z",
  updatedAt: "2022-01-01T00:00:00.000Z"
})

const bodies: Record<number, string> = {
  200: group,
  429: JSON.stringify({ error: { code: "rate_limited", message: "You have exceeded the rate limit" } }),
  500: JSON.stringify({ error: { code: "internal_server_error", message: "There was a problem on Certifier's end" } })
}

export interface Reply {
  readonly status?: number
  readonly headers?: Record<string, string>
}

/** A request as the server sees it: its time, and the name in its patch; empty for a read. */
export interface Seen {
  readonly at: number
  readonly name: string
}

const nameIn = (body: string): string => (body === "" ? "" : String(JSON.parse(body).name))

/** A service instead of the `HttpClient` that records the arrival of each request, in milliseconds of the clock. */
export const server = (reply: (seen: Seen, index: number) => Effect.Effect<Reply>) => {
  const seen: Array<Seen> = []
  const layer = Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request) =>
      Effect.gen(function* () {
        const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
        const one = { at: yield* Clock.currentTimeMillis, name: nameIn(body) }
        seen.push(one)
        const { headers, status = 200 } = yield* reply(one, seen.length - 1)
        return HttpClientResponse.fromWeb(
          request,
          new Response(bodies[status] ?? "<html></html>", { status, headers: headers ?? {} })
        )
      })
    )
  )
  return { seen, layer, times: () => seen.map(({ at }) => at), names: () => seen.map(({ name }) => name) }
}

export const options = { accessToken: Redacted.make(token) }

export const update = (
  name: string | number
): Effect.Effect<unknown, CertifierError.CertifierError, CertifierClient.CertifierClient> =>
  CertifierClient.updateGroup(id, { name: String(name) })

/** The transform of a limiter, applied to attempts without a client: responses arrive at once and are not read. */
export const calls = (transform: CertifierClient.ClientTransform, attempt: (name: number) => Effect.Effect<Reply>) => {
  const request = HttpClientRequest.patch("https://api.certifier.io/v1/groups/1")
  return (name: number): Effect.Effect<unknown, CertifierError.CertifierError> =>
    transform(
      HttpClient.makeWith<CertifierError.CertifierError, never, CertifierError.CertifierError, never>(
        Effect.flatMap((request) =>
          Effect.map(attempt(name), ({ headers, status = 200 }) =>
            HttpClientResponse.fromWeb(request, new Response(null, { status, headers: headers ?? {} }))
          )
        ),
        Effect.succeed
      ),
      Operation.declaration(Groups.update)
    ).execute(request)
}

/**
 * Runs a program to its end in virtual time: whenever all fibers wait, time advances to the next wake-up.
 * `TestClock` checks every fiber at every step, which is too slow for thousands of fibers.
 */
export const simulate = <A, E>(program: Effect.Effect<A, E>): Exit.Exit<A, E> => {
  let time = 0
  const sleeping = new Map<() => void, number>()
  const clock: Clock.Clock = {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: () => time,
    unsafeCurrentTimeNanos: () => BigInt(Math.round(time * 1e6)),
    currentTimeMillis: Effect.sync(() => time),
    currentTimeNanos: Effect.sync(() => BigInt(Math.round(time * 1e6))),
    sleep: (duration) =>
      Effect.async<void>((resume) => {
        const wake = () => resume(Effect.void)
        sleeping.set(wake, time + Duration.toMillis(duration))
        return Effect.sync(() => sleeping.delete(wake))
      })
  }
  const tasks: Array<() => void> = []
  const scheduler: Scheduler = { shouldYield: () => false, scheduleTask: (task) => void tasks.push(task) }
  const fiber = Effect.runFork(Effect.withClock(program, clock), { scheduler })
  for (;;) {
    for (const task of tasks) task()
    tasks.length = 0
    const exit = fiber.unsafePoll()
    if (exit !== null) return exit
    if (sleeping.size === 0) throw new Error("no fiber can continue")
    time = Math.min(...sleeping.values())
    for (const [wake, at] of sleeping) {
      if (at > time) continue
      sleeping.delete(wake)
      wake()
    }
  }
}

/** A request on a socket: its arrival in milliseconds of the monotonic clock, and its credentials. */
export interface Arrival extends Seen {
  readonly status: number
}

/** A service on a free port of loopback that decides which requests to reject; closed with the scope. */
export const listen = (judge: (arrival: Seen, before: ReadonlyArray<Arrival>) => Reply | Promise<Reply>) =>
  Effect.acquireRelease(
    Effect.async<{ readonly server: http.Server; readonly baseUrl: string; readonly arrivals: ReadonlyArray<Arrival> }>(
      (resume) => {
        const arrivals: Array<Arrival> = []
        const server = http.createServer((request, response) => {
          const at = performance.now()
          const chunks: Array<Buffer> = []
          request.on("data", (chunk: Buffer) => chunks.push(chunk))
          request.on("end", async () => {
            const one = { at, name: nameIn(Buffer.concat(chunks).toString()) }
            const { headers = {}, status = 200 } = await judge(one, arrivals)
            arrivals.push({ ...one, status })
            response.writeHead(status, headers).end(bodies[status])
          })
        })
        server.listen(0, "127.0.0.1", () => {
          const address = server.address()
          const port = address !== null && typeof address === "object" ? address.port : 0
          resume(Effect.succeed({ server, arrivals, baseUrl: `http://127.0.0.1:${port}` }))
        })
      }
    ),
    ({ server }) =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  )

/** At most `limit` in the last `window` milliseconds, at any time. */
export const sliding =
  (limit: number, window: number) =>
  ({ at }: Seen, before: ReadonlyArray<Arrival>): Reply =>
    before.filter((other) => other.at > at - window).length < limit
      ? {}
      : { status: 429, headers: { "retry-after": "1" } }
