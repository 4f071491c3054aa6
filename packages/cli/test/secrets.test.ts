import { Sandbox } from "@effect-certifier/sandbox"
import { describe, it } from "@effect/vitest"
import { assertInclude, assertTrue, strictEqual } from "@effect/vitest/utils"
import * as HttpClient from "@effect/platform/HttpClient"
import { Effect, Layer } from "effect"
import { certifier, token } from "./support/run.js"

const layer = Sandbox.layerInProcess({ rateLimit: "Unlimited" })

/** A transport that dies with an error that contains the access token. */
const broken = Layer.succeed(
  HttpClient.HttpClient,
  HttpClient.make((request) => Effect.die(new Error(`can't send ${request.headers["authorization"]}`)))
)

const commands: ReadonlyArray<ReadonlyArray<string>> = [
  ["groups", "list"],
  ["groups", "get", "nope"],
  ["groups", "create", " "],
  ["credentials", "get", "01k0crd00000000000000000c1"],
  ["groups", "list", "--nope"],
  ["--help"]
]

describe("the access token", () => {
  it.live.each(commands.flatMap((command) => [command, [...command, "--verbose"]]).map((args) => ({ args })))(
    "is not printed by $args",
    ({ args }) =>
      Effect.gen(function* () {
        const { stderr, stdout } = yield* certifier(args)
        assertTrue(!`${stdout}${stderr}`.includes(token))
      }).pipe(Effect.provide(layer))
  )

  it.live.each([{ flags: [] }, { flags: ["--verbose"] }])("is not printed by a defect, with $flags", ({ flags }) =>
    Effect.gen(function* () {
      const { exit, stderr, stdout } = yield* certifier(["groups", "list", ...flags])
      strictEqual(exit, 70)
      assertInclude(stderr, "This is a bug in certifier")
      assertTrue(!`${stdout}${stderr}`.includes(token))
    }).pipe(Effect.provide(broken))
  )

  it.live("is requested on a terminal without echo", () =>
    Effect.gen(function* () {
      const { exit, stderr } = yield* certifier(["groups", "list"], {
        environment: { CERTIFIER_ACCESS_TOKEN: "" },
        answers: [token]
      })
      strictEqual(exit, 0)
      strictEqual(stderr, "Access token: \n")
    }).pipe(Effect.provide(layer))
  )

  it.live("is required without a terminal", () =>
    Effect.gen(function* () {
      const { exit, stderr } = yield* certifier(["groups", "list"], { environment: { CERTIFIER_ACCESS_TOKEN: "" } })
      strictEqual(exit, 78)
      assertInclude(stderr, "--token-file FILE")
    }).pipe(Effect.provide(layer))
  )

  it.live("is not sent to a sandbox", () =>
    Effect.gen(function* () {
      const { exit } = yield* certifier(["groups", "list", "--sandbox", "http://127.0.0.1:4999"])
      strictEqual(exit, 0)
      const [request] = yield* Sandbox.requests
      assertTrue(!JSON.stringify(request).includes(token))
    }).pipe(Effect.provide(layer))
  )
})

describe("--verbose", () => {
  it.live("logs method, URL, status and time of each request on standard error", () =>
    Effect.gen(function* () {
      const { stderr } = yield* certifier(["groups", "list", "-v"])
      strictEqual(stderr.replace(/\d+ms/, "5ms"), "GET https://api.certifier.io/v1/groups?limit=100 200 5ms\n")
    }).pipe(Effect.provide(layer))
  )
})
