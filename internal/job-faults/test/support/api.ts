import { Fixture, Sandbox, type SandboxError } from "@effect-certifier/sandbox"
import { Effect, type Scope } from "effect"
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { buffer } from "node:stream/consumers"
import { signal } from "./program.js"
import { credentialId, groupId, sentTo, type Sizes } from "./work.js"

/** The state of a request when its process is killed. A request on its way arrives late, or never. */
export type Point = "on its way" | "applied" | "responded"

export interface Api {
  readonly url: string
  readonly sandbox: Sandbox.Service
  /** Kills the senders of the requests with these numbers, or of the next request. Requests with an effect are counted, from 1. */
  readonly killAt: (point: Point, requests: ReadonlyArray<number>) => void
  readonly requests: () => number
  /** Whether a process has sent a request. */
  readonly hasSent: (pid: number | undefined) => boolean
}

export const optionsOf = (sizes: Sizes): Sandbox.Options => ({
  rateLimit: "Unlimited",
  keepRequests: 20_000,
  attributes: [...Fixture.attributes, Fixture.attribute({ tag: "custom.order", name: "Order" })],
  groups: Array.from({ length: Math.max(1, sizes.update) }, (_, n) => Fixture.group({ id: groupId(n) })),
  credentials: Array.from({ length: sizes.send }, (_, n) =>
    Fixture.credential({
      id: credentialId(n),
      publicId: `sent-${n}`,
      groupId: groupId(0),
      recipient: { id: "01k0rcp00000000000000000r1", name: "Ada Example", email: sentTo(n) }
    })
  )
})

const late = 400

const isChange = ({ method, url = "" }: IncomingMessage) => method !== "GET" && !url.endsWith("/search")

/** The sandbox, behind a server that observes the state of each request. */
export const make = (sizes: Sizes): Effect.Effect<Api, SandboxError.StartError, Scope.Scope> =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.serve(optionsOf(sizes))
    let plan: { readonly point: Point; readonly requests: ReadonlyArray<number> } | undefined
    let changes = 0
    let requests = 0
    const killed = new Set<number>()
    const senders = new Set<number | undefined>()

    const pointOf = (request: IncomingMessage, sender: number): Point | undefined => {
      if (!isChange(request)) return undefined
      changes += 1
      if (changes < (plan?.requests[killed.size] ?? Number.POSITIVE_INFINITY) || killed.has(sender)) return undefined
      killed.add(sender)
      return plan?.point
    }

    const pass = async (request: IncomingMessage, response: ServerResponse) => {
      const { headers, method = "GET", url = "" } = request
      const sender = Number(headers["x-runner"])
      if (!(sender > 0)) throw new Error("A request without a runner")
      requests += 1
      senders.add(sender)
      const body = await buffer(request)
      const point = pointOf(request, sender)
      if (point === "on its way") {
        signal(sender, "SIGKILL")
        if (killed.size % 2 === 0) return response.destroy()
        await new Promise((resume) => setTimeout(resume, late))
      }
      const { "accept-encoding": _, connection: __, "content-length": ___, host: ____, ...passed } = headers
      const result = await fetch(`${sandbox.url}${url}`, {
        method,
        headers: Object.entries(passed).map(([name, value]) => [name, String(value)]),
        body: method === "GET" ? null : new Uint8Array(body)
      })
      const bytes = Buffer.from(await result.arrayBuffer())
      if (point === "applied") {
        signal(sender, "SIGKILL")
        return response.destroy()
      }
      // Stops the process, so that it can't read the response before it is killed.
      if (point === "responded") signal(sender, "SIGSTOP")
      response.writeHead(result.status, Object.fromEntries(result.headers)).end(bytes)
      if (point === "responded") {
        await once(response, "finish")
        signal(sender, "SIGKILL")
      }
      return response
    }

    const server = yield* Effect.acquireRelease(
      Effect.promise(async () => {
        // The only failures here are faults of the sandbox.
        const server = createServer((request, response) => void pass(request, response).catch(() => response.destroy()))
        server.listen(0, "127.0.0.1")
        await once(server, "listening")
        return server
      }),
      (server) =>
        Effect.sync(() => {
          server.close()
          server.closeAllConnections()
        })
    )
    const address = server.address()
    if (address === null || typeof address === "string") return yield* Effect.dieMessage("The server has no port")
    return {
      url: `http://127.0.0.1:${address.port}`,
      sandbox,
      killAt: (point, requests) => {
        plan = { point, requests }
      },
      requests: () => requests,
      hasSent: (pid) => senders.has(pid)
    }
  })
