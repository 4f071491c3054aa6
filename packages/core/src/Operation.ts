/**
 * The operations of the API, each declared once, as data: its name, method, path and schemas. The client, its spans and
 * its metrics follow from the declaration, and so can a server.
 *
 * @since 0.1.0
 */
import type * as HttpMethod from "@effect/platform/HttpMethod"
import * as Schema from "effect/Schema"
import { Group, GroupId } from "./Group.js"
import { GroupPatch } from "./GroupPatch.js"

/**
 * The encoded parts of a request: strings for the path, JSON for the payload.
 *
 * @since 0.1.0
 * @category models
 */
export interface Request {
  readonly path: Readonly<Record<string, string>>
  readonly payload?: unknown
}

/**
 * The declaration of one operation.
 *
 * `template` is a path with `{name}` for each field of `request.path`; what its schema lets through has to be safe as one
 * segment.
 *
 * @since 0.1.0
 * @category models
 */
export interface Operation<Input, InputEncoded extends Request, Success, SuccessEncoded> {
  readonly name: string
  readonly method: HttpMethod.HttpMethod
  readonly template: `/${string}`
  readonly request: Schema.Schema<Input, InputEncoded>
  readonly success: Schema.Schema<Success, SuccessEncoded>
}

/**
 * `PATCH /v1/groups/{id}`: sets the fields of a group that are given, leaves the others, answers the whole group.
 *
 * @since 0.1.0
 * @category constructors
 */
export const updateGroup = {
  name: "updateGroup",
  method: "PATCH",
  template: "/v1/groups/{id}",
  request: Schema.Struct({ path: Schema.Struct({ id: GroupId }), payload: GroupPatch }),
  success: Group
} as const

/**
 * `GET /v1/groups/{id}`: answers a group.
 *
 * @since 0.1.0
 * @category constructors
 */
export const getGroup = {
  name: "getGroup",
  method: "GET",
  template: "/v1/groups/{id}",
  request: Schema.Struct({ path: Schema.Struct({ id: GroupId }) }),
  success: Group
} as const
