import { Effect, type Scope } from "effect"
import { once } from "node:events"
import { connect, createServer, type Server, type Socket } from "node:net"

const listen = (server: Server, port: number) =>
  Effect.promise(async () => {
    server.listen(port, "127.0.0.1")
    await once(server, "listening")
    const address = server.address()
    if (address === null || typeof address === "string") throw new Error("The server has no port")
    return address.port
  })

const close = (server: Server) => Effect.async<void>((resume) => void server.close(() => resume(Effect.void)))

export const freePort: Effect.Effect<number> = Effect.suspend(() => {
  const server = createServer()
  return Effect.zipLeft(listen(server, 0), close(server))
})

export interface Link {
  readonly port: number
  /** Ends all connections; new ones are possible. */
  readonly cut: Effect.Effect<void>
  /** Ends all connections and rejects new ones while `use` runs. */
  readonly awayWhile: <A, E, R>(use: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** A port that forwards its connections to another port, and can end them. */
export const link = (target: number): Effect.Effect<Link, never, Scope.Scope> =>
  Effect.gen(function* () {
    const sockets = new Set<Socket>()
    const server = createServer((client) => {
      const there = connect(target, "127.0.0.1")
      client.pipe(there).pipe(client)
      for (const [one, other] of [
        [client, there],
        [there, client]
      ] as const) {
        sockets.add(one)
        one
          .on("error", () => other.destroy())
          .on("close", () => {
            sockets.delete(one)
            other.destroy()
          })
      }
    })
    const port = yield* listen(server, 0)
    const cut = Effect.sync(() => {
      for (const socket of sockets) socket.resetAndDestroy()
    })
    yield* Effect.addFinalizer(() =>
      Effect.zipRight(
        cut,
        Effect.sync(() => server.close())
      )
    )
    return {
      port,
      cut,
      awayWhile: (use) =>
        Effect.acquireUseRelease(
          Effect.sync(() => server.close()).pipe(Effect.zipRight(cut)),
          () => use,
          () => listen(server, port)
        )
    }
  })
