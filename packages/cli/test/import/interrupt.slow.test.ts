import { Sandbox } from "@effect-certifier/sandbox"
import { it } from "@effect/vitest"
import { assertInclude, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { built } from "../support/built.js"
import { keys, withTerminal } from "../support/terminal.js"

const certifier = built()

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "certifier-import-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

/** A sandbox, a CSV file, and the command that imports it. */
const scene = Effect.fnUntraced(function* (people: number, requestsPerSecond: number) {
  const sandbox = yield* Sandbox.serve({ rateLimit: "Unlimited" })
  const cwd = yield* folder
  const rows = Array.from({ length: people }, (_, n) => `Person ${n},p${n}@example.com\n`)
  writeFileSync(join(cwd, "people.csv"), `name,email\n${rows.join("")}`)
  const env = { XDG_STATE_HOME: join(cwd, "state"), CERTIFIER_REQUESTS_PER_SECOND: String(requestsPerSecond) }
  const options = ["--group", "Financial Markets", "--send", "--yes", "--json", `--sandbox=${sandbox.url}`]
  const command = certifier("credentials", "import", "people.csv", ...options)
  const changes = sandbox.requestStream.pipe(
    Stream.filter(({ method, path }) => method === "POST" && !path.endsWith("/search"))
  )
  /** All credentials, the number of mails, and the number of people who were mailed. */
  const outcome = Effect.gen(function* () {
    const credentials = yield* sandbox.credentials
    const issued = credentials.map(({ recipient, status }) => `${recipient.name} ${status}`)
    const addresses = (yield* sandbox.mails).map(({ to }) => to)
    return { issued: issued.toSorted(), mails: addresses.length, mailed: new Set(addresses).size }
  })
  const issued = rows.map((_, n) => `Person ${n} issued`).toSorted()
  return { changes, command, cwd, env, issued, outcome }
})

it.scopedLive.each([80, 40])(
  "in %i columns the bar moves, Ctrl-C stops the job, and the same command continues",
  (columns) =>
    Effect.gen(function* () {
      const { command, cwd, env, issued, outcome } = yield* scene(12, 6)
      const options = { command, columns, rows: 40, cwd, env }
      const [code, text] = yield* Effect.promise(() =>
        withTerminal(options, async ({ exit, scrollback, type, waitFor }) => {
          await waitFor(/\[ +\] {2}0\/12/)
          await waitFor(/\[=+ +\] {2}[3-9]\/12/)
          type(keys.interrupt)
          return [await exit, scrollback()] as const
        })
      )
      strictEqual(code, 130, text)
      assertInclude(text.replaceAll("\n", " "), "no more are sent")
      strictEqual((yield* outcome).mails < 12, true)
      const again = yield* Effect.promise(() =>
        withTerminal(options, async ({ exit, scrollback }) => ({ code: await exit, text: scrollback() }))
      )
      strictEqual(again.code, 0, again.text)
      assertInclude(again.text.replaceAll("\n", " "), "Resuming the job import-")
      deepStrictEqual(yield* outcome, { issued, mails: 12, mailed: 12 })
    })
)

it.scopedLive(
  "after kill -9 at twenty random moments, each row is issued once and no person is mailed twice",
  () =>
    Effect.gen(function* () {
      const seed = Number(process.env["SEED"] ?? (yield* Random.nextIntBetween(0, 1_000_000)))
      process.stderr.write(`SEED=${seed}\n`)
      const random = Random.make(seed)
      const { changes, command, cwd, env, issued, outcome } = yield* scene(40, 60)
      const [node, ...args] = command
      const start = Effect.acquireRelease(
        Effect.sync(() =>
          spawn(node, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] })
        ),
        (child) => Effect.sync(() => child.kill("SIGKILL"))
      )
      const life = Effect.scoped(
        Effect.gen(function* () {
          const count = yield* random.nextIntBetween(1, 5)
          const millis = yield* random.nextIntBetween(0, 15)
          const child = yield* start
          const exited = Effect.promise(() => once(child, "exit"))
          const moment = changes.pipe(Stream.take(count), Stream.runDrain, Effect.zipRight(Effect.sleep(millis)))
          yield* Effect.raceFirst(Effect.timeout(moment, "60 seconds"), exited)
          const killed = child.exitCode === null && child.kill("SIGKILL")
          if (killed) yield* exited
          return killed
        })
      )
      let kills = 0
      for (let n = 0; n < 20; n += 1) kills += (yield* life) ? 1 : 0
      const last = yield* start
      let out = ""
      last.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()))
      const [code] = yield* Effect.promise(() => once(last, "close"))
      process.stderr.write(`${kills} kills, then ${out.replaceAll(/\s+/g, " ")}\n`)
      strictEqual(kills >= 10, true, `${kills} kills`)
      strictEqual(code === 0 || code === 3, true, `exit ${code}`)
      const { done, failed, phase, unknown } = JSON.parse(out)
      deepStrictEqual({ phase, failed, items: done + unknown }, { phase: "done", failed: 0, items: 40 })
      const result = yield* outcome
      deepStrictEqual(result.issued, issued)
      deepStrictEqual([result.mails, result.mails >= done], [result.mailed, true])
    }),
  180_000
)
