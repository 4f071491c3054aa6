import * as Jobs from "@effect-certifier/jobs/Jobs"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { CliFailure } from "../failure.js"
import * as Operations from "../jobs/operations.js"
import { Output } from "../output.js"
import * as Report from "./report.js"

export interface Source {
  readonly id: string
  readonly operation: string
  /** The line of the item at a position. The default assumes a header and one line per row. */
  readonly lineOf?: ((seq: number) => number) | undefined
  readonly delimiter?: string | undefined
}

/** The base of public links. A sandbox on this machine serves the public pages too. */
const publicBase = (kind: Operations.Kind): string | undefined =>
  Option.getOrUndefined(
    Option.filter(kind.baseUrl, (url) => /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/.test(url))
  )

const foreign = (id: string) =>
  new CliFailure({
    exit: "data",
    problem: `The job ${id} belongs to another program.`,
    changed: "Nothing was changed.",
    next: "To list all jobs: certifier jobs list"
  })

/** The byte order mark, with which Excel recognizes UTF-8. */
const mark = "\uFEFF"

/** The text of the report, as a stream. */
export const pieces = Effect.fnUntraced(function* ({
  delimiter = ",",
  id,
  lineOf = (seq) => seq + 2,
  operation
}: Source) {
  const { hint } = yield* Output
  const kind = yield* Effect.mapError(Operations.kindOf(operation), () => foreign(id))
  const rows = Jobs.results(Operations.make(kind, false), id).pipe(
    Stream.map((result) =>
      Report.cells({ job: id, result, line: lineOf(result.seq), publicBase: publicBase(kind), hint })
    ),
    Stream.chunks,
    Stream.map((chunk) => Report.toCsv([...chunk], delimiter))
  )
  return Stream.concat(Stream.make(`${mark}${Report.toCsv([Report.header], delimiter)}`), rows)
})

/** Writes a temporary file next to the report and renames it, so that the report is complete or absent. */
export const write = Effect.fnUntraced(function* (path: string, source: Source) {
  const fs = yield* FileSystem.FileSystem
  const part = `${path}.part`
  yield* Stream.unwrap(pieces(source)).pipe(
    Stream.encodeText,
    Stream.run(fs.sink(part, { mode: 0o600 })),
    Effect.zipRight(fs.rename(part, path)),
    Effect.mapError(failureOf(path)),
    Effect.onError(() => Effect.ignore(fs.remove(part)))
  )
})

export const failureOf =
  (path: string) =>
  (error: CliFailure | { readonly _tag: string; readonly message: string }): CliFailure =>
    error instanceof CliFailure
      ? error
      : new CliFailure({
          exit: "failed",
          problem: `The report ${path} can't be written: ${error.message}`,
          changed: "The job itself is not affected.",
          next: "To write it elsewhere: certifier jobs report JOB --output FILE"
        })
