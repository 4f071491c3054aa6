/**
 * Why a sandbox can't start, or can't do what it was told.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * An option or a fault can't be used. `problems` names each, and what is wrong with it.
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
 * The file of a sandbox's state can't be read, is not one, or can't be written. A file that can't be used is left as it
 * is.
 *
 * @since 0.1.0
 * @category errors
 */
export class DataFileError extends Schema.TaggedError<DataFileError>("@effect-certifier/sandbox/DataFileError")(
  "SandboxDataFileError",
  { path: Schema.String, problem: Schema.String }
) {
  override get message(): string {
    return `${this.path} ${this.problem}`
  }
}

/**
 * The sandbox can't listen: the port is taken, or the address is not one of this machine.
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
 * Why a sandbox that listens can't start.
 *
 * @since 0.1.0
 * @category errors
 */
export type StartError = InvalidOptions | DataFileError | ListenError
