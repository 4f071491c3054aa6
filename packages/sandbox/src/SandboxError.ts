/**
 * The errors of starting and controlling a sandbox.
 *
 * @since 0.1.0
 */
import type * as ConfigError from "effect/ConfigError"
import * as Schema from "effect/Schema"

/**
 * A fault, or the requests that it applies to, is invalid. `problems` names each invalid field and the reason.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidOptions extends Schema.TaggedError<InvalidOptions>("@effect-certifier/sandbox/InvalidOptions")(
  "SandboxInvalidOptions",
  { problems: Schema.String }
) {
  override get message(): string {
    return this.problems
  }
}

/**
 * Why a data file is not accepted:
 *
 * - `InUse`: another sandbox has it open.
 * - `NotWritable`: it or its folder can't be written, or the disk is full.
 * - `Invalid`: it is not a data file of this version of the sandbox, or it is damaged. It is not changed.
 * - `DriverMissing`: the package that reads and writes it is not installed.
 *
 * @since 0.1.0
 * @category errors
 */
export const DataFileReason = Schema.Literal("InUse", "NotWritable", "Invalid", "DriverMissing")

/**
 * @since 0.1.0
 * @category errors
 */
export type DataFileReason = typeof DataFileReason.Type

/**
 * The data file is not accepted, or it can't be written.
 *
 * @since 0.1.0
 * @category errors
 */
export class DataFileError extends Schema.TaggedError<DataFileError>("@effect-certifier/sandbox/DataFileError")(
  "SandboxDataFileError",
  { path: Schema.String, reason: DataFileReason, problem: Schema.String }
) {
  override get message(): string {
    return `${this.path} ${this.problem}`
  }
}

/**
 * The sandbox can't listen: the port is in use, or the address is not one of this machine.
 *
 * @since 0.1.0
 * @category errors
 */
export class ListenError extends Schema.TaggedError<ListenError>("@effect-certifier/sandbox/ListenError")(
  "SandboxListenError",
  {
    host: Schema.String,
    port: Schema.Int,
    /** The operating system's code, such as `EADDRINUSE`. */
    code: Schema.String
  }
) {
  override get message(): string {
    return `Can't listen on ${this.host}:${this.port} (${this.code})`
  }
}

/**
 * There is no snapshot with this name.
 *
 * @since 0.1.0
 * @category errors
 */
export class UnknownSnapshot extends Schema.TaggedError<UnknownSnapshot>("@effect-certifier/sandbox/UnknownSnapshot")(
  "SandboxUnknownSnapshot",
  { name: Schema.String }
) {
  override get message(): string {
    return `There is no snapshot ${this.name}`
  }
}

/**
 * The errors of starting a sandbox with an HTTP server: a `ConfigError` names an invalid option, and `InvalidOptions` the
 * invalid fields of a fault among the options.
 *
 * @since 0.1.0
 * @category errors
 */
export type StartError = InvalidOptions | ConfigError.ConfigError | DataFileError | ListenError
