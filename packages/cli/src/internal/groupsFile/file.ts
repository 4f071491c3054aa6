import * as FileSystem from "@effect/platform/FileSystem"
import type { PlatformError } from "@effect/platform/Error"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { CliFailure } from "../failure.js"
import { quoted } from "../quoted.js"
import { type Entry, type Faults, parse } from "./parse.js"
import { faultLines } from "./render.js"

/** An error with all faults of a file. */
export const faulty = (path: string, faults: Faults): CliFailure =>
  new CliFailure({
    exit: "data",
    problem: faultLines(path, faults).join("\n"),
    changed: "Nothing was changed.",
    next: `Correct the file, then: certifier groups plan ${quoted(path)}`
  })

const failed =
  (path: string, what: string) =>
  (error: PlatformError): CliFailure =>
    error._tag === "SystemError" && error.reason === "NotFound"
      ? new CliFailure({
          exit: "notFound",
          problem: `There is no file ${path}.`,
          changed: "Nothing was changed.",
          next: `To write one with the groups of the workspace: certifier groups pull > ${quoted(path)}`
        })
      : new CliFailure({ exit: "failed", problem: `${path} can't be ${what}: ${error.message}` })

export const read = (path: string): Effect.Effect<string, CliFailure, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.mapError(fs.readFileString(path), failed(path, "read")))

export const readEntries = (
  path: string
): Effect.Effect<
  { readonly text: string; readonly entries: ReadonlyArray<Entry> },
  CliFailure,
  FileSystem.FileSystem
> =>
  Effect.flatMap(read(path), (text) =>
    Either.mapBoth(parse(text), {
      onLeft: (faults) => faulty(path, faults),
      onRight: (entries) => ({ text, entries })
    })
  )

/** Replaces a file atomically: if the process is killed, the old or the new content remains. */
export const write = (path: string, text: string): Effect.Effect<void, CliFailure, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const target = yield* fs.realPath(path)
    const { mode } = yield* fs.stat(target)
    const temporary = `${target}.certifier-tmp`
    yield* fs.writeFileString(temporary, text, { mode: mode & 0o777 })
    yield* Effect.onError(fs.rename(temporary, target), () => Effect.ignore(fs.remove(temporary)))
  }).pipe(Effect.mapError(failed(path, "written")))
