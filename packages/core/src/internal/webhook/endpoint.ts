import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import type * as HttpApp from "@effect/platform/HttpApp"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import type { InvalidEvent, InvalidSignature } from "../../Webhook.js"
import * as Body from "./body.js"
import type { Outcome } from "./once.js"

const refuse = (status: number, text: string, headers: Record<string, string> = {}) =>
  HttpServerResponse.text(text, { status, headers })

const responses: { readonly [K in Outcome]: () => HttpServerResponse.HttpServerResponse } = {
  Handled: () => HttpServerResponse.empty({ status: 204 }),
  Failed: () => refuse(500, "The event was not handled"),
  Unavailable: () => refuse(503, "The event was not handled in time")
}

export interface Parts<R> {
  /** Whether to read the body. */
  readonly check: (request: HttpServerRequest.HttpServerRequest) => Either.Either<unknown, InvalidSignature>
  readonly receive: (
    request: HttpServerRequest.HttpServerRequest,
    body: Uint8Array
  ) => Effect.Effect<Outcome, InvalidSignature | InvalidEvent, R>
}

/** Reads a request, handles its event, and creates the response. */
export const make = <R>({ check, receive }: Parts<R>): HttpApp.Default<never, R> =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    if (request.method !== "POST") return refuse(405, "Only POST is allowed", { allow: "POST" })
    yield* check(request)
    const body = yield* Body.read(request)
    switch (body._tag) {
      case "Complete":
        return responses[yield* receive(request, body.bytes)]()
      case "TooLarge":
        return refuse(413, `The body is larger than ${Body.maxSize} bytes`)
      case "TooSlow":
        return refuse(408, "The body did not arrive in time")
      case "Incomplete":
        return refuse(400, "The body is incomplete")
      case "Taken":
        yield* Effect.logError("Webhook: the body of the request was already read, so its signature can't be verified")
        return refuse(500, "The event was not handled")
    }
  }).pipe(
    Effect.catchTags({
      CertifierInvalidSignature: (error) => Effect.succeed(refuse(403, error.message)),
      CertifierInvalidEvent: (error) => Effect.succeed(refuse(400, error.message))
    })
  )
