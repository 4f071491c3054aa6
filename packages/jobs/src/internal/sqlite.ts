import { LibsqlClient } from "@effect/sql-libsql/LibsqlClient"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"

type Statement = string | { readonly sql: string; readonly args: ReadonlyArray<unknown> }

interface Transaction {
  readonly execute: (statement: Statement) => Promise<unknown>
  readonly commit: () => Promise<unknown>
  readonly rollback: () => Promise<unknown>
}

/** The part of the driver's client that Effect's client uses. */
interface Sdk {
  execute: Transaction["execute"]
  transaction: (mode: "write" | "deferred") => Promise<Transaction>
}

const isSdk = (value: unknown): value is Sdk =>
  Predicate.hasProperty(value, "execute") && Predicate.hasProperty(value, "transaction")

/** The driver's client, which Effect's client has without a type. */
const sdkOf = (client: object): Effect.Effect<Sdk> =>
  "sdk" in client && isSdk(client.sdk)
    ? Effect.succeed(client.sdk)
    : Effect.dieMessage("This version of @effect/sql-libsql does not show the client of its driver")

const isBusy = (error: unknown): boolean =>
  Predicate.hasProperty(error, "code") && typeof error.code === "string" && error.code.startsWith("SQLITE_BUSY")

/** Attempts to begin a transaction, each of which waits for up to `patience`. */
const mostAttempts = 12

const pause = (millis: number) => new Promise((resume) => setTimeout(resume, millis))

/** Waits for its turn, and returns a function that ends it. */
const makeTurns = () => {
  let last: Promise<void> = Promise.resolve()
  return async (): Promise<() => void> => {
    const before = last
    let end = () => {}
    last = new Promise((resolve) => {
      end = resolve
    })
    await before
    return end
  }
}

/** A transaction that did not begin. Effect's client waits forever for the end of one whose beginning failed. */
const failedWith = (error: unknown): Transaction => {
  const fail = async () => {
    throw error
  }
  return { execute: fail, commit: fail, rollback: async () => {} }
}

const waitsForOthers = async (sdk: Sdk, millis: number): Promise<void> => {
  const execute = sdk.execute.bind(sdk)
  const transaction = sdk.transaction.bind(sdk)
  const setTimeout = () => execute(`PRAGMA busy_timeout = ${millis}`)
  const turn = makeTurns()

  // The driver leaves a statement open that failed, for example because of a lock, and commits nothing on its connection afterwards. A
  // transaction of the driver takes the connection over, so that the client opens another one.
  const reconnect = async () => {
    const last = await transaction("deferred")
    await last.rollback()
    await setTimeout()
  }

  sdk.execute = async (statement) => {
    const end = await turn()
    try {
      return await execute(statement)
    } catch (error) {
      await reconnect()
      throw error
    } finally {
      end()
    }
  }

  // The engine does not retry all of its transactions, so this retries for longer than a write takes.
  const begin = async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await execute("BEGIN IMMEDIATE")
      } catch (error) {
        await reconnect()
        if (!isBusy(error) || attempt === mostAttempts) throw error
        await pause(50)
      }
    }
  }

  // All transactions use the one connection: the driver would open another one after each, and never close that of the transaction.
  sdk.transaction = async () => {
    const release = await turn()
    const notBegun = await begin().then(() => undefined, failedWith)
    if (notBegun !== undefined) {
      release()
      return notBegun
    }
    let isBroken = false
    const inside = (statement: Statement) =>
      execute(statement).catch((error: unknown) => {
        isBroken = true
        throw error
      })
    const end = (statement: "COMMIT" | "ROLLBACK") =>
      inside(statement)
        .catch(async (error: unknown) => {
          // SQLite may have rolled it back already.
          await execute("ROLLBACK").catch(() => undefined)
          throw error
        })
        .finally(() => (isBroken ? reconnect() : undefined))
        .finally(release)
    return { execute: inside, commit: () => end("COMMIT"), rollback: () => end("ROLLBACK") }
  }
  await setTimeout()
}

/**
 * Lets a client share its file with other processes. Without it, statements fail with `SQLITE_BUSY` while another process writes.
 * The driver blocks this process while it waits, for at most `patience`; a write takes milliseconds.
 */
export const sharing =
  (patience: Duration.DurationInput) =>
  <E, R, A>(layer: Layer.Layer<A | LibsqlClient, E, R>) =>
    Layer.tap(layer, (context) =>
      Effect.flatMap(sdkOf(Context.get(context, LibsqlClient)), (sdk) =>
        Effect.promise(() => waitsForOthers(sdk, Duration.toMillis(patience)))
      )
    )
