import { Deferred, Effect } from "effect"
import { connect } from "node:net"

export interface Answered {
  readonly status: number
  readonly body: string
}

/** The answers in what a connection brought, as far as they are complete; interim ones (1xx) are left out. */
export const parse = (bytes: Buffer): ReadonlyArray<Answered> => {
  const answers: Array<Answered> = []
  let rest = bytes.toString("latin1")
  for (;;) {
    const head = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/.exec(rest)
    if (head === null) return rest === "" ? answers : [...answers, { status: 0, body: rest }]
    const status = Number(head[1])
    const length = status === 204 ? 0 : Number(/^content-length: (\d+)\r$/im.exec(head[2] ?? "")?.[1] ?? 0)
    const body = rest.slice(head[0].length, head[0].length + length)
    rest = rest.slice(head[0].length + length)
    if (status >= 200) answers.push({ status, body })
  }
}

/** Writes bytes to a connection, says that there is no more (unless told to be slow), and takes what comes until it ends. */
export const exchange = (url: string, bytes: Uint8Array, slow = false): Effect.Effect<Buffer> =>
  Effect.async((resume) => {
    const { hostname, port } = new URL(url)
    const chunks: Array<Buffer> = []
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true }, () => {
      if (slow) socket.write(bytes)
      else socket.end(bytes)
    })
    socket.on("data", (chunk) => chunks.push(chunk))
    socket.on("end", () => socket.end())
    // A connection that is refused or reset is an answer too; whether the server lives is asked afterwards.
    socket.on("error", () => socket.destroy())
    socket.on("close", () => resume(Effect.succeed(Buffer.concat(chunks))))
    return Effect.sync(() => socket.destroy())
  })

/** Connects and says nothing; answers how to wait for the connection's end. */
export const open = (url: string): Effect.Effect<Effect.Effect<void>> =>
  Effect.gen(function* () {
    const ended = yield* Deferred.make<void>()
    const { hostname, port } = new URL(url)
    yield* Effect.async<void>((resume) => {
      const socket = connect({ host: hostname, port: Number(port) }, () => resume(Effect.void))
      socket.on("error", () => socket.destroy())
      socket.on("close", () => Deferred.unsafeDone(ended, Effect.void))
      socket.resume()
    })
    return Deferred.await(ended)
  })
