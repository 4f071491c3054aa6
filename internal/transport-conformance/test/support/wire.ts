import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as https from "node:https"
import * as net from "node:net"
import { cert, key } from "./selfSigned.js"

const portOf = (server: net.Server): number => {
  const address = server.address()
  return address !== null && typeof address === "object" ? address.port : 0
}

/** The head of a response, up to its body. */
export const head = (status: string, headers: ReadonlyArray<string>): string =>
  [`HTTP/1.1 ${status}`, ...headers, "", ""].join("\r\n")

/** A whole response. */
export const full = (status: string, body: string, headers: ReadonlyArray<string> = []): string =>
  head(status, ["Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`, ...headers]) + body

/** One piece of a body of unknown length. */
export const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`

export interface Exchange {
  /** The received request line and headers. */
  readonly head: string
  readonly body: string
  readonly socket: net.Socket
  /** Done when the connection of the request is closed. */
  readonly closed: Deferred.Deferred<void>
}

export interface Server {
  readonly origin: string
  readonly exchanges: ReadonlyArray<Exchange>
  /** Waits for the next request that no earlier call of `next` has returned. */
  readonly next: Effect.Effect<Exchange>
}

const readRequests = (socket: net.Socket, onRequest: (head: string, body: string) => void): void => {
  let buffer = ""
  socket.setEncoding("latin1")
  socket.on("data", (chunk: string) => {
    buffer += chunk
    for (;;) {
      const end = buffer.indexOf("\r\n\r\n")
      if (end < 0) return
      const head = buffer.slice(0, end)
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
      if (buffer.length < end + 4 + length) return
      const body = buffer.slice(end + 4, end + 4 + length)
      buffer = buffer.slice(end + 4 + length)
      onRequest(head, Buffer.from(body, "latin1").toString("utf8"))
    }
  })
}

/**
 * A TCP server on loopback whose HTTP is only what `answer` writes to the socket, for behaviour that HTTP servers of frameworks don't
 * have.
 */
export const serve = (answer: (exchange: Exchange) => void, onConnect?: (socket: net.Socket) => void) =>
  Effect.acquireRelease(
    Effect.async<Server & { readonly stop: () => Promise<void> }>((resume) => {
      const sockets = new Set<net.Socket>()
      const exchanges: Array<Exchange> = []
      const waiting: Array<(exchange: Exchange) => void> = []
      let given = 0
      const server = net.createServer((socket) => {
        sockets.add(socket)
        // Many tests are about clients that disconnect.
        socket.on("error", () => {})
        socket.on("close", () => {
          sockets.delete(socket)
          for (const exchange of exchanges) {
            if (exchange.socket === socket) Deferred.unsafeDone(exchange.closed, Effect.void)
          }
        })
        onConnect?.(socket)
        readRequests(socket, (head, body) => {
          const exchange = { head, body, socket, closed: Effect.runSync(Deferred.make<void>()) }
          exchanges.push(exchange)
          const wanted = waiting.shift()
          if (wanted !== undefined) {
            given++
            wanted(exchange)
          }
          answer(exchange)
        })
      })
      server.listen(0, "127.0.0.1", () => {
        resume(
          Effect.succeed({
            origin: `http://127.0.0.1:${portOf(server)}`,
            exchanges,
            next: Effect.async<Exchange>((done) => {
              const ready = exchanges[given]
              if (ready !== undefined) {
                given++
                done(Effect.succeed(ready))
              } else {
                waiting.push((exchange) => done(Effect.succeed(exchange)))
              }
            }),
            stop: () =>
              new Promise<void>((resolve) => {
                server.close(() => resolve())
                for (const socket of sockets) socket.destroy()
              })
          })
        )
      })
    }),
    (server) => Effect.promise(server.stop)
  )

/** An HTTPS server with an untrusted certificate. */
export const serveSelfSigned = Effect.acquireRelease(
  Effect.async<{ readonly origin: string; readonly requests: () => number; readonly server: https.Server }>(
    (resume) => {
      let requests = 0
      const server = https.createServer({ cert, key }, (_request, response) => {
        requests++
        response.end("{}")
      })
      server.listen(0, "127.0.0.1", () =>
        resume(Effect.succeed({ origin: `https://127.0.0.1:${portOf(server)}`, requests: () => requests, server }))
      )
    }
  ),
  ({ server }) =>
    Effect.async<void>((resume) => {
      server.close(() => resume(Effect.void))
      server.closeAllConnections()
    })
)
