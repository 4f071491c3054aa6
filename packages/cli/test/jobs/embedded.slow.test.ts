import * as JobEngine from "@effect-certifier/jobs/JobEngine"
import * as Jobs from "@effect-certifier/jobs/Jobs"
import { it } from "@effect/vitest"
import { assertInclude, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import * as Operations from "../../src/internal/jobs/operations.js"
import { built } from "../support/built.js"
import * as Scene from "../support/scene.js"
import { keys, withTerminal } from "../support/terminal.js"

const certifier = built()

/** A scene with an import that has sent a mail, and takes minutes at one request per second. */
const importing = Effect.gen(function* () {
  const scene = yield* Scene.make({ certifier, people: 60 })
  const moment = yield* Effect.fork(scene.mailed)
  const running = yield* scene.startAt(1, ...scene.importing)
  yield* moment
  const listed = yield* scene.run("jobs", "list", "--json")
  strictEqual(listed.code, 0, listed.stderr)
  const [{ id, phase }] = JSON.parse(listed.stdout)
  strictEqual(phase, "running")
  return { ...scene, id: String(id), running }
})

const limit = 180_000

it.scopedLive(
  "pause and cancel stop an import in another process, which reports it",
  () =>
    Effect.gen(function* () {
      const { all, id, importing: command, inSandbox, outcome, run, running } = yield* importing
      const second = yield* run(...command)
      strictEqual(second.code, 75)
      assertInclude(second.stderr, "Another certifier command is running a job.\nNothing was changed.\n")
      const paused = yield* run("jobs", "pause", id)
      strictEqual(paused.stderr, `Paused. To resume it: certifier jobs resume ${id} ${inSandbox.replace("=", " ")}\n`)
      const ended = yield* running.exit
      strictEqual(ended.code, 1)
      assertInclude(ended.stderr, "The job was paused.\n")
      assertInclude(ended.stderr, " of 60 done.\nTo resume it: certifier jobs resume import-")
      const { mails } = yield* outcome
      strictEqual(mails > 0 && mails < 60, true, `${mails} mails`)

      strictEqual((yield* run("jobs", "cancel", id)).code, 0)
      const refused = yield* run("jobs", "pause", id)
      assertInclude(refused.stderr, `The job ${id} was cancelled.\nNothing was changed.\nTo resume it: `)
      deepStrictEqual((yield* outcome).mails, mails)
      const resumed = yield* run("jobs", "resume", id, inSandbox)
      strictEqual(resumed.code, 0, resumed.stderr)
      deepStrictEqual(yield* outcome, all)
      const none = yield* run("jobs", "retry", id, "--failed", inSandbox)
      deepStrictEqual([none.code, none.stderr.split("\n")[0]], [1, `The job ${id} has no failed items.`])
    }),
  limit
)

it.scopedLive.each([80, 40])(
  "in %i columns, show --follow shows an import in another process, and Ctrl-C does not stop the import",
  (columns) =>
    Effect.gen(function* () {
      const { cwd, env, id, run, running } = yield* importing
      const follow = { command: certifier("jobs", "show", id, "--follow"), columns, cwd, env }
      const counted = (text: string) => Number(/(\d+)\/60/.exec(text)?.[1])
      const stopped = yield* Effect.promise(() =>
        withTerminal(follow, async ({ exit, screen, scrollback, type, waitFor }) => {
          const first = counted(await waitFor(/\[=* +\] {2}\d+\/60/))
          await waitFor(new RegExp(`\\[=+ +\\] {2}${first + 1}/60`))
          strictEqual(screen().split("\n").length, 1, screen())
          type(keys.interrupt)
          return { code: await exit, text: scrollback() }
        })
      )
      strictEqual(stopped.code, 130, stopped.text)
      assertInclude(
        stopped.text.replaceAll("\n", " "),
        `This has not stopped the job. To stop it: certifier jobs pause`
      )
      strictEqual(running.child.exitCode, null)
      const followed = yield* Effect.promise(() =>
        withTerminal(follow, async ({ exit, scrollback, waitFor }) => {
          await waitFor(/\[=+ +\] {2}\d+\/60/)
          strictEqual((await Effect.runPromise(run("jobs", "cancel", id))).code, 0)
          return { code: await exit, text: scrollback() }
        })
      )
      strictEqual(followed.code, 1, followed.text)
      assertInclude(followed.text, "The job was cancelled.")
      strictEqual((yield* running.exit).code, 1)
    }),
  limit
)

it.scopedLive(
  "a killed import is interrupted: a command that follows it fails, and the same import command completes it",
  () =>
    Effect.gen(function* () {
      const { id, importing: command, outcome, run, running, start } = yield* importing
      const following = yield* start("jobs", "show", id, "--follow")
      yield* following.says("/60")
      running.child.kill("SIGKILL")
      const left = yield* following.exit
      strictEqual(left.code, 1)
      assertInclude(left.stderr, `The job ${id} was interrupted: no command is running it.\n`)
      assertInclude(left.stderr, `To resume it: certifier jobs resume ${id} --sandbox http://127.0.0.1:`)
      const [{ phase }] = JSON.parse((yield* run("jobs", "list", "--json")).stdout)
      strictEqual(phase, "interrupted")
      const rest = yield* run(...command)
      strictEqual(rest.code === 0 || rest.code === 3, true, rest.stderr)
      const { issued, mailed, mails } = yield* outcome
      deepStrictEqual([issued.length, mails], [60, mailed])
    }),
  limit
)

it.scopedLive(
  "resume does not run a job that was cancelled while its rows were read",
  () =>
    Effect.gen(function* () {
      const { cwd, inSandbox, run, sandbox } = yield* Scene.make({ certifier, people: 1 })
      const folder = join(cwd, "state", "certifier")
      mkdirSync(folder, { recursive: true })
      const row = {
        groupId: "01g90279gp5sbmfek7wymcsvec",
        recipient: { name: "Ada Example", email: "ada@example.com" }
      }
      const operation = Operations.make({ send: true, baseUrl: Option.some(sandbox.url) }, true)
      yield* Effect.gen(function* () {
        yield* Jobs.createTables
        const items = Stream.concat(Stream.make(row), Stream.fail("interrupted"))
        yield* Effect.flip(Jobs.submit(operation, { id: "import-a", items }))
      }).pipe(Effect.provide(JobEngine.layerDatabase({ file: join(folder, "jobs.db") })))
      strictEqual((yield* run("jobs", "cancel", "import-a")).code, 0)
      const resumed = yield* run("jobs", "resume", "import-a", inSandbox)
      strictEqual(resumed.code, 1, resumed.stderr)
      assertInclude(resumed.stderr, "Not all rows of the job import-a were read.\nNothing was sent.\n")
      deepStrictEqual((yield* sandbox.requests).length, 0)
    }),
  limit
)
