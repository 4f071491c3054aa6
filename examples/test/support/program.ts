import { Command } from "@effect/platform"
import { Effect, Stream } from "effect"
import { fileURLToPath } from "node:url"

const repository = fileURLToPath(new URL("../../..", import.meta.url))

/** Each program is a process that compiles its source, which takes seconds on a busy machine. */
export const timeout = 120_000

export interface Options {
  readonly args?: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
  /** Whether it runs in a terminal, in which stdout and stderr are combined. */
  readonly terminal?: boolean
}

/** Starts an example in its own process, like `npx -y pnpm example NAME …`. It ends with its scope at the latest. */
export const start = (name: string, { args = [], env = {}, terminal = false }: Options = {}) => {
  const program = [process.execPath, "--import", "tsx", "scripts/example.mjs", name, ...args] as const
  const command = terminal
    ? Command.make("script", "--quiet", "--return", "--command", program.join(" "), "/dev/null")
    : Command.make(...program)
  return command.pipe(
    Command.workingDirectory(repository),
    Command.env({ NO_COLOR: "1", FORCE_COLOR: undefined, ...env }),
    Command.start
  )
}

const text = <E, R>(stream: Stream.Stream<Uint8Array, E, R>) => stream.pipe(Stream.decodeText(), Stream.mkString)

/** Runs an example to its end. `requests` are the reported requests, such as `["PATCH 429 (fault)", "PATCH 200"]`. */
export const run = (name: string, options?: Options) =>
  Effect.gen(function* () {
    const program = yield* start(name, options)
    const [code, stdout, stderr] = yield* Effect.all([program.exitCode, text(program.stdout), text(program.stderr)], {
      concurrency: "unbounded"
    })
    return {
      code: Number(code),
      stdout,
      stderr,
      lines: stdout.trimEnd().split("\n"),
      requests: /^The sandbox received: (.*)$/m.exec(stderr)?.[1]?.split(", ") ?? []
    }
  }).pipe(Effect.scoped)
