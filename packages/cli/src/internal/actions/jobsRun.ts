import * as JobEngine from "@effect-certifier/jobs/JobEngine"
import * as JobRunner from "@effect-certifier/jobs/JobRunner"
import * as Jobs from "@effect-certifier/jobs/Jobs"
import type * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { confirm } from "../confirm.js"
import { CliFailure, nothingChanged, usage } from "../failure.js"
import * as Hints from "../hints.js"
import * as Database from "../jobs/database.js"
import * as Operations from "../jobs/operations.js"
import * as Run from "../jobs/run.js"
import { Output } from "../output.js"
import { Target } from "../target.js"

interface OfJob {
  readonly job: string
  readonly database: Option.Option<string>
}

/** A job of a sandbox must not run against Certifier, or vice versa. */
const checkTarget = Effect.fnUntraced(function* ({ id, operation }: Jobs.Job) {
  const { baseUrl } = yield* Target
  const kind = Operations.kindOf(operation)
  if (Option.isSome(kind) && Option.getOrNull(kind.value.baseUrl) === Option.getOrNull(baseUrl)) return
  const where = Option.match(
    Option.flatMap(kind, ({ baseUrl }) => baseUrl),
    {
      onNone: () => "Certifier",
      onSome: (url) => url
    }
  )
  return yield* new CliFailure({
    exit: "usage",
    problem: Option.isNone(kind) ? `The job ${id} belongs to another program.` : `The job ${id} uses ${where}.`,
    changed: "Nothing was sent.",
    next: Option.match(kind, {
      onNone: () => "To list all jobs: certifier jobs list",
      onSome: ({ baseUrl }) =>
        Option.match(baseUrl, {
          onNone: () => "Run the same command without --sandbox, and without CERTIFIER_BASE_URL.",
          onSome: (url) => `Run the same command with --sandbox ${url}`
        })
    })
  })
})

const closed = (address: string) =>
  new CliFailure({
    exit: "failed",
    problem: `${address} can't be opened: another program uses the port, or this machine does not have the address.`,
    changed: nothingChanged,
    next: "Choose another one with --port or --host."
  })

const byWorkers = (id: string) =>
  `Workers resume the job. To follow it: certifier jobs show ${id} --follow\nIf no worker is running, start one: certifier jobs worker`

/** Changes the state of a job with `before`. Without a shared database, it also runs the job. */
const goOn = <E>({ database, job }: OfJob, before: Effect.Effect<void, E | CliFailure, Output | SqlClient.SqlClient>) =>
  Effect.gen(function* () {
    const { message, one } = yield* Output
    const stored = Database.layer(database)
    yield* Effect.provide(Effect.flatMap(Run.get(job), checkTarget), stored)
    if (yield* Database.isShared(database)) {
      yield* Effect.provide(before, stored)
      return yield* message(byWorkers(job))
    }
    const progress = yield* Run.embedded(job, before, `To resume it: certifier jobs resume ${job}`)
    yield* one(Run.view, { id: job, ...progress })
    yield* Run.outcome(job, progress, `To list them: certifier jobs report ${job}`)
  }).pipe(Hints.withFlags(Hints.database(database)))

/** A job that was cancelled while its rows were read is loading again. Nothing is sent before all of them are read. */
const checkComplete = (id: string) =>
  Effect.flatMap(Run.get(id), ({ phase }) =>
    phase === "loading"
      ? new CliFailure({
          exit: "failed",
          problem: `Not all rows of the job ${id} were read.`,
          changed: "Nothing was sent.",
          next: "Run the same certifier credentials import again that started it."
        })
      : Effect.void
  )

/** A job whose process was killed is still stored as running, so its state remains unchanged. */
export const resume = (options: OfJob) =>
  goOn(
    options,
    Jobs.resume(options.job).pipe(
      Effect.catchIf(
        (error) => error._tag === "JobState" && error.state === "running",
        () => Effect.void
      ),
      Effect.mapError(Run.toFailure),
      Effect.zipRight(checkComplete(options.job))
    )
  )

const noneOf = (id: string, which: "failed" | "unknown") =>
  new CliFailure({
    exit: "failed",
    problem:
      which === "failed" ? `The job ${id} has no failed items.` : `The job ${id} has no items with an unknown outcome.`,
    changed: nothingChanged,
    next: `See it: certifier jobs show ${id}`
  })

export const retry = Effect.fnUntraced(function* (
  options: OfJob & { readonly failed: boolean; readonly unknown: boolean; readonly yes: boolean }
) {
  const { failed, job, unknown, yes } = options
  if (failed === unknown) return yield* usage("Specify --failed or --unknown.")
  if (unknown) {
    yield* confirm("Mails may already have been sent for the items with an unknown outcome. Send them anyway?", yes)
  }
  const which = failed ? "failed" : "unknown"
  const again = Effect.flatMap(Effect.mapError(Jobs.retry(job, which), Run.toFailure), (count) =>
    count === 0 ? noneOf(job, which) : Effect.void
  )
  yield* goOn(options, again)
})

/** Fails if `--database` is invalid. */
export const checkDatabase = ({ database }: Pick<OfJob, "database">) => Effect.asVoid(Database.isShared(database))

/** Workers share their jobs in a database, so there is no default. */
export const checkWorker = ({ database }: Pick<OfJob, "database">) =>
  Effect.flatMap(Database.isShared(database), (shared) =>
    shared
      ? Effect.void
      : usage(
          "A worker requires a PostgreSQL database.",
          "Add --database postgres://user@host:5432/name. Without a database, certifier jobs resume JOB runs the job."
        )
  )

export const worker = ({
  database,
  host,
  port
}: {
  readonly database: Option.Option<string>
  readonly host: Option.Option<string>
  readonly port: number
}) =>
  Effect.gen(function* () {
    const { message } = yield* Output
    const { baseUrl, isShared, isSandbox } = yield* Target
    const address = `${Option.getOrElse(host, () => "127.0.0.1")}:${port}`
    const rateLimit = isShared ? "shared" : "single"
    const engine = JobEngine.layerRunner({ host: Option.getOrUndefined(host), port, rateLimit })
    const runner = JobRunner.layer(Operations.all(baseUrl, isSandbox)).pipe(
      Layer.provide(engine),
      Layer.mapError((error) => (error._tag === "SocketServerError" ? closed(address) : Run.toFailure(error))),
      Layer.provideMerge(Database.layer(database))
    )
    yield* message(`Starting a worker, at ${address} for other workers. Ctrl-C stops it.`)
    yield* Effect.flatMap(JobRunner.JobRunner, ({ stalled }) =>
      Effect.zipRight(message("Running jobs."), stalled)
    ).pipe(
      Effect.mapError(Run.toFailure),
      Effect.onInterrupt(() => message("Stopping: requests in flight are completed, and no more are sent.")),
      Effect.provide(runner)
    )
  }).pipe(Hints.withFlags(Hints.database(database)))
