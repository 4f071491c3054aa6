import * as Headers from "@effect/platform/Headers"
import * as HttpClient from "@effect/platform/HttpClient"
import { RequestError } from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { bodiless, type IncomingRequest } from "./message.js"
import * as Transmission from "./transmission.js"

/** The cause of the error of Node's `fetch` when a connection ends this way. */
const connectionError = (how: "Reset" | "Close"): Error =>
  how === "Reset"
    ? Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", syscall: "read" })
    : Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" })

/** The request's body, and the headers that follow from it. */
const bodyOf = (
  request: HttpClientRequest.HttpClientRequest
): Effect.Effect<{ readonly bytes: Uint8Array; readonly headers: Headers.Headers }, RequestError> => {
  const fail = (cause: unknown) => new RequestError({ request, reason: "Encode", cause })
  const read = (content: BodyInit) => {
    const response = new Response(content)
    return Effect.map(Effect.tryPromise({ try: () => response.arrayBuffer(), catch: fail }), (buffer) => ({
      bytes: new Uint8Array(buffer),
      headers: Headers.fromInput(response.headers)
    }))
  }
  const { body } = request
  const headers =
    body.contentType === undefined ? Headers.empty : Headers.fromInput({ "content-type": body.contentType })
  switch (body._tag) {
    case "Empty":
      return Effect.succeed({ bytes: new Uint8Array(), headers })
    case "Uint8Array":
      return Effect.succeed({ bytes: body.body, headers })
    case "Stream":
      return Stream.runCollect(body.stream).pipe(
        Effect.mapBoth({
          onSuccess: (chunks) => ({ bytes: new Uint8Array(Buffer.concat([...chunks])), headers }),
          onFailure: fail
        })
      )
    case "FormData":
      return read(body.formData)
    case "Raw":
      // What the runtime's `fetch` accepts; `Response` rejects anything else, as `fetch` does.
      return read(body.body as BodyInit)
  }
}

/**
 * An `HttpClient` that calls the sandbox without a socket. Everything runs in the caller's fiber, and so with the caller's
 * `Clock`.
 */
export const make = (
  handle: (incoming: IncomingRequest) => Effect.Effect<Transmission.Transmission>
): HttpClient.HttpClient =>
  HttpClient.make((request, url, signal) =>
    Effect.gen(function* () {
      const { bytes, headers } = yield* bodyOf(request)
      const transmission = yield* handle({
        method: request.method,
        url: url.pathname + url.search,
        headers: Headers.merge(headers, request.headers),
        body: bytes,
        local: true
      })
      yield* Effect.mapError(
        Transmission.begin(transmission),
        ({ how }) => new RequestError({ request, reason: "Transport", cause: connectionError(how) })
      )
      const { response } = transmission
      const runtime = yield* Effect.runtime()
      const hasBody = request.method !== "HEAD" && !bodiless.has(response.status)
      const aborted = Effect.async<void>((resume) => {
        const onAbort = () => resume(Effect.void)
        if (signal.aborted) onAbort()
        signal.addEventListener("abort", onAbort, { once: true })
        return Effect.sync(() => signal.removeEventListener("abort", onAbort))
      })
      const stream = Stream.toReadableStreamRuntime(
        Transmission.body(transmission).pipe(
          Stream.mapError(({ how }) => connectionError(how)),
          // A caller that aborts ends the body.
          Stream.interruptWhen(aborted)
        ),
        runtime
      )
      return HttpClientResponse.fromWeb(
        request,
        new Response(!hasBody ? null : Transmission.isPlain(transmission) ? new Uint8Array(response.body) : stream, {
          status: response.status,
          headers: hasBody ? { "content-length": String(response.body.length), ...response.headers } : response.headers
        })
      )
    })
  )
