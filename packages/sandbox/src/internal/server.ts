import * as Headers from "@effect/platform/Headers"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import * as FiberSet from "effect/FiberSet"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Http from "node:http"
import type { Socket } from "node:net"
import { ListenError } from "../SandboxError.js"
import { errorResponse } from "./http.js"
import type { IncomingRequest, OutgoingResponse } from "./message.js"
import * as Transmission from "./transmission.js"

export interface Options {
  readonly host: string
  readonly port: number
  /** The time limit for receiving a request. */
  readonly requestTimeout: Duration.Duration
  /** The time limit for a client that reads nothing of a response. Default 30 seconds. */
  readonly readTimeout?: Duration.DurationInput
  readonly handle: (incoming: IncomingRequest) => Effect.Effect<Transmission.Transmission>
}

/** The size limit of a body, in bytes. */
const largestBody = 1024 * 1024

const flat = (headers: Http.IncomingHttpHeaders): Headers.Headers =>
  Headers.fromInput(
    Object.entries(headers).map(
      ([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")] as const
    )
  )

/**
 * Reads the whole body; fails with the response if it is too large. Bytes beyond the limit are read and dropped, because a caller
 * that is still sending would not read the response.
 */
const readBody = (request: Http.IncomingMessage): Effect.Effect<Uint8Array, OutgoingResponse> =>
  Effect.async((resume) => {
    const chunks: Array<Buffer> = []
    let size = 0
    request.on("data", (chunk: Buffer) => {
      size += chunk.length
      if (size <= largestBody) chunks.push(chunk)
      else chunks.length = 0
    })
    request.on("end", () =>
      resume(
        size <= largestBody
          ? Effect.succeed(new Uint8Array(Buffer.concat(chunks)))
          : Effect.fail(errorResponse("validation_error", `The request's body is larger than ${largestBody} bytes`))
      )
    )
  })

/** `callback` is called when the operating system has the bytes, and never if the connection breaks. */
const flushed = (register: (callback: () => void) => void): Effect.Effect<void> =>
  Effect.async((resume) => register(() => resume(Effect.void)))

const disconnect = (socket: Socket | null, how: "Reset" | "Close"): Effect.Effect<never> =>
  Effect.zipRight(
    Effect.sync(() => (how === "Reset" ? socket?.resetAndDestroy() : socket?.destroySoon())),
    // The fiber is interrupted when the connection closes.
    Effect.never
  )

/**
 * Writes bytes. Node destroys the connection if the client reads none of them for this time, in milliseconds. At the end of the
 * response, Node sets another time limit.
 */
const writer = (response: Http.ServerResponse, readTimeout: number) => ({
  end: (body?: Uint8Array) => flushed((callback) => response.setTimeout(readTimeout).end(body, callback)),
  write: (chunk: Uint8Array) =>
    Effect.zipRight(
      flushed((callback) => response.setTimeout(readTimeout).write(chunk, callback)),
      // A fault, or a stream without events, can pause for longer before the next chunk.
      Effect.sync(() => response.setTimeout(0))
    )
})

const send = (
  response: Http.ServerResponse,
  transmission: Transmission.Transmission,
  readTimeout: number
): Effect.Effect<void> => {
  const { body, headers, status } = transmission.response
  const writeHead = Effect.sync(() => {
    response.writeHead(
      status,
      status === 204 || status === 304 ? headers : { ...Transmission.bodyHeaders(transmission), ...headers }
    )
  })
  const { end, write } = writer(response, readTimeout)
  const rest = Transmission.isPlain(transmission)
    ? end(body)
    : Effect.sync(() => response.flushHeaders()).pipe(
        Effect.zipRight(Transmission.body(transmission)),
        Effect.flatMap((next) =>
          Effect.repeat(Effect.tap(next, Option.match({ onNone: () => end(), onSome: write })), {
            while: Option.isSome
          })
        )
      )
  return Transmission.begin(transmission).pipe(
    Effect.zipRight(writeHead),
    Effect.zipRight(rest),
    Effect.catchAll(({ how }) => disconnect(response.socket, how)),
    Effect.ensuring(transmission.release ?? Effect.void)
  )
}

/**
 * Handles input that Node's parser rejects: if the connection is still writable, responds with an error of the API, and then closes
 * the connection.
 */
const refuse = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy()
  const { body, status } = errorResponse("validation_error", "This is not an HTTP request, or it took too long")
  socket.end(
    `HTTP/1.1 ${status} Bad Request\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${new TextDecoder().decode(body)}`,
    () => socket.destroy()
  )
}

/** The host for callers on this machine. A server on all addresses has no host of its own. */
const urlHost = (host: string, listening: string): string => {
  if (/^(::ffff:)?0\.0\.0\.0$/.test(listening)) return "127.0.0.1"
  if (listening === "::") return "[::1]"
  return host.includes(":") ? `[${host}]` : host
}

/**
 * An HTTP server of `node:http` instead of the platform's: resetting, closing and stalling connections needs their sockets,
 * and closing the server must not wait for open connections.
 */
export const serve = (options: Options): Effect.Effect<{ readonly url: string }, ListenError, Scope.Scope> =>
  Effect.gen(function* () {
    const run = yield* FiberSet.makeRuntime()
    // Node rejects a fraction of a millisecond.
    const requestTimeout = Math.ceil(Duration.toMillis(options.requestTimeout))
    const readTimeout = Math.ceil(Duration.toMillis(options.readTimeout ?? "30 seconds"))
    const server = yield* Effect.acquireRelease(
      Effect.sync(() =>
        Http.createServer({
          requestTimeout,
          headersTimeout: requestTimeout,
          requireHostHeader: false,
          connectionsCheckingInterval: Math.min(1000, requestTimeout)
        })
      ),
      (server) =>
        Effect.async<void>((resume) => {
          server.close(() => resume(Effect.void))
          server.closeAllConnections()
        })
    )
    server.on("clientError", refuse)
    const onRequest: Http.RequestListener = (request, response) => {
      const fiber = run(
        Effect.flatMap(readBody(request), (body) =>
          options.handle({
            method: request.method ?? "GET",
            url: request.url ?? "/",
            headers: flat(request.headers),
            body,
            address: request.socket.remoteAddress ?? ""
          })
        ).pipe(
          Effect.catchAll((rejection) => Effect.succeed({ response: rejection })),
          Effect.flatMap((transmission) => send(response, transmission, readTimeout)),
          // A client must not wait for a response that can't be sent.
          Effect.catchAllCause((cause) =>
            Cause.isInterruptedOnly(cause)
              ? Effect.void
              : Effect.zipRight(
                  Effect.sync(() => response.destroy()),
                  Effect.logError("The sandbox could not send a response", cause)
                )
          )
        )
      )
      response.on("close", () => fiber.unsafeInterruptAsFork(FiberId.none))
      response.on("error", () => fiber.unsafeInterruptAsFork(FiberId.none))
    }
    server.on("request", onRequest)
    // Node would return 417 for an unknown expectation; RFC 9110, section 10.1.1, lets a server ignore it.
    server.on("checkExpectation", onRequest)
    yield* Effect.async<void, ListenError>((resume) => {
      server.once("error", (error: NodeJS.ErrnoException) =>
        resume(Effect.fail(new ListenError({ host: options.host, port: options.port, code: error.code ?? "UNKNOWN" })))
      )
      server.listen({ host: options.host, port: options.port }, () => resume(Effect.void))
    })
    const address = server.address()
    if (address === null || typeof address === "string") return yield* Effect.dieMessage("A TCP server has no port")
    const host = urlHost(options.host, address.address)
    return { url: `http://${host}:${address.port}` }
  })
