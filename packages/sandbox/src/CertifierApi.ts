/**
 * The group endpoints of the Certifier API as an `HttpApi`, made of core's schemas. The sandbox's server, its OpenAPI
 * document and its documentation page are all this one definition.
 *
 * @since 0.1.0
 */
import { Group, GroupPatch, Operation } from "@effect-certifier/core"
import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiMiddleware from "@effect/platform/HttpApiMiddleware"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as HttpApiSecurity from "@effect/platform/HttpApiSecurity"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Envelope from "./Envelope.js"

/**
 * The value of the `Certifier-Version` header: the only version there is.
 *
 * @since 0.1.0
 * @category models
 */
export const version = "2022-10-26"

/**
 * The gateway in front of the service: 401 before anything else is looked at.
 *
 * @since 0.1.0
 * @category tags
 */
export class AccessToken extends HttpApiMiddleware.Tag<AccessToken>()("@effect-certifier/sandbox/AccessToken", {
  failure: Envelope.schema("unauthorized"),
  security: { BearerAuth: HttpApiSecurity.bearer }
}) {}

/**
 * The rate limit: 429 with or without `Retry-After`.
 *
 * @since 0.1.0
 * @category tags
 */
export class RateLimited extends HttpApiMiddleware.Tag<RateLimited>()("@effect-certifier/sandbox/RateLimited", {
  failure: Envelope.schema("rate_limited")
}) {}

/**
 * The check of the `Certifier-Version` header, which comes before paths and bodies are looked at.
 *
 * @since 0.1.0
 * @category tags
 */
export class Version extends HttpApiMiddleware.Tag<Version>()("@effect-certifier/sandbox/Version", {
  failure: Schema.Union(Envelope.schema("missing_version"), Envelope.schema("invalid_version"))
}) {}

/** `/v1/groups/{id}` as the router of the platform writes it. */
const route = (template: `/${string}`): `/${string}` => `/${template.slice(1).replace(/\{(\w+)\}/g, ":$1")}`

/** Ids are opaque to the service: one that can't exist is not found, as any other that doesn't. */
const byId = Schema.Struct({
  id: HttpApiSchema.param("id", Schema.String.annotations({ description: "The unique ID of the group" }))
})

const headers = Schema.Struct({
  "certifier-version": Schema.Literal(version).annotations({
    description: "API version header. Required for all requests."
  })
})

/**
 * The body of `POST /v1/groups`: the fields of an update, of which `name` has to be there.
 *
 * @since 0.1.0
 * @category schemas
 */
export const GroupCreate = GroupPatch.GroupPatch.pipe(
  Schema.filter((fields) => (fields.name === undefined ? { path: ["name"], message: "is missing" } : undefined), {
    description: "the fields of a new group; a name is required"
  })
)

const wholeNumber = (from: number, to: number) =>
  Schema.NumberFromString.pipe(
    Schema.filter((n) => Number.isInteger(n) && n >= from && n <= to, {
      message: () => `is not a whole number from ${from} to ${to}`,
      jsonSchema: { type: "integer", minimum: from, maximum: to }
    })
  )

const group = Group.Group.annotations({ identifier: "Group", description: "A group of credentials" })

/**
 * One page of a list. A cursor is opaque; `null` where there is nothing more.
 *
 * @since 0.1.0
 * @category schemas
 */
export const GroupPage = Schema.Struct({
  data: Schema.Array(group),
  pagination: Schema.Struct({ prev: Schema.NullOr(Schema.String), next: Schema.NullOr(Schema.String) })
})

/** The document says of a filter only what its `jsonSchema` is, and nothing of one behind a transformation. */
const nameRequired = OpenApi.annotations({
  transform: (operation) => {
    const content = operation["requestBody"].content["application/json"]
    return {
      ...operation,
      requestBody: {
        required: true,
        content: { "application/json": { schema: { ...content.schema, required: ["name"] } } }
      }
    }
  }
})

/**
 * The endpoints of groups.
 *
 * @since 0.1.0
 * @category models
 */
export const groups = HttpApiGroup.make("Groups")
  .add(
    HttpApiEndpoint.get("listGroups", "/v1/groups")
      .setUrlParams(
        Schema.Struct({
          cursor: Schema.optionalWith(Schema.String, { exact: true }),
          limit: Schema.optionalWith(wholeNumber(1, 100), { default: () => 20, exact: true })
        })
      )
      .setHeaders(headers)
      .addSuccess(GroupPage)
  )
  .add(
    HttpApiEndpoint.post("createGroup", "/v1/groups")
      .setPayload(GroupCreate)
      .setHeaders(headers)
      .addSuccess(group, { status: 201 })
      .addError(Envelope.schema("invalid_json"))
      .annotateContext(nameRequired)
  )
  .add(
    HttpApiEndpoint.get(Operation.getGroup.name, route(Operation.getGroup.template))
      .setPath(byId)
      .setHeaders(headers)
      .addSuccess(group)
  )
  .add(
    HttpApiEndpoint.patch(Operation.updateGroup.name, route(Operation.updateGroup.template))
      .setPath(byId)
      .setPayload(Operation.updateGroup.request.fields.payload)
      .setHeaders(headers)
      .addSuccess(group)
      .addError(Envelope.schema("invalid_json"))
  )
  .add(HttpApiEndpoint.del("deleteGroup", "/v1/groups/:id").setPath(byId).setHeaders(headers))

/**
 * What the platform says of every API and is not so here: its own word for a refused request (the handlers answer in the
 * API's), and that no operation needs a token (the whole API does).
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
 * The API. Its checks come in the order of the real service: the access token, the rate limit, the version, the path,
 * the body.
 *
 * @since 0.1.0
 * @category models
 */
export const CertifierApi = HttpApi.make("certifier")
  .add(groups)
  .addError(Envelope.schema("validation_error"))
  .addError(Envelope.schema("payment_required"))
  .addError(Envelope.schema("forbidden"))
  .addError(Envelope.schema("not_found"))
  .addError(Envelope.schema("conflict"))
  .addError(Envelope.schema("internal_server_error"))
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
