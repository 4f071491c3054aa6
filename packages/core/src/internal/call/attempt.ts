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

/** How much of a body is read; what is behind it is discarded. */
const maxSuccess = 1024 * 1024
const maxFailure = 64 * 1024

const strict = /* #__PURE__ */ new TextDecoder("utf-8", { fatal: true })

/**
 * What HTTP allows of a header's name and of its value (RFC 9110, sections 5.6.2 and 5.5), with a line feed between them, which neither
 * has. At others `fetch` fails without a code, and `node:http` dies.
 */
const header = /^[\w!#-'*+.^`|~-]+\n[\t -~\x80-\xff]*$/

/**
 * Checks a request and sets up the fiber of its attempt, as the last step before it is sent; all of it ends with that fiber.
 *
 * - `fetch` follows redirects by default, and would send the request to wherever they point. A user's own options are kept,
 *   also those that came with the transport's layer, which are visible only here.
 * - The operation's span covers the request, and the platform's own would send its trace headers to the API. Ours are sent
 *   if that is wanted; with tracing disabled, ours is a placeholder without an id.
 */
const prepare = ({ headers, tracerPropagation }: Pick<Options, "headers" | "tracerPropagation">) =>
  HttpClient.mapRequestEffect((request: HttpClientRequest.HttpClientRequest) =>
    Effect.withFiberRuntime<HttpClientRequest.HttpClientRequest, HttpClientError.RequestError>((fiber) => {
      // Not over a copy of the entries, nor what the client has checked already: a noticeable part of what a call costs.
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
      // At once: each time anew, all references of the fiber are copied.
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
  /** What each error says of its operation. */
  readonly operation: Response.OperationFields
  readonly baseUrl: BaseUrl
  /** What the client sends with every request, checked. */
  readonly headers: Readonly<Record<string, string>>
  readonly timeout: Duration.Duration
  readonly tracerPropagation: boolean
  readonly redact: (text: string) => string
  /** What a failure that leaves it open says of a change. */
  readonly ambiguousOutcome: CertifierError.Outcome
}

/** A time limit, as an error of the operation. */
export const limit = (
  { ambiguousOutcome, operation }: Pick<Options, "ambiguousOutcome" | "operation">,
  duration: Duration.Duration
) =>
  Timeout.make({
    duration,
    onTimeout: () => new CertifierError.Timeout({ ...operation, limit: duration, outcome: ambiguousOutcome })
  })

/** Sends, reads, and types what went wrong: one attempt. */
export const make = (transport: HttpClient.HttpClient, options: Options): AttemptClient => {
  const prepared = prepare(options)(transport)
  // The request ends with the scope of its attempt. Otherwise, and if a transform changes it (a trace header), the platform
  // watches each response until it is collected, which costs more.
  const httpClient = HttpClient.withScope(
    HttpClient.makeWith(Effect.flatMap(prepared.execute), Effect.succeed<HttpClientRequest.HttpClientRequest>)
  )

  const onHttpClientError = (error: HttpClientError.HttpClientError) => toTransportError(options, error)

  const receive = (
    response: HttpClientResponse.HttpClientResponse
  ): Effect.Effect<HttpClientResponse.HttpClientResponse, CertifierError.CertifierError> => {
    // Once: a response creates its headers anew each time.
    const { headers, status } = response
    if (status < 200 || status > 299) {
      // The status is known, so a body that breaks off is as good as a short one.
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

  /** A transport that fails on a status (`filterStatusOk`) still has the response. */
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
