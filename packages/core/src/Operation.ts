/**
 * The operations of the API, each declared once, as data: its name, method, path and schemas. The client, its spans and
 * its metrics follow from the declaration, and so does the server of the sandbox.
 *
 * @since 0.1.0
 */
import type * as HttpMethod from "@effect/platform/HttpMethod"
import * as Schema from "effect/Schema"
import { Group, GroupId } from "./Group.js"
import * as GroupCreate from "./GroupCreate.js"
import * as GroupPage from "./GroupPage.js"
import * as GroupPatch from "./GroupPatch.js"

/**
 * The encoded parts of a request: strings for the path and the query, JSON for the payload.
 *
 * @since 0.1.0
 * @category models
 */
export interface Request {
  readonly path?: Readonly<Record<string, string>>
  readonly urlParams?: Readonly<Record<string, string>>
  readonly payload?: unknown
}

/**
 * The declaration of one operation.
 *
 * - `template` is a path with `{name}` for each field of `request.path`; what its schema lets through has to be safe as
 *   one segment.
 * - `status` is what the service answers a success with, as far as it is documented; the client takes every 2xx.
 * - `idempotent` says whether doing it twice leaves the same state as doing it once (RFC 9110, section 9.2.2), as the
 *   vendor's documentation describes it: only then it may be sent again after a failure that may have taken effect.
 * - `input` makes the parts of a request from the arguments of the client's method.
 *
 * @since 0.1.0
 * @category models
 */
export interface Operation<Args extends ReadonlyArray<unknown>, Input, InputEncoded extends Request, A, I> {
  readonly name: string
  readonly method: HttpMethod.HttpMethod
  readonly template: `/${string}`
  readonly status: number
  readonly idempotent: boolean
  readonly input: (...args: Args) => InputEncoded
  readonly request: Schema.Schema<Input, InputEncoded>
  readonly success: Schema.Schema<A, I>
}

const byId = Schema.Struct({ id: GroupId })

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
  status: 200,
  idempotent: true,
  input: (id: string) => ({ path: { id } }),
  request: Schema.Struct({ path: byId }),
  success: Group
} as const

/**
 * `GET /v1/groups`: answers one page of the groups.
 *
 * @since 0.1.0
 * @category constructors
 */
export const listGroupsPage = {
  name: "listGroupsPage",
  method: "GET",
  template: "/v1/groups",
  status: 200,
  idempotent: true,
  input: (options?: GroupPage.Options) => ({
    urlParams: {
      ...(options?.cursor === undefined ? {} : { cursor: options.cursor }),
      ...(options?.limit === undefined ? {} : { limit: String(options.limit) })
    }
  }),
  request: Schema.Struct({ urlParams: GroupPage.UrlParams }),
  success: GroupPage.GroupPage
} as const

/**
 * `POST /v1/groups`: makes a group and answers it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const createGroup = {
  name: "createGroup",
  method: "POST",
  template: "/v1/groups",
  status: 201,
  idempotent: false,
  input: (fields: GroupCreate.Input) => ({ payload: fields }),
  request: Schema.Struct({ payload: GroupCreate.GroupCreate }),
  success: Group
} as const

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
  status: 200,
  idempotent: true,
  input: (id: string, patch: GroupPatch.Input) => ({ path: { id }, payload: patch }),
  request: Schema.Struct({ path: byId, payload: GroupPatch.GroupPatch }),
  success: Group
} as const

/**
 * `DELETE /v1/groups/{id}`: removes a group; the answer has no body.
 *
 * @since 0.1.0
 * @category constructors
 */
export const deleteGroup = {
  name: "deleteGroup",
  method: "DELETE",
  template: "/v1/groups/{id}",
  status: 204,
  idempotent: true,
  input: (id: string) => ({ path: { id } }),
  request: Schema.Struct({ path: byId }),
  success: Schema.Void
} as const

/**
 * All operations, by name: the client has one method for each.
 *
 * @since 0.1.0
 * @category constructors
 */
export const operations = { getGroup, listGroupsPage, createGroup, updateGroup, deleteGroup } as const

const byName: ReadonlyMap<string, { readonly idempotent: boolean }> = new Map(Object.entries(operations))

/**
 * Whether an operation is known to be idempotent: sending it again after a failure that may have taken effect reaches the
 * same state.
 *
 * @since 0.1.0
 * @category guards
 */
export const isIdempotent = (name: string): boolean => byName.get(name)?.idempotent ?? false
