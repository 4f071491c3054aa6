import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpTraceContext from "@effect/platform/HttpTraceContext"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as FiberRefs from "effect/FiberRefs"
import { constTrue, constUndefined } from "effect/Function"
import * as Tracer from "effect/Tracer"
import * as CertifierError from "../../CertifierError.js"
import type { BaseUrl } from "../clientOptions.js"
import * as Body from "./body.js"
import { BufferedResponse } from "./bufferedResponse.js"
import * as Response from "./response.js"
import * as Timeout from "./timeout.js"
import { type AttemptClient, CurrentAttemptTransform, CurrentCall } from "./transform.js"
import { toTransportError } from "./transportError.js"

/** The maximum size of a body; the rest is discarded. */
const maxSuccess = 1024 * 1024
const maxFailure = 64 * 1024

const strict = /* #__PURE__ */ new TextDecoder("utf-8", { fatal: true })

/**
 * Valid header names and values (RFC 9110, sections 5.6.2 and 5.5), separated by a line feed, which neither can contain. On an
 * invalid header `fetch` fails without a code, and `node:http` throws.
 */
const header = /^[\w!#-'*+.^`|~-]+\n[\t -~\x80-\xff]*$/

/**
 * Validates a request and sets up the fiber of its attempt, as the last step before sending. The setup ends with that fiber.
 *
 * - `fetch` follows redirects by default, and would send the request to their target. The user's `RequestInit` is kept,
 *   including one from the layer of the transport, which is visible only here.
 * - The platform's span is disabled: the span of the operation covers the request, and the platform would send trace headers to
 *   the API. The trace headers of the operation's span are sent if enabled; with tracing disabled, that span is a placeholder
 *   without an id.
 */
const prepare = ({ headers, tracerPropagation }: Pick<Options, "headers" | "tracerPropagation">) =>
  HttpClient.mapRequestEffect((request: HttpClientRequest.HttpClientRequest) =>
    Effect.withFiberRuntime<HttpClientRequest.HttpClientRequest, HttpClientError.RequestError>((fiber) => {
      // Neither over a copy of the entries, nor for headers that the client has already validated: both are a noticeable cost.
      for (const name in request.headers) {
        if (request.headers[name] !== headers[name] && !header.test(`${name}\n${request.headers[name]}`)) {
          return new HttpClientError.RequestError({ request, reason: "Encode" })
        }
      }
      const context = fiber.currentContext
      const span = Context.getOrElse(context, Tracer.ParentSpan, constUndefined)
      const traced = tracerPropagation && span?._tag === "Span" && fiber.getFiberRef(FiberRef.currentTracerEnabled)
      const init = {
        ...Context.getOrElse(context, FetchHttpClient.RequestInit, constUndefined),
        redirect: "manual" as const
      }
      // In one step, because every change copies all references of the fiber.
      const set = Effect.updateFiberRefs((fiberId, refs) =>
        FiberRefs.updateManyAs(refs, {
          entries: [
            [HttpClient.currentTracerDisabledWhen, [[fiberId, constTrue]]],
            [FiberRef.currentContext, [[fiberId, Context.add(context, FetchHttpClient.RequestInit, init)]]]
          ]
        })
      )
      return Effect.as(set, traced ? HttpClientRequest.setHeaders(request, HttpTraceContext.toHeaders(span)) : request)
    })
  )

export interface Options {
  /** The fields of every error that describe the operation. */
  readonly operation: Response.OperationFields
  readonly baseUrl: BaseUrl
  /** The validated headers of every request. */
  readonly headers: Readonly<Record<string, string>>
  readonly timeout: Duration.Duration
  readonly tracerPropagation: boolean
  readonly redact: (text: string) => string
  /** The outcome of a failure that may have taken effect. */
  readonly ambiguousOutcome: CertifierError.Outcome
}

/** A time limit and its error. */
export const limit = (
  { ambiguousOutcome, operation }: Pick<Options, "ambiguousOutcome" | "operation">,
  duration: Duration.Duration
) =>
  Timeout.make({
    duration,
    onTimeout: () => new CertifierError.Timeout({ ...operation, limit: duration, outcome: ambiguousOutcome })
  })

/** One attempt: sends the request, reads the response, and maps failures to typed errors. */
export const make = (transport: HttpClient.HttpClient, options: Options): AttemptClient => {
  const prepared = prepare(options)(transport)
  // The request ends with the scope of its attempt. Otherwise, and if a transform changes it (a trace header), the platform
  // watches each response until it is garbage-collected, which costs more.
  const httpClient = HttpClient.withScope(
    HttpClient.makeWith(Effect.flatMap(prepared.execute), Effect.succeed<HttpClientRequest.HttpClientRequest>)
  )

  const onHttpClientError = (error: HttpClientError.HttpClientError) => toTransportError(options, error)

  const receive = (
    response: HttpClientResponse.HttpClientResponse
  ): Effect.Effect<HttpClientResponse.HttpClientResponse, CertifierError.CertifierError> => {
    // Read once, because a response creates its headers on every access.
    const { headers, status } = response
    if (status < 200 || status > 299) {
      // The status is known, so an incomplete body is treated as a short one.
      return Effect.flatMap(Effect.merge(Body.read(response, headers, maxFailure)), ({ bytes }) =>
        Effect.flip(Response.toError(options, response, bytes))
      )
    }
    return Effect.matchEffect(Body.read(response, headers, maxSuccess), {
      onSuccess: ({ bytes, truncated }) => {
        const unusable = (problem: string, expected: string) =>
          Response.unusable(options, response, new TextDecoder().decode(bytes), [
            new CertifierError.Issue({ field: "", problem, expected })
          ])
        return truncated
          ? Effect.fail(unusable("is too large", `at most ${maxSuccess} bytes`))
          : Effect.try({
              try: () => new BufferedResponse(response, headers, bytes, strict.decode(bytes)),
              catch: () => unusable("is not UTF-8", "UTF-8")
            })
      },
      onFailure: ({ error }) => Effect.fail(onHttpClientError(error))
    })
  }

  /** The error of a transport that fails on a status (`filterStatusOk`) contains the response. */
  const recover = (error: HttpClientError.HttpClientError) =>
    error._tag === "ResponseError" && error.reason === "StatusCode"
      ? receive(error.response)
      : Effect.fail(onHttpClientError(error))

  const limited = limit(options, options.timeout)

  return HttpClient.makeWith(
    Effect.flatMap((request: HttpClientRequest.HttpClientRequest) => {
      const attempt = limited(
        Effect.matchEffect(httpClient.execute(request), { onSuccess: receive, onFailure: recover })
      )
      return Effect.withFiberRuntime<HttpClientResponse.HttpClientResponse, CertifierError.CertifierError>((fiber) => {
        const transform = Context.get(fiber.currentContext, CurrentAttemptTransform)
        const bound = transform && Context.get(fiber.currentContext, CurrentCall).bind(transform)
        return bound?.(attempt, request) ?? attempt
      })
    }),
    Effect.succeed<HttpClientRequest.HttpClientRequest>
  )
}
