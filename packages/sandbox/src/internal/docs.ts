import type { HttpApp } from "@effect/platform"
import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as HttpApiSwagger from "@effect/platform/HttpApiSwagger"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServer from "@effect/platform/HttpServer"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** `/openapi.json`, and `/docs`: a self-contained page that works offline. */
export const make = (api: Context.Tag.Service<HttpApi.Api>): Effect.Effect<HttpApp.Default<unknown>> =>
  Effect.scoped(
    Effect.gen(function* () {
      const context = yield* Layer.build(
        Layer.mergeAll(HttpApiSwagger.layer(), HttpApiBuilder.middlewareOpenApi()).pipe(
          Layer.provide(Layer.succeed(HttpApi.Api, api)),
          Layer.provideMerge(Layer.merge(HttpApiBuilder.Router.Live, HttpServer.layerContext))
        )
      )
      const router = yield* Effect.flatMap(HttpApiBuilder.Router, (service) => service.router).pipe(
        Effect.provide(context)
      )
      return Effect.provide(yield* HttpRouter.toHttpApp(router), context)
    })
  )
