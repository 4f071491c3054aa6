import type * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { CliFailure } from "./failure.js"

/** Standard output or standard error. */
export interface Sink {
  readonly isTerminal: boolean
  /** Whether it shows colours: a terminal, unless `NO_COLOR` is set. */
  readonly hasColor: boolean
  /** The width of the terminal. */
  readonly columns: number
  /** Waits until the reader has taken it. */
  readonly write: (text: string) => Effect.Effect<void>
}

/** What the command needs of the process that it runs in, so that a test can be one. */
export class Host extends Context.Tag("@effect-certifier/cli/Host")<
  Host,
  {
    readonly stdout: Sink
    readonly stderr: Sink
    /** Everything on standard input. */
    readonly stdin: Effect.Effect<Uint8Array, CliFailure>
    /** Whether there is a person to ask. */
    readonly canAsk: boolean
    readonly ask: (question: string) => Effect.Effect<string>
    /** Shows nothing of what is typed. */
    readonly askSecret: (question: string) => Effect.Effect<Redacted.Redacted>
    /** Built by commands that send requests, and by no other. */
    readonly httpClient: Layer.Layer<HttpClient.HttpClient>
  }
>() {}
