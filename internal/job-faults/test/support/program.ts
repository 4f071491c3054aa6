import { Deferred, Effect, type Scope, Schema } from "effect"
import { spawn } from "node:child_process"
import { Settings } from "./settings.js"

export interface Exit {
  readonly code: number | null
  /** The end of its output. */
  readonly output: string
}

export interface Process {
  readonly pid: number
  readonly exit: Effect.Effect<Exit>
  /** Whether it has submitted its jobs and is running them. */
  readonly hasSubmitted: () => boolean
}

/** A process that has ended already needs no signal. */
export const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error
  }
}

const kept = 4000

/** Starts a worker; it is killed with the scope. */
export const start = (worker: string, settings: Settings): Effect.Effect<Process, never, Scope.Scope> =>
  Effect.gen(function* () {
    const exit = yield* Deferred.make<Exit>()
    const argument = Schema.encodeSync(Schema.parseJson(Settings))(settings)
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => spawn(process.execPath, [worker, argument], { stdio: "pipe" })),
      (child) =>
        Effect.zipRight(
          Effect.sync(() => child.kill("SIGKILL")),
          Deferred.await(exit)
        )
    )
    let output = ""
    let hasSubmitted = false
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-kept)
        hasSubmitted ||= output.includes("submitted")
      })
    }
    child.on("exit", (code) => Deferred.unsafeDone(exit, Effect.succeed({ code, output })))
    const { pid } = child
    // `kill` with 0 would end this process and all processes that it started.
    if (pid === undefined) return yield* Effect.dieMessage("A worker could not be started")
    return { pid, exit: Deferred.await(exit), hasSubmitted: () => hasSubmitted }
  })
