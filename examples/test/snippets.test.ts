import { Sandbox } from "@effect-certifier/sandbox"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { Array as Arr, Effect } from "effect"
import { build } from "esbuild"
import { readdirSync, readFileSync } from "node:fs"
import { createServer } from "node:http"
import { fileURLToPath } from "node:url"
import { isDeepStrictEqual } from "node:util"
import { Worker } from "node:worker_threads"

// `scripts/snippets.mjs` writes the snippets; vitest runs those that are tests.
const folder = fileURLToPath(new URL("../.snippets", import.meta.url))
const runner = new URL("support/snippet.mjs", import.meta.url)
const snippets = readdirSync(folder).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))

/** Bundles the snippets, which then start in a fraction of the time, because shared code is read once. */
const bundle = Effect.promise(() =>
  build({
    entryPoints: snippets.map((file) => `${folder}/${file}`),
    outdir: `${folder}/bundled`,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // The package loads a binary by a computed name.
    external: ["@effect/sql-libsql"],
    logLevel: "warning",
    banner: {
      js: 'import { createRequire as forBundle } from "node:module"; const require = forBundle(import.meta.url);'
    }
  })
)

/** An OpenTelemetry collector on loopback; `received` has the data that was sent to it. */
const collector = Effect.acquireRelease(
  Effect.sync(() => {
    const received: Array<string> = []
    const server = createServer((request, response) => {
      const chunks: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        received.push(`${request.url} ${Buffer.concat(chunks).toString("latin1")}`)
        response.writeHead(200, { "content-type": "application/json" }).end("{}")
      })
    })
    return { received, server }
  }),
  ({ server }) => Effect.async<void>((resume) => void server.close(() => resume(Effect.void)))
).pipe(
  Effect.tap(({ server }) =>
    Effect.async<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void)))
  ),
  Effect.map(({ received, server }) => {
    const address = server.address()
    return { received, url: `http://127.0.0.1:${typeof address === "object" ? address?.port : address}` }
  })
)

/** The result of a snippet that ran without an error. */
const clean = { code: 0, isDone: true, stderr: "", failure: undefined }

const run = (modules: ReadonlyArray<string>, env: Record<string, string>) =>
  Effect.async<{ readonly stdout: string; readonly ended: unknown }>((resume) => {
    const worker = new Worker(runner, {
      workerData: modules.map((file) => `${folder}/bundled/${file.replace(/ts$/, "js")}`),
      env,
      execArgv: [],
      stdout: true,
      stderr: true
    })
    const seen: { isDone: boolean; failure: unknown } = { isDone: false, failure: undefined }
    let stdout = ""
    let stderr = ""
    worker.stdout.on("data", (chunk) => (stdout += String(chunk)))
    worker.stderr.on("data", (chunk) => (stderr += String(chunk)))
    worker.on("message", () => (seen.isDone = true))
    worker.on("error", (error) => (seen.failure = error))
    worker.on("exit", (code) => resume(Effect.succeed({ stdout, ended: { ...seen, code, stderr } })))
    return Effect.promise(() => worker.terminate())
  }).pipe(
    Effect.timeoutTo({
      duration: "30 seconds",
      onSuccess: (ran) => ran,
      onTimeout: () => ({ stdout: "", ended: "did not end within 30 seconds" })
    })
  )

/** Runs snippets in one thread, with its own Certifier and collector. */
const runTogether = Effect.fnUntraced(function* (modules: ReadonlyArray<string>) {
  const certifier = yield* Sandbox.serve()
  const telemetry = yield* collector
  const ran = yield* run(modules, {
    CERTIFIER_ACCESS_TOKEN: "demo",
    CERTIFIER_BASE_URL: certifier.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.url
  })
  return modules.map((file) => [file, { ...ran, telemetry: telemetry.received.join("\n") }] as const)
}, Effect.scoped)

/**
 * The expected output of a snippet: the comments at the end of lines with `console.log`, and the comment lines directly below
 * them.
 */
const promised = (code: string): string =>
  [...code.matchAll(/[cC]onsole\.log\(.*\),?(?: \/\/ (.*))?\n((?:[ \t]*\/\/ .*\n)*)/g)]
    .flatMap(([, sameLine, below = ""]) => [
      ...(sameLine === undefined ? [] : [sameLine]),
      ...below.split("\n").flatMap((line) => (line === "" ? [] : [line.replace(/^[ \t]*\/\/ /, "")]))
    ])
    .join("\n")

/** Removes lines of the default logger, which have a time and are in no page. */
const printed = (stdout: string): string =>
  stdout
    .split("\n")
    .filter((line) => !line.startsWith("timestamp="))
    .join("\n")
    .trimEnd()

const code = (snippet: string): string => readFileSync(`${folder}/${snippet}`, "utf8")
const isTraced = (snippet: string): boolean => code(snippet).includes("@effect/opentelemetry")

/** Most snippets only define something and print nothing. They share a thread, unless one of them affects the others. */
const runAll = Effect.gen(function* () {
  yield* bundle
  const [loud, quiet] = Arr.partition(snippets, (snippet) => promised(code(snippet)) === "" && !isTraced(snippet))
  const together = yield* runTogether(quiet)
  const isSpoilt = together.some(([, { ended, stdout }]) => !isDeepStrictEqual(ended, clean) || printed(stdout) !== "")
  const alone = yield* Effect.forEach(isSpoilt ? snippets : loud, (snippet) => runTogether([snippet]), {
    concurrency: 2
  })
  return new Map([...together, ...alone.flat()])
})

describe("the snippets of the documentation run, and print the documented output", () => {
  let results: Effect.Effect.Success<typeof runAll> = new Map()
  beforeAll(async () => {
    results = await Effect.runPromise(runAll)
  }, 120_000)

  for (const snippet of snippets) {
    const [, origin = snippet] = /^\/\/ (.*)/.exec(code(snippet)) ?? []
    it(`${origin}`, () => {
      const result = results.get(snippet)
      assert.isDefined(result)
      assert.deepStrictEqual(result.ended, clean)
      assert.strictEqual(printed(result.stdout), promised(code(snippet)))
      if (isTraced(snippet)) assert.include(result.telemetry, "CertifierClient.getGroup")
    })
  }
})
