import * as Attributes from "@effect-certifier/core/Attributes"
import * as Credentials from "@effect-certifier/core/Credentials"
import type * as Group from "@effect-certifier/core/Group"
import * as Search from "@effect-certifier/core/Search"
import * as Jobs from "@effect-certifier/jobs/Jobs"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Sink from "effect/Sink"
import * as Stream from "effect/Stream"
import { basename } from "node:path"
import { confirm } from "../confirm.js"
import { CliFailure, usage } from "../failure.js"
import * as Hints from "../hints.js"
import * as Check from "../import/check.js"
import * as Columns from "../import/columns.js"
import * as CsvFile from "../import/csvFile.js"
import * as JobId from "../import/jobId.js"
import * as ReportFile from "../import/reportFile.js"
import * as Summary from "../import/summary.js"
import * as Database from "../jobs/database.js"
import * as Operations from "../jobs/operations.js"
import * as Run from "../jobs/run.js"
import { Output } from "../output.js"
import { Target } from "../target.js"
import * as Pick from "./pick.js"

export interface Options {
  readonly file: string
  readonly group: string
  readonly send: boolean
  readonly map: ReadonlyArray<string>
  readonly yes: boolean
  readonly database: Option.Option<string>
  readonly report: Option.Option<string>
}

/** Parses `Title=field`; the title can contain `=`. */
const mapOf = (pairs: ReadonlyArray<string>): Effect.Effect<ReadonlyMap<string, string>, CliFailure> =>
  Effect.map(
    Effect.forEach(pairs, (pair) => {
      const at = pair.lastIndexOf("=")
      return at < 1 || at === pair.length - 1
        ? usage(`--map ${pair}: the field is missing.`, `For example: --map "Full name=name"`)
        : Effect.succeed([pair.slice(0, at), pair.slice(at + 1)] as const)
    }),
    (entries) => new Map(entries)
  )

const faulty = (count: number, file: string) =>
  new CliFailure({
    exit: "data",
    problem: `${file} has ${count} ${count === 1 ? "fault" : "faults"}.`,
    changed: "Nothing was sent.",
    next: "Correct the file, then run the same command again."
  })

const encodings = {
  "utf-8": undefined,
  "utf-16le": "UTF-16",
  "utf-16be": "UTF-16",
  "windows-1252": "Windows-1252 (Latin-1)"
} as const

interface Checked extends Check.Checks {
  readonly format: CsvFile.Format
  readonly group: Group.Group
}

/** The rows after the header. */
const rowsOf = (format: CsvFile.Format) => Stream.drop(CsvFile.rows(format), 1)

/** Prints one JSON document, or one line per fault. Without faults it prints nothing, because the document is that of the job. */
const print = <E, R>(faults: Stream.Stream<Check.Fault, E, R>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { format, rows, text } = yield* Output
      const [first, rest] = yield* Stream.peel(faults, Sink.head())
      if (Option.isNone(first)) return
      const all = Stream.concat(Stream.make(first.value), rest)
      yield* format === "table"
        ? Stream.runForEach(all, (fault) => text(Check.sentence(fault)))
        : rows(Check.faultView, all)
    })
  )

/** Prints the faults of the rows as they are found, and counts them. */
const checkRows = Effect.fnUntraced(function* (checked: Checked, findsExisting: boolean) {
  const { columns, format, group } = checked
  const seen = new Check.Seen()
  let count = 0
  const ofRows = rowsOf(format).pipe(Stream.mapConcat((row) => Check.row(checked, row, seen)))
  const ofOthers = Credentials.search({ filter: Search.groupId.equals(group.id) }).pipe(
    Stream.filterMap((credential) => Option.fromNullable(Check.existing(credential, columns, seen)))
  )
  const faults = Stream.concat(ofRows, findsExisting ? ofOthers : Stream.empty).pipe(
    Stream.tap(() => Effect.sync(() => (count += 1)))
  )
  yield* print(faults)
  return { seen, count }
})

/** Reads the header of the file. */
const read = Effect.fnUntraced(function* (
  options: Options,
  map: ReadonlyMap<string, string>,
  group: Group.Group,
  format: CsvFile.Format
) {
  const output = yield* Output
  const { file, send } = options
  const encoding = encodings[format.encoding]
  if (encoding !== undefined) yield* output.message(`${file} is read as ${encoding}.`)
  const header = yield* Stream.runHead(CsvFile.rows(format))
  if (Option.isNone(header)) {
    return yield* new CliFailure({
      exit: "data",
      problem: `${file} is empty.`,
      changed: "Nothing was sent.",
      next: "Its first line has to have titles, such as: name,email"
    })
  }
  const attributes = yield* Stream.runCollect(Attributes.list()).pipe(
    Effect.map((all) => Option.some(Chunk.toReadonlyArray(all))),
    Effect.catchTag("CertifierNotFound", () => Effect.succeed(Option.none()))
  )
  const { cells, line } = header.value
  const columns = Columns.fromHeader({ header: cells, attributes, map, send })
  if (columns._tag === "Left") {
    const faults = columns.left.map((fault) => ({ ...fault, line, value: "" }))
    yield* print(Stream.fromIterable(faults))
    return yield* faulty(faults.length, file)
  }
  return { columns: columns.right, format, group, groupId: group.id, send } satisfies Checked
})

/** The items of the job. The stream fails if the file has changed since it was inspected, before a request is sent. */
const itemsOf = ({ columns, format, groupId }: Checked) => {
  const items = rowsOf(format).pipe(Stream.map(({ cells }) => Columns.toFields(groupId, columns, cells)))
  const same = Effect.flatMap(CsvFile.inspect(format.path), ({ digest }) =>
    digest === format.digest
      ? Effect.void
      : new CliFailure({
          exit: "data",
          problem: `${format.path} was changed while it was read.`,
          changed: "Nothing was sent.",
          next: "Run the same command again."
        })
  )
  return Stream.concat(items, Stream.drain(Stream.fromEffect(same)))
}

const reportPath = ({ file, report }: Options) =>
  Option.getOrElse(report, () => `${file.replace(/\.(csv|tsv|txt)$/i, "")}.report.csv`)

/** Reports the progress of an earlier run of the same command, and resumes its job if it is paused. */
const goOn = Effect.fnUntraced(function* (job: Jobs.Job) {
  const { message } = yield* Output
  const over = job.total - job.pending - job.sent
  if (job.phase === "done") {
    yield* message(`The job ${job.id} of this file is done: nothing is sent, and the report is written again.`)
    return
  }
  if (job.phase === "cancelled") {
    return yield* new CliFailure({
      exit: "failed",
      problem: `The job ${job.id} of this file was cancelled.`,
      changed: "Nothing was sent.",
      next: `To resume it: certifier jobs resume ${job.id}`
    })
  }
  yield* message(`Resuming the job ${job.id}: ${over} of ${job.total} items are finished.`)
  if (job.phase === "paused") yield* Jobs.resume(job.id)
})

/** Submits the job, or continues it. */
const perform = Effect.fnUntraced(function* (options: Options, plan: Plan) {
  const { checked, existing, id } = plan
  const { baseUrl, isSandbox } = yield* Target
  const operation = Operations.make({ send: options.send, baseUrl }, isSandbox)
  if (Option.isSome(existing)) yield* goOn(existing.value)
  if (Option.isNone(existing) || existing.value.phase === "loading") {
    yield* Jobs.submit(operation, { id, items: itemsOf(checked) }).pipe(Effect.mapError(Run.toFailure))
  }
})

interface Plan {
  readonly id: string
  readonly checked: Checked
  readonly existing: Option.Option<Jobs.Job>
}

/** Waits until the job is over: workers run it if there is a shared database, and otherwise this process. */
const progressOf = Effect.fnUntraced(function* (options: Options, plan: Plan) {
  const { id } = plan
  if (Option.exists(plan.existing, ({ phase }) => phase === "done")) {
    return yield* Effect.zipRight(perform(options, plan), Run.follow(id)).pipe(
      Effect.provide(Database.layer(options.database))
    )
  }
  if (yield* Database.isShared(options.database)) {
    const { message } = yield* Output
    return yield* perform(options, plan).pipe(
      Effect.zipRight(message(`Workers run the job ${id}. If none is running, start one: certifier jobs worker`)),
      Effect.zipRight(Run.watch(id, options.database)),
      Effect.provide(Database.layer(options.database))
    )
  }
  return yield* Run.embedded(id, perform(options, plan), "To resume, run the same command again.")
})

/** Fails if another process uses the local store, so that no confirmation is requested for an import that can't start. */
const checkFree = Effect.fnUntraced(function* ({ database }: Options, existing: Option.Option<Jobs.Job>) {
  if (Option.exists(existing, ({ phase }) => phase === "done") || (yield* Database.isShared(database))) return
  if (yield* Database.isWorking(database)) return yield* Run.busy
})

const importFile = Effect.fnUntraced(function* (options: Options) {
  const { file, send } = options
  const { message, one } = yield* Output
  const { baseUrl, requestsPerSecond } = yield* Target
  const map = yield* mapOf(options.map)
  const format = yield* CsvFile.inspect(file)
  const group = yield* Pick.group(options.group)
  const checked = yield* read(options, map, group, format)
  const id = JobId.make({
    digest: format.digest,
    groupId: group.id,
    send,
    map,
    baseUrl: Option.getOrUndefined(baseUrl)
  })
  const database = Database.layer(options.database)
  const existing = yield* Effect.provide(Run.find(id), database)
  yield* checkFree(options, existing)
  const { count, seen } = yield* checkRows(
    checked,
    Option.match(existing, { onNone: () => true, onSome: ({ phase }) => phase === "loading" })
  )
  if (count > 0) return yield* faulty(count, file)
  if (Option.isNone(existing)) {
    const rows = seen.lines.length
    yield* message(Summary.text({ file: basename(file), group: group.name, rows, send, requestsPerSecond }))
    yield* confirm(send ? "Issue and mail them?" : "Issue them?", options.yes)
  }
  const progress = yield* progressOf(options, { checked, existing, id })
  const report = reportPath(options)
  const operation = Operations.nameOf({ send, baseUrl })
  yield* ReportFile.write(report, {
    id,
    operation,
    lineOf: (seq) => seen.lines[seq] ?? 0,
    delimiter: format.delimiter
  }).pipe(Effect.provide(database))
  yield* one(Run.view, { id, report, ...progress })
  yield* Run.outcome(id, progress, `For the next steps, see ${report}.`)
})

/** Checks a file, requests a confirmation, and issues one credential per row. */
export const run = (options: Options) => Hints.withFlags(Hints.database(options.database))(importFile(options))
