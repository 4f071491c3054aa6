/** A process that updates a group over HTTP, eight updates at a time and without end, until a test kills it. */
import { CertifierClient, Groups } from "@effect-certifier/core"
import { NodeHttpClient } from "@effect/platform-node"
import { Console, Effect, Layer, Redacted, Stream } from "effect"

const program = Stream.iterate(0, (n) => n + 1).pipe(
  Stream.map((n) => ({ id: "01g90279gp5sbmfek7wymcsvec", patch: { name: String(n) } })),
  Groups.updateMany({ concurrency: 8 }),
  Stream.runForEach(({ index }) => Console.log(`done ${index}`))
)

const CertifierLive = CertifierClient.layer({ accessToken: Redacted.make("updater"), baseUrl: process.argv[2] }).pipe(
  Layer.provide(NodeHttpClient.layerUndici)
)

Effect.runFork(Effect.provide(program, CertifierLive))
