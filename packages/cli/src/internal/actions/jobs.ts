import * as Jobs from "@effect-certifier/jobs/Jobs"
import * as Config from "effect/Config"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { confirm } from "../confirm.js"
import * as Hints from "../hints.js"
import * as ReportFile from "../import/reportFile.js"
import * as Database from "../jobs/database.js"
import * as Operations from "../jobs/operations.js"
import * as Phase from "../jobs/phase.js"
import * as Run from "../jobs/run.js"
import { Output, type View } from "../output.js"

interface Stored {
  readonly database: Option.Option<string>
}

interface OfJob extends Stored {
  readonly job: string
}

/** A job, and whether a process runs it or might run it. */
interface Shown extends Jobs.Job {
  readonly isWorking: boolean
}

const view: View<Shown> = {
  columns: [
    { title: "JOB", value: ({ id }) => id },
    { title: "STATE", value: (job) => Phase.of(job, job.isWorking) },
    { title: "DONE", value: ({ done, total }) => `${done}/${total}` },
    { title: "FAILED", value: ({ failed }) => String(failed) },
    { title: "UNKNOWN", value: ({ unknown }) => String(unknown) },
    { title: "STARTED", value: ({ createdAt }) => DateTime.formatIsoDateUtc(createdAt) }
  ],
  toJson: ({ isWorking, ...job }) => ({
    ...job,
    phase: Phase.of(job, isWorking),
    createdAt: DateTime.formatIso(job.createdAt)
  })
}

/** Adds `--database` to the suggested commands. */
const stored =
  (database: Option.Option<string>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.provide(Hints.withFlags(Hints.database(database))(effect), Database.layer(database))

const detailed: View<Shown> = {
  ...view,
  columns: view.columns.map((column) =>
    column.title === "STARTED" ? { ...column, value: ({ createdAt }) => DateTime.formatIso(createdAt) } : column
  ),
  details: [
    {
      title: "MAILS",
      value: ({ operation }) =>
        Option.match(Operations.kindOf(operation), {
          onNone: () => operation,
          onSome: ({ send }) => (send ? "yes" : "no")
        })
    }
  ]
}

export const list = ({ database }: Stored) =>
  Effect.gen(function* () {
    const { rows } = yield* Output
    const isWorking = yield* Database.isWorking(database)
    const jobs = yield* Effect.mapError(Jobs.list, Run.toFailure)
    yield* rows(view, Stream.fromIterable(jobs.map((job) => ({ ...job, isWorking }))))
  }).pipe(stored(database))

/** Adds `--sandbox` to the suggested commands if the job uses another service. */
const onJob = <E, R>({ database, job }: OfJob, use: (job: Jobs.Job) => Effect.Effect<void, E, R>) =>
  Effect.gen(function* () {
    const found = yield* Run.get(job)
    const usual = yield* Effect.orDie(Config.option(Config.nonEmptyString("CERTIFIER_BASE_URL")))
    const baseUrl = Option.flatMap(Operations.kindOf(found.operation), ({ baseUrl }) => baseUrl)
    const other = Option.filter(baseUrl, (url) => !Option.contains(usual, url))
    yield* Hints.withFlags(Hints.sandbox(other))(use(found))
  }).pipe(stored(database))

export const show = (options: OfJob & { readonly follow: boolean }) =>
  onJob(
    options,
    Effect.fnUntraced(function* (job) {
      const { database, follow } = options
      const { one } = yield* Output
      if (!follow) return yield* one(detailed, { ...job, isWorking: yield* Database.isWorking(database) })
      const progress = yield* Run.watch(job.id, database)
      yield* one(Run.view, { id: job.id, ...progress })
      yield* Run.outcome(job.id, progress, `To list them: certifier jobs report ${job.id}`)
    })
  )

/** Another process can be running the job: it reads the new state before its next call. */
const change = (options: OfJob, to: typeof Jobs.pause, text: string) =>
  onJob(
    options,
    Effect.fnUntraced(function* ({ id }) {
      const { message } = yield* Output
      yield* Effect.mapError(to(id), Run.toFailure)
      yield* message(text)
    })
  )

export const pause = (options: OfJob) =>
  change(options, Jobs.pause, `Paused. To resume it: certifier jobs resume ${options.job}`)

export const cancel = (options: OfJob) =>
  change(
    options,
    Jobs.cancel,
    `Cancelled. Finished items are not undone; to list them: certifier jobs report ${options.job}`
  )

export const report = (options: OfJob & { readonly output: Option.Option<string> }) =>
  onJob(
    options,
    Effect.fnUntraced(function* ({ id, operation }) {
      const { text } = yield* Output
      if (Option.isSome(options.output)) return yield* ReportFile.write(options.output.value, { id, operation })
      const pieces = yield* ReportFile.pieces({ id, operation })
      yield* pieces.pipe(
        Stream.mapError(Run.toFailure),
        Stream.runForEach((piece) => text(piece))
      )
    })
  )

export const remove = (options: OfJob & { readonly yes: boolean }) =>
  onJob(
    options,
    Effect.fnUntraced(function* (job) {
      const { message } = yield* Output
      const phase = Phase.of(job, yield* Database.isWorking(options.database))
      yield* confirm(
        `Delete the stored data of ${job.id} (${phase})? The same file can then be issued again, to the same people.`,
        options.yes
      )
      yield* Effect.mapError(Jobs.remove(job.id), Run.toFailure)
      yield* message(`Removed ${job.id}. No credential was changed.`)
    })
  )
