import { type Group, Operation } from "@effect-certifier/core"
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import {
  AccessToken,
  CertifierHttpApi,
  groups as groupsApi,
  RateLimited,
  Version,
  version
} from "../CertifierHttpApi.js"
import * as ErrorEnvelope from "../ErrorEnvelope.js"
import * as Api from "./api.js"
import * as Cursor from "./cursor.js"
import type { Limiter } from "./limiter.js"
import * as Store from "./store.js"

export interface Options {
  readonly store: Store.Store
  readonly limiter: Limiter
  readonly random: Random.Random
  /** The valid tokens; any if undefined. */
  readonly accessTokens: ReadonlyArray<Redacted.Redacted> | undefined
}

const checks = ({ accessTokens, limiter }: Options) =>
  Layer.mergeAll(
    Layer.succeed(AccessToken, {
      // The platform removes the length of "Bearer " without checking the scheme, so the header is read here.
      BearerAuth: () =>
        Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) => {
          const token = /^Bearer +(\S+) *$/i.exec(headers["authorization"] ?? "")?.[1]
          const known = accessTokens?.some((allowed) => Redacted.value(allowed) === token) ?? true
          return token !== undefined && known ? Effect.void : Api.failWith("unauthorized")
        })
    }),
    Layer.succeed(
      RateLimited,
      Effect.flatMap(limiter.take, (allowed) => (allowed ? Effect.void : Api.failWith("rate_limited")))
    ),
    Layer.succeed(
      Version,
      Effect.gen(function* () {
        const { headers } = yield* HttpServerRequest.HttpServerRequest
        const given = headers["certifier-version"] ?? ""
        if (given === "") return yield* Api.failWith("missing_version")
        if (given !== version) return yield* Api.failWith("invalid_version")
      })
    )
  )

const notFound = Api.failWith("not_found")

const handlers = ({ random, store }: Options) => {
  /** Changes or removes one group. */
  const change = (id: string, f: (group: Group.Group) => Effect.Effect<Option.Option<Group.Group>>) =>
    store.modify((groups) =>
      Effect.gen(function* () {
        const group = yield* Effect.orElse(Effect.fromNullable(groups.get(id)), () => notFound)
        return yield* Effect.map(
          f(group),
          Option.match({
            onNone: () => [group, Store.remove(groups, id)] as const,
            onSome: (changed) => [changed, Store.set(groups, changed)] as const
          })
        )
      })
    )

  return HttpApiBuilder.group(CertifierHttpApi, groupsApi.identifier, (handlers) =>
    handlers
      .handle("listGroupsPage", ({ urlParams }) =>
        Effect.flatMap(store.groups, (groups) =>
          Option.match(Cursor.page(groups, urlParams), {
            onNone: () => Api.failWith("validation_error", "cursor is not one that a list has returned"),
            onSome: Effect.succeed
          })
        )
      )
      .handleRaw("createGroup", ({ request }) =>
        Effect.flatMap(Api.body(request, Operation.createGroup.request.fields.payload), (fields) =>
          store.modify((groups) =>
            Effect.map(Store.create(random, groups, fields), (group) => [group, Store.set(groups, group)] as const)
          )
        )
      )
      .handle("getGroup", ({ path }) =>
        Effect.flatMap(store.groups, (groups) =>
          Effect.orElse(Effect.fromNullable(groups.get(path.id)), () => notFound)
        )
      )
      .handleRaw("updateGroup", ({ path, request }) =>
        Effect.flatMap(Api.body(request, Operation.updateGroup.request.fields.payload), (fields) =>
          change(path.id, (group) => Effect.asSome(Store.patch(group, fields)))
        )
      )
      .handle("deleteGroup", ({ path }) => Effect.asVoid(change(path.id, () => Effect.succeedNone)))
  )
}

/** The API as an application; every request gets a response of the contract. */
export const make = (options: Options): Effect.Effect<Api.Served, never, Scope.Scope> =>
  Effect.map(
    Api.serve(
      CertifierHttpApi,
      Layer.provide(HttpApiBuilder.api(CertifierHttpApi), [handlers(options), checks(options)])
    ),
    ({ api, app }) => ({
      api,
      app: Effect.flatMap(app, (response) =>
        response.status === ErrorEnvelope.statusOf("rate_limited")
          ? Effect.map(options.limiter.refusalHeaders, (headers) => HttpServerResponse.setHeaders(response, headers))
          : Effect.succeed(response)
      )
    })
  )
