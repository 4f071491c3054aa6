/**
 * The command line of the sandbox, to be embedded as a command of another program. Requires `@effect/cli`.
 *
 * @since 0.1.0
 */
import type * as CliApp from "@effect/cli/CliApp"
import type * as CommandDescriptor from "@effect/cli/CommandDescriptor"
import type * as ValidationError from "@effect/cli/ValidationError"
import type { PlatformError } from "@effect/platform/Error"
import type * as Cause from "effect/Cause"
import type * as ConfigError from "effect/ConfigError"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as ParseResult from "effect/ParseResult"
import * as Cli from "./internal/cli.js"
import type { StartError } from "./SandboxError.js"

/**
 * Runs the command line, with the options of `effect-certifier-sandbox`. `args` are all arguments of a process, of which the
 * first two are ignored. `name` is the command that its help shows. A sandbox that is started runs until it is interrupted.
 * A failure is not printed, see `failureText`.
 *
 * @since 0.1.0
 * @category running
 */
export const run: (
  args: ReadonlyArray<string>,
  name?: string
) => Effect.Effect<
  void,
  StartError | ConfigError.ConfigError | ParseResult.ParseError | PlatformError | ValidationError.ValidationError,
  CliApp.CliApp.Environment
> = Cli.run

/**
 * The options of the command line, for a program that writes help and completions of its own.
 *
 * @since 0.1.0
 * @category running
 */
export const descriptor: CommandDescriptor.Command<unknown> = Cli.descriptor

/**
 * The text to print when `run` fails; none for an invalid command line, which was already reported.
 *
 * @since 0.1.0
 * @category running
 */
export const failureText: (cause: Cause.Cause<unknown>) => Option.Option<string> = Cli.failureText
