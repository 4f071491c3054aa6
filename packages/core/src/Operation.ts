/**
 * An operation of the API is a declaration that can be called: method, path, schemas, and what repeating it means. The
 * client, its spans and metrics, its mock and the sandbox's server follow from the declaration.
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
 * The parts of a request as they are sent: text and numbers for the path and the query, JSON for the payload.
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
 * A branded string as a caller writes it: a plain string, which is checked before it is sent, or one with this brand. One
 * with another brand does not compile: the id of a design is not the id of a group.
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
 * No brand, or this one.
 *
 * @since 0.1.0
 * @category models
 */
export interface MaybeBrand<Name extends string> {
  readonly [Brand.BrandTypeId]?: { readonly [K in Name]: K }
}

/**
 * What a transform, a span or an error knows of an operation.
 *
 * @since 0.1.0
 * @category models
 */
export interface Info {
  /** The name in spans, metrics and errors, such as `updateGroup`. */
  readonly name: string
  readonly method: HttpMethod.HttpMethod
  /** The path with a `{name}` for each field of `request.path`. */
  readonly path: `/${string}`
  /** Whether it only reads (RFC 9110, section 9.2.1): then no failure can have changed anything. */
  readonly safe: boolean
  /**
   * Whether doing it twice leaves the same state as doing it once (RFC 9110, section 9.2.2), as the vendor documents it.
   * Only then may it be retried after a failure that may have taken effect.
   */
  readonly idempotent: boolean
}

/**
 * The declaration of one operation.
 *
 * - `toRequest` creates the parts of a request from the arguments of a call. `request` checks them, and what it decodes is
 *   what is sent; what its schema of a path accepts has to be safe as one segment.
 * - `status` is the documented status of a success; the client accepts every 2xx.
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
 * What an operation is besides a function.
 *
 * @since 0.1.0
 * @category models
 */
export interface Declared<Args extends ReadonlyArray<unknown>, Input extends Request, InputEncoded, A, I> {
  readonly [TypeId]: {
    readonly declaration: () => Declaration<Args, Input, InputEncoded, A, I>
    /** What each client has prepared for it. */
    readonly prepared: WeakMap<object, (...args: Args) => Effect.Effect<A, CertifierError.CertifierError>>
  }
}

/**
 * An operation of the API: called with its arguments it is an effect that needs a `CertifierClient`.
 *
 * @since 0.1.0
 * @category models
 */
export type Operation<Args extends ReadonlyArray<unknown>, Input extends Request, InputEncoded, A, I> = ((
  ...args: Args
) => Effect.Effect<A, CertifierError.CertifierError, Service.CertifierClient>) &
  Declared<Args, Input, InputEncoded, A, I>

/**
 * An operation out of its declaration, which is evaluated at its first use. It is a function so that a bundler can drop an
 * operation that a program does not call: annotate the call as pure.
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
 * Any operation, for code that is about all of them.
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
 * The checked parts of an operation's request.
 *
 * @since 0.1.0
 * @category models
 */
export type Input<Self extends Any> = Schema.Schema.Type<ReturnType<Self[TypeId]["declaration"]>["request"]>

/**
 * What an operation returns.
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
 * Which page of a list is requested.
 *
 * @since 0.1.0
 * @category models
 */
export interface PageOptions {
  /** The cursor that another page has named. Default: the first page. */
  readonly cursor?: string | undefined
  /** How many items the page has at most, 1 to 100. Default of the API: 20. */
  readonly limit?: number | undefined
}

/**
 * How a list is read.
 *
 * @since 0.1.0
 * @category models
 */
export interface ListOptions {
  /** How many items are requested at a time, 1 to 100. Default 100: the fewest requests. */
  readonly pageSize?: number | undefined
  /** Default 10 000. */
  readonly maxPages?: number | undefined
  /** Retries the request of a page. A retry of the whole stream would repeat the items that it has already emitted. */
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
 * All items of a list, out of the operation that reads one page; `toArgs` creates its arguments. A page is requested when
 * the consumer has taken the items of the page before.
 *
 * A chain of pages that does not lead to an end (the same cursor again, ten empty pages in a row, more than `maxPages`)
 * fails with `ResponseDecodeError`, after the items that it had.
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
 * What a mock of the client does for one operation, see `CertifierClient.layerMock`.
 *
 * @since 0.1.0
 * @category testing
 */
export interface Handler {
  readonly name: string
  /** Makes `client` call the handler for its operation. */
  readonly install: (client: object) => void
}

/**
 * Handles the calls of one operation in tests, for `CertifierClient.layerMock`. The handler gets the arguments of a call
 * after they were checked: invalid ones fail with `InvalidRequest`, as they do on a client.
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
