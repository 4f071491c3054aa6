import { Sandbox } from "@effect-certifier/sandbox"
import { describe, it } from "@effect/vitest"
import { assertInclude, strictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { certifier } from "./support/run.js"

describe("the command", () => {
  it.live("reads arguments, runs the command, and prints data on standard output only", () =>
    Effect.gen(function* () {
      const ran = yield* certifier(["groups", "list"])
      strictEqual(ran.exit, 0)
      strictEqual(
        ran.stdout,
        "ID                          NAME               UPDATED\n" +
          "01g90279gp5sbmfek7wymcsvec  Financial Markets  2022-01-01T00:00:00.000Z\n"
      )
      strictEqual(ran.stderr, "")
    }).pipe(Effect.provide(Sandbox.layerInProcess({ rateLimit: "Unlimited" })))
  )

  it.live.each([
    { args: ["nope"], hint: 'certifier has no command "nope". Its commands: groups, ' },
    { args: ["nope"], hint: "See certifier --help" },
    { args: ["designs", "lst"], hint: 'certifier designs has no command "lst". Its commands: list, get\n' },
    { args: ["groups", "nope"], hint: "See certifier groups --help" },
    { args: ["--completions", "tcsh"], hint: "There are completions for bash, zsh and fish." },
    { args: ["groups", "list", "--nope"], hint: "See certifier groups list --help" },
    { args: ["groups", "list", "--limit", ""], hint: "The value after --limit is empty." }
  ])("exits with 64 for $args, and suggests a correction", ({ args, hint }) =>
    Effect.gen(function* () {
      const ran = yield* certifier(args)
      strictEqual(ran.exit, 64)
      strictEqual(ran.stdout, "")
      assertInclude(ran.stderr, hint)
    }).pipe(Effect.provide(Sandbox.layerInProcess({ rateLimit: "Unlimited" })))
  )

  it.live("reports the name of a variable with an invalid value", () =>
    Effect.gen(function* () {
      const environment = { CERTIFIER_REQUESTS_PER_SECOND: "x" }
      const { exit, stderr } = yield* certifier(["groups", "list"], { environment })
      strictEqual(exit, 78)
      assertInclude(stderr, 'CERTIFIER_REQUESTS_PER_SECOND: expected an integer value but received "x".\n')
    }).pipe(Effect.provide(Sandbox.layerInProcess({ rateLimit: "Unlimited" })))
  )

  it.live("reports that a worker requires a database before it requests the token", () =>
    Effect.gen(function* () {
      const { exit, stderr } = yield* certifier(["jobs", "worker"], { environment: { CERTIFIER_ACCESS_TOKEN: "" } })
      strictEqual(exit, 64)
      assertInclude(stderr, "A worker requires a PostgreSQL database.\n")
    }).pipe(Effect.provide(Sandbox.layerInProcess({ rateLimit: "Unlimited" })))
  )

  it.live.each([
    { args: ["jobs", "worker"] },
    { args: ["jobs", "resume", "import-0123456789ab"] },
    { args: ["jobs", "retry", "import-0123456789ab", "--failed"] },
    { args: ["credentials", "import", "people.csv", "--group", "First Aid"] }
  ])("reports an invalid --database before it requests the token: $args", ({ args }) =>
    Effect.gen(function* () {
      const environment = { CERTIFIER_ACCESS_TOKEN: "" }
      const ran = yield* certifier([...args, "--database", "postgres//db/certifier"], { environment })
      strictEqual(ran.exit, 64)
      assertInclude(ran.stderr, "--database is not the URL of a PostgreSQL database.\n")
    }).pipe(Effect.provide(Sandbox.layerInProcess({ rateLimit: "Unlimited" })))
  )
})
