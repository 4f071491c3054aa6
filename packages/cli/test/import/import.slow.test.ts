import { Fault, Fixture, Sandbox } from "@effect-certifier/sandbox"
import { it } from "@effect/vitest"
import { assertInclude, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { parse } from "csv-parse/sync"
import { Effect } from "effect"
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe } from "vitest"
import { certifier, token, type Options } from "../support/run.js"

/** A folder with a CSV file and the job store. */
const place = (csv: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const folder = mkdtempSync(join(tmpdir(), "certifier-import-"))
      writeFileSync(join(folder, "people.csv"), csv)
      return folder
    }),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
  )

const inPlace = (folder: string) => {
  const environment = { XDG_STATE_HOME: join(folder, "state") }
  return {
    run: (args: ReadonlyArray<string>, options: Options = {}) => certifier(args, { ...options, environment }),
    importing: (...args: ReadonlyArray<string>) =>
      certifier(["credentials", "import", join(folder, "people.csv"), "--group", "Financial Markets", ...args], {
        environment
      }),
    report: () => readFileSync(join(folder, "people.report.csv"), "utf8").split("\r\n")
  }
}

const three = "name,email\n=cmd(),a@example.com\n-Ada,b@example.com\nZoë,c@example.com\n"

const sandboxed = Effect.provide(Sandbox.layerInProcess({ rateLimit: "Unlimited" }))

describe("certifier credentials import", () => {
  it.scopedLive("issues each row once, reports when it was done already, and does not store the token", () =>
    Effect.gen(function* () {
      const folder = yield* place(three)
      const { importing, report, run } = inPlace(folder)
      const first = yield* importing("--send", "--yes", "--json")
      strictEqual(first.exit, 0, first.stderr)
      const { id, report: _, ...counts } = JSON.parse(first.stdout)
      deepStrictEqual(counts, { phase: "done", total: 3, pending: 0, done: 3, failed: 0, unknown: 0 })
      const sandbox = yield* Sandbox.Sandbox
      const issued = yield* sandbox.credentials
      deepStrictEqual(issued.map(({ recipient, status }) => `${recipient.name} ${status}`).toSorted(), [
        "-Ada issued",
        "=cmd() issued",
        "Zoë issued"
      ])
      const rows = report()
      strictEqual(rows[0], '\uFEFF"line","name","email","state","credential_id","public_link","problem","what_to_do"')
      strictEqual(rows[2]?.startsWith(`"3","'-Ada","b@example.com","done","0`), true, rows[2])

      rmSync(join(folder, "people.report.csv"))
      const second = yield* importing("--send")
      strictEqual(second.exit, 0, second.stderr)
      assertInclude(second.stderr, `The job ${id} of this file is done`)
      deepStrictEqual(report(), rows)
      strictEqual((yield* Sandbox.mails).length, 3)

      const listed = yield* run(["jobs", "list", "--json"])
      deepStrictEqual(JSON.parse(listed.stdout)[0].id, id)
      strictEqual((yield* run(["jobs", "report", id])).stdout, rows.join("\r\n"))

      const stored = readdirSync(join(folder, "state", "certifier"))
      strictEqual(stored.includes("jobs.db"), true)
      for (const file of stored) {
        strictEqual(readFileSync(join(folder, "state", "certifier", file)).includes(token), false, file)
      }
      for (const { stderr, stdout } of [first, second, listed]) strictEqual(`${stderr}${stdout}`.includes(token), false)
    }).pipe(sandboxed)
  )

  it.scopedLive(
    "sends nothing if the file has faults, if a person already has a credential, or without a confirmation",
    () =>
      Effect.gen(function* () {
        const folder = yield* place(three)
        const { importing } = inPlace(folder)
        const unconfirmed = yield* importing("--send")
        strictEqual(unconfirmed.exit, 64)
        assertInclude(unconfirmed.stderr, "To confirm without one, add --yes.")

        const sandbox = yield* Sandbox.Sandbox
        yield* sandbox.setCredential(
          Fixture.credential({
            groupId: Fixture.groupJson.id,
            recipient: { id: "01k0rcp00000000000000000r1", name: "Other name", email: "C@example.com" }
          })
        )
        const before = yield* sandbox.credentials
        const existing = yield* importing("--send", "--yes")
        strictEqual(existing.exit, 65)
        strictEqual(
          existing.stdout,
          `Line 4: email "C@example.com" already has a credential in this group: ${before[0]?.id} (issued).\n`
        )

        writeFileSync(join(folder, "people.csv"), "name,email\nAda,none\n,b@example.com\n")
        const faulty = yield* importing("--yes", "--jsonl")
        deepStrictEqual(
          faulty.stdout
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line)),
          [
            { line: 2, column: "email", value: "none", problem: "is not an email address" },
            { line: 3, column: "name", value: "", problem: "is empty" }
          ]
        )
        assertInclude(faulty.stderr, "has 2 faults.\nNothing was sent.\n")
        deepStrictEqual(yield* sandbox.credentials, before)
        strictEqual(existsSync(join(folder, "people.report.csv")), false)
        const requests = yield* Sandbox.requests
        deepStrictEqual(
          requests.filter(({ method, path }) => method !== "GET" && !path.endsWith("/search")),
          []
        )
      }).pipe(sandboxed)
  )

  it.scopedLive("reports failed items and those with an unknown outcome, and retries them", () =>
    Effect.gen(function* () {
      const folder = yield* place(three)
      const { importing, report, run } = inPlace(folder)
      yield* Sandbox.inject(Fault.error("validation_error"), { operation: "createCredential" })
      yield* Sandbox.inject(Fault.reset(), { operation: "sendCredential" })
      const ran = yield* importing("--send", "--yes", "--json")
      strictEqual(ran.exit, 3, ran.stderr)
      const { done, failed, id, unknown } = JSON.parse(ran.stdout)
      deepStrictEqual({ done, failed, unknown }, { done: 1, failed: 1, unknown: 1 })
      assertInclude(ran.stderr, "1 of 3 done, 1 failed, 1 unknown.\n")
      const rows = parse(report().join("\r\n"), { bom: true, from: 2 })
      deepStrictEqual(rows.map((row) => row[3]).toSorted(), ["done", "failed", "unknown"])
      strictEqual((yield* run(["jobs", "retry", id, "--failed"])).exit, 3)
      strictEqual((yield* run(["jobs", "retry", id, "--unknown"])).exit, 64)
      const last = yield* run(["jobs", "retry", id, "--unknown", "--yes", "--json"])
      strictEqual(last.exit, 0, last.stderr)
      const sandbox = yield* Sandbox.Sandbox
      strictEqual((yield* sandbox.credentials).length, 3)
      deepStrictEqual((yield* Sandbox.mails).map(({ to }) => to).toSorted().length, 4)
    }).pipe(sandboxed)
  )

  it.scopedLive("pauses when the token is rejected, and the same command continues", () =>
    Effect.gen(function* () {
      const folder = yield* place(three)
      const { importing, run } = inPlace(folder)
      yield* Sandbox.inject(Fault.error("unauthorized"), { operation: "createCredential" })
      const paused = yield* importing("--send", "--yes")
      strictEqual(paused.exit, 77, paused.stderr)
      assertInclude(paused.stderr, "The job is paused:")
      const [{ id, phase }] = JSON.parse((yield* run(["jobs", "list", "--json"])).stdout)
      strictEqual(phase, "paused")
      const wrong = yield* run(["jobs", "resume", id, "--sandbox"])
      deepStrictEqual([wrong.exit, wrong.stderr.split("\n")[0]], [64, `The job ${id} uses Certifier.`])
      const again = yield* importing("--send")
      strictEqual(again.exit, 0, again.stderr)
      strictEqual((yield* Sandbox.mails).length, 3)
      strictEqual((yield* run(["jobs", "remove", id, "--yes"])).exit, 0)
      strictEqual((yield* run(["jobs", "list", "--json"])).stdout.trim(), "[]")
      const gone = yield* run(["jobs", "show", id])
      deepStrictEqual([gone.exit, gone.stderr.split("\n")[0]], [66, `There is no job "${id}".`])
    }).pipe(sandboxed)
  )
})
