import type { HttpApp } from "@effect/platform"
import * as HttpApiSwagger from "@effect/platform/HttpApiSwagger"
import * as HttpLayerRouter from "@effect/platform/HttpLayerRouter"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { api } from "./openApi.js"

const routes = Layer.merge(
  HttpApiSwagger.layerHttpLayerRouter({ api, path: "/docs" }),
  HttpLayerRouter.add("GET", "/openapi.json", HttpServerResponse.json(OpenApi.fromApi(api)))
)

/** `/openapi.json`, and `/docs`: a self-contained page that works offline. */
export const make: Effect.Effect<HttpApp.Default<unknown>> = Effect.scoped(
  Effect.map(HttpLayerRouter.toHttpEffect(routes), Effect.scoped)
)
