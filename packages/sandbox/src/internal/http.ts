import type { CertifierError } from "@effect-certifier/core"
import type { HttpApp } from "@effect/platform"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import type * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Effect from "effect/Effect"
import * as ErrorEnvelope from "../ErrorEnvelope.js"
import type { IncomingRequest, OutgoingResponse } from "./message.js"

/** The methods that a `Request` allows and keeps. No route has another one. */
const ordinary = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/

/**
 * Creates the request for the platform's applications. Its URL is set afterwards, because a `Request` would resolve `..` in the
 * path, which a server must not do.
 */
const toServerRequest = ({
  address,
  body,
  headers,
  method,
  url
}: IncomingRequest): HttpServerRequest.HttpServerRequest =>
  HttpServerRequest.fromWeb(
    new Request("http://sandbox", {
      method: ordinary.test(method) ? method : "OPTIONS",
      ...(method === "GET" || method === "HEAD" || body.length === 0 ? {} : { body: new Uint8Array(body) })
    })
  ).modify({ url: url.startsWith("/") ? url : `/${url}`, headers, remoteAddress: address })

const toOutgoingResponse = (response: HttpServerResponse.HttpServerResponse): OutgoingResponse => ({
  status: response.status,
  headers: response.headers,
  body: response.body._tag === "Uint8Array" ? response.body.body : new Uint8Array()
})

/** Runs an application on a request, in the caller's fiber and with its clock. */
export const run = <E>(app: HttpApp.Default<E>, incoming: IncomingRequest): Effect.Effect<OutgoingResponse, E> =>
  Effect.map(
    Effect.provideService(app, HttpServerRequest.HttpServerRequest, toServerRequest(incoming)),
    toOutgoingResponse
  )

export const errorResponse = (code: CertifierError.Code, message?: string): OutgoingResponse => ({
  status: ErrorEnvelope.statusOf(code),
  headers: { "content-type": "application/json" },
  body: new TextEncoder().encode(JSON.stringify(ErrorEnvelope.make(code, message)))
})
