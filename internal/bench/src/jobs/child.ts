/** A service that starts the measuring and the measured processes from their files. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { fork } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Bundle from "./bundle.js"
import type { RunnerSettings } from "./settings.js"

export class Programs extends Context.Tag("bench/Programs")<Programs, { readonly folder: string }>() {}

export const layer: Layer.Layer<Programs> = Layer.scoped(
  Programs,
  Effect.gen(function* () {
    const folder = yield* Effect.acquireRelease(
      Effect.promise(() => mkdtemp(join(tmpdir(), "certifier-bench-"))),
      (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
    )
    yield* Effect.promise(() => Bundle.make(folder))
    return { folder }
  })
)

const start = (name: string, settings: unknown) =>
  Effect.map(Programs, ({ folder }) => fork(join(folder, `${name}.mjs`), [JSON.stringify(settings)], { execArgv: [] }))

/** Starts a program and returns its message, or `undefined` if it takes longer than the given number of seconds. */
export const ask = <Settings, A>(
  name: string,
  settings: Settings,
  seconds: number
): Effect.Effect<A | undefined, never, Programs> =>
  Effect.flatMap(start(name, settings), (child) =>
    Effect.async((resume) => {
      const timer = setTimeout(() => child.kill("SIGKILL"), seconds * 1000)
      let result: A | undefined
      child.on("message", (message: A) => {
        result = message
      })
      child.on("exit", (code, signal) => {
        clearTimeout(timer)
        const isLate = signal === "SIGKILL"
        resume(
          result === undefined && !isLate ? Effect.dieMessage(`${name} ended with ${code}`) : Effect.succeed(result)
        )
      })
      return Effect.sync(() => child.kill("SIGKILL"))
    })
  )

export interface Runner {
  readonly pid: number
  /** `kill -9`. */
  readonly kill: Effect.Effect<void>
}

/** Starts a runner of jobs, which is killed with the scope. */
export const runner = (settings: RunnerSettings): Effect.Effect<Runner, never, Programs | Scope.Scope> =>
  Effect.gen(function* () {
    const child = yield* start("runner", settings)
    const kill = Effect.async<void>((resume) => {
      if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
      child.on("exit", () => resume(Effect.void))
      child.kill("SIGKILL")
    })
    yield* Effect.addFinalizer(() => kill)
    const { pid } = child
    return pid === undefined ? yield* Effect.dieMessage("A runner could not be started") : { pid, kill }
  })
