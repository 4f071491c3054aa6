/**
 * An operation of the API is a callable declaration: method, path, schemas, and whether it can be repeated. The client with its
 * spans, metrics and mock, and the server of the sandbox are derived from it.
 *
 * @since 0.1.0
 */
import type * as HttpMethod from "@effect/platform/HttpMethod"
import type * as Brand from "effect/Brand"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Option from "effect/Option"
import type * as Schedule from "effect/Schedule"
import type * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import * as CertifierError from "./CertifierError.js"
import * as CheckInput from "./internal/call/checkInput.js"
import * as Pages from "./internal/pages.js"
import * as Service from "./internal/service.js"

/**
 * @since 0.1.0
 * @category models
 */
export const TypeId: unique symbol = /* #__PURE__ */ Symbol.for("@effect-certifier/core/Operation")

/**
 * @since 0.1.0
 * @category models
 */
export type TypeId = typeof TypeId

/**
 * The encoded parts of a request: strings and numbers for the path and the query, JSON for the payload.
 *
 * @since 0.1.0
 * @category models
 */
export interface Request {
  readonly path?: Readonly<Record<string, string>>
  readonly urlParams?: Readonly<Record<string, string | number>>
  readonly payload?: unknown
}

/**
 * A branded string as input: a plain string, validated before it is sent, or a string with this brand. Other brands do not
 * compile: the id of a design is not the id of a group.
 *
 * @example
 * ```ts
 * import { Design, Groups } from "@effect-certifier/core"
 *
 * const byText = Groups.get("01g90279gp5sbmfek7wymcsvec")
 *
 * const designId = Design.DesignId.make("01fpwtztwf7sacca5r0c483mnm")
 * // @ts-expect-error Property 'GroupId' is missing in type '{ readonly DesignId: "DesignId"; }'
 * const wrong = Groups.get(designId)
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export type IdInput<Name extends string> = string & MaybeBrand<Name>

/**
 * Either no brand, or this one.
 *
 * @since 0.1.0
 * @category models
 */
export interface MaybeBrand<Name extends string> {
  readonly [Brand.BrandTypeId]?: { readonly [K in Name]: K }
}

/**
 * The part of a declaration that transforms, spans and errors use.
 *
 * @since 0.1.0
 * @category models
 */
export interface Info {
  /** The name in spans, metrics and errors, such as `updateGroup`. */
  readonly name: string
  readonly method: HttpMethod.HttpMethod
  /** The path, with a placeholder `{name}` for each field of `request.path`. */
  readonly path: `/${string}`
  /** Whether the operation only reads (RFC 9110, section 9.2.1), so that no failure can have changed anything. */
  readonly safe: boolean
  /**
   * Whether repeating the operation has the same effect as a single call (RFC 9110, section 9.2.2), according to the vendor's
   * documentation. Only idempotent operations may be retried after a failure that may have taken effect.
   */
  readonly idempotent: boolean
}

/**
 * The declaration of one operation.
 *
 * - `toRequest` creates the parts of a request from the arguments of a call. `request` validates them, and its decoded output
 *   is sent. Its schema for a path parameter must only accept values that are safe as a path segment.
 * - `status` is the documented status of a success; the client accepts any 2xx.
 *
 * @since 0.1.0
 * @category models
 */
export interface Declaration<
  Args extends ReadonlyArray<unknown>,
  Input extends Request,
  InputEncoded,
  A,
  I
> extends Info {
  readonly status: number
  readonly toRequest: (...args: Args) => InputEncoded
  readonly request: Schema.Schema<Input, InputEncoded> & { readonly fields: Schema.Struct.Fields }
  readonly success: Schema.Schema<A, I>
}

/**
 * The properties of an operation, besides being a function.
 *
 * @since 0.1.0
 * @category models
 */
export interface Declared<Args extends ReadonlyArray<unknown>, Input extends Request, InputEncoded, A, I> {
  readonly [TypeId]: {
    readonly declaration: () => Declaration<Args, Input, InputEncoded, A, I>
    /** The prepared operation of each client. */
    readonly prepared: WeakMap<object, (...args: Args) => Effect.Effect<A, CertifierError.CertifierError>>
  }
}

/**
 * An operation of the API. Calling it returns an effect that requires a `CertifierClient`.
 *
 * @since 0.1.0
 * @category models
 */
export type Operation<Args extends ReadonlyArray<unknown>, Input extends Request, InputEncoded, A, I> = ((
  ...args: Args
) => Effect.Effect<A, CertifierError.CertifierError, Service.CertifierClient>) &
  Declared<Args, Input, InputEncoded, A, I>

/**
 * Creates an operation from its declaration, which is evaluated lazily. The declaration is a function so that bundlers can drop
 * operations that a program does not call; annotate the call to `make` as pure.
 *
 * @example
 * ```ts
 * import { Group, Operation } from "@effect-certifier/core"
 * import { Schema } from "effect"
 *
 * // GET /v1/groups/{id}
 * const get = Operation.make(() => ({
 *   name: "getGroup",
 *   method: "GET",
 *   path: "/v1/groups/{id}",
 *   status: 200,
 *   safe: true,
 *   idempotent: true,
 *   toRequest: (id: string) => ({ path: { id } }),
 *   request: Schema.Struct({ path: Schema.Struct({ id: Group.GroupId }) }),
 *   success: Group.Group
 * }))
 *
 * const program = get("01g90279gp5sbmfek7wymcsvec")
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <Args extends ReadonlyArray<unknown>, Input extends Request, InputEncoded, A, I>(
  declare: () => Declaration<Args, Input, InputEncoded, A, I>
): ((...args: Args) => Effect.Effect<A, CertifierError.CertifierError, Service.CertifierClient>) &
  Declared<Args, Input, InputEncoded, A, I> => {
  let declared: Declaration<Args, Input, InputEncoded, A, I> | undefined
  const operation: Declared<Args, Input, InputEncoded, A, I> = {
    [TypeId]: { declaration: () => (declared ??= declare()), prepared: new WeakMap() }
  }
  return Object.assign(
    (...args: Args) => Effect.flatMap(Service.CertifierClient, (client) => client.call(operation, ...args)),
    operation
  )
}

/**
 * Any operation, for code that handles all of them.
 *
 * @since 0.1.0
 * @category models
 */
export interface Any {
  readonly [TypeId]: {
    readonly declaration: () => Info & {
      readonly status: number
      readonly request: Schema.Schema.AnyNoContext & { readonly fields: Schema.Struct.Fields }
      readonly success: Schema.Schema.AnyNoContext
    }
  }
}

/**
 * The validated parts of an operation's request.
 *
 * @since 0.1.0
 * @category models
 */
export type Input<Self extends Any> = Schema.Schema.Type<ReturnType<Self[TypeId]["declaration"]>["request"]>

/**
 * The success type of an operation.
 *
 * @since 0.1.0
 * @category models
 */
export type Success<Self extends Any> = Schema.Schema.Type<ReturnType<Self[TypeId]["declaration"]>["success"]>

/**
 * The declaration of an operation.
 *
 * @since 0.1.0
 * @category combinators
 */
export const declaration = <D>(operation: { readonly [TypeId]: { readonly declaration: () => D } }): D =>
  operation[TypeId].declaration()

/**
 * The requested page of a list.
 *
 * @since 0.1.0
 * @category models
 */
export interface PageOptions {
  /** A cursor from the `pagination` of another page. Default: the first page. */
  readonly cursor?: string | undefined
  /** The maximum number of items on the page, 1 to 100. Default of the API: 20. */
  readonly limit?: number | undefined
}

/**
 * The options of a list.
 *
 * @since 0.1.0
 * @category models
 */
export interface ListOptions {
  /** The number of items per request, 1 to 100. Default 100, for the fewest requests. */
  readonly pageSize?: number | undefined
  /** The maximum number of pages. Default 10,000. */
  readonly maxPages?: number | undefined
  /**
   * The schedule for retrying the request of a page. Retrying the whole stream would repeat items that were already emitted.
   */
  readonly retry?: Schedule.Schedule<unknown, CertifierError.CertifierError> | undefined
}

/**
 * One page of a list.
 *
 * @since 0.1.0
 * @category models
 */
export interface Page<Item> {
  readonly data: ReadonlyArray<Item>
  readonly pagination: { readonly prev: Option.Option<string>; readonly next: Option.Option<string> }
}

/**
 * All items of a list, as a stream, from the operation that reads one page; `toArgs` creates its arguments. Each page is
 * requested when the items of the previous page have been consumed.
 *
 * Pagination that does not end (a repeated cursor, ten empty pages in a row, or more than `maxPages`) fails with
 * `ResponseDecodeError`, after the items of the pages so far were emitted.
 *
 * @example
 * ```ts
 * import { Groups, Operation } from "@effect-certifier/core"
 *
 * const list = (options?: Operation.ListOptions) => Operation.paginate(Groups.listPage, (page): [Operation.PageOptions] => [page], options)
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const paginate = <Args extends ReadonlyArray<unknown>, Input extends Request, InputEncoded, Item, I>(
  operation: Operation<Args, Input, InputEncoded, Page<Item>, I>,
  toArgs: (page: PageOptions) => NoInfer<Args>,
  options?: ListOptions
): Stream.Stream<Item, CertifierError.CertifierError, Service.CertifierClient> =>
  Pages.stream(
    (cursor) => {
      const page = operation(...toArgs({ cursor, limit: options?.pageSize ?? 100 }))
      return options?.retry === undefined ? page : Effect.retry(page, options.retry)
    },
    options?.maxPages ?? 10_000,
    () => declaration(operation)
  )

/**
 * The mock of one operation, see `CertifierClient.layerMock`.
 *
 * @since 0.1.0
 * @category testing
 */
export interface Handler {
  readonly name: string
  /** Returns a client that calls the handler for its operation. */
  readonly install: (client: object) => void
}

/**
 * Handles the calls of one operation in tests, for `CertifierClient.layerMock`. The handler receives the validated arguments of
 * a call: invalid arguments fail with `InvalidRequest`, as they do with a real client.
 *
 * @example
 * ```ts
 * import { CertifierClient, CertifierError, Groups, Operation } from "@effect-certifier/core"
 * import { Effect } from "effect"
 *
 * const CertifierTest = CertifierClient.layerMock(
 *   Operation.handle(Groups.delete, (id) =>
 *     id === "01g90279gp5sbmfek7wymcsvec"
 *       ? Effect.void
 *       : new CertifierError.NotFound({ operation: "deleteGroup" })
 *   )
 * )
 * ```
 *
 * @since 0.1.0
 * @category testing
 */
export const handle = <Args extends ReadonlyArray<unknown>, Input extends Request, InputEncoded, A, I>(
  operation: Declared<Args, Input, InputEncoded, A, I>,
  handler: (...args: Args) => Effect.Effect<A, CertifierError.CertifierError>
): Handler => {
  const { idempotent, name, request, toRequest } = declaration(operation)
  const check = CheckInput.make(request)
  return {
    name,
    install: (client) =>
      operation[TypeId].prepared.set(client, (...args) =>
        Effect.suspend(() =>
          Either.match(check(toRequest(...args)), {
            onLeft: (issues) => Effect.fail(new CertifierError.InvalidRequest({ operation: name, idempotent, issues })),
            onRight: () => handler(...args)
          })
        )
      )
  }
}
