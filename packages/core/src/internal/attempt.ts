import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpTraceContext from "@effect/platform/HttpTraceContext"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import { constTrue, identity } from "effect/Function"
import * as Option from "effect/Option"
import * as CertifierError from "../CertifierError.js"
import * as Answer from "./answer.js"
import * as Body from "./body.js"
import * as BufferedResponse from "./bufferedResponse.js"
import type * as Settings from "./settings.js"
import { toTransportError } from "./transport.js"

/** How much of a body is read; what is behind it is discarded. */
const limits = { success: 1024 * 1024, failure: 64 * 1024 }

const isSuccess = (status: number): boolean => status >= 200 && status < 300

/**
 * `fetch` follows redirects unless told otherwise, and would send the request to wherever they point. Its options are
 * read from the fiber's context; a user's own are kept. What is set here ends with the operation, whose span restores the
 * context.
 */
const refuseRedirects = HttpClient.mapRequestEffect((request: HttpClientRequest.HttpClientRequest) =>
  Effect.as(
    FiberRef.update(FiberRef.currentContext, (context) =>
      Context.add(context, FetchHttpClient.RequestInit, {
        ...Option.getOrUndefined(Context.getOption(context, FetchHttpClient.RequestInit)),
        redirect: "manual"
      })
    ),
    request
  )
)

const propagateTrace = HttpClient.mapRequestEffect((request: HttpClientRequest.HttpClientRequest) =>
  Effect.flatMap(FiberRef.get(FiberRef.currentTracerEnabled), (enabled) =>
    Effect.match(Effect.currentSpan, {
      // With tracing switched off the current span is a placeholder without an id.
      onSuccess: (span) =>
        enabled ? HttpClientRequest.setHeaders(request, HttpTraceContext.toHeaders(span)) : request,
      onFailure: () => request
    })
  )
)

/** The user's transport as attempts need it. */
export const prepare = (httpClient: HttpClient.HttpClient, options: { readonly tracerPropagation: boolean }) =>
  httpClient.pipe(
    refuseRedirects,
    options.tracerPropagation ? propagateTrace : identity,
    // The span of the operation says it all, and the platform's own would send its trace headers to the service.
    HttpClient.withTracerDisabledWhen(constTrue)
  )

export interface Options {
  readonly baseUrl: Settings.BaseUrl
  readonly timeout: Duration.Duration
  readonly redact: (text: string) => string
  /** What an end without an answer says of a change. */
  readonly unknown: CertifierError.Outcome
}

export type AttemptClient = HttpClient.HttpClient.With<CertifierError.CertifierError>

/** Sends, reads, and types what went wrong: one attempt. */
export const make = (
  httpClient: HttpClient.HttpClient,
  operation: string,
  { baseUrl, redact, timeout, unknown }: Options
): AttemptClient => {
  const onHttpClientError = (error: HttpClientError.HttpClientError) =>
    toTransportError({ operation, origin: baseUrl.origin, unknown }, error)

  /** A transport that was told to fail on a status (`filterStatusOk`) still has the answer. */
  const recoverStatus = (error: HttpClientError.HttpClientError) =>
    error._tag === "ResponseError" && error.reason === "StatusCode"
      ? Effect.succeed(error.response)
      : Effect.fail(onHttpClientError(error))

  const receive = Effect.fnUntraced(function* (response: HttpClientResponse.HttpClientResponse) {
    const { headers, status } = response
    if (!isSuccess(status)) {
      // The status is known, so a body that breaks off is as good as a short one.
      const { bytes } = yield* Effect.merge(Body.read(response, limits.failure))
      return yield* Effect.flip(Answer.toError({ operation, response, bytes, redact, unknown }))
    }
    const body = yield* Effect.mapError(Body.read(response, limits.success), ({ error }) => onHttpClientError(error))
    const unusable = (problem: string, expected: string) =>
      new CertifierError.ResponseDecodeError({
        operation,
        status,
        requestId: Answer.requestIdOf(headers, redact),
        issues: [new CertifierError.Issue({ field: "", problem, expected })],
        excerpt: Answer.excerptOf(new TextDecoder().decode(body.bytes), redact),
        outcome: unknown
      })
    if (body.truncated) return yield* unusable("is too large", `at most ${limits.success} bytes`)
    const text = yield* Effect.try({
      try: () => new TextDecoder("utf-8", { fatal: true }).decode(body.bytes),
      catch: () => unusable("is not UTF-8", "JSON in UTF-8")
    })
    return BufferedResponse.make(response, body.bytes, text)
  })

  return HttpClient.makeWith(
    Effect.flatMap((request: HttpClientRequest.HttpClientRequest) =>
      httpClient.execute(request).pipe(
        Effect.catchAll(recoverStatus),
        Effect.flatMap(receive),
        Effect.timeoutFail({
          duration: timeout,
          onTimeout: () => new CertifierError.Timeout({ operation, limit: timeout, outcome: unknown })
        })
      )
    ),
    Effect.succeed<HttpClientRequest.HttpClientRequest>
  )
}
