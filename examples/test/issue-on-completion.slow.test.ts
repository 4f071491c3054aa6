import { CertifierClient, Credentials } from "@effect-certifier/core"
import { Fault, Sandbox } from "@effect-certifier/sandbox"
import { FetchHttpClient, FileSystem, HttpClient, HttpClientRequest } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Chunk, Deferred, Effect, Layer, Redacted, Stream } from "effect"
import { run, start, timeout } from "./support/program.js"

const CertifierLive = Layer.unwrapEffect(
  Effect.map(Sandbox.Sandbox, ({ url }) => CertifierClient.layer({ accessToken: Redacted.make("any"), baseUrl: url }))
)

const live = CertifierLive.pipe(
  Layer.provideMerge(Sandbox.layer({ rateLimit: "Unlimited" })),
  Layer.provideMerge(Layer.merge(NodeContext.layer, FetchHttpClient.layer))
)

/** Starts the server in its own process, and returns its address. */
const served = Effect.fnUntraced(function* (records: string) {
  const { url } = yield* Sandbox.Sandbox
  const env = { CERTIFIER_BASE_URL: url, CERTIFIER_ACCESS_TOKEN: "any", RECORDS: records }
  const program = yield* start("issue-on-completion", { args: ["serve"], env })
  const address = yield* Deferred.make<string>()
  yield* program.stdout.pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.runForEach((line) => {
      const found = /^POST (http:\S+) /.exec(line)?.[1]
      return found === undefined ? Effect.void : Deferred.succeed(address, found)
    }),
    Effect.forkScoped
  )
  const completions = yield* Deferred.await(address)
  const report = (id: string) =>
    HttpClientRequest.post(completions).pipe(
      HttpClientRequest.bodyUnsafeJson({ id, name: "Ada Example", email: "ada@example.com" }),
      HttpClient.execute,
      Effect.flatMap((response) => Effect.map(response.text, (text) => ({ status: response.status, text })))
    )
  return { program, report }
})

/** Waits until the sandbox has applied a request whose response the server does not get. */
const until = (path: string) =>
  Effect.flatMap(Sandbox.Sandbox, ({ requestStream }) =>
    Stream.runHead(Stream.filter(requestStream, (request) => request.method === "POST" && request.path === path))
  )

/** The number of requests of each kind. */
const counted = Effect.gen(function* () {
  const { requests } = yield* Sandbox.Sandbox
  const posted = (yield* requests).filter(({ method }) => method === "POST").map(({ path }) => path)
  const count = (pattern: RegExp) => posted.filter((path) => pattern.test(path)).length
  return { creates: count(/\/credentials$/), issues: count(/\/issue$/), sends: count(/\/send$/) }
})

describe("issue-on-completion", { timeout }, () => {
  it.scopedLive("issues and mails once, even if it is killed while it creates and while it mails", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const records = yield* fs.makeTempDirectoryScoped()
      const hang = Fault.delay("2 minutes")

      const first = yield* served(records)
      yield* Sandbox.inject(hang, { method: "POST", path: "/v1/credentials" })
      yield* Effect.forkScoped(Effect.ignore(first.report("first-aid")))
      yield* until("/v1/credentials")
      yield* first.program.kill("SIGKILL")
      const [draft] = Chunk.toReadonlyArray(yield* Stream.runCollect(Credentials.list()))
      assert(draft !== undefined)
      assert.strictEqual(draft.status, "draft")

      // It resumes without another notification.
      const send = `/v1/credentials/${draft.id}/send`
      yield* Sandbox.inject(hang, { method: "POST", path: send })
      const second = yield* served(records)
      yield* until(send)
      yield* second.program.kill("SIGKILL")

      const third = yield* served(records)
      for (const _ of ["again", "and again"]) {
        const { status, text } = yield* third.report("first-aid")
        assert.strictEqual(status, 202)
        assert.match(text, new RegExp(`Send of credential ${draft.id}: a mail may have been sent`))
      }
      deepStrictEqual(yield* counted, { creates: 1, issues: 1, sends: 1 })
      assert.strictEqual((yield* Credentials.get(draft.id)).status, "issued")

      // It issues the next completion once, however often it is notified.
      const reports = Effect.all([third.report("fire-safety"), third.report("fire-safety")], { concurrency: 2 })
      const responses = [...(yield* reports), yield* third.report("fire-safety")]
      assert.strictEqual(new Set(responses.map(({ text }) => text)).size, 1)
      deepStrictEqual(
        responses.map(({ status }) => status),
        [200, 200, 200]
      )
      deepStrictEqual(yield* counted, { creates: 2, issues: 2, sends: 2 })

      const refused = yield* third.report("../../etc/passwd")
      assert.strictEqual(refused.status, 400)
      deepStrictEqual((yield* fs.readDirectory(records)).toSorted(), ["fire-safety.json", "first-aid.json"])
    }).pipe(Effect.provide(live))
  )

  it.live("reports to itself and ends, without an argument", () =>
    Effect.gen(function* () {
      const { code, lines, requests } = yield* run("issue-on-completion")
      assert.strictEqual(code, 0)
      assert.strictEqual(lines.length, 4)
      assert.strictEqual(new Set(lines.slice(1)).size, 1)
      assert.match(lines[1] ?? "", /^200 \{"credentialId":"[0-9a-z]{26}"\}$/)
      deepStrictEqual(requests, ["POST broken off (fault)", "POST 200", "POST 200", "POST 200"])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
