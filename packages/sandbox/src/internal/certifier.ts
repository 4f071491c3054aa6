import type { HttpApp } from "@effect/platform"
import { CertifierApi, Operation } from "@effect-certifier/core"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Effect from "effect/Effect"
import * as Function from "effect/Function"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import type * as Random from "effect/Random"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as ErrorEnvelope from "../ErrorEnvelope.js"
import * as Api from "./api.js"
import * as Handlers from "./handlers.js"
import * as Experimental from "./handlers/experimental.js"
import type { Handler } from "./handlers/handler.js"
import * as Ids from "./ids.js"
import type { Caller, Limiter } from "./limiter.js"
import { queryOf } from "./message.js"
import * as Given from "./quirks/given.js"
import * as Shape from "./quirks/shape.js"
import type { Quirks } from "../Quirk.js"
import * as Validation from "./validation.js"
import type { State } from "./workspace/state.js"
import type { Workspace } from "./workspace/workspace.js"

export interface Options {
  readonly workspace: Workspace
  readonly limiter: Limiter
  readonly random: Random.Random
  readonly quirks: Quirks
  /** The URL of the sandbox, for links and images. */
  readonly url: () => string
  /** Whether to serve the operations that the vendor does not document. */
  readonly experimental: boolean
  /** The valid tokens. If undefined, any token is valid. */
  readonly accessTokens: ReadonlyArray<Redacted.Redacted> | undefined
}

/** The only version of the API, which is the value of the `Certifier-Version` header. */
export const version = "2022-10-26"

const callerOf = ({ headers, remoteAddress }: HttpServerRequest.HttpServerRequest): Caller => ({
  token: tokenOf(headers) ?? "",
  address: Option.getOrElse(remoteAddress, () => "")
})

/** The access token of a request. */
const tokenOf = (headers: Readonly<Record<string, string | undefined>>): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(headers["authorization"] ?? "")?.[1]

/** The checks of every request, in the order of the real service. They run before its path and body are read. */
const check = ({ accessTokens, limiter, quirks }: Options) => {
  return Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const { headers } = request
    const checkLimit = Effect.flatMap(limiter.take(callerOf(request)), (isAdmitted) =>
      isAdmitted ? Effect.void : Api.failWith("rate_limited")
    )
    const token = tokenOf(headers)
    const isKnown = accessTokens?.some((allowed) => Redacted.value(allowed) === token) ?? true
    if (token === undefined || !isKnown) {
      return yield* Api.failWith("unauthorized", quirks.unauthorizedMessage === "gateway" ? "Unauthorized" : undefined)
    }
    if (quirks.checkOrder === "limit-first") yield* checkLimit
    const given = headers["certifier-version"] ?? ""
    if (given === "") return yield* Api.failWith("missing_version")
    if (given !== version) return yield* Api.failWith("invalid_version")
    if (quirks.checkOrder === "version-first") yield* checkLimit
  })
}

/** The parameters of the query, with all values of repeated ones. */
const urlParams = Effect.map(HttpServerRequest.HttpServerRequest, ({ url }) => {
  const params = new URLSearchParams(queryOf(url))
  const values = (name: string) => {
    const all = params.getAll(name)
    return [name, all.length === 1 ? all[0] : all] as const
  }
  return Object.fromEntries(Array.from(new Set(params.keys()), values))
})

/** The error of an invalid query, with its first issue. */
const invalidQuery = (error: ParseResult.ParseError): ErrorEnvelope.ErrorEnvelope =>
  ErrorEnvelope.make(
    "validation_error",
    ParseResult.ArrayFormatter.formatErrorSync(error)
      .slice(0, 1)
      .map(({ message, path }) => `${path.join(".")} ${message}`)
      .join("")
      .slice(0, 512)
  )

/**
 * The error of an invalid request: of its query, or else of its body. Ids are opaque to the service, so a malformed one is not
 * found, like any other unknown id.
 */
const refusal = (error: ParseResult.ParseError): ErrorEnvelope.ErrorEnvelope =>
  Option.map(Validation.errorOf(error, "urlParams"), invalidQuery).pipe(
    Option.orElse(() => Option.map(Validation.errorOf(error, "payload"), Api.invalidBody)),
    Option.getOrElse(() => ErrorEnvelope.make("not_found"))
  )

/** The types of an operation's request and success, from its declaration. */
type RequestSchema<Self extends Operation.Any> = ReturnType<Self[Operation.TypeId]["declaration"]>["request"]
type SuccessSchema<Self extends Operation.Any> = ReturnType<Self[Operation.TypeId]["declaration"]>["success"]

/** The parts of an operation's declaration that the server uses. */
interface Served<Self extends Operation.Any> {
  readonly [Operation.TypeId]: {
    readonly declaration: () => Operation.Info & {
      readonly status: number
      readonly request: Schema.Schema<Operation.Input<Self>, Schema.Schema.Encoded<RequestSchema<Self>>> & {
        readonly fields: Schema.Struct.Fields
      }
      readonly success: Schema.Schema<Operation.Success<Self>, Schema.Schema.Encoded<SuccessSchema<Self>>>
    }
  }
}

/** `/v1/groups/{id}` in the syntax of the platform's router. */
export const routePath = (path: Operation.Info["path"]): Operation.Info["path"] =>
  `/${path.slice(1).replace(/\{(\w+)\}/g, ":$1")}`

/** The status of a success. */
const statusOf = (
  { method, name, status }: Operation.Info & { readonly status: number },
  { createdStatus, deletedStatus, otherStatus }: Quirks
): number => {
  if (status === 201) return Number(createdStatus)
  if (status === 204) return Number(deletedStatus)
  if (name === "searchCredentialsPage") return Number(otherStatus)
  return method === "PATCH" && otherStatus === "202" ? 202 : status
}

/** Whether the object in the path of an operation is missing. The handler of a deletion checks this itself. */
const isMissing = ({ method, path }: Operation.Info, id: string | undefined, state: State): boolean => {
  if (method === "DELETE") return false
  const kind = /^\/v1\/(groups|designs|credentials)\/\{id\}/.exec(path)?.[1]
  if (id === undefined || (kind !== "groups" && kind !== "designs" && kind !== "credentials")) return false
  return !state[kind].has(id)
}

/** The route of an operation, which decodes the request, calls the handler and encodes its result. */
const route = <Self extends Operation.Any>(
  operation: Served<Self>,
  handle: Handler<Self>,
  { quirks, url, workspace }: Options
) => {
  const declaration = Operation.declaration(operation)
  const { method, name, path, request, success } = declaration
  const status = statusOf(declaration, quirks)
  const payload = Option.getOrUndefined(Given.partOf(request.ast, "payload"))
  const parameters = Given.parametersOf(request.ast)
  const decode = Schema.decodeUnknown(request, { errors: "all" })
  const encode = Schema.encode(success)
  return HttpRouter.makeRoute(
    method,
    routePath(path),
    Effect.gen(function* () {
      const pathParams = yield* HttpRouter.params
      if (quirks.objectOrder === "object-first" && isMissing(declaration, pathParams["id"], yield* workspace.state)) {
        return yield* Api.failWith("not_found")
      }
      const params = yield* urlParams
      const unknown = Object.keys(params).find((param) => !parameters.has(param))
      if (unknown !== undefined && quirks.unknownParameters === "refuse") {
        return yield* Api.failWith("validation_error", `${unknown.slice(0, 64)} is not a parameter of this operation`)
      }
      const { given, parts } = Given.split(
        name,
        payload,
        {
          path: pathParams,
          urlParams: params,
          payload: "payload" in request.fields ? yield* Api.json : undefined
        },
        quirks
      )
      const result = yield* handle(yield* Effect.mapError(decode(parts), refusal), given)
      const encoded = yield* Effect.orDie(encode(result))
      const body = Shape.body(name, encoded, { quirks, state: yield* workspace.state, url })
      return body === undefined ? HttpServerResponse.empty({ status }) : HttpServerResponse.unsafeJson(body, { status })
    })
  )
}

type AllServed<Operations extends { readonly [name: string]: Operation.Any }> = {
  readonly [Name in keyof Operations]: Served<Operations[Name]>
}

type Documented = typeof CertifierApi.operations

const documented: AllServed<Documented> = CertifierApi.operations

type Undocumented = typeof Experimental.operations

const undocumented: AllServed<Undocumented> = Experimental.operations

/** The routes of all served operations. */
const routes = (options: Options) => {
  const handlers = Handlers.make(options)
  const experimental = Experimental.make(options)
  const toRoute = <Name extends keyof Documented>(name: Name) =>
    route<Documented[Name]>(documented[name], handlers[name], options)
  const toExperimental = <Name extends keyof Undocumented>(name: Name) =>
    route<Undocumented[Name]>(undocumented[name], experimental[name], options)
  return [
    ...Record.keys(documented).map(toRoute),
    ...(options.experimental ? Record.keys(undocumented).map(toExperimental) : [])
  ]
}

/** The API as an application; every request gets a response of the contract. */
export const make = (options: Options): Effect.Effect<HttpApp.Default> => {
  const { extraFields, requestId } = options.quirks
  const retryAfter = Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
    options.limiter.refusalHeaders(callerOf(request))
  )
  const toResponse = ({ error }: ErrorEnvelope.ErrorEnvelope) =>
    Effect.map(error.code === "rate_limited" ? retryAfter : Effect.succeed({}), (headers) =>
      HttpServerResponse.unsafeJson(
        { error: extraFields === "none" ? error : { ...error, details: [] } },
        { status: ErrorEnvelope.statusOf(error.code), headers }
      )
    )
  const withId = (response: HttpServerResponse.HttpServerResponse) =>
    Effect.map(Ids.make(options.random, options.quirks), (id) =>
      HttpServerResponse.setHeader(response, "x-request-id", id)
    )
  return HttpRouter.fromIterable(routes(options)).pipe(
    HttpRouter.toHttpApp,
    Api.withExactPaths,
    Effect.map((router) =>
      Effect.zipRight(check(options), router).pipe(
        Effect.catchTag("RouteNotFound", () => Api.failWith("not_found")),
        Effect.catchAll(toResponse),
        requestId === "absent" ? Function.identity : Effect.flatMap(withId)
      )
    )
  )
}
