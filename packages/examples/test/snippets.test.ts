import { Sandbox } from "@effect-certifier/sandbox"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { build } from "esbuild"
import { readdirSync, readFileSync } from "node:fs"
import { createServer } from "node:http"
import { fileURLToPath } from "node:url"
import { Worker } from "node:worker_threads"

// `scripts/snippets.mjs` writes them, and vitest runs those that are tests themselves.
const folder = fileURLToPath(new URL("../.snippets", import.meta.url))
const runner = new URL("support/snippet.mjs", import.meta.url)
const snippets = readdirSync(folder).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))

/** Bundled, they start in a fraction of the time: what they share is read once and in one piece. */
const bundle = Effect.promise(() =>
  build({
    entryPoints: snippets.map((file) => `${folder}/${file}`),
    outdir: `${folder}/bundled`,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "warning",
    banner: {
      js: 'import { createRequire as forBundle } from "node:module"; const require = forBundle(import.meta.url);'
    }
  })
)

/** A collector of OpenTelemetry on loopback; what it was sent is in `received`. */
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

/** What is left of a snippet that ran as it should. */
const clean = { code: 0, isDone: true, stderr: "", failure: undefined }

const run = (snippet: string, env: Record<string, string>) =>
  Effect.async<{ readonly stdout: string; readonly ended: unknown }>((resume) => {
    const worker = new Worker(runner, {
      workerData: `${folder}/bundled/${snippet.replace(/ts$/, "js")}`,
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
  }).pipe(Effect.timeout("30 seconds"))

/** With a Certifier and a collector of its own. */
const runOne = Effect.fnUntraced(function* (snippet: string) {
  const certifier = yield* Sandbox.serve()
  const telemetry = yield* collector
  const ran = yield* run(snippet, {
    CERTIFIER_ACCESS_TOKEN: "demo",
    CERTIFIER_BASE_URL: certifier.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.url
  })
  return { ...ran, telemetry: telemetry.received.join("\n") }
}, Effect.scoped)

/**
 * What a snippet says that it prints: the comment at the end of a line with `console.log`, and the lines of comments
 * right below it.
 */
const promised = (code: string): string =>
  [...code.matchAll(/[cC]onsole\.log\(.*\),?(?: \/\/ (.*))?\n((?:[ \t]*\/\/ .*\n)*)/g)]
    .flatMap(([, sameLine, below = ""]) => [
      ...(sameLine === undefined ? [] : [sameLine]),
      ...below.split("\n").flatMap((line) => (line === "" ? [] : [line.replace(/^[ \t]*\/\/ /, "")]))
    ])
    .join("\n")

/** Lines of the default logger have a time, so no page promises them. */
const printed = (stdout: string): string =>
  stdout
    .split("\n")
    .filter((line) => !line.startsWith("timestamp="))
    .join("\n")
    .trimEnd()

describe("what the documentation shows runs, and prints what it says", () => {
  let results = new Map<string, Effect.Effect.Success<ReturnType<typeof runOne>>>()
  beforeAll(async () => {
    results = await Effect.runPromise(
      Effect.zipRight(
        bundle,
        Effect.forEach(snippets, (snippet) => Effect.map(runOne(snippet), (ran) => [snippet, ran] as const), {
          concurrency: 2
        })
      ).pipe(Effect.map((all) => new Map(all)))
    )
  }, 120_000)

  for (const snippet of snippets) {
    const code = readFileSync(`${folder}/${snippet}`, "utf8")
    const [, origin = snippet] = /^\/\/ (.*)/.exec(code) ?? []
    it(`${origin}`, () => {
      const result = results.get(snippet)
      assert.isDefined(result)
      assert.deepStrictEqual(result.ended, clean)
      assert.strictEqual(printed(result.stdout), promised(code))
      if (code.includes("@effect/opentelemetry")) assert.include(result.telemetry, "CertifierClient.getGroup")
    })
  }
})
