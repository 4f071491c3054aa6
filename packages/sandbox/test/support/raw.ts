import { Deferred, Effect } from "effect"
import { connect } from "node:net"

export interface RawResponse {
  readonly status: number
  readonly body: string
}

/** The complete responses in the bytes of a connection, without interim responses (1xx). */
export const parse = (bytes: Buffer): ReadonlyArray<RawResponse> => {
  const responses: Array<RawResponse> = []
  let rest = bytes.toString("latin1")
  for (;;) {
    const head = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/.exec(rest)
    if (head === null) return rest === "" ? responses : [...responses, { status: 0, body: rest }]
    const status = Number(head[1])
    const length = status === 204 ? 0 : Number(/^content-length: (\d+)\r$/im.exec(head[2] ?? "")?.[1] ?? 0)
    const body = rest.slice(head[0].length, head[0].length + length)
    rest = rest.slice(head[0].length + length)
    if (status >= 200) responses.push({ status, body })
  }
}

/** Writes bytes to a connection, ends it unless `slow`, and returns the bytes that arrive until it closes. */
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
    // A refused or reset connection is a valid outcome; the test checks afterwards that the server is alive.
    socket.on("error", () => socket.destroy())
    socket.on("close", () => resume(Effect.succeed(Buffer.concat(chunks))))
    return Effect.sync(() => socket.destroy())
  })

/** Opens an idle connection. Returns an effect that waits until it is closed. */
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
