import * as JobEngine from "@effect-certifier/jobs/JobEngine"
import * as Jobs from "@effect-certifier/jobs/Jobs"
import * as FileSystem from "@effect/platform/FileSystem"
import type * as SqlClient from "@effect/sql/SqlClient"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { homedir } from "node:os"
import { join } from "node:path"
import { CliFailure } from "../failure.js"
import * as State from "./state.js"

const unusable = (problem: string, next: string) =>
  new CliFailure({ exit: "configuration", problem, changed: "Nothing was changed.", next })

/** The path of the user's job store. Its folder is created with permissions for the user only. */
export const file: Effect.Effect<string, CliFailure, FileSystem.FileSystem> = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const variables = yield* Config.all({
    XDG_STATE_HOME: Config.option(Config.nonEmptyString("XDG_STATE_HOME")),
    LOCALAPPDATA: Config.option(Config.nonEmptyString("LOCALAPPDATA"))
  })
  const folder = State.folder({ platform: process.platform, home: homedir(), variable: (name) => variables[name] })
  yield* fs.makeDirectory(folder, { recursive: true, mode: 0o700 })
  return join(folder, "jobs.db")
}).pipe(
  Effect.mapError(({ message }) =>
    unusable(`The folder for jobs can't be created: ${message}`, "Set XDG_STATE_HOME to another folder.")
  )
)

/** The value of `--database`, or of a variable, which other users can't read. */
const url = Effect.fnUntraced(function* (option: Option.Option<string>) {
  const variable = yield* Effect.orDie(Config.option(Config.nonEmptyString("CERTIFIER_DATABASE_URL")))
  const value = Option.orElse(option, () => variable)
  if (Option.exists(value, (text) => !/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text))) {
    return yield* new CliFailure({
      exit: "usage",
      problem: "--database is not the URL of a PostgreSQL database.",
      changed: "Nothing was changed.",
      next: "For example: postgres://user@host:5432/name"
    })
  }
  return Option.map(value, (text) => Redacted.make(text))
})

/** Whether the jobs are in a database that several machines share. */
export const isShared = (option: Option.Option<string>) => Effect.map(url(option), Option.isSome)

/** Whether a process runs jobs. Always true for a shared database, because its workers are unknown. */
export const isWorking = (option: Option.Option<string>) =>
  Effect.flatMap(isShared(option), (shared) =>
    shared ? Effect.succeed(true) : Effect.flatMap(file, (file) => JobEngine.isInUse({ file }))
  )

const postgres = (url: Redacted.Redacted): Layer.Layer<SqlClient.SqlClient, CliFailure> =>
  Layer.unwrapEffect(
    Effect.map(
      Effect.tryPromise({
        try: () => import("@effect/sql-pg/PgClient"),
        catch: () =>
          unusable(
            "A PostgreSQL database requires the package @effect/sql-pg.",
            "Install it next to certifier: npm install --global @effect/sql-pg@0.53"
          )
      }),
      (PgClient) =>
        Layer.mapError(PgClient.layer({ url, maxConnections: 6 }), () =>
          unusable(
            `The database ${new URL(Redacted.value(url)).host} does not respond, or refuses the connection.`,
            "Check the URL of --database, and that the database is running."
          )
        )
    )
  )

/** The database of the jobs, with its tables but without an engine. */
export const layer = (option: Option.Option<string>) =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const remote = yield* url(option)
      const database: Layer.Layer<SqlClient.SqlClient, CliFailure> = Option.isSome(remote)
        ? postgres(remote.value)
        : Layer.mapError(JobEngine.layerDatabase({ file: yield* file }), cannotOpen)
      return Layer.provideMerge(Layer.effectDiscard(Effect.mapError(Jobs.createTables, cannotOpen)), database)
    })
  )

const cannotOpen = ({ message }: { readonly message: string }) =>
  new CliFailure({
    exit: "tryLater",
    problem: `The database of the jobs can't be read: ${message}`,
    changed: "Nothing was changed.",
    next: "Try again later: run the same command again."
  })
