import * as JobEngine from "@effect-certifier/jobs/JobEngine"
import * as JobRunner from "@effect-certifier/jobs/JobRunner"
import * as Jobs from "@effect-certifier/jobs/Jobs"
import type * as FileSystem from "@effect/platform/FileSystem"
import type { SocketServerError } from "@effect/platform/SocketServer"
import type * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as JobError from "@effect-certifier/jobs/JobError"
import type { MigrationError } from "@effect/sql/Migrator"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as ApiFailure from "../apiFailure.js"
import type { ExitCode } from "../exitCode.js"
import { CliFailure, nothingChanged } from "../failure.js"
import type { Host } from "../host.js"
import { Output, type View } from "../output.js"
import { Target } from "../target.js"
import * as Bar from "./bar.js"
import * as Database from "./database.js"
import * as Operations from "./operations.js"

type Failures =
  | CliFailure
  | JobError.InvalidItem
  | JobError.ItemProblem
  | JobError.JobMismatch
  | JobError.JobNotFound
  | JobError.JobStalled
  | JobError.JobState
  | JobError.RateLimitNotShared
  | JobError.RunnerLost
  | JobError.StoreInUse
  | ConfigError
  | MigrationError
  | SocketServerError
  | SqlError

const unchanged = (exit: ExitCode, problem: string, next: string) =>
  new CliFailure({ exit, problem, changed: nothingChanged, next })

const safe = "What was done is stored: run the same command again."

/** Without a shared database, only one process can run jobs. */
export const busy = unchanged(
  "tryLater",
  "Another certifier command is running a job.",
  "Wait until it has ended, or stop it with certifier jobs pause; then run the same command again.\n" +
    "To find the job: certifier jobs list"
)

/** The error for a command that is not possible in the state of the job. */
const inState = ({ job, state }: JobError.JobState): CliFailure => {
  switch (state) {
    case "running":
      return unchanged("failed", `The job ${job} is not stopped.`, `Stop it first: certifier jobs pause ${job}`)
    case "cancelled":
      return unchanged("failed", `The job ${job} was cancelled.`, `To resume it: certifier jobs resume ${job}`)
    case "loading":
      return unchanged(
        "failed",
        `Not all rows of the job ${job} were read.`,
        "Run the same certifier credentials import again that started it."
      )
    default:
      return unchanged("failed", `The job ${job} is ${state} already.`, `See it: certifier jobs show ${job}`)
  }
}

/** Converts an error of jobs to a readable one. */
export const toFailure = (error: Failures): CliFailure => {
  if (error instanceof CliFailure) return error
  switch (error._tag) {
    case "StoreInUse":
      return busy
    case "JobNotFound":
      return unchanged("notFound", error.message, "To list all jobs: certifier jobs list")
    case "JobState":
      return inState(error)
    case "JobMismatch":
    case "InvalidItem":
      return unchanged("data", error.message, `To start again: certifier jobs remove ${error.job}`)
    case "RateLimitNotShared":
      return unchanged(
        "tryLater",
        `The worker ${error.other} works on the jobs of this database, and together they would exceed the rate limit.`,
        "Stop it first, or let all workers share the limit: give each the same CERTIFIER_REDIS_URL."
      )
    case "JobStalled":
    case "RunnerLost":
      return new CliFailure({ exit: "tryLater", problem: error.message, next: safe })
    default:
      return new CliFailure({
        exit: "tryLater",
        problem: `The database of the jobs failed: ${String(error)}`,
        next: safe
      })
  }
}

/** Pauses other jobs of this service that an earlier command has left running, so that this command does not run them too. */
const pauseOthers = Effect.fnUntraced(function* (id: string) {
  const { baseUrl, isSandbox } = yield* Target
  const names = Operations.all(baseUrl, isSandbox).map(({ name }) => name)
  const others = (yield* Jobs.list).filter(
    (job) => job.id !== id && job.phase === "running" && names.includes(job.operation)
  )
  yield* Effect.forEach(others, (job) => Jobs.pause(job.id), { discard: true }).pipe(
    // A job that has ended or was removed does not run either.
    Effect.catchTags({ JobState: () => Effect.void, JobNotFound: () => Effect.void })
  )
})

const words = ({
  done,
  failed,
  total,
  unknown
}: Pick<Jobs.Progress, "total" | "done" | "failed" | "unknown">): string =>
  [
    `${done} of ${total} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : [])
  ].join(", ")

export const find = (id: string) =>
  Effect.map(Effect.mapError(Jobs.list, toFailure), (jobs) => Option.fromNullable(jobs.find((job) => job.id === id)))

export const get = (id: string) =>
  Effect.flatMap(
    find(id),
    Effect.mapError(() => toFailure(new JobError.JobNotFound({ job: id })))
  )

/** Fails when no process runs a job that is not over. */
const abandoned = (id: string, isWorking: Effect.Effect<boolean, CliFailure, FileSystem.FileSystem>) =>
  Effect.gen(function* () {
    if (yield* isWorking) return
    const { phase } = yield* get(id)
    if (phase !== "running") return
    return yield* new CliFailure({
      exit: "failed",
      problem: `The job ${id} was interrupted: no command is running it.`,
      changed: nothingChanged,
      next: `To resume it: certifier jobs resume ${id}`
    })
  }).pipe(Effect.repeat(Schedule.spaced("2 seconds")), Effect.zipRight(Effect.never))

/** The final output of a command that has followed a job. */
export const view: View<Jobs.Progress & { readonly id: string; readonly report?: string | undefined }> = {
  columns: [
    { title: "JOB", value: ({ id }) => id },
    { title: "STATE", value: ({ phase }) => phase },
    { title: "TOTAL", value: ({ total }) => String(total) },
    { title: "DONE", value: ({ done }) => String(done) },
    { title: "FAILED", value: ({ failed }) => String(failed) },
    { title: "UNKNOWN", value: ({ unknown }) => String(unknown) },
    { title: "REPORT", value: ({ report }) => report ?? "" }
  ],
  toJson: ({ done, failed, id, pending, phase, report, sent, total, unknown }) => ({
    id,
    phase,
    total,
    pending: pending + sent,
    done,
    failed,
    unknown,
    report
  })
}

/** The outcome of the command, for a job that has ended or is paused. */
export const outcome = (id: string, progress: Jobs.Progress, where: string): Effect.Effect<void, CliFailure> => {
  const changed = `${words(progress)}.`
  switch (progress.phase) {
    case "done":
      if (progress.failed + progress.unknown === 0) return Effect.void
      return new CliFailure({ exit: "partly", problem: changed, next: where })
    case "cancelled":
      return new CliFailure({
        exit: "failed",
        problem: "The job was cancelled.",
        changed,
        next: `To resume it: certifier jobs resume ${id}`
      })
    default: {
      const failure = Option.map(progress.error, ApiFailure.toFailure).pipe(
        Option.flatMapNullable((failure) => failure)
      )
      return new CliFailure({
        exit: Option.match(failure, { onNone: () => "failed" as const, onSome: ({ exit }) => exit }),
        problem: Option.match(failure, {
          onNone: () => "The job was paused.",
          onSome: ({ problem }) => `The job is paused: ${problem}`
        }),
        changed,
        next: `To resume it: certifier jobs resume ${id}`
      })
    }
  }
}

/**
 * Shows the progress of a job until it ends or pauses, or until `problem` fails. Later output, also after an interruption, is below
 * the bar.
 */
export const follow = <R = never>(id: string, problem: Effect.Effect<never, CliFailure, R> = Effect.never) =>
  Effect.scoped(
    Effect.gen(function* () {
      const show = yield* Bar.make
      const last = yield* Jobs.progress(id, { every: "250 millis" }).pipe(
        Stream.mapError(toFailure),
        Stream.interruptWhen(problem),
        Stream.takeUntil(({ phase }) => phase === "paused"),
        Stream.tap(show),
        Stream.runLast
      )
      return yield* Effect.orDie(last)
    })
  )

/** Shows the progress of a job of another process. */
export const watch = (
  id: string,
  database: Option.Option<string>
): Effect.Effect<Jobs.Progress, CliFailure, FileSystem.FileSystem | Host | Output | SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const { message } = yield* Output
    return yield* follow(id, abandoned(id, Database.isWorking(database))).pipe(
      Effect.onInterrupt(() => message(`This has not stopped the job. To stop it: certifier jobs pause ${id}`))
    )
  })

/**
 * Runs a job in this process until it ends or pauses; `before` submits or resumes it. An interruption prints `again`, which
 * explains how to continue, and waits for the calls in flight.
 */
export const embedded = <E, R>(id: string, before: Effect.Effect<void, E, R>, again: string) =>
  Effect.gen(function* () {
    const { baseUrl, isSandbox } = yield* Target
    const { message } = yield* Output
    const path = yield* Database.file
    const runner = JobRunner.layer(Operations.all(baseUrl, isSandbox), { every: "500 millis" })
    const follows = follow(id, Effect.mapError(JobRunner.stalled, toFailure)).pipe(
      Effect.onInterrupt(() => message(`Stopping: requests in flight are completed, and no more are sent.\n${again}`)),
      Effect.provide(Layer.mapError(runner, toFailure))
    )
    // The lock of the engine is acquired first, so that no job of another process is paused.
    return yield* pauseOthers(id).pipe(
      Effect.mapError(toFailure),
      Effect.zipRight(before),
      Effect.zipRight(follows),
      Effect.provide(Layer.mapError(JobEngine.layerEmbedded({ file: path }), toFailure)),
      Logger.withMinimumLogLevel(LogLevel.Error)
    )
  })
