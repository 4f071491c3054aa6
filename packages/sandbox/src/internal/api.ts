import type { HttpApp } from "@effect/platform"
import type { CertifierError } from "@effect-certifier/core"
import type * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import type * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServer from "@effect/platform/HttpServer"
import { isServerError } from "@effect/platform/HttpServerError"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as ErrorEnvelope from "../ErrorEnvelope.js"
import * as Validation from "./validation.js"

export const failWith = <const Code extends CertifierError.Code>(
  code: Code,
  message?: string
): Effect.Effect<never, ErrorEnvelope.ErrorEnvelope<Code>> => Effect.fail(ErrorEnvelope.make(code, message))

const invalidJson = (message?: string) => failWith("invalid_json", message)

/** Parses the body of the request, which must have JSON's media type and be valid UTF-8 and JSON. */
export const json = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  if (!/^\s*application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")) {
    return yield* invalidJson("The request's content type is not application/json")
  }
  const bytes = yield* Effect.orDie(request.arrayBuffer)
  return yield* Effect.orElse(
    Effect.try((): unknown => JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes))),
    () => invalidJson()
  )
})

/** The error of a body with invalid fields, with the first issue of each. */
export const invalidBody = (error: ParseResult.ParseError): ErrorEnvelope.ErrorEnvelope<"validation_error"> =>
  ErrorEnvelope.make("validation_error", Validation.describe(error))

/** Decodes the body of the request with a schema. */
export const body = <A, I>(schema: Schema.Schema<A, I>) => {
  const decode = Schema.decodeUnknown(schema, { errors: "all" })
  return Effect.flatMap(json, (value) => Effect.mapError(decode(value), invalidBody))
}

/** Translates the platform's error of an unknown method or path into the API's. */
export const translate = (
  cause: Cause.Cause<never>
): Effect.Effect<never, ErrorEnvelope.ErrorEnvelope<"not_found">> => {
  const error = Cause.squash(cause)
  return isServerError(error) && error._tag === "RouteNotFound" ? failWith("not_found") : Effect.failCause(cause)
}

/** Accepts ids of any length, and matches paths exactly. */
export const withExactPaths = HttpRouter.withRouterConfig({
  caseSensitive: true,
  ignoreTrailingSlash: false,
  maxParamLength: 4096
})

/** Builds an application from an `HttpApi` and its handlers. */
export const serve = <Id extends string, Groups extends HttpApiGroup.HttpApiGroup.Any, E, R>(
  api: HttpApi.HttpApi<Id, Groups, E | ErrorEnvelope.ErrorEnvelope<"not_found">, R>,
  live: Layer.Layer<HttpApi.Api, never, HttpApiBuilder.Router | HttpRouter.HttpRouter.DefaultServices>
): Effect.Effect<HttpApp.Default, never, Scope.Scope> =>
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
    const app = yield* HttpApiBuilder.httpApp.pipe(withExactPaths, Effect.provide(context))
    return Effect.provide(app, context)
  })
