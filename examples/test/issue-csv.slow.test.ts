import { Fault, Fixture, Sandbox } from "@effect-certifier/sandbox"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Array, Effect, Layer, Stream } from "effect"
import { run, start, timeout } from "./support/program.js"

const live = Layer.merge(
  NodeContext.layer,
  Sandbox.layer({
    rateLimit: "Unlimited",
    attributes: [...Fixture.attributes, Fixture.attribute({ tag: "custom.order", name: "Order" })]
  })
)

const people = Array.makeBy(6, (n) => ({ order: String(1001 + n), name: `Person ${n}`, email: `p${n}@example.com` }))

const csv = ["order,name,email", ...people.map(({ email, name, order }) => `${order},"${name}",${email}`)].join("\r\n")

describe("issue-csv", { timeout }, () => {
  it.scopedLive("issues and mails each row once, even if it is killed while it creates", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const sandbox = yield* Sandbox.Sandbox
      yield* fs.writeFileString(`${folder}/people.csv`, `\uFEFF${csv}\r\n`)
      const options = {
        args: [`${folder}/people.csv`, `${folder}/jobs.db`],
        env: { CERTIFIER_BASE_URL: sandbox.url, CERTIFIER_ACCESS_TOKEN: "any", SETTLE: "1 second" }
      }
      // It creates three drafts, as many as the rate limit admits at once, and gets no response.
      yield* sandbox.inject(Fault.delay("2 minutes"), { operation: "createCredential", times: 3 })
      const first = yield* start("issue-csv", options)
      yield* Stream.runDrain(Stream.take(sandbox.requestStream, 3))
      yield* first.kill("SIGKILL")
      const { code, stdout } = yield* run("issue-csv", options)
      assert.strictEqual(stdout.trimEnd(), "6 issued, 0 failed, 0 unknown")
      assert.strictEqual(code, 0)
      deepStrictEqual(
        (yield* sandbox.credentials)
          .map(({ customAttributes, status }) => [customAttributes["custom.order"], status])
          .toSorted(),
        people.map(({ order }) => [order, "issued"])
      )
      deepStrictEqual(
        (yield* sandbox.mails).map(({ to }) => to).toSorted(),
        people.map(({ email }) => email)
      )
      // An invalid row is found before anything is sent.
      const requests = (yield* sandbox.requests).length
      yield* fs.writeFileString(`${folder}/broken.csv`, `${csv}\r\n1099,Nobody,\r\n`)
      const broken = yield* run("issue-csv", { ...options, args: [`${folder}/broken.csv`, `${folder}/broken.db`] })
      assert.strictEqual(broken.code, 1)
      assert.include(broken.stdout + broken.stderr, "Row 7 has no order, name or email")
      assert.notInclude(broken.stdout + broken.stderr, "Nobody")
      assert.strictEqual((yield* sandbox.requests).length, requests)
    }).pipe(Effect.provide(live))
  )

  it.live("issues its own file, without arguments", () =>
    Effect.gen(function* () {
      const { code, lines } = yield* run("issue-csv")
      deepStrictEqual([code, lines], [0, ["2 issued, 0 failed, 0 unknown"]])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
