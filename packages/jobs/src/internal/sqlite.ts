import { LibsqlClient, type LibsqlClientConfig } from "@effect/sql-libsql/LibsqlClient"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"

type Sdk = LibsqlClientConfig.Live["liveClient"]

const isSdk = (value: unknown): value is Sdk =>
  Predicate.hasProperty(value, "execute") && Predicate.hasProperty(value, "transaction")

/** The client of the driver, which the client of Effect has without a type. */
const sdkOf = (client: object): Effect.Effect<Sdk> =>
  "sdk" in client && isSdk(client.sdk)
    ? Effect.succeed(client.sdk)
    : Effect.dieMessage("This version of @effect/sql-libsql does not show the client of its driver")

const isBusy = (error: unknown): boolean =>
  Predicate.hasProperty(error, "code") && typeof error.code === "string" && error.code.startsWith("SQLITE_BUSY")

const pause = (millis: number) => new Promise((resume) => setTimeout(resume, millis))

const waitsForOthers = async (sdk: Sdk, millis: number): Promise<void> => {
  const execute = sdk.execute.bind(sdk)
  const transaction = sdk.transaction.bind(sdk)
  const setTimeout = () => execute(`PRAGMA busy_timeout = ${millis}`)
  // The driver leaves a statement open that has met a lock, and then nothing after it is committed on its connection. A transaction
  // takes the connection away, so the client opens another one.
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
  // The client of Effect can't go on after a transaction that could not begin, so one begins, however long that takes.
  sdk.transaction = async (mode?: "write" | "read" | "deferred") => {
    for (;;) {
      try {
        const begun = await transaction(mode)
        await setTimeout()
        return begun
      } catch (error) {
        if (!isBusy(error)) throw error
        await reconnect()
        await pause(50)
      }
    }
  }
  await setTimeout()
}

/**
 * Makes a client share its file with other processes: without this, `SQLITE_BUSY` comes at once while another one writes. This
 * process stands still for up to `patience` meanwhile; a write takes milliseconds.
 */
export const sharing =
  (patience: Duration.DurationInput) =>
  <E, R, A>(layer: Layer.Layer<A | LibsqlClient, E, R>) =>
    Layer.tap(layer, (context) =>
      Effect.flatMap(sdkOf(Context.get(context, LibsqlClient)), (sdk) =>
        Effect.promise(() => waitsForOthers(sdk, Duration.toMillis(patience)))
      )
    )
