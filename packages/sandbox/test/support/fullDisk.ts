/**
 * Creates groups until the disk is full, then frees space, and prints which changes were acknowledged and kept, and whether the
 * sandbox continues. The second argument is a file to remove to free space.
 */
import { FetchHttpClient } from "@effect/platform"
import { Console, Effect, Logger, LogLevel } from "effect"
import { rmSync, writeFileSync } from "node:fs"
import { Sandbox } from "../../src/index.js"
import { sendTo } from "./request.js"

const [data = "", ballast] = process.argv.slice(2)

const create = (url: string, name: string) =>
  Effect.map(
    sendTo(url, { method: "POST", path: "/v1/groups", body: JSON.stringify({ name }) }),
    ({ status }) => status
  )

const program = Effect.gen(function* () {
  const sandbox = yield* Sandbox.serve({ data, rateLimit: "Unlimited", groups: [] })
  if (ballast === undefined) return
  writeFileSync(ballast, Buffer.alloc(256 * 1024))
  let [acknowledged, refused] = [0, 0]
  for (let n = 0; n < 2000 && refused < 5; n++) {
    if ((yield* create(sandbox.url, `${n} ${"x".repeat(5000)}`)) === 201) acknowledged++
    else refused++
  }
  const { length: kept } = yield* sandbox.groups
  rmSync(ballast)
  const resumed = yield* create(sandbox.url, "after")
  yield* Console.log(JSON.stringify({ acknowledged, refused, kept, resumed }))
}).pipe(
  Effect.scoped,
  Effect.catchTag("SandboxDataFileError", ({ message, reason }) => Console.log(`${reason}: ${message}`)),
  Effect.provide([FetchHttpClient.layer, Logger.minimumLogLevel(LogLevel.None)])
)

Effect.runFork(program)
