/** A sandbox in its own process. On SIGUSR2 it collects garbage and prints its heap size and sockets. */
import { Console, Effect } from "effect"
import { Fixture, Sandbox } from "../../src/index.js"

const program = Effect.gen(function* () {
  const { url } = yield* Sandbox.serve({
    rateLimit: "Unlimited",
    keepRequests: 10,
    requestTimeout: "1 second",
    experimental: true,
    credentials: [Fixture.credential()]
  })
  let times = 0
  process.on("SIGUSR2", () => {
    globalThis.gc?.()
    const sockets = process.getActiveResourcesInfo().filter((resource) => resource === "TCPSocketWrap").length
    console.log(`holds #${++times}: ${process.memoryUsage().heapUsed} bytes, ${sockets} sockets`)
  })
  yield* Console.log(`listens ${url}`)
  return yield* Effect.never
})

Effect.runFork(Effect.scoped(program))
