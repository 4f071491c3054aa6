import * as Headers from "@effect/platform/Headers"
import * as HttpClient from "@effect/platform/HttpClient"
import { RequestError } from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
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
      // The type is that of the runtime's `fetch`. `Response` rejects anything else, as `fetch` does.
      return read(body.body as BodyInit)
  }
}

/**
 * A body that runs only while its reader waits for the next chunk, so that a reader that stops leaves no fiber running. It ends
 * when the reader cancels it or the caller aborts.
 */
const readable = (transmission: Transmission.Transmission, signal: AbortSignal) =>
  Effect.zipWith(Effect.runtime(), Transmission.body(transmission), (runtime, next) => {
    const run = Runtime.runFork(runtime)
    let stop = () => {}
    let isCancelled = false
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> =>
      new Promise((resolve) => {
        const fiber = run(next)
        stop = () => fiber.unsafeInterruptAsFork(FiberId.none)
        signal.addEventListener("abort", stop, { once: true })
        if (signal.aborted) stop()
        fiber.addObserver((exit) => {
          signal.removeEventListener("abort", stop)
          if (isCancelled) return resolve()
          if (Exit.isSuccess(exit)) {
            if (Option.isSome(exit.value)) controller.enqueue(exit.value.value)
            else controller.close()
          } else {
            const failure = Cause.failureOption(exit.cause)
            controller.error(Option.isSome(failure) ? connectionError(failure.value.how) : signal.reason)
          }
          resolve()
        })
      })
    const cancel = () => {
      isCancelled = true
      stop()
      run(transmission.release ?? Effect.void)
    }
    return new ReadableStream<Uint8Array>({ pull, cancel }, { highWaterMark: 0 })
  })

/**
 * An `HttpClient` that calls the sandbox without a socket. Everything runs in the caller's fiber, and therefore with the caller's
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
        address: "127.0.0.1"
      })
      yield* Effect.mapError(
        Transmission.begin(transmission),
        ({ how }) => new RequestError({ request, reason: "Transport", cause: connectionError(how) })
      )
      const { response } = transmission
      const hasBody = request.method !== "HEAD" && !bodiless.has(response.status)
      const content = Transmission.isPlain(transmission)
        ? new Uint8Array(response.body)
        : yield* readable(transmission, signal)
      return HttpClientResponse.fromWeb(
        request,
        new Response(hasBody ? content : null, {
          status: response.status,
          headers: hasBody ? { ...Transmission.bodyHeaders(transmission), ...response.headers } : response.headers
        })
      )
    })
  )
