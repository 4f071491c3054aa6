import type { HttpApp } from "@effect/platform"
import type { CertifierError } from "@effect-certifier/core"
import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import { HttpApiDecodeError } from "@effect/platform/HttpApiError"
import type * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServer from "@effect/platform/HttpServer"
import { RouteNotFound } from "@effect/platform/HttpServerError"
import type * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as ErrorEnvelope from "../ErrorEnvelope.js"
import * as Validation from "./validation.js"

export const failWith = <const Code extends CertifierError.Code>(
  code: Code,
  message?: string
): Effect.Effect<never, ErrorEnvelope.ErrorEnvelope<Code>> => Effect.fail(ErrorEnvelope.make(code, message))

const invalidJson = (message?: string) => failWith("invalid_json", message)

/** Decodes a body strictly: JSON's media type, valid UTF-8, JSON, then the fields. */
export const body = <A, I>(request: HttpServerRequest.HttpServerRequest, schema: Schema.Schema<A, I>) => {
  const decode = Schema.decodeUnknown(schema, { errors: "all" })
  return Effect.gen(function* () {
    if (!/^\s*application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")) {
      return yield* invalidJson("The request's content type is not application/json")
    }
    const bytes = yield* Effect.orDie(request.arrayBuffer)
    const json = yield* Effect.orElse(
      Effect.try((): unknown => JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes))),
      () => invalidJson()
    )
    return yield* Effect.mapError(decode(json), (error) =>
      ErrorEnvelope.make("validation_error", Validation.describe(error))
    )
  })
}

/** Translates the platform's errors into the API's. */
const translate = (
  cause: Cause.Cause<never>
): Effect.Effect<never, ErrorEnvelope.ErrorEnvelope<"not_found"> | ErrorEnvelope.ErrorEnvelope<"validation_error">> => {
  const error = Cause.squash(cause)
  if (error instanceof RouteNotFound) return failWith("not_found")
  if (error instanceof HttpApiDecodeError) {
    const fields = error.issues.map(({ message, path }) => `${path.join(".")} ${message}`).join("; ")
    return failWith("validation_error", fields.slice(0, 512))
  }
  return Effect.failCause(cause)
}

export interface Served {
  readonly app: HttpApp.Default
  readonly api: Context.Tag.Service<HttpApi.Api>
}

/** Builds an application from an `HttpApi` and its handlers. */
export const serve = <Id extends string, Groups extends HttpApiGroup.HttpApiGroup.Any, E, R>(
  api: HttpApi.HttpApi<
    Id,
    Groups,
    E | ErrorEnvelope.ErrorEnvelope<"not_found"> | ErrorEnvelope.ErrorEnvelope<"validation_error">,
    R
  >,
  live: Layer.Layer<HttpApi.Api, never, HttpApiBuilder.Router | HttpRouter.HttpRouter.DefaultServices>
): Effect.Effect<Served, never, Scope.Scope> =>
  Effect.gen(function* () {
    const context = yield* Layer.build(
      Layer.provideMerge(
        live,
        Layer.mergeAll(
          HttpApiBuilder.middleware(api, (app) => Effect.catchAllCause(app, translate)),
          HttpApiBuilder.Router.Live,
          HttpApiBuilder.Middleware.layer,
          HttpServer.layerContext
        )
      )
    )
    const app = yield* HttpApiBuilder.httpApp.pipe(
      // Ids of any length reach their handler, and paths are compared exactly.
      HttpRouter.withRouterConfig({ caseSensitive: true, ignoreTrailingSlash: false, maxParamLength: 4096 }),
      Effect.provide(context)
    )
    return { app: Effect.provide(app, context), api: Context.get(context, HttpApi.Api) }
  })
