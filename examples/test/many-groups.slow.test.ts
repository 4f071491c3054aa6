import { Fault } from "@effect-certifier/sandbox"
import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Stream } from "effect"
import { run, start, timeout } from "./support/program.js"

const report = [
  /^37 of 40 groups updated$/,
  /^course-31 CertifierNotFound$/,
  /^ {2}updateGroup: the API returned 404 not_found: .* Nothing was changed\.$/,
  /^course-23 CertifierUnknownApiError$/,
  /^ {2}updateGroup: the API returned 503 .* It may have taken effect\.$/,
  /^course-07 CertifierForbidden$/,
  /^ {2}updateGroup: the API returned 403 forbidden: .* Nothing was changed\.$/
]

const isReport = (lines: ReadonlyArray<string>) => {
  assert.strictEqual(lines.length, report.length, lines.join("\n"))
  for (const [index, line] of report.entries()) assert.match(lines[index] ?? "", line)
}

/** The number of each; their order depends on the network. */
const counts = (requests: ReadonlyArray<string>) =>
  Object.fromEntries([...new Set(requests)].map((one) => [one, requests.filter((other) => other === one).length]))

describe("many-groups", { timeout }, () => {
  it.live("updates all groups that it can, reports failures in the order of the list, and fails", () =>
    Effect.gen(function* () {
      const { code, lines, requests, stderr } = yield* run("many-groups")
      assert.strictEqual(code, 1)
      isReport(lines)
      const progress = stderr.split("\n").filter((line) => line.includes("/40"))
      deepStrictEqual(
        progress.map((line) => line.split(" ")[0]),
        Array.from({ length: 40 }, (_, index) => `${index + 1}/40`)
      )
      deepStrictEqual(progress.flatMap((line) => /\S+ (\S+) failed$/.exec(line)?.[1] ?? []).toSorted(), [
        "course-07",
        "course-23",
        "course-31"
      ])
      assert.notInclude(stderr, "\u001b")
      deepStrictEqual(counts(requests), {
        "GET 200": 1,
        "PATCH 200": 37,
        "PATCH 403 (fault)": 1,
        "PATCH 404 (fault)": 1,
        "PATCH 429 (fault)": 1,
        "PATCH 503 (fault)": 4,
        "PATCH 502 (fault)": 1,
        "PATCH broken off (fault)": 1
      })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.live("draws a bar on a terminal", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* run("many-groups", { terminal: true })
      assert.strictEqual(code, 1)
      const [bar = "", ...after] = stdout.replaceAll("\r\n", "\n").split("\n")
      const steps = bar
        .split("\r")
        .slice(1)
        .map((step) => step.replace("\u001b[K", ""))
      assert.strictEqual(steps.length, 40)
      assert.strictEqual(steps[0], `█${"░".repeat(29)} 1/40, 0 failed`)
      assert.strictEqual(steps[39], `${"█".repeat(30)} 40/40, 3 failed`)
      isReport(after.slice(0, report.length))
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("reports that it was stopped, and does not succeed", () =>
    Effect.gen(function* () {
      // One update gets no response, so that the program can be stopped.
      const stall = { fault: Fault.stall(), method: "PATCH", path: "/v1/groups/course-33" }
      const program = yield* start("many-groups", { env: { SANDBOX_FAULT: JSON.stringify(stall) } })
      const [code, , stdout] = yield* Effect.all(
        [
          program.exitCode,
          program.stderr.pipe(
            Stream.decodeText(),
            Stream.splitLines,
            Stream.tap((line) => (line.startsWith("30/40 ") ? program.kill("SIGINT") : Effect.void)),
            Stream.filter((line) => line.startsWith("Stopped: ")),
            Stream.runCount,
            Effect.tap((stopped) => assert.strictEqual(stopped, 1))
          ),
          program.stdout.pipe(Stream.decodeText(), Stream.mkString)
        ],
        { concurrency: "unbounded" }
      )
      assert.strictEqual(Number(code), 130)
      assert.strictEqual(stdout, "")
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
