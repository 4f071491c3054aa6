import { CertifierApi, Operation } from "@effect-certifier/core"
import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import type { HttpApiDecodeError } from "@effect/platform/HttpApiError"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiMiddleware from "@effect/platform/HttpApiMiddleware"
import * as HttpApiSecurity from "@effect/platform/HttpApiSecurity"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Array from "effect/Array"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as String from "effect/String"
import * as ErrorEnvelope from "../ErrorEnvelope.js"
import * as Certifier from "./certifier.js"

type Declaration = ReturnType<Operation.Any[Operation.TypeId]["declaration"]>

/** The access token, which the whole API requires. */
class AccessToken extends HttpApiMiddleware.Tag<AccessToken>()("@effect-certifier/sandbox/AccessToken", {
  failure: ErrorEnvelope.schema("unauthorized"),
  security: { BearerAuth: HttpApiSecurity.bearer }
}) {}

const headers = Schema.Struct({
  "certifier-version": Schema.Literal(Certifier.version).annotations({
    description: "API version header. Required for all requests."
  })
})

/** The resource of a path: `groups` of `/v1/groups/{id}`. */
const resourceOf = ({ path }: Declaration): string => path.split("/")[2] ?? ""

/** The schema of a part of the request, with the same type for every operation. */
const part = (declaration: Declaration, name: "urlParams" | "payload") =>
  Option.fromNullable(declaration.request.fields[name]).pipe(
    Option.filter(Schema.isSchema),
    Option.map(({ ast }) => Schema.make<unknown, Readonly<Record<string, string>>>(ast))
  )

/** The parameters of the path, which are opaque strings to the service. */
const pathParams = (declaration: Declaration) => {
  const description = `The unique ID of the ${resourceOf(declaration).replaceAll("-", " ").replace(/s$/, "")}`
  return Schema.Struct(
    Object.fromEntries(
      Array.map([...declaration.path.matchAll(/\{(\w+)\}/g)], ([, name = ""]) => [
        name,
        Schema.String.annotations({ description })
      ])
    )
  )
}

/** The endpoint of an operation. */
const endpoint = (declaration: Declaration) => {
  const { method, name, path, status, success } = declaration
  const declared = HttpApiEndpoint.make(method)(name, Certifier.routePath(path))
    .setHeaders(headers)
    .addSuccess(success, { status })
  const withPath = path.includes("{") ? declared.setPath(pathParams(declaration)) : declared
  const withQuery = Option.match(part(declaration, "urlParams"), {
    onNone: () => withPath,
    onSome: (schema) => withPath.setUrlParams(schema)
  })
  return Option.match(part(declaration, "payload"), {
    onNone: () => withQuery,
    onSome: (schema) => withQuery.setPayload(schema).addError(ErrorEnvelope.schema("invalid_json"))
  })
}

/** The endpoints of one resource. */
const group = (resource: string, declarations: ReadonlyArray<Declaration>) =>
  declarations.reduce<HttpApiGroup.HttpApiGroup<string, ReturnType<typeof endpoint>, never>>(
    (group, declaration) => group.add(endpoint(declaration)),
    HttpApiGroup.make(String.capitalize(resource.replaceAll("-", " ")))
  )

/**
 * Removes two parts that the platform adds to every document and that are wrong here: `HttpApiDecodeError` (handlers return the
 * API's own errors), and the statement that an operation needs no token (the API as a whole needs one).
 */
const correct = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    return value
      .filter((member) => !Predicate.isRecord(member) || member["$ref"] !== "#/components/schemas/HttpApiDecodeError")
      .map(correct)
  }
  return Predicate.isRecord(value)
    ? Object.fromEntries(
        Object.entries(value)
          .filter(
            ([name, member]) =>
              !decodeErrors.has(name) && !(name === "security" && Array.isArray(member) && member.length === 0)
          )
          .map(([name, member]) => [name, correct(member)])
      )
    : value
}

const decodeErrors: ReadonlySet<string> = new Set(["HttpApiDecodeError", "Issue", "PropertyKey"])

const operations: ReadonlyArray<Operation.Any> = Object.values(CertifierApi.operations)

/** All operations as an `HttpApi`, only for the document and its page. The routes come from the same declarations. */
export const api = Object.entries(Array.groupBy(operations.map(Operation.declaration), resourceOf))
  .reduce<HttpApi.HttpApi<string, ReturnType<typeof group>, HttpApiDecodeError>>(
    (api, [resource, declarations]) => api.add(group(resource, declarations)),
    HttpApi.make("certifier")
  )
  .addError(ErrorEnvelope.schema("validation_error"))
  .addError(ErrorEnvelope.schema("payment_required"))
  .addError(ErrorEnvelope.schema("forbidden"))
  .addError(ErrorEnvelope.schema("not_found"))
  .addError(ErrorEnvelope.schema("conflict"))
  .addError(ErrorEnvelope.schema("internal_server_error"))
  .addError(ErrorEnvelope.schema("missing_version"))
  .addError(ErrorEnvelope.schema("invalid_version"))
  .addError(ErrorEnvelope.schema("rate_limited"))
  .middleware(AccessToken)
  .annotateContext(
    OpenApi.annotations({
      title: "Certifier (sandbox)",
      version: Certifier.version,
      description: "The Certifier API, as the sandbox of effect-certifier serves it.",
      transform: (document) => Object.assign({}, correct(document))
    })
  )
