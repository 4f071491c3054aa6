import { Sandbox } from "@effect-certifier/sandbox"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

type Command = readonly [string, ...ReadonlyArray<string>]

/** A running command, and its output so far. */
export interface Running {
  readonly child: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  readonly exit: Effect.Effect<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
  /** Waits until standard error contains a text. Fails if the command ends without it. */
  readonly says: (text: string) => Effect.Effect<void>
}

/** A folder with a CSV file, and a sandbox for the commands that run in it. */
export const make = Effect.fnUntraced(function* (options: {
  readonly certifier: (...args: ReadonlyArray<string>) => Command
  readonly people: number
  readonly env?: Readonly<Record<string, string>>
}) {
  const { certifier, people } = options
  const sandbox = yield* Sandbox.serve({ rateLimit: "Unlimited" })
  const cwd = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "certifier-jobs-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true }))
  )
  const names = Array.from({ length: people }, (_, n) => `Person ${n}`)
  writeFileSync(
    join(cwd, "people.csv"),
    `name,email\n${names.map((name, n) => `${name},p${n}@example.com\n`).join("")}`
  )
  const env = { XDG_STATE_HOME: join(cwd, "state"), ...options.env }

  const startAt = (requestsPerSecond: number, ...args: ReadonlyArray<string>) =>
    Effect.acquireRelease(
      Effect.sync((): Running => {
        const [node, ...rest] = certifier(...args)
        const child = spawn(node, rest, {
          cwd,
          env: { PATH: process.env["PATH"], ...env, CERTIFIER_REQUESTS_PER_SECOND: String(requestsPerSecond) },
          stdio: ["ignore", "pipe", "pipe"]
        })
        const closed = once(child, "close")
        const written = { stdout: "", stderr: "" }
        child.stdout.on("data", (chunk: Buffer) => (written.stdout += chunk.toString()))
        child.stderr.on("data", (chunk: Buffer) => (written.stderr += chunk.toString()))
        return {
          child,
          stdout: () => written.stdout,
          stderr: () => written.stderr,
          exit: Effect.promise(async () => {
            await closed
            return { code: child.exitCode, ...written }
          }),
          says: (text) =>
            Effect.async<void>((resume) => {
              const look = () => {
                if (written.stderr.includes(text)) resume(Effect.void)
              }
              child.stderr.on("data", look)
              void closed.then(() => resume(Effect.dieMessage(`It has ended without "${text}":\n${written.stderr}`)))
              look()
            }).pipe(
              Effect.timeoutTo({
                duration: "30 seconds",
                onSuccess: () => Effect.void,
                onTimeout: () => Effect.dieMessage(`It does not say "${text}":\n${written.stderr}`)
              }),
              Effect.flatten
            )
        }
      }),
      ({ child, exit }) =>
        Effect.zipRight(
          Effect.sync(() => child.kill("SIGKILL")),
          exit
        )
    )

  const start = (...args: ReadonlyArray<string>) => startAt(100, ...args)

  /** Runs a command until it ends. */
  const run = (...args: ReadonlyArray<string>) => Effect.scoped(Effect.flatMap(start(...args), ({ exit }) => exit))

  /** All credentials, the number of mails, and the number of people who were mailed. */
  const outcome = Effect.gen(function* () {
    const credentials = yield* sandbox.credentials
    const addresses = (yield* sandbox.mails).map(({ to }) => to)
    const issued = credentials.map(({ recipient, status }) => `${recipient.name} ${status}`).toSorted()
    return { issued, mails: addresses.length, mailed: new Set(addresses).size }
  })

  const all = { issued: names.map((name) => `${name} issued`).toSorted(), mails: people, mailed: people }
  const importing = ["credentials", "import", "people.csv", "--group", "Financial Markets", "--send", "--yes"]
  /** Waits for the first mail. */
  const mailed = sandbox.requestStream.pipe(
    Stream.filter(({ path }) => path.endsWith("/send")),
    Stream.take(1),
    Stream.runDrain
  )
  const inSandbox = `--sandbox=${sandbox.url}`
  return {
    all,
    cwd,
    env,
    importing: [...importing, inSandbox],
    inSandbox,
    mailed,
    outcome,
    run,
    sandbox,
    start,
    startAt
  }
})

/** A free port. */
export const freePort = Effect.promise(async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("A server has a port")
  server.close()
  await once(server, "close")
  return address.port
})
