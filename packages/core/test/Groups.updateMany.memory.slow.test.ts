import { assert, describe, it } from "@effect/vitest"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as CertifierClient from "../src/CertifierClient.js"
import * as Groups from "../src/Groups.js"
import { groupId, groupJson } from "./support/page.js"

setFlagsFromString("--expose-gc")
const collectGarbage: () => void = runInNewContext("gc")

const heldKilobytes = () => {
  collectGarbage()
  return process.memoryUsage().heapUsed / 1024
}

/**
 * Responds and stores nothing. Each response waits for a turn of the event loop, like one from a socket. Without these turns, the
 * test runner would lose contact with its worker for a minute.
 */
const Service = CertifierClient.layer({ accessToken: Redacted.make("any") }).pipe(
  Layer.provide(
    Layer.succeed(
      HttpClient.HttpClient,
      HttpClient.make((request) =>
        Effect.async((resume) => {
          setImmediate(() => {
            const response = new Response(groupJson, {
              status: request.url.endsWith("7") ? 404 : 200,
              headers: { "content-length": String(groupJson.length) }
            })
            resume(Effect.succeed(HttpClientResponse.fromWeb(request, response)))
          })
        })
      )
    )
  )
)

// `GROUP_UPDATES=20000` takes a minute or less; CI runs that.
const count = Number(process.env["GROUP_UPDATES"] ?? 2000)

describe("memory", () => {
  it.live(
    `${count} updates in a stream use no more memory than a tenth of them`,
    () =>
      Effect.gen(function* () {
        let early = 0
        let late = 0
        yield* Stream.range(1, count).pipe(
          Stream.map((n) => ({ id: n % 10 === 7 ? `${groupId}7` : groupId, patch: { name: String(n) } })),
          Groups.updateMany({ concurrency: 8 }),
          Groups.progress,
          Stream.runForEach(({ failed, succeeded }) =>
            Effect.sync(() => {
              if (succeeded + failed === count / 10) early = heldKilobytes()
              if (succeeded + failed === count) late = heldKilobytes()
            })
          ),
          Effect.provide(Service)
        )
        console.log(`${count} updates: ${Math.round(late - early)} kB more than after a tenth of them`)
        // The memory of the engine and the modules of other tests, less than one object with two fields for each update.
        assert.isBelow(late - early, 2048 + (count * 24) / 1024)
      }),
    300_000
  )
})
