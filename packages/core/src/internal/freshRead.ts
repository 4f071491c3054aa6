import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { constUndefined } from "effect/Function"
import { type ClientTransform, CurrentClientTransform, CurrentNestedTransform } from "./call/transform.js"

const withTransform = <A, E, R>(
  self: Effect.Effect<A, E, R>,
  change: (context: Context.Context<never>) => ClientTransform
): Effect.Effect<A, E, R> =>
  Effect.flatMap(Effect.context<never>(), (context) => {
    const init = Context.getOrElse(context, FetchHttpClient.RequestInit, constUndefined)
    return self.pipe(
      Effect.provideService(CurrentClientTransform, change(context)),
      Effect.provideService(FetchHttpClient.RequestInit, { ...init, cache: "no-store" })
    )
  })

const uncached = HttpClientRequest.setHeader("cache-control", "no-cache")

/** A read that bypasses all caches, of `fetch` or of a client transform, because it decides what is sent next. */
export const freshRead = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  withTransform(self, (context) => {
    const inherited = Context.get(context, CurrentClientTransform)
    return (client, operation) => HttpClient.mapRequest(inherited(client, operation), uncached)
  })

/**
 * The same, nested in an attempt of `request`: it reads the URL of that request, with the headers added by transforms, and only
 * goes through the transforms of `CertifierClient.withNestedTransform`.
 */
export const nestedRead = <A, E, R>(
  self: Effect.Effect<A, E, R>,
  request: HttpClientRequest.HttpClientRequest
): Effect.Effect<A, E, R> =>
  withTransform(self, (context) => {
    const { "content-length": _length, "content-type": _type, ...headers } = request.headers
    const read = uncached(HttpClientRequest.get(request.url, { headers, urlParams: request.urlParams }))
    const nested = Context.get(context, CurrentNestedTransform)
    return (client, operation) => HttpClient.mapRequest(nested(client, operation), () => read)
  })
