import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createInterface } from "node:readline/promises"
import { Writable } from "node:stream"
import type { WriteStream } from "node:tty"
import { CliFailure, nothingChanged } from "./failure.js"
import { Host, type Sink } from "./host.js"

const sink = (stream: WriteStream): Sink => {
  // If the reader closes the pipe, as in `| head -1`, the command ends without an error.
  stream.on("error", () => process.exit(0))
  const noColor = process.env["NO_COLOR"] ?? ""
  return {
    isTerminal: stream.isTTY,
    hasColor: stream.isTTY && noColor === "",
    get columns() {
      return stream.columns || 80
    },
    write: (text) => Effect.async((resume) => void stream.write(text, () => resume(Effect.void)))
  }
}

const hidden = new Writable({ write: (_chunk, _encoding, done) => done() })

/** Prompts for a line. Readline echoes the input, so the output of a secret is discarded. */
const question = (text: string, isSecret: boolean) =>
  Effect.async<string>((resume, signal) => {
    process.stderr.write(isSecret ? text : "")
    const lines = createInterface({
      input: process.stdin,
      output: isSecret ? hidden : process.stderr,
      terminal: true
    })
    // `close` also resumes, with an empty text, so the outcome must come first.
    const end = (outcome: Effect.Effect<string>) => {
      resume(outcome)
      lines.close()
      process.stderr.write(isSecret ? "\n" : "")
    }
    lines.on("SIGINT", () => end(Effect.interrupt))
    lines.on("close", () => resume(Effect.succeed("")))
    void lines.question(isSecret ? "" : text, { signal }).then(
      (answer) => end(Effect.succeed(answer)),
      () => lines.close()
    )
  })

/** Larger than any webhook event. */
const maxInput = 10 * 1024 * 1024

const tooLong = new CliFailure({
  exit: "data",
  problem: "Standard input has more than 10 MB.",
  changed: nothingChanged
})

const stdin = Effect.tryPromise({
  try: async () => {
    const chunks: Array<Uint8Array> = []
    let length = 0
    for await (const chunk of process.stdin) {
      const bytes = Buffer.from(chunk)
      length += bytes.length
      if (length > maxInput) throw tooLong
      chunks.push(bytes)
    }
    return new Uint8Array(Buffer.concat(chunks))
  },
  catch: (error) =>
    error instanceof CliFailure
      ? error
      : new CliFailure({ exit: "data", problem: "Standard input can't be read.", changed: nothingChanged })
})

export const layer = Layer.sync(Host, () => ({
  stdout: sink(process.stdout),
  stderr: sink(process.stderr),
  stdin,
  canAsk: process.stdin.isTTY && process.stderr.isTTY,
  ask: (text) => question(text, false),
  askSecret: (text) => Effect.map(question(text, true), Redacted.make),
  httpClient: Layer.unwrapEffect(
    Effect.map(
      Effect.promise(() => import("@effect/platform-node/NodeHttpClient")),
      ({ layerUndici }) => layerUndici
    )
  )
}))
