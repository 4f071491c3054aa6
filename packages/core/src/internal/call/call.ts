import * as HttpBody from "@effect/platform/HttpBody"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FiberRef from "effect/FiberRef"
import { constUndefined, identity } from "effect/Function"
import * as Option from "effect/Option"
import * as SchemaAST from "effect/SchemaAST"
import * as Tracer from "effect/Tracer"
import * as CertifierError from "../../CertifierError.js"
import { type Declared, declaration, type Request } from "../../Operation.js"
import * as Issues from "../schema/issues.js"
import type { Service } from "../service.js"
import * as Attempt from "./attempt.js"
import * as CheckInput from "./checkInput.js"
import * as Metrics from "./metrics.js"
import * as Response from "./response.js"
import * as Transform from "./transform.js"
import { toTransportError } from "./transportError.js"

export interface Options extends Omit<Attempt.Options, "operation" | "ambiguousOutcome"> {
  readonly transformClient: Transform.ClientTransform
  readonly callTimeout: Duration.Duration | undefined
}

/** The path and query with their parameters. The schema guarantees that each path parameter is a single segment. */
const renderer = (template: string) => {
  // Literal text at even indices, parameter names at odd ones.
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
        onSome: (error) => {
          // Until `stack` is read, V8 retains the frames of an error, and with them the response.
          void error.stack
          return error._tag
        },
        onNone: () => (Cause.isInterrupted(exit.cause) ? "Interrupted" : "Defect")
      })

/** An operation of one client: validates the input, sends the request through the transforms, and decodes the response. */
export const make = <Args extends ReadonlyArray<unknown>, Input extends Request, InputEncoded, A, I>(
  inner: Service,
  httpClient: HttpClient.HttpClient,
  operation: Declared<Args, Input, InputEncoded, A, I>,
  options: Options
): ((...args: Args) => Effect.Effect<A, CertifierError.CertifierError>) => {
  const { baseUrl, headers } = options
  const declared = declaration(operation)
  const { idempotent, method, name, path, safe, success, toRequest } = declared
  const called: Attempt.Options = {
    ...options,
    operation: { operation: name, idempotent },
    ambiguousOutcome: safe ? "NotApplied" : "MaybeApplied"
  }
  const attempts = options.transformClient(Attempt.make(httpClient, called), declared)
  const limit =
    options.callTimeout === undefined ? identity<Transform.Attempt> : Attempt.limit(called, options.callTimeout)
  const metrics = Metrics.make(name)
  const checkInput = CheckInput.make(declared.request)
  const decodeSuccess = Issues.decoder(success)
  const parse = SchemaAST.isVoidKeyword(success.ast) ? Response.parseNothing : Response.parseJson
  const spanName = `CertifierClient.${name}`
  const spanOptions: Tracer.SpanOptions = {
    kind: "client",
    attributes: {
      "http.request.method": method,
      "url.template": path,
      "server.address": baseUrl.hostname,
      "server.port": baseUrl.port
    },
    // It would point to this module, because an effect runs elsewhere than where it is created.
    captureStackTrace: false
  }

  const render = renderer(path)
  const blank = HttpClientRequest.make(method)(baseUrl.origin, { headers })
  const toHttp = (request: Request) => {
    const http = HttpClientRequest.setUrl(blank, `${baseUrl.prefix}${render(request)}`)
    return request.payload === undefined
      ? http
      : HttpClientRequest.setBody(http, HttpBody.text(JSON.stringify(request.payload), "application/json"))
  }

  const decode = (response: HttpClientResponse.HttpClientResponse, text: string) =>
    Either.mapLeft(Either.flatMap(parse(text), decodeSuccess), (issues) =>
      Response.unusable(called, response, text, issues)
    )

  const run = (input: InputEncoded, span: Tracer.Span, context: Context.Context<never>, running: Transform.Running) => {
    const checked = checkInput(input)
    if (Either.isLeft(checked)) {
      return new CertifierError.InvalidRequest({ operation: name, idempotent, issues: checked.left })
    }
    const request = toHttp(checked.right)
    span.attribute("url.full", request.url)
    let values: Transform.Values<A> | undefined
    running.bind = (transform) =>
      transform({ operation, input: checked.right, inner, values: (values ??= new WeakMap()) })
    const transform = Context.get(context, Transform.CurrentClientTransform)
    return Effect.matchEffect(limit(transform(attempts, declared).execute(request)), {
      onFailure: (error) => {
        if ("status" in error) span.attribute("http.response.status_code", error.status)
        return Effect.fail(error)
      },
      onSuccess: (response) => {
        span.attribute("http.response.status_code", response.status)
        const known = values?.get(response)
        return known
          ? Effect.succeed(known.value)
          : Effect.matchEffect(response.text, {
              // Only fails if a transform returns its own response.
              onFailure: (error) => Effect.fail(toTransportError(called, error)),
              onSuccess: (text) => decode(response, text)
            })
      }
    })
  }

  return (...args) =>
    // `Effect.useSpan` would end the span in a separate `onExit`.
    Effect.flatMap(Effect.makeSpan(spanName, spanOptions), (span) =>
      Effect.withFiberRuntime((fiber) => {
        const outer = fiber.currentContext
        const clock = Context.get(fiber.currentDefaultServices, Clock.Clock)
        const timed = fiber.getFiberRef(FiberRef.currentTracerTimingEnabled)
        const start = clock.unsafeCurrentTimeNanos()
        const running: Transform.Running = { bind: constUndefined }
        // Adds two services in one copy of the context.
        const services = new Map(outer.unsafeMap)
          .set(Tracer.ParentSpan.key, span)
          .set(Transform.CurrentCall.key, running)
        return Effect.onExit(
          // `Effect.withParentSpan` would do the same at the cost of a separate `onExit`.
          Effect.flatMap(FiberRef.set(FiberRef.currentContext, Context.unsafeMake(services)), () =>
            run(toRequest(...args), span, outer, running)
          ),
          (exit) => {
            const outcome = outcomeOf(exit)
            const labels = fiber.getFiberRef(FiberRef.currentMetricLabels)
            const end = clock.unsafeCurrentTimeNanos()
            metrics.calls(outcome).unsafeUpdate(1, labels)
            metrics.duration.unsafeUpdate(Number(end - start) / 1e9, labels)
            if (outcome !== "Success") span.attribute("error.type", outcome)
            span.end(timed ? end : 0n, exit)
            return FiberRef.set(FiberRef.currentContext, outer)
          }
        )
      })
    )
}
