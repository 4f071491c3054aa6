import * as Jobs from "@effect-certifier/jobs/Jobs"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { confirm } from "../confirm.js"
import * as ReportFile from "../import/reportFile.js"
import * as Database from "../jobs/database.js"
import * as Operations from "../jobs/operations.js"
import * as Run from "../jobs/run.js"
import { Output, type View } from "../output.js"

interface Stored {
  readonly database: Option.Option<string>
}

interface OfJob extends Stored {
  readonly job: string
}

const view: View<Jobs.Job> = {
  columns: [
    { title: "JOB", value: ({ id }) => id },
    { title: "STATE", value: ({ phase }) => phase },
    { title: "DONE", value: ({ done, total }) => `${done}/${total}` },
    { title: "FAILED", value: ({ failed }) => String(failed) },
    { title: "NOT KNOWN", value: ({ unknown }) => String(unknown) },
    {
      title: "MAILS",
      value: ({ operation }) =>
        Option.match(Operations.kindOf(operation), {
          onNone: () => operation,
          onSome: ({ send }) => (send ? "yes" : "no")
        })
    },
    { title: "STARTED", value: ({ createdAt }) => DateTime.formatIso(createdAt) }
  ],
  toJson: ({ createdAt, ...job }) => ({ ...job, createdAt: DateTime.formatIso(createdAt) })
}

export const list = ({ database }: Stored) =>
  Effect.gen(function* () {
    const { rows } = yield* Output
    yield* rows(view, Stream.fromIterable(yield* Effect.mapError(Jobs.list, Run.toFailure)))
  }).pipe(Effect.provide(Database.layer(database)))

export const show = ({ database, follow, job }: OfJob & { readonly follow: boolean }) =>
  Effect.gen(function* () {
    const { one } = yield* Output
    if (!follow) return yield* one(view, yield* Run.get(job))
    yield* one(Run.view, { id: job, ...(yield* Run.follow(job)) })
  }).pipe(Effect.provide(Database.layer(database)))

/** Another process may work on the job: it sees the new state before its next call. */
const change = ({ database, job }: OfJob, to: typeof Jobs.pause, text: string) =>
  Effect.gen(function* () {
    const { message } = yield* Output
    yield* Effect.mapError(to(job), Run.toFailure)
    yield* message(text)
  }).pipe(Effect.provide(Database.layer(database)))

export const pause = (options: OfJob) =>
  change(options, Jobs.pause, `Paused. To go on: certifier jobs resume ${options.job}`)

export const cancel = (options: OfJob) =>
  change(options, Jobs.cancel, `Cancelled. What is done stays done: certifier jobs report ${options.job}`)

export const report = ({ database, job, output }: OfJob & { readonly output: Option.Option<string> }) =>
  Effect.gen(function* () {
    const { text } = yield* Output
    const { operation } = yield* Run.get(job)
    const source = { id: job, operation }
    if (Option.isSome(output)) return yield* ReportFile.write(output.value, source)
    yield* ReportFile.pieces(source).pipe(
      Stream.mapError(Run.toFailure),
      Stream.runForEach((piece) => text(piece))
    )
  }).pipe(Effect.provide(Database.layer(database)))

export const remove = ({ database, job, yes }: OfJob & { readonly yes: boolean }) =>
  Effect.gen(function* () {
    const { id, phase } = yield* Run.get(job)
    yield* confirm(
      `Delete what is stored of ${id} (${phase})? The same file can then be issued once more, to the same people.`,
      yes
    )
    yield* Effect.mapError(Jobs.remove(id), Run.toFailure)
  }).pipe(Effect.provide(Database.layer(database)))
