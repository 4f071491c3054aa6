import { Deferred, Effect } from "effect"
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

const script = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export interface Running {
  /** The first matching line of the output, past or future. */
  readonly line: (pattern: RegExp) => Effect.Effect<string>
  readonly output: Effect.Effect<string>
  /** Closes the reading end of the pipe of its standard output. */
  readonly closeOutput: Effect.Effect<void>
  readonly kill: (signal: NodeJS.Signals) => Effect.Effect<void>
  readonly ended: Effect.Effect<number | NodeJS.Signals | null>
}

/** Starts a TypeScript program of this package, which is killed at the end of the scope. */
export const start = (path: string, args: ReadonlyArray<string>, nodeOptions: ReadonlyArray<string> = []) =>
  Effect.gen(function* () {
    const ended = yield* Deferred.make<number | NodeJS.Signals | null>()
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(process.execPath, [...nodeOptions, "--import", "tsx", script(path), ...args], {
          stdio: ["ignore", "pipe", "pipe"],
          env: { ...process.env, NO_COLOR: "1" }
        })
      ),
      (child) =>
        Effect.zipRight(
          Effect.sync(() => child.kill("SIGKILL")),
          Deferred.await(ended)
        )
    )
    const lines: Array<string> = []
    const listeners = new Set<(line: string) => void>()
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on("line", (line) => {
        lines.push(line)
        for (const listener of listeners) listener(line)
      })
    }
    child.on("close", (code, signal) => Deferred.unsafeDone(ended, Effect.succeed(signal ?? code)))
    const running: Running = {
      line: (pattern) =>
        Effect.async((resume) => {
          const listener = (line: string) => {
            if (!pattern.test(line)) return
            listeners.delete(listener)
            resume(Effect.succeed(line))
          }
          listeners.add(listener)
          lines.forEach(listener)
          return Effect.sync(() => listeners.delete(listener))
        }),
      output: Effect.sync(() => lines.join("\n")),
      closeOutput: Effect.sync(() => void child.stdout.destroy()),
      kill: (signal) => Effect.sync(() => void child.kill(signal)),
      ended: Deferred.await(ended)
    }
    return running
  })

/** The heap size and the sockets of `served.ts` after a garbage collection. `time` counts the calls. */
export const heldBy = (running: Running, time: number) =>
  Effect.gen(function* () {
    yield* running.kill("SIGUSR2")
    const line = yield* running.line(new RegExp(`^holds #${time}: `))
    const [, bytes, sockets] = /: (\d+) bytes, (\d+) sockets$/.exec(line) ?? []
    return { megabytes: Number(bytes) / 2 ** 20, sockets: Number(sockets) }
  })
