/**
 * The group endpoints of the Certifier API as an `HttpApi`, built from core's schemas. The sandbox's server, its
 * OpenAPI document and its documentation page all follow from this definition.
 *
 * @since 0.1.0
 */
import { Operation } from "@effect-certifier/core"
import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiMiddleware from "@effect/platform/HttpApiMiddleware"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as HttpApiSecurity from "@effect/platform/HttpApiSecurity"
import type * as HttpMethod from "@effect/platform/HttpMethod"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as ErrorEnvelope from "./ErrorEnvelope.js"

/**
 * The value of the `Certifier-Version` header, the only version of the API.
 *
 * @since 0.1.0
 * @category models
 */
export const version = "2022-10-26"

/**
 * The check of the access token: 401, before any other check.
 *
 * @since 0.1.0
 * @category tags
 */
export class AccessToken extends HttpApiMiddleware.Tag<AccessToken>()("@effect-certifier/sandbox/AccessToken", {
  failure: ErrorEnvelope.schema("unauthorized"),
  security: { BearerAuth: HttpApiSecurity.bearer }
}) {}

/**
 * The rate limit: 429, with or without `Retry-After`.
 *
 * @since 0.1.0
 * @category tags
 */
export class RateLimited extends HttpApiMiddleware.Tag<RateLimited>()("@effect-certifier/sandbox/RateLimited", {
  failure: ErrorEnvelope.schema("rate_limited")
}) {}

/**
 * The check of the `Certifier-Version` header, before paths and bodies are checked.
 *
 * @since 0.1.0
 * @category tags
 */
export class Version extends HttpApiMiddleware.Tag<Version>()("@effect-certifier/sandbox/Version", {
  failure: Schema.Union(ErrorEnvelope.schema("missing_version"), ErrorEnvelope.schema("invalid_version"))
}) {}

/** `/v1/groups/{id}` in the syntax of the platform's router. */
const route = (template: `/${string}`): `/${string}` => `/${template.slice(1).replace(/\{(\w+)\}/g, ":$1")}`

/** Ids are opaque to the service: a malformed id is not found, like any other unknown id. */
const byId = Schema.Struct({
  id: HttpApiSchema.param("id", Schema.String.annotations({ description: "The unique ID of the group" }))
})

const headers = Schema.Struct({
  "certifier-version": Schema.Literal(version).annotations({
    description: "API version header. Required for all requests."
  })
})

/** The endpoint of an operation that core declares. */
const endpoint = <const Name extends string, const Method extends HttpMethod.HttpMethod, A, I>(operation: {
  readonly name: Name
  readonly method: Method
  readonly template: `/${string}`
  readonly status: number
  readonly success: Schema.Schema<A, I>
}) =>
  HttpApiEndpoint.make(operation.method)(operation.name, route(operation.template))
    .setHeaders(headers)
    .addSuccess(operation.success, { status: operation.status })

/**
 * The endpoints of groups.
 *
 * @since 0.1.0
 * @category models
 */
export const groups = HttpApiGroup.make("Groups")
  .add(endpoint(Operation.listGroupsPage).setUrlParams(Operation.listGroupsPage.request.fields.urlParams))
  .add(
    endpoint(Operation.createGroup)
      .setPayload(Operation.createGroup.request.fields.payload)
      .addError(ErrorEnvelope.schema("invalid_json"))
  )
  .add(endpoint(Operation.getGroup).setPath(byId))
  .add(
    endpoint(Operation.updateGroup)
      .setPath(byId)
      .setPayload(Operation.updateGroup.request.fields.payload)
      .addError(ErrorEnvelope.schema("invalid_json"))
  )
  .add(endpoint(Operation.deleteGroup).setPath(byId))

/**
 * Removes what the platform adds to every document and does not hold here: `HttpApiDecodeError` (handlers return the API's
 * own errors), and the statement that an operation needs no token (the API as a whole does).
 */
const correct = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    return value.filter((member) => member?.$ref !== "#/components/schemas/HttpApiDecodeError").map(correct)
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

/**
 * The API. Checks run in the order of the real service: access token, rate limit, version, path, body.
 *
 * @since 0.1.0
 * @category models
 */
export const CertifierHttpApi = HttpApi.make("certifier")
  .add(groups)
  .addError(ErrorEnvelope.schema("validation_error"))
  .addError(ErrorEnvelope.schema("payment_required"))
  .addError(ErrorEnvelope.schema("forbidden"))
  .addError(ErrorEnvelope.schema("not_found"))
  .addError(ErrorEnvelope.schema("conflict"))
  .addError(ErrorEnvelope.schema("internal_server_error"))
  .middleware(Version)
  .middleware(RateLimited)
  .middleware(AccessToken)
  .annotateContext(
    OpenApi.annotations({
      title: "Certifier (sandbox)",
      version,
      description: "The group endpoints of the Certifier API, as the sandbox of effect-certifier serves them.",
      transform: (document) => Object.assign({}, correct(document))
    })
  )
