import { assert } from "@effect/vitest"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as CertifierClient from "../../src/CertifierClient.js"
import { groupJson } from "./page.js"

/** A token that is long and unusual enough to be found wherever it leaks. */
export const token = "sk_live/Zm9v+YmFy=.~T0k3n-with-42"

export type Respond = (
  request: HttpClientRequest.HttpClientRequest
) => Response | Effect.Effect<Response, HttpClientError.HttpClientError>

export const json = (status: number, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  new Response(body, { status, headers: { "content-type": "application/json", ...headers } })

/** An `HttpClient` that records its requests and returns the responses of `respond`, by default the documented group. */
export const make = (respond: Respond = () => json(200, groupJson)) => {
  const requests: Array<HttpClientRequest.HttpClientRequest> = []
  const httpClient = HttpClient.make((request) =>
    Effect.suspend(() => {
      requests.push(request)
      const answer = respond(request)
      return Effect.map(Effect.isEffect(answer) ? answer : Effect.succeed(answer), (response) =>
        HttpClientResponse.fromWeb(request, response)
      )
    })
  )
  const fallible = (options?: Partial<CertifierClient.Options>) =>
    CertifierClient.layer({ accessToken: Redacted.make(token), ...options }).pipe(
      Layer.provide(Layer.succeed(HttpClient.HttpClient, httpClient))
    )
  return {
    requests,
    httpClient,
    layer: (options?: Partial<CertifierClient.Options>) => Layer.orDie(fallible(options)),
    fallible
  }
}

/** The item at the index; fails the test if there is none. */
export const at = <A>(items: ReadonlyArray<A>, index = 0): A => items[index] ?? assert.fail(`no item ${index}`)

/** Whether a request is for the first page of a list. */
export const isFirst = ({ url }: { readonly url: string }) => !new URL(url).searchParams.has("cursor")
