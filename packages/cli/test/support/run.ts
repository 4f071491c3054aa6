import { NodeContext } from "@effect/platform-node"
import * as HttpClient from "@effect/platform/HttpClient"
import { ConfigProvider, Effect, Layer, Redacted } from "effect"
import { Host, type Sink } from "../../src/internal/host.js"
import * as Main from "../../src/internal/main.js"

export interface Options {
  readonly environment?: Readonly<Record<string, string>>
  /** The typed lines, one per prompt. By default, there is no terminal. */
  readonly answers?: ReadonlyArray<string>
  /** The width of the terminal of both outputs. By default, they are pipes. */
  readonly columns?: number
  readonly hasColor?: boolean
  readonly stdin?: string | Uint8Array
}

export interface Ran {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/** The access token of the tests, which must not be in any output. */
export const token = "token-0123456789-of-this-test"

/** Runs the command in this process, with the `HttpClient` of the context, such as `Sandbox.layerInProcess`. */
export const certifier = (
  args: ReadonlyArray<string>,
  { answers, columns, environment, hasColor = false, stdin = "" }: Options = {}
): Effect.Effect<Ran, never, HttpClient.HttpClient> =>
  Effect.gen(function* () {
    const client = yield* HttpClient.HttpClient
    const written = { stdout: "", stderr: "" }
    const sink = (name: keyof typeof written): Sink => ({
      isTerminal: columns !== undefined,
      hasColor,
      columns: columns ?? 80,
      write: (text) => Effect.sync(() => void (written[name] += text))
    })
    const lines = [...(answers ?? [])]
    const ask = (question: string) =>
      Effect.suspend(() => {
        const line = lines.shift()
        written.stderr += `${question}\n`
        return line === undefined ? Effect.dieMessage(`There is no reply to: ${question}`) : Effect.succeed(line)
      })
    const host = Layer.succeed(Host, {
      stdout: sink("stdout"),
      stderr: sink("stderr"),
      stdin: Effect.succeed(typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin),
      canAsk: answers !== undefined,
      ask,
      askSecret: (question) => Effect.map(ask(question), Redacted.make),
      httpClient: Layer.succeed(HttpClient.HttpClient, client)
    })
    const variables = { CERTIFIER_ACCESS_TOKEN: token, CERTIFIER_REQUESTS_PER_SECOND: "1000", ...environment }
    const exit = yield* Main.run(args).pipe(
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables)))),
      Effect.provide(Layer.merge(host, NodeContext.layer))
    )
    return { exit, ...written }
  })
