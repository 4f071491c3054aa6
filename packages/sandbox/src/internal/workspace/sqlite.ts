import * as Array from "effect/Array"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import * as FileSystem from "node:fs"
import { pathToFileURL } from "node:url"
import { DataFileError } from "../../SandboxError.js"
import * as Validation from "../validation.js"
import type { Kind, Put } from "./event.js"
import type { Content, NumberedWrite, Persistence, Row } from "./persistence.js"
import * as Letters from "./letters.js"
import { codecs } from "./schemas.js"
import { kinds } from "./state.js"

/** The id that marks a database of the sandbox: `cert` in ASCII. */
const applicationId = 0x63657274

const version = 2

const tables = [
  "CREATE TABLE objects (kind TEXT NOT NULL, id TEXT NOT NULL, sequence INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID",
  "CREATE TABLE snapshots (name TEXT NOT NULL PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID",
  "CREATE TABLE snapshot_objects (name TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, sequence INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (name, kind, id)) WITHOUT ROWID",
  "CREATE TABLE letters (kind TEXT NOT NULL, number INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, number)) WITHOUT ROWID",
  `PRAGMA application_id = ${applicationId}`,
  `PRAGMA user_version = ${version}`
]

const fromRows =
  "SELECT value ->> 0 AS kind, value ->> 1 AS id, value ->> 2 AS sequence, value ->> 3 AS value FROM json_each(?)"

const install = "npm install --save-dev @effect/sql-libsql@0.42 @effect/sql@0.52 @effect/experimental@0.61"

/** SQLite's code in an error of the driver, such as `SQLITE_FULL`. If a file can't be opened, only the text of the error has it. */
const codeOf = (error: unknown): string => {
  if (/Unable to open connection to local database/.test(String(error))) return "SQLITE_CANTOPEN"
  if (!Predicate.isRecord(error)) return ""
  const { cause, code } = error
  return typeof code === "string" && code.startsWith("SQLITE") ? code : codeOf(cause)
}

const reasons: ReadonlyArray<readonly [code: RegExp, reason: DataFileError["reason"], problem: string]> = [
  [/^SQLITE_(BUSY|LOCKED)/, "InUse", "is in use by another sandbox"],
  [/^SQLITE_(NOTADB|CORRUPT)/, "Invalid", "is not a data file of the sandbox; JSON files are read with --import"],
  [/^SQLITE_FULL/, "NotWritable", "can't be written: the disk is full"],
  [/^SQLITE_READONLY/, "NotWritable", "can't be written: it is read-only"],
  [/^SQLITE_CANTOPEN/, "NotWritable", "can't be written: its folder does not exist or is read-only"],
  [/^SQLITE/, "NotWritable", "can't be written"]
]

/** Converts an error of the driver. */
const toError = (path: string) => (cause: unknown) => {
  const code = codeOf(cause)
  const known = reasons.find(([pattern]) => pattern.test(code))
  return known === undefined
    ? new DataFileError({ path, reason: "Invalid", problem: `can't be read: ${String(cause).slice(0, 256)}` })
    : new DataFileError({ path, reason: known[1], problem: `${known[2]} (${code})` })
}

type Query = (
  text: string,
  params?: ReadonlyArray<string | number>
) => Effect.Effect<ReadonlyArray<unknown>, DataFileError>

/**
 * A connection for the life of the scope. The driver's transactions are not used: each takes the connection away from the client,
 * which opens another one, and the connection holds the lock.
 */
const connect = (path: string): Effect.Effect<Query, DataFileError, Scope.Scope> =>
  Effect.gen(function* () {
    const { LibsqlClient, layer } = yield* Effect.tryPromise({
      try: () => import("@effect/sql-libsql/LibsqlClient"),
      catch: () =>
        new DataFileError({
          path,
          reason: "DriverMissing",
          problem: `requires a package that can't be loaded: ${install}`
        })
    })
    const client = yield* Layer.build(layer({ url: pathToFileURL(path).href })).pipe(
      Effect.map(Context.get(LibsqlClient)),
      // The driver opens the file immediately, and throws.
      Effect.catchAllDefect((defect) => Effect.fail(toError(path)(defect)))
    )
    return (text, params) => Effect.mapError(client.unsafe(text, params).withoutTransform, toError(path))
  })

const encode = <K extends Kind>({ id, kind, value }: Put<K>, sequence: number) => [
  kind,
  id,
  sequence,
  codecs[kind].encode(value)
]

const encodeRows = <K extends Kind>(kind: K, rows: ReadonlyArray<Row<K>>) =>
  rows.map(({ id, sequence, value }) => [kind, id, sequence, codecs[kind].encode(value)])

const stored = (
  row: unknown
): { readonly kind: string; readonly id: string; readonly sequence: number; readonly value: string } => {
  const { id, kind, sequence, value }: Readonly<Record<string, unknown>> = Predicate.isRecord(row) ? row : {}
  return { kind: String(kind), id: String(id), sequence: Number(sequence), value: String(value) }
}

/** The number of rows that one statement writes. */
const chunkSize = 2000

/** Opens a file and locks it against other processes. Creates it if it does not exist. */
export const open = (
  path: string
): Effect.Effect<
  Persistence & { readonly initial: Option.Option<Content>; readonly letters: Letters.SavedLetters },
  DataFileError,
  Scope.Scope
> =>
  Effect.gen(function* () {
    const invalid = (problem: string) => new DataFileError({ path, reason: "Invalid", problem })
    const identity = Effect.try({
      try: () => {
        const found = FileSystem.statSync(path, { throwIfNoEntry: false })
        return found === undefined ? undefined : { key: `${found.dev}:${found.ino}`, isFile: found.isFile() }
      },
      catch: (error) =>
        new DataFileError({ path, reason: "NotWritable", problem: `can't be written: ${String(error).slice(0, 256)}` })
    })
    const existing = yield* identity
    if (existing?.isFile === false) return yield* invalid("is not a file")

    const query = yield* connect(path)
    const integer = (text: string) => Effect.map(query(text), ([row]) => Number(Object.values(Object(row))[0]))
    // The driver closes its connection only at garbage collection. This releases the lock and merges the log into the file.
    yield* Effect.addFinalizer(() =>
      Effect.forEach(
        ["PRAGMA journal_mode = DELETE", "PRAGMA locking_mode = NORMAL", "SELECT count(*) FROM sqlite_schema"],
        (text) => Effect.ignore(query(text)),
        { discard: true }
      )
    )
    yield* query("PRAGMA locking_mode = EXCLUSIVE")
    yield* query("PRAGMA journal_mode = WAL")
    yield* query("PRAGMA synchronous = FULL")

    const one = yield* Effect.makeSemaphore(1)
    /** Runs all statements or none, and no others in between, because deliveries are saved concurrently with requests. */
    const transaction = <A>(statements: Effect.Effect<A, DataFileError>) =>
      Effect.zipRight(query("BEGIN IMMEDIATE"), statements).pipe(
        Effect.zipLeft(query("COMMIT")),
        // SQLite itself may have rolled back, for example when the disk is full.
        Effect.tapErrorCause(() => Effect.ignore(query("ROLLBACK"))),
        Effect.uninterruptible,
        one.withPermits(1)
      )

    const isNew = (yield* integer("SELECT count(*) FROM sqlite_schema")) === 0
    if (isNew) {
      yield* transaction(Effect.forEach(tables, (text) => query(text), { discard: true }))
    } else {
      const [id, found] = [yield* integer("PRAGMA application_id"), yield* integer("PRAGMA user_version")]
      if (id !== applicationId) return yield* invalid("is a database of another program")
      if (found !== version)
        return yield* invalid(`was written by another version of the sandbox (${found} instead of ${version})`)
      // A write without effect, which rejects a read-only file or folder now instead of at the first request.
      yield* transaction(query(`PRAGMA user_version = ${version}`))
    }

    const opened = yield* identity
    /** Fails if the file was moved or removed. SQLite would continue to write to it, and acknowledged changes would be lost. */
    const isThere = Effect.flatMap(identity, (found) =>
      found?.key === opened?.key
        ? Effect.void
        : Effect.fail(new DataFileError({ path, reason: "NotWritable", problem: "was moved or removed" }))
    )

    const insert = (table: string, columns: string, rows: ReadonlyArray<unknown>) =>
      Effect.forEach(
        Array.chunksOf(rows, chunkSize),
        (chunk) => query(`INSERT OR REPLACE INTO ${table} ${columns}`, [JSON.stringify(chunk)]),
        { discard: true }
      )

    const remove = (table: string, key: string, keys: ReadonlyArray<ReadonlyArray<string | number>>) =>
      keys.length === 0
        ? []
        : [
            query(`DELETE FROM ${table} WHERE ${key} IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))`, [
              JSON.stringify(keys)
            ])
          ]

    const encodeContent = (content: Content) => {
      const encodeKind = <K extends Kind>(kind: K) => encodeRows(kind, content[kind])
      return kinds.flatMap((kind) => encodeKind(kind))
    }

    const decodeKind = <K extends Kind>(kind: K, rows: ReadonlyArray<ReturnType<typeof stored>>) =>
      Effect.forEach(rows, ({ id, sequence, value }) =>
        Effect.try({
          try: (): Row<K> => ({ id, sequence, value: codecs[kind].decode(value) }),
          catch: (error) =>
            invalid(
              `is damaged: ${kind} ${id}${ParseResult.isParseError(error) ? `: ${Validation.describe(error)}` : ""}`
            )
        })
      )

    const decodeContent = (rows: ReadonlyArray<unknown>): Effect.Effect<Content, DataFileError> => {
      const byKind = Array.groupBy(rows.map(stored), ({ kind }) => kind)
      const decoded = <K extends Kind>(kind: K) => decodeKind(kind, byKind[kind] ?? [])
      return Effect.all({
        groups: decoded("groups"),
        designs: decoded("designs"),
        attributes: decoded("attributes"),
        emailTemplates: decoded("emailTemplates"),
        credentials: decoded("credentials"),
        schedules: decoded("schedules"),
        interactions: decoded("interactions")
      })
    }

    const saved = <K extends Letters.LetterKind>(kind: K, decode: (text: string) => Letters.Letters[K]) =>
      Effect.flatMap(query("SELECT number, value FROM letters WHERE kind = ? ORDER BY number", [kind]), (rows) =>
        Effect.forEach(rows, (row) =>
          Effect.try({
            try: () => decode(String(Object(row).value)),
            catch: () => invalid(`is damaged: ${kind} ${String(Object(row).number)}`)
          })
        )
      )

    const write = (writes: ReadonlyArray<NumberedWrite>, letters: ReadonlyArray<Letters.LetterWrite>) => {
      const puts = writes.flatMap((write) => (write._tag === "Put" ? [encode(write, write.sequence)] : []))
      const removed = writes.flatMap(({ _tag, id, kind }) => (_tag === "Remove" ? [[kind, id]] : []))
      const statements = [
        ...remove("objects", "(kind, id)", removed),
        ...(puts.length === 0 ? [] : [insert("objects", fromRows, puts)]),
        ...remove(
          "letters",
          "(kind, number)",
          letters.flatMap(({ kind, number, value }) => (value === undefined ? [[kind, number]] : []))
        ),
        ...letters.flatMap(({ kind, number, value }) =>
          value === undefined ? [] : [query("INSERT OR REPLACE INTO letters VALUES (?, ?, ?)", [kind, number, value])]
        )
      ]
      return statements.length === 0
        ? Effect.void
        : Effect.zipRight(isThere, transaction(Effect.all(statements, { discard: true })))
    }

    const columns = "kind, id, sequence, value"

    return {
      initial: isNew
        ? Option.none()
        : Option.some(yield* decodeContent(yield* query(`SELECT ${columns} FROM objects ORDER BY kind, sequence`))),
      letters: yield* Effect.all({
        mails: saved("mails", Letters.decoders.mails),
        deliveries: saved("deliveries", Letters.decoders.deliveries)
      }),
      write,
      replace: (content) =>
        Effect.zipRight(
          isThere,
          transaction(
            Effect.zipRight(query("DELETE FROM objects"), insert("objects", fromRows, encodeContent(content)))
          )
        ),
      snapshots: Effect.map(query("SELECT name FROM snapshots ORDER BY number"), (rows) =>
        rows.map((row) => String(Object(row).name))
      ),
      saveSnapshot: (name) =>
        Effect.zipRight(
          isThere,
          transaction(
            query("DELETE FROM snapshot_objects WHERE name = ?", [name]).pipe(
              Effect.zipRight(
                query(
                  "INSERT OR REPLACE INTO snapshots SELECT ?, coalesce((SELECT number FROM snapshots WHERE name = ?), (SELECT coalesce(max(number), 0) + 1 FROM snapshots))",
                  [name, name]
                )
              ),
              Effect.zipRight(query(`INSERT INTO snapshot_objects SELECT ?, ${columns} FROM objects`, [name]))
            )
          )
        ),
      readSnapshot: (name) =>
        Effect.gen(function* () {
          if ((yield* query("SELECT name FROM snapshots WHERE name = ?", [name])).length === 0) return Option.none()
          const rows = yield* query(`SELECT ${columns} FROM snapshot_objects WHERE name = ? ORDER BY kind, sequence`, [
            name
          ])
          return Option.some(yield* decodeContent(rows))
        }),
      removeSnapshot: (name) =>
        Effect.zipRight(
          isThere,
          transaction(
            Effect.zipRight(
              query("DELETE FROM snapshot_objects WHERE name = ?", [name]),
              query("DELETE FROM snapshots WHERE name = ?", [name])
            )
          )
        )
    }
  })
