import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import type * as Runtime from "@effect/platform/Runtime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { exitCodes } from "./exitCode.js"
import * as Main from "./main.js"
import * as NodeHost from "./nodeHost.js"

/** A program that was interrupted, for example by Ctrl-C, returns no exit code. */
const teardown: Runtime.Teardown = (exit, onExit) =>
  onExit(Exit.isSuccess(exit) && typeof exit.value === "number" ? exit.value : exitCodes.interrupted)

/** Runs the command line, and ends the process. */
export const start = (args: ReadonlyArray<string>): void =>
  Main.run(args).pipe(
    Effect.provide(NodeHost.layer),
    Effect.provide(NodeContext.layer),
    NodeRuntime.runMain({ disableErrorReporting: true, disablePrettyLogger: true, teardown })
  )
