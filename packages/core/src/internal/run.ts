import * as HttpBody from "@effect/platform/HttpBody"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FiberRef from "effect/FiberRef"
import { identity } from "effect/Function"
import { globalValue } from "effect/GlobalValue"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
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

export interface Options extends Omit<Attempt.Options, "unknown"> {
  readonly headers: Readonly<Record<string, string>>
  readonly transformClient: ClientTransform
  /** Applied inside of all transforms. */
  readonly protect?: ((client: Attempt.AttemptClient) => Attempt.AttemptClient) | undefined
}

/** Path and query with their fields filled in; the schema has made sure that each field of the path stays one segment. */
const render = (template: string, { path = {}, urlParams = {} }: Request): string => {
  const query = new URLSearchParams(urlParams).toString()
  return template.replace(/\{(\w+)\}/g, (_, name: string) => path[name] ?? "") + (query === "" ? "" : `?${query}`)
}

const outcomeOf = (exit: Exit.Exit<unknown, CertifierError.CertifierError>): string =>
  Exit.match(exit, {
    onSuccess: () => "Success",
    onFailure: (cause) =>
      Option.match(Cause.failureOption(cause), {
        onSome: (error) => error._tag,
        onNone: () => (Cause.isInterrupted(cause) ? "Interrupted" : "Defect")
      })
  })

/** An operation as a function: checks the input, sends it through the transforms, decodes the answer. */
export const make = <Args extends ReadonlyArray<unknown>, Input, InputEncoded extends Request, A, I>(
  httpClient: HttpClient.HttpClient,
  operation: Operation<Args, Input, InputEncoded, A, I>,
  options: Options
): ((...args: Args) => Effect.Effect<A, CertifierError.CertifierError>) => {
  const { baseUrl, headers, protect = identity, redact } = options
  const { method, name, template } = operation
  // A request that only reads changes nothing, however it ends.
  const unknown = method === "GET" ? "NotApplied" : "MaybeApplied"
  const attempts = options.transformClient(protect(Attempt.make(httpClient, name, { ...options, unknown })), operation)
  const metrics = Metrics.make(name)
  const decodeRequest = Schema.decodeUnknownEither(operation.request, { errors: "all" })
  const encodeRequest = Schema.encodeSync(operation.request)
  const decodeSuccess = Schema.decodeUnknownEither(operation.success, { errors: "all" })
  // What an answer without content is made of is nobody's business.
  const parse = SchemaAST.isVoidKeyword(operation.success.ast) ? () => Either.right(undefined) : Answer.parseJson

  const observe = <B>(self: Effect.Effect<B, CertifierError.CertifierError>) =>
    Effect.flatMap(Clock.currentTimeNanos, (start) =>
      Effect.onExit(self, (exit) =>
        Effect.flatMap(Clock.currentTimeNanos, (end) => {
          const outcome = outcomeOf(exit)
          return Effect.all(
            [
              Metric.increment(metrics.calls(outcome)),
              Metric.update(metrics.duration, Number(end - start) / 1e9),
              Exit.isSuccess(exit) ? Effect.void : Effect.annotateCurrentSpan("error.type", outcome)
            ],
            { discard: true }
          )
        })
      )
    )

  const toHttp = (request: Request) => {
    const http = HttpClientRequest.make(method)(`${baseUrl.prefix}${render(template, request)}`, { headers })
    return request.payload === undefined
      ? http
      : HttpClientRequest.setBody(http, HttpBody.text(JSON.stringify(request.payload), "application/json"))
  }

  const call = Effect.fn(`CertifierClient.${name}`, {
    kind: "client",
    attributes: {
      "http.request.method": method,
      "url.template": template,
      "server.address": baseUrl.hostname,
      "server.port": baseUrl.port
    }
  })(function* (input: InputEncoded) {
    const checked = decodeRequest(input)
    if (Either.isLeft(checked)) {
      return yield* new CertifierError.InvalidRequest({
        operation: name,
        issues: Issues.fromParseIssue(checked.left.issue, 1)
      })
    }
    const request = toHttp(encodeRequest(checked.right))
    yield* Effect.annotateCurrentSpan("url.full", request.url)
    const transform = yield* FiberRef.get(currentTransform)
    const response = yield* transform(attempts, operation)
      .execute(request)
      .pipe(
        Effect.tapError((error) =>
          "status" in error ? Effect.annotateCurrentSpan("http.response.status_code", error.status) : Effect.void
        )
      )
    yield* Effect.annotateCurrentSpan("http.response.status_code", response.status)
    // Only a transform that answers with a response of its own can make this fail.
    const text = yield* Effect.mapError(response.text, (error) =>
      toTransportError({ operation: name, origin: baseUrl.origin, unknown }, error)
    )
    const decoded = Either.flatMap(parse(text), (value) =>
      Either.mapLeft(decodeSuccess(value), (error) => Issues.fromParseIssue(error.issue))
    )
    return yield* Either.mapLeft(
      decoded,
      (issues) =>
        new CertifierError.ResponseDecodeError({
          operation: name,
          status: response.status,
          requestId: Answer.requestIdOf(response.headers, redact),
          issues,
          excerpt: Answer.excerptOf(text, redact),
          outcome: unknown
        })
    )
  }, observe)

  return (...args) => call(operation.input(...args))
}
