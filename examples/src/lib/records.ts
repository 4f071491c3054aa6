import { Issuance } from "@effect-certifier/core"
import { FileSystem, Path } from "@effect/platform"
import { Effect, Schema } from "effect"

const Step = Schema.parseJson(Issuance.Step)

/** Stores the latest step of each issuance in a file of a directory. An id has to be safe as a file name. */
export const make = Effect.fnUntraced(function* (directory: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  yield* fs.makeDirectory(directory, { recursive: true })
  const fileOf = (id: string) => path.join(directory, `${id}.json`)
  return {
    ids: Effect.map(fs.readDirectory(directory), (files) =>
      files.filter((file) => file.endsWith(".json")).map((file) => path.basename(file, ".json"))
    ),
    get: (id: string) =>
      fs.readFileString(fileOf(id)).pipe(
        Effect.flatMap(Schema.decode(Step)),
        Effect.asSome,
        Effect.catchIf(
          (error) => error._tag === "SystemError" && error.reason === "NotFound",
          () => Effect.succeedNone
        )
      ),
    // The file is flushed to disk, then renamed atomically, so that a crash leaves either the old or the new step.
    set: (id: string, step: Issuance.Step) =>
      Effect.gen(function* () {
        const file = yield* fs.open(`${fileOf(id)}.new`, { flag: "w" })
        yield* file.writeAll(new TextEncoder().encode(yield* Schema.encode(Step)(step)))
        yield* file.sync
        yield* fs.rename(`${fileOf(id)}.new`, fileOf(id))
      }).pipe(Effect.scoped)
  }
})
