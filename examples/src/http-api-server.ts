/**
 * A server that calls Certifier and maps each of its errors to a declared error with its own status. The program sends itself four
 * requests and ends; with the argument `serve` it keeps running.
 */
import { CertifierClient, CertifierError } from "@effect-certifier/core"
import { RetryPolicy } from "@effect-certifier/retry"
import { Fault, Sandbox } from "@effect-certifier/sandbox"
import {
  HttpApi,
  HttpApiBuilder,
  HttpApiClient,
  HttpApiEndpoint,
  HttpApiGroup,
  HttpApiSchema,
  HttpApp,
  HttpServer,
  HttpServerResponse
} from "@effect/platform"
import { NodeHttpClient, NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { Console, Duration, Effect, Layer, Option, Schema } from "effect"
import { createServer } from "node:http"
import * as Local from "./lib/local.js"

class Course extends Schema.Class<Course>("Course")({ id: Schema.String, title: Schema.String }) {}

class NoSuchCourse extends Schema.TaggedError<NoSuchCourse>()(
  "NoSuchCourse",
  { id: Schema.String },
  HttpApiSchema.annotations({ status: 404 })
) {}

class TitleRefused extends Schema.TaggedError<TitleRefused>()(
  "TitleRefused",
  { why: Schema.String },
  HttpApiSchema.annotations({ status: 422 })
) {}

class TryLater extends Schema.TaggedError<TryLater>()(
  "TryLater",
  { seconds: Schema.Int },
  HttpApiSchema.annotations({ status: 503 })
) {}

/** For failures that a client of this server can't act on: its access token, its plan, its proxies. */
class OutOfOrder extends Schema.TaggedError<OutOfOrder>()(
  "OutOfOrder",
  {},
  HttpApiSchema.annotations({ status: 502 })
) {}

const CoursesApi = HttpApi.make("CoursesApi").add(
  HttpApiGroup.make("courses").add(
    HttpApiEndpoint.patch("rename", "/courses/:id")
      .setPath(Schema.Struct({ id: Schema.String }))
      .setPayload(Schema.Struct({ title: Schema.String }))
      .addSuccess(Course)
      .addError(NoSuchCourse)
      .addError(TitleRefused)
      .addError(TryLater)
      .addError(OutOfOrder)
  )
)

const translate = (id: string, error: CertifierError.CertifierError) =>
  Effect.gen(function* () {
    if (CertifierError.isRetryable(error) || error._tag === "CertifierRateLimiterRejected") {
      const wait = Option.getOrElse(CertifierError.retryAfter(error), () => Duration.seconds(5))
      const seconds = Math.max(1, Math.ceil(Duration.toSeconds(wait)))
      yield* HttpApp.appendPreResponseHandler((_, response) =>
        Effect.succeed(HttpServerResponse.setHeader(response, "retry-after", `${seconds}`))
      )
      return yield* new TryLater({ seconds })
    }
    switch (error._tag) {
      case "CertifierNotFound":
        return yield* new NoSuchCourse({ id })
      case "CertifierInvalidRequest":
        return yield* new TitleRefused({ why: error.issues.join("; ") })
      case "CertifierValidationError":
        return yield* new TitleRefused({ why: Option.getOrElse(error.apiMessage, () => "") })
      default:
        yield* Effect.logError(error)
        return yield* new OutOfOrder()
    }
  })

const CoursesLive = HttpApiBuilder.group(CoursesApi, "courses", (handlers) =>
  Effect.gen(function* () {
    const certifier = yield* CertifierClient.CertifierClient
    return handlers.handle("rename", ({ path: { id }, payload: { title } }) =>
      certifier.call(CertifierClient.updateGroup, id, { name: title }).pipe(
        Effect.map((group) => new Course({ id: group.id, title: group.name })),
        Effect.catchAll((error) => translate(id, error))
      )
    )
  })
)

// A client waits for the response: retry once, if that is soon, then return the wait as `Retry-After`.
const CertifierLive = CertifierClient.layerConfig({
  transformClient: RetryPolicy.toClientTransform(RetryPolicy.transient({ attempts: 2, maxRetryAfter: "1 second" }))
})

const ServerLive = HttpApiBuilder.serve().pipe(
  Layer.provide(HttpApiBuilder.api(CoursesApi)),
  Layer.provide(CoursesLive),
  Layer.provide(CertifierLive),
  Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }))
)

const demo = Effect.gen(function* () {
  const { courses } = yield* HttpServer.addressFormattedWith((baseUrl) => HttpApiClient.make(CoursesApi, { baseUrl }))
  const rename = (id: string, title: string) =>
    courses.rename({ path: { id }, payload: { title } }).pipe(
      Effect.map((course) => `renamed to ${course.title}`),
      Effect.catchTags({
        NoSuchCourse: ({ id }) => Effect.succeed(`no course ${id}`),
        TitleRefused: ({ why }) => Effect.succeed(`not a title: ${why}`),
        TryLater: ({ seconds }) => Effect.succeed(`come back in ${seconds}s`)
      }),
      Effect.flatMap(Console.log)
    )
  yield* rename(Local.groupId, "Financial Markets, Global")
  yield* rename("no-such-course", "Money")
  yield* rename(Local.groupId, "")
  yield* Sandbox.inject(Fault.error("rate_limited", { retryAfter: "30" }))
  yield* rename(Local.groupId, "Money")
})

const program = Effect.gen(function* () {
  const { url } = yield* Sandbox.Sandbox
  yield* HttpServer.addressFormattedWith((address) => Console.log(`Courses at ${address}, Certifier at ${url}`))
  yield* process.argv[2] === "serve" ? Effect.never : demo
})

program.pipe(
  Effect.provide(ServerLive),
  Effect.provide(NodeHttpClient.layerUndici),
  Effect.provide(Local.layer()),
  NodeRuntime.runMain
)
