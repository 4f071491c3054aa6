import * as HttpBody from "@effect/platform/HttpBody"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FiberRef from "effect/FiberRef"
import { identity } from "effect/Function"
import { globalValue } from "effect/GlobalValue"
import * as Option from "effect/Option"
import * as SchemaAST from "effect/SchemaAST"
import * as Tracer from "effect/Tracer"
import * as CertifierError from "../CertifierError.js"
import type { Operation, Request } from "../Operation.js"
import * as Answer from "./answer.js"
import * as Attempt from "./attempt.js"
import * as Issues from "./issues.js"
import * as Metrics from "./metrics.js"
import { toTransportError } from "./transport.js"

type ClientTransform = (client: Attempt.AttemptClient, operation: { readonly name: string }) => Attempt.AttemptClient

export const currentTransform = globalValue("@effect-certifier/core/CertifierClient/currentTransform", () =>
  FiberRef.unsafeMake<ClientTransform>(identity)
)

export interface Options extends Omit<Attempt.Options, "operation" | "unknown"> {
  readonly headers: Readonly<Record<string, string>>
  readonly transformClient: ClientTransform
  /** Applied inside of all transforms. */
  readonly protect?: ((client: Attempt.AttemptClient) => Attempt.AttemptClient) | undefined
}

/** Path and query with their fields filled in; the schema has made sure that each field of the path stays one segment. */
const renderer = (template: string) => {
  // Text at even places, names at odd ones.
  const parts = template.split(/\{(\w+)\}/)
  return ({ path = {}, urlParams }: Request): string => {
    const query = urlParams === undefined ? "" : UrlParams.toString(UrlParams.fromInput(urlParams))
    return parts.map((part, i) => (i % 2 === 0 ? part : path[part])).join("") + (query === "" ? "" : `?${query}`)
  }
}

const outcomeOf = (exit: Exit.Exit<unknown, CertifierError.CertifierError>): string =>
  Exit.isSuccess(exit)
    ? "Success"
    : Option.match(Cause.failureOption(exit.cause), {
        onSome: (error) => error._tag,
        onNone: () => (Cause.isInterrupted(exit.cause) ? "Interrupted" : "Defect")
      })

/** An operation as a function: checks the input, sends it through the transforms, decodes the answer. */
export const make = <Args extends ReadonlyArray<unknown>, Input extends Request, InputEncoded, A, I>(
  httpClient: HttpClient.HttpClient,
  operation: Operation<Args, Input, InputEncoded, A, I>,
  options: Options
): ((...args: Args) => Effect.Effect<A, CertifierError.CertifierError>) => {
  const { baseUrl, headers, protect = identity } = options
  const { method, name, template } = operation
  // A request that only reads changes nothing, however it ends.
  const unknown = method === "GET" ? "NotApplied" : "MaybeApplied"
  const call: Attempt.Options = { ...options, operation: name, unknown }
  const attempts = options.transformClient(protect(Attempt.make(httpClient, call)), operation)
  const metrics = Metrics.make(name)
  const decodeRequest = Issues.decoder(operation.request, 1)
  const decodeSuccess = Issues.decoder(operation.success)
  // What an answer without content is made of is nobody's business.
  const parse = SchemaAST.isVoidKeyword(operation.success.ast) ? () => Either.right(undefined) : Answer.parseJson
  const spanName = `CertifierClient.${name}`
  const spanOptions: Tracer.SpanOptions = {
    kind: "client",
    attributes: {
      "http.request.method": method,
      "url.template": template,
      "server.address": baseUrl.hostname,
      "server.port": baseUrl.port
    },
    // It would show this module: an effect is run elsewhere than it is made.
    captureStackTrace: false
  }

  const render = renderer(template)
  const blank = HttpClientRequest.make(method)(baseUrl.origin, { headers })
  const toHttp = (request: Request) => {
    const http = HttpClientRequest.setUrl(blank, `${baseUrl.prefix}${render(request)}`)
    return request.payload === undefined
      ? http
      : HttpClientRequest.setBody(http, HttpBody.text(JSON.stringify(request.payload), "application/json"))
  }

  const decode = (response: HttpClientResponse.HttpClientResponse, text: string) =>
    Either.mapLeft(Either.flatMap(parse(text), decodeSuccess), (issues) =>
      Answer.unusable(call, response, text, issues)
    )

  const send = (request: HttpClientRequest.HttpClientRequest, span: Tracer.Span, transform: ClientTransform) =>
    Effect.matchEffect(transform(attempts, operation).execute(request), {
      onFailure: (error) => {
        if ("status" in error) span.attribute("http.response.status_code", error.status)
        return Effect.fail(error)
      },
      onSuccess: (response) => {
        span.attribute("http.response.status_code", response.status)
        return Effect.matchEffect(response.text, {
          // Only a transform that answers with a response of its own can make this fail.
          onFailure: (error) => Effect.fail(toTransportError(call, error)),
          onSuccess: (text) => decode(response, text)
        })
      }
    })

  const run = (input: InputEncoded, span: Tracer.Span, transform: ClientTransform) => {
    const checked = decodeRequest(input)
    if (Either.isLeft(checked)) {
      return new CertifierError.InvalidRequest({ operation: name, issues: checked.left })
    }
    const request = toHttp(checked.right)
    span.attribute("url.full", request.url)
    return send(request, span, transform)
  }

  return (...args) =>
    Effect.useSpan(spanName, spanOptions, (span) =>
      Effect.withFiberRuntime((fiber) => {
        const outer = fiber.currentContext
        const clock = Context.get(fiber.currentDefaultServices, Clock.Clock)
        const start = clock.unsafeCurrentTimeNanos()
        return Effect.onExit(
          // `Effect.withParentSpan` would set and take back the same at the cost of an `onExit` of its own.
          Effect.flatMap(FiberRef.set(FiberRef.currentContext, Context.add(outer, Tracer.ParentSpan, span)), () =>
            run(operation.input(...args), span, fiber.getFiberRef(currentTransform))
          ),
          (exit) => {
            const outcome = outcomeOf(exit)
            const labels = fiber.getFiberRef(FiberRef.currentMetricLabels)
            metrics.calls(outcome).unsafeUpdate(1, labels)
            metrics.duration.unsafeUpdate(Number(clock.unsafeCurrentTimeNanos() - start) / 1e9, labels)
            if (outcome !== "Success") span.attribute("error.type", outcome)
            return FiberRef.set(FiberRef.currentContext, outer)
          }
        )
      })
    )
}
