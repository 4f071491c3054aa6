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
 * The declaration of one operation.
 *
 * `template` is a path with `{name}` for each field of `path`; what `path` lets through has to be safe as one segment.
 *
 * @since 0.1.0
 * @category models
 */
export interface Operation<
  Path extends Readonly<Record<string, string>>,
  PathInput,
  Payload,
  PayloadInput,
  Success,
  SuccessInput
> {
  readonly name: string
  readonly method: HttpMethod.HttpMethod
  readonly template: `/${string}`
  readonly path: Schema.Schema<Path, PathInput>
  readonly payload: Schema.Schema<Payload, PayloadInput>
  readonly success: Schema.Schema<Success, SuccessInput>
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
  path: Schema.Struct({ id: GroupId }),
  payload: GroupPatch,
  success: Group
} as const
