import * as JobEngine from "@effect-certifier/jobs/JobEngine"
import * as JobRunner from "@effect-certifier/jobs/JobRunner"
import * as Jobs from "@effect-certifier/jobs/Jobs"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { confirm } from "../confirm.js"
import { CliFailure, usage } from "../failure.js"
import * as Database from "../jobs/database.js"
import * as Operations from "../jobs/operations.js"
import * as Run from "../jobs/run.js"
import { Output } from "../output.js"
import { Target } from "../target.js"

interface OfJob {
  readonly job: string
  readonly database: Option.Option<string>
}

/** A job of a sandbox never runs against Certifier, nor the other way round. */
const checkTarget = Effect.fnUntraced(function* ({ id, operation }: Jobs.Job) {
  const { baseUrl } = yield* Target
  const kind = Operations.kindOf(operation)
  if (Option.isSome(kind) && Option.getOrNull(kind.value.baseUrl) === Option.getOrNull(baseUrl)) return
  const where = Option.match(
    Option.flatMap(kind, ({ baseUrl }) => baseUrl),
    {
      onNone: () => "Certifier itself",
      onSome: (url) => url
    }
  )
  return yield* new CliFailure({
    exit: "usage",
    problem: Option.isNone(kind) ? `The job ${id} is of another program.` : `The job ${id} talks to ${where}.`,
    changed: "Nothing was sent.",
    next: Option.isNone(kind) ? "certifier jobs list" : `For a sandbox add --sandbox URL, for Certifier leave it out.`
  })
})

/** Changes the state of a job with `before`, and sees it to its end. */
const goOn = Effect.fnUntraced(function* ({ database, job }: OfJob, before: typeof Jobs.resume) {
  const { message, one } = yield* Output
  const stored = Database.layer(database)
  yield* Effect.provide(Effect.flatMap(Run.get(job), checkTarget), stored)
  const begin = Effect.mapError(before(job), Run.toFailure)
  const isShared = yield* Database.isShared(database)
  if (isShared) {
    yield* Effect.provide(begin, stored)
    return yield* message("Workers go on with it, which are started with: certifier jobs worker")
  }
  const progress = yield* Run.embedded(job, begin, `certifier jobs resume ${job}`)
  yield* one(Run.view, { id: job, ...progress })
  yield* Run.outcome(job, progress, `See which: certifier jobs report ${job}`)
})

/** One that runs according to its state, and whose process has ended, is not paused; so nothing has to be changed. */
const resumed: typeof Jobs.resume = (id) =>
  Jobs.resume(id).pipe(
    Effect.catchIf(
      (error) => error._tag === "JobState" && error.state === "running",
      () => Effect.void
    )
  )

export const resume = (options: OfJob) => goOn(options, resumed)

export const retry = Effect.fnUntraced(function* (
  options: OfJob & { readonly failed: boolean; readonly unknown: boolean; readonly yes: boolean }
) {
  const { failed, unknown, yes } = options
  if (failed === unknown) return yield* usage("Say which: --failed or --unknown.")
  if (unknown) {
    yield* confirm("A mail may have been sent already for these. Mail once more those that are not known?", yes)
  }
  yield* goOn(options, (id) => Effect.asVoid(Jobs.retry(id, failed ? "failed" : "unknown")))
})

export const worker = Effect.fnUntraced(function* (options: {
  readonly database: Option.Option<string>
  readonly host: Option.Option<string>
  readonly port: number
}) {
  const { database, host, port } = options
  if (!(yield* Database.isShared(database))) {
    return yield* usage(
      "A worker needs a PostgreSQL database.",
      "Add --database postgres://user@host:5432/name. Without a database, certifier jobs resume JOB does the work."
    )
  }
  const { message } = yield* Output
  const { baseUrl, isSandbox } = yield* Target
  const engine = JobEngine.layerRunner({ host: Option.getOrUndefined(host), port, rateLimit: "single" })
  const runner = JobRunner.layer(Operations.all(baseUrl, isSandbox)).pipe(
    Layer.provide(engine),
    Layer.mapError(Run.toFailure),
    Layer.provideMerge(Database.layer(database))
  )
  yield* message(
    `Works on jobs, and is reached at ${Option.getOrElse(host, () => "127.0.0.1")}:${port}. Ctrl-C stops it.`
  )
  yield* JobRunner.stalled.pipe(
    Effect.mapError(Run.toFailure),
    Effect.onInterrupt(() => message("Stopping: what is on its way ends.")),
    Effect.provide(runner),
    Effect.provide(Run.logging)
  )
})
