#!/usr/bin/env node
/**
 * The executable `certifier`.
 *
 * @since 0.1.0
 */
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Runtime from "@effect/platform/Runtime"
import { exitCodes } from "./internal/exitCode.js"
import * as NodeHost from "./internal/nodeHost.js"
import * as Main from "./internal/main.js"

/** One that was interrupted, by Ctrl-C say, has no code of its own. */
const teardown: Runtime.Teardown = (exit, onExit) =>
  onExit(Exit.isSuccess(exit) && typeof exit.value === "number" ? exit.value : exitCodes.interrupted)

Main.run(process.argv.slice(2)).pipe(
  Effect.provide(NodeHost.layer),
  Effect.provide(NodeContext.layer),
  NodeRuntime.runMain({ disableErrorReporting: true, teardown })
)
