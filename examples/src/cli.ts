/** A command line with exit codes for scripts: `npx -y pnpm example cli year 01g90279gp5sbmfek7wymcsvec 2026`. */
import { CertifierClient, CertifierError, type Group, Groups } from "@effect-certifier/core"
import { Args, Command, ValidationError } from "@effect/cli"
import { NodeContext, NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Cause, Console, DateTime, Effect, Exit } from "effect"
import * as Local from "./lib/local.js"
import { setYear } from "./lib/year.js"

const id = Args.text({ name: "id" }).pipe(Args.withDescription("The id of the group"))
const year = Args.integer({ name: "year" }).pipe(Args.withDescription("The new year at the end of its name"))

const print = (group: Group.Group) =>
  Console.log([group.id, group.name, DateTime.formatIso(group.updatedAt)].join("\t"))

const show = Command.make("show", { id }, ({ id }) => Effect.flatMap(Groups.get(id), print)).pipe(
  Command.withDescription("Prints a group")
)

const setYearCommand = Command.make("year", { id, year }, ({ id, year }) =>
  Effect.flatMap(setYear(id, year), print)
).pipe(Command.withDescription("Ends the name of a group with a year"))

const run = Command.make("groups").pipe(
  Command.withDescription("Shows and renames groups of Certifier"),
  Command.withSubcommands([show, setYearCommand]),
  // Only a command that runs needs a client: `--help` works without an access token.
  Command.provide(CertifierClient.layerConfig()),
  Command.run({ name: "groups", version: "1.0.0" })
)

/** @effect/cli reports an invalid command line itself. */
const report = (cause: Cause.Cause<unknown>) => {
  const error = Cause.squash(cause)
  if (ValidationError.isValidationError(error)) return Effect.void
  return Console.error(CertifierError.isCertifierError(error) ? error.message : Cause.pretty(cause))
}

/** Exit codes of `sysexits.h`: 64 for an invalid command line, 75 for a temporary failure, 1 for other failures. */
const exitCode = Exit.match({
  onSuccess: () => 0,
  onFailure: (cause: Cause.Cause<unknown>) => {
    if (Cause.isInterruptedOnly(cause)) return 130
    const error = Cause.squash(cause)
    if (ValidationError.isValidationError(error)) return 64
    return CertifierError.isRetryable(error) ? 75 : 1
  }
})

run(process.argv).pipe(
  Effect.provide(NodeHttpClient.layerUndici),
  Effect.provide(Local.layer()),
  Effect.provide(NodeContext.layer),
  Effect.tapErrorCause(report),
  NodeRuntime.runMain({ disableErrorReporting: true, teardown: (exit, onExit) => onExit(exitCode(exit)) })
)
