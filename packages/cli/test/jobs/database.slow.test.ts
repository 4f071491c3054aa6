import { describe, it } from "@effect/vitest"
import { assertInclude, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { Redis } from "ioredis"
import { built } from "../support/built.js"
import { database } from "../support/postgres.js"
import * as Scene from "../support/scene.js"
import { missing } from "../support/services.js"

const certifier = built()

/** A scene whose jobs are in PostgreSQL. */
const scene = Effect.fnUntraced(function* (people: number, env: Readonly<Record<string, string>> = {}) {
  const url = yield* database
  const { importing, run, startAt, ...rest } = yield* Scene.make({ certifier, people, env })
  const { inSandbox } = rest
  const inDatabase = ["--database", url]
  const worker = Effect.fnUntraced(function* (requestsPerSecond: number) {
    const port = yield* Scene.freePort
    const working = yield* startAt(requestsPerSecond, "jobs", "worker", ...inDatabase, `--port=${port}`, inSandbox)
    return { ...working, port }
  })
  const submit = startAt(100, ...importing, ...inDatabase)
  /** The state of the only job. */
  const job = Effect.map(run("jobs", "list", "--json", ...inDatabase), ({ code, stderr, stdout }) => {
    strictEqual(code, 0, stderr)
    const [{ done, id, pending, phase }] = JSON.parse(stdout)
    return { id: String(id), phase, done, pending }
  })
  return { ...rest, inDatabase, job, run, submit, url, worker }
})

const limit = 180_000

/** Records the commands of all processes to Redis, with their connections. */
const monitor = Effect.acquireRelease(
  Effect.promise(async () => {
    const redis = await new Redis("redis://127.0.0.1:6379").monitor()
    const seen: Array<{ readonly text: string; readonly from: string }> = []
    redis.on("monitor", (_time: string, words: ReadonlyArray<string>, from: string) =>
      seen.push({ text: words.join(" "), from })
    )
    return { redis, seen }
  }),
  ({ redis }) => Effect.sync(() => redis.disconnect())
)

const lacking = await missing()
if (lacking.length > 0) console.warn(`No ${lacking.join(", no ")} here: the jobs of many machines are not tested.`)

describe.skipIf(lacking.length > 0)("jobs in PostgreSQL", () => {
  it.scopedLive(
    "a worker runs the job of a killed command, and ends after SIGTERM",
    () =>
      Effect.gen(function* () {
        const { all, inDatabase, job, outcome, run, submit, worker } = yield* scene(12)
        const submitted = yield* submit
        yield* submitted.says("0/12")
        submitted.child.kill("SIGKILL")
        deepStrictEqual((yield* outcome).issued, [])
        const { id, ...before } = yield* job
        deepStrictEqual(before, { done: 0, pending: 12, phase: "running" })

        const working = yield* worker(100)
        const followed = yield* run("jobs", "show", id, "--follow", "--json", ...inDatabase)
        strictEqual(followed.code, 0, followed.stderr)
        strictEqual(JSON.parse(followed.stdout).done, 12)
        deepStrictEqual(yield* outcome, all)
        working.child.kill("SIGTERM")
        const ended = yield* Effect.timeout(working.exit, "20 seconds")
        strictEqual(ended.code, 130)
        assertInclude(
          ended.stderr,
          "Running jobs.\nStopping: requests in flight are completed, and no more are sent.\n"
        )

        const report = yield* run("jobs", "report", id, ...inDatabase)
        strictEqual(report.stdout.split("\r\n").filter((line) => line.includes('"done"')).length, 12)
        const again = yield* Effect.flatMap(submit, ({ exit }) => exit)
        strictEqual(again.code, 0)
        assertInclude(again.stderr, `The job ${id} of this file is done`)
        deepStrictEqual(yield* outcome, all)
      }),
    limit
  )

  it.scopedLive(
    "pause and cancel stop a job that a worker runs, and the command that follows it reports it",
    () =>
      Effect.gen(function* () {
        const { inDatabase, inSandbox, job, mailed, outcome, run, submit, url, worker } = yield* scene(60)
        yield* worker(1)
        const moment = yield* Effect.fork(mailed)
        const follows = yield* submit
        yield* moment
        const { id } = yield* job
        const resume = `To resume it: certifier jobs resume ${id}`
        const flags = [`--database ${url}`, inSandbox.replace("=", " ")]
        const paused = yield* run("jobs", "pause", id, ...inDatabase)
        strictEqual(paused.stderr, `Paused. ${[resume, ...flags.toReversed()].join(" ")}\n`)
        const ended = yield* follows.exit
        strictEqual(ended.code, 1)
        assertInclude(ended.stderr, `The job was paused.\n`)
        assertInclude(ended.stderr, `${[resume, ...flags].join(" ")}\n`)

        const resumed = yield* run("jobs", "resume", id, ...inDatabase, inSandbox)
        assertInclude(resumed.stderr, "Workers resume the job.")
        strictEqual((yield* job).phase, "running")
        strictEqual((yield* run("jobs", "cancel", id, ...inDatabase)).code, 0)
        const shown = yield* run("jobs", "show", id, ...inDatabase)
        assertInclude(shown.stdout, "STATE    cancelled\n")
        const { mails } = yield* outcome
        strictEqual(mails > 0 && mails < 60, true, `${mails} mails`)
        const again = yield* Effect.flatMap(submit, ({ exit }) => exit)
        strictEqual(again.code, 1)
        assertInclude(again.stderr, `The job ${id} of this file was cancelled.\nNothing was sent.\n`)
        strictEqual((yield* run("jobs", "remove", id, "--yes", ...inDatabase)).code, 0)
      }),
    limit
  )

  it.scopedLive(
    "a second worker without a shared rate limit is rejected",
    () =>
      Effect.gen(function* () {
        const { all, job, outcome, submit, worker } = yield* scene(12)
        const first = yield* worker(100)
        yield* first.says("Running jobs.")
        const second = yield* worker(100)
        const refused = yield* second.exit
        strictEqual(refused.code, 75)
        assertInclude(refused.stderr, `The worker 127.0.0.1:${first.port} works on the jobs of this database`)
        assertInclude(refused.stderr, "give each the same CERTIFIER_REDIS_URL.\n")
        strictEqual((yield* Effect.flatMap(submit, ({ exit }) => exit)).code, 0)
        deepStrictEqual(yield* outcome, all)
        strictEqual((yield* job).phase, "done")
      }),
    limit
  )

  it.scopedLive(
    "workers share the jobs of a database, and request a slot from Redis before each request",
    () =>
      Effect.gen(function* () {
        const env = { CERTIFIER_REDIS_URL: "redis://127.0.0.1:6379" }
        const { all, outcome, sandbox, submit, worker } = yield* scene(12, env)
        const { seen } = yield* monitor
        for (const { says } of [yield* worker(20), yield* worker(20)]) yield* says("Running jobs.")
        const submitted = yield* Effect.flatMap(submit, ({ exit }) => exit)
        strictEqual(submitted.code, 0, submitted.stderr)
        deepStrictEqual(yield* outcome, all)
        const slots = seen.filter(({ text }) => /^eval/i.test(text) && text.includes(sandbox.url))
        const { length } = yield* sandbox.requests
        strictEqual(slots.length >= length, true, `${slots.length} slots for ${length} requests`)
        // The connections of the import and of at least one worker.
        strictEqual(new Set(slots.map(({ from }) => from)).size >= 2, true)
      }),
    limit
  )
})
