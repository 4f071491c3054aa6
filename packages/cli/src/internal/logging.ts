import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import { Host } from "./host.js"

/** Logs of the libraries are written to standard error, like every message. */
export const layer = Layer.unwrapEffect(
  Effect.map(Host, ({ stderr }) =>
    Layer.merge(
      Logger.minimumLogLevel(LogLevel.Warning),
      Logger.replace(
        Logger.defaultLogger,
        Logger.make(({ message }) => void Effect.runFork(stderr.write(`${[message].flat().map(String).join(" ")}\n`)))
      )
    )
  )
)
