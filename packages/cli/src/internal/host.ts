import type * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { CliFailure } from "./failure.js"

/** Standard output or standard error. */
export interface Sink {
  readonly isTerminal: boolean
  /** Whether it is a terminal and `NO_COLOR` is not set. */
  readonly hasColor: boolean
  /** The width of the terminal. */
  readonly columns: number
  /** Completes when the text has been written. */
  readonly write: (text: string) => Effect.Effect<void>
}

/** The process of the command, which tests can replace. */
export class Host extends Context.Tag("@effect-certifier/cli/Host")<
  Host,
  {
    readonly stdout: Sink
    readonly stderr: Sink
    /** The whole standard input. */
    readonly stdin: Effect.Effect<Uint8Array, CliFailure>
    /** Whether the terminal is interactive. */
    readonly canAsk: boolean
    readonly ask: (question: string) => Effect.Effect<string>
    /** Does not echo the input. */
    readonly askSecret: (question: string) => Effect.Effect<Redacted.Redacted>
    /** Built only by commands that send requests. */
    readonly httpClient: Layer.Layer<HttpClient.HttpClient>
  }
>() {}
