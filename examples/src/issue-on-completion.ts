/**
 * A server that issues one credential for each "course completed" event, even if the event is repeated or the server is killed at any
 * point. The program sends one event to itself three times and ends. With the argument `serve` it keeps running, with the Certifier
 * of the environment; `RECORDS` is the directory in which it stores the progress of issuances.
 */
import { CertifierClient, CertifierError, Issuance } from "@effect-certifier/core"
import { RetryPolicy } from "@effect-certifier/retry"
import { Fault, Sandbox } from "@effect-certifier/sandbox"
import {
  FileSystem,
  HttpClient,
  HttpClientRequest,
  HttpRouter,
  HttpServer,
  HttpServerRequest,
  HttpServerResponse
} from "@effect/platform"
import { NodeContext, NodeHttpClient, NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { Config, Console, Effect, Fiber, FiberMap, Layer, Match, Option, Schema } from "effect"
import { createServer } from "node:http"
import * as Local from "./lib/local.js"
import * as Records from "./lib/records.js"

const Completion = Schema.Struct({
  /** Derived from the completion, so that repeated reports have the same id. */
  id: Schema.String.pipe(Schema.pattern(/^[0-9A-Za-z-]{1,64}$/)),
  name: Schema.String,
  email: Schema.String
})

const directory = Effect.flatMap(
  Config.option(Config.string("RECORDS")),
  Option.match({
    onNone: () => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped()),
    onSome: Effect.succeed
  })
)

const makeIssue = Effect.gen(function* () {
  const records = yield* Effect.flatMap(directory, Records.make)

  const issueOnce = Effect.fnUntraced(function* (id: string, completion?: typeof Completion.Type) {
    const options = { onStep: (step: Issuance.Step) => records.set(id, step) }
    const step = yield* records.get(id)
    if (Option.isSome(step)) return yield* Issuance.resume(step.value, options)
    const { email, name } = yield* Effect.fromNullable(completion)
    return yield* Issuance.issue({ groupId: Local.groupId, recipient: { email, name } }, options)
  })

  // One issuance at a time for each id. It continues if the caller disconnects, and concurrent callers get its result.
  const running = yield* FiberMap.make<string, Issuance.Done, Effect.Effect.Error<ReturnType<typeof issueOnce>>>()
  const fork = yield* FiberMap.runtime(running)<CertifierClient.CertifierClient>()
  const issue = (id: string, completion?: typeof Completion.Type) =>
    Effect.suspend(() =>
      Fiber.join(Option.getOrElse(FiberMap.unsafeGet(running, id), () => fork(id, issueOnce(id, completion))))
    )

  // Continues the issuance of an earlier process.
  const ids = yield* records.ids
  yield* Effect.forEach(ids, (id) => Effect.catchAll(issue(id), Effect.logWarning), {
    concurrency: 3,
    discard: true
  }).pipe(Effect.forkScoped)
  return issue
})

type Failure = Effect.Effect.Error<ReturnType<Effect.Effect.Success<typeof makeIssue>>>

const respond = (status: number, message: string) => HttpServerResponse.json({ message }, { status })

const later = "Report it again later."

const explain = (error: Failure) =>
  Match.value(error).pipe(
    Match.tag("CertifierIssuanceUncertain", (error) =>
      // The sender need not retry; the outcome has to be checked manually, for example in the mailbox.
      error.reason === "NotRead"
        ? respond(503, later)
        : Effect.zipRight(Effect.logWarning(error.message), respond(202, error.message))
    ),
    Match.tag("CertifierInvalidRequest", (error) => respond(422, error.issues.join("; "))),
    Match.when(CertifierError.isRetryable, () => respond(503, later)),
    Match.orElse((error) => Effect.zipRight(Effect.logError(error), respond(500, "The log of this server says why.")))
  )

const router = Effect.map(makeIssue, (issue) =>
  HttpRouter.empty.pipe(
    HttpRouter.post(
      "/completions",
      HttpServerRequest.schemaBodyJson(Completion).pipe(
        Effect.matchEffect({
          onFailure: () => respond(400, "This is not a completion."),
          onSuccess: (completion) =>
            Effect.matchEffect(issue(completion.id, completion), {
              onFailure: explain,
              onSuccess: ({ credentialId }) => HttpServerResponse.json({ credentialId })
            })
        })
      )
    )
  )
)

const ServerLive = Layer.unwrapScoped(Effect.map(router, (app) => HttpServer.serve(app))).pipe(
  Layer.provide(
    CertifierClient.layerConfig({
      transformClient: RetryPolicy.toClientTransform(RetryPolicy.rateLimited({ maxRetryAfter: "10 seconds" }))
    })
  ),
  Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }))
)

const completion = { id: "first-aid-ada", name: "Ada Example", email: "ada@example.com" }

const announce = HttpServer.addressFormattedWith((url) =>
  Console.log(`POST ${url}/completions ${JSON.stringify(completion)}`)
)

const demo = Effect.gen(function* () {
  yield* announce
  const report = HttpServer.addressFormattedWith((url) =>
    HttpClientRequest.post(`${url}/completions`).pipe(
      HttpClientRequest.bodyUnsafeJson(completion),
      HttpClient.execute,
      Effect.flatMap((response) => Effect.map(response.text, (text) => Console.log(response.status, text))),
      Effect.flatten
    )
  )
  // The credential is created, and the response is lost.
  yield* Sandbox.inject(Fault.reset(), { method: "POST", path: "/v1/credentials" })
  yield* Effect.all([report, report], { concurrency: 2 })
  yield* report
})

const program =
  process.argv[2] === "serve"
    ? Effect.provide(Effect.zipRight(announce, Effect.never), ServerLive)
    : demo.pipe(Effect.provide(ServerLive), Effect.provide(Local.layer()))

program.pipe(Effect.provide([NodeHttpClient.layerUndici, NodeContext.layer]), NodeRuntime.runMain)
