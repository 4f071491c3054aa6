import { LibsqlClient, type LibsqlClientConfig } from "@effect/sql-libsql/LibsqlClient"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"

type Sdk = LibsqlClientConfig.Live["liveClient"]

const isSdk = (value: unknown): value is Sdk =>
  Predicate.hasProperty(value, "execute") && Predicate.hasProperty(value, "transaction")

/** The driver's client, which Effect's client has without a type. */
const sdkOf = (client: object): Effect.Effect<Sdk> =>
  "sdk" in client && isSdk(client.sdk)
    ? Effect.succeed(client.sdk)
    : Effect.dieMessage("This version of @effect/sql-libsql does not show the client of its driver")

const isBusy = (error: unknown): boolean =>
  Predicate.hasProperty(error, "code") && typeof error.code === "string" && error.code.startsWith("SQLITE_BUSY")

/** Attempts to begin a transaction, each of which waits for up to `patience`. If all fail, the watchdog ends the process. */
const mostAttempts = 12

const pause = (millis: number) => new Promise((resume) => setTimeout(resume, millis))

const waitsForOthers = async (sdk: Sdk, millis: number): Promise<void> => {
  const execute = sdk.execute.bind(sdk)
  const transaction = sdk.transaction.bind(sdk)
  const setTimeout = () => execute(`PRAGMA busy_timeout = ${millis}`)
  // The driver leaves a statement open that failed because of a lock, and commits nothing on its connection afterwards. A transaction
  // takes the connection over, so that the client opens another one.
  const reconnect = async () => {
    const last = await transaction("deferred")
    last.close()
    await setTimeout()
  }
  sdk.execute = async (statement) => {
    try {
      return await execute(statement)
    } catch (error) {
      if (isBusy(error)) await reconnect()
      throw error
    }
  }
  // Effect's client can't continue after a transaction that did not begin, so this retries for longer than a write takes.
  sdk.transaction = async (mode?: "write" | "read" | "deferred") => {
    for (let attempt = 1; ; attempt++) {
      try {
        const begun = await transaction(mode)
        await setTimeout()
        return begun
      } catch (error) {
        if (!isBusy(error) || attempt === mostAttempts) throw error
        await reconnect()
        await pause(50)
      }
    }
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
