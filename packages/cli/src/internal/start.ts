import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import type * as Runtime from "@effect/platform/Runtime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { exitCodes } from "./exitCode.js"
import * as Main from "./main.js"
import * as NodeHost from "./nodeHost.js"

/** One that was interrupted, by Ctrl-C say, has no code of its own. */
const teardown: Runtime.Teardown = (exit, onExit) =>
  onExit(Exit.isSuccess(exit) && typeof exit.value === "number" ? exit.value : exitCodes.interrupted)

/** Runs the command line in this process, and ends it. */
export const start = (args: ReadonlyArray<string>): void =>
  Main.run(args).pipe(
    Effect.provide(NodeHost.layer),
    Effect.provide(NodeContext.layer),
    NodeRuntime.runMain({ disableErrorReporting: true, disablePrettyLogger: true, teardown })
  )
