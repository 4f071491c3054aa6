import { Group } from "@effect-certifier/core"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { DataFileError } from "../SandboxError.js"
import * as Validation from "./validation.js"
import * as Persistence from "./workspace/persistence.js"

const Content = Schema.parseJson(Schema.Struct({ groups: Schema.Array(Group.Group) }), { space: 2 })

type Groups = ReadonlyArray<Group.Group>

export interface DataFile {
  /** The groups of the file, or the seeds if it did not exist. */
  readonly groups: Groups
  readonly persistence: Persistence.Persistence
}

/**
 * The file is never modified: each state is written to a new file, synced, and renamed over the old one. After a kill at
 * any moment, the file holds the old state or the new one.
 */
export const open = (
  path: string,
  seeds: Groups
): Effect.Effect<DataFile, DataFileError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { dirname } = yield* Path.Path
    const temporary = `${path}.new`
    const fail = (problem: string) => (cause: PlatformError | ParseResult.ParseError) =>
      new DataFileError({
        path,
        problem: `${problem}: ${ParseResult.isParseError(cause) ? Validation.describe(cause) : cause.message}`
      })

    const syncDirectory = Effect.scoped(Effect.flatMap(fs.open(dirname(path), { flag: "r" }), (file) => file.sync))
    const save = (groups: Groups) =>
      Effect.gen(function* () {
        const text = yield* Schema.encode(Content)({ groups })
        yield* Effect.scoped(
          Effect.flatMap(fs.open(temporary, { flag: "w" }), (file) =>
            Effect.zipRight(file.writeAll(new TextEncoder().encode(text)), file.sync)
          )
        )
        yield* fs.rename(temporary, path)
        yield* syncDirectory
      }).pipe(Effect.mapError(fail("can't be written")))

    const persist = (initial: Groups): Persistence.Persistence => {
      let groups = new Map<string, Group.Group>(initial.map((group) => [group.id, group]))
      return {
        ...Persistence.memory(),
        write: (writes) =>
          Effect.suspend(() => {
            const changed = new Map(groups)
            for (const write of writes) {
              if (write.kind !== "groups") continue
              if (write._tag === "Put") changed.set(write.id, write.value)
              else changed.delete(write.id)
            }
            return Effect.map(save([...changed.values()]), () => void (groups = changed))
          })
      }
    }

    const exists = yield* Effect.mapError(fs.exists(path), fail("can't be read"))
    if (!exists) {
      yield* save(seeds)
      return { groups: seeds, persistence: persist(seeds) }
    }
    const text = yield* Effect.mapError(fs.readFileString(path), fail("can't be read"))
    const { groups } = yield* Effect.mapError(Schema.decode(Content)(text), fail("is not a sandbox's data"))
    return { groups, persistence: persist(groups) }
  })
