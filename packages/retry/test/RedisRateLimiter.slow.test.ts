import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import { fileURLToPath } from "node:url"
import * as Support from "./RateLimiter.support.js"
import * as Services from "./support/services.js"

describe.skipIf(Services.lacks("Redis at 127.0.0.1:6379", await Services.isReachable(6379)))(
  "processes that share a Redis",
  () => {
    it.scopedLive(
      "two processes with four fibers each stay together under the limit of a server",
      () =>
        Effect.gen(function* () {
          const { arrivals, baseUrl } = yield* Support.listen(Support.sliding(20, 1000))
          const prefix = `certifier:test:${randomUUID()}:`
          const worker = (name: string) =>
            Effect.async<{ readonly code: number | null; readonly stderr: string }>((resume) => {
              const child = spawn(
                process.execPath,
                [
                  "--import",
                  "tsx",
                  fileURLToPath(new URL("RedisRateLimiter.worker.ts", import.meta.url)),
                  name,
                  baseUrl,
                  prefix,
                  "6"
                ],
                { stdio: ["ignore", "ignore", "pipe"] }
              )
              let stderr = ""
              child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()))
              child.on("close", (code) => resume(Effect.succeed({ code, stderr })))
              return Effect.sync(() => child.kill())
            })
          const results = yield* Effect.all([worker("one"), worker("two")], { concurrency: "unbounded" })
          deepStrictEqual(results, [
            { code: 0, stderr: "" },
            { code: 0, stderr: "" }
          ])
          deepStrictEqual(
            arrivals.map(({ status }) => status),
            Arr.replicate(200, 48)
          )
          deepStrictEqual(
            ["one", "two"].map((name) => arrivals.filter((arrival) => arrival.name === name).length),
            [24, 24]
          )
        }),
      // Two processes have to start first.
      60_000
    )
  }
)
