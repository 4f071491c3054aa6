/**
 * The operations of designs, which are read-only.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { CertifierError } from "./CertifierError.js"
import * as Design from "./Design.js"
import * as Fields from "./internal/schema/fields.js"
import type * as Service from "./internal/service.js"
import * as Operation from "./Operation.js"

/**
 * Reads a design.
 *
 * Source: the vendor's documentation, `GET /v1/designs/{id}`.
 *
 * @since 0.1.0
 * @category operations
 */
export const get = /* #__PURE__ */ Operation.make(() => ({
  name: "getDesign",
  method: "GET",
  path: "/v1/designs/{id}",
  status: 200,
  safe: true,
  idempotent: true,
  toRequest: (id: Operation.IdInput<"DesignId">) => ({ path: { id } }),
  request: Schema.Struct({ path: Schema.Struct({ id: Design.DesignId }) }),
  success: Design.Design
}))

/**
 * Reads one page of designs: the first, or the one at a cursor from the `pagination` of another page.
 *
 * Source: the vendor's documentation, `GET /v1/designs`.
 *
 * @since 0.1.0
 * @category operations
 */
export const listPage = /* #__PURE__ */ Operation.make(() => ({
  name: "listDesignsPage",
  method: "GET",
  path: "/v1/designs",
  status: 200,
  safe: true,
  idempotent: true,
  toRequest: (options?: Operation.PageOptions) => ({ urlParams: Fields.toPageParams(options) }),
  request: Schema.Struct({ urlParams: Fields.PageParams }),
  success: Design.Page
}))

/**
 * All designs, as a stream. Each page is requested when the designs of the previous page have been consumed. See
 * `Operation.paginate` for pagination that does not end.
 *
 * Source: the vendor's documentation, `GET /v1/designs`.
 *
 * @example
 * ```ts
 * import { Designs } from "@effect-certifier/core"
 * import { Stream } from "effect"
 *
 * const badges = Designs.list().pipe(Stream.filter((design) => design.type === "badge"))
 * ```
 *
 * @since 0.1.0
 * @category operations
 */
export const list = (
  options?: Operation.ListOptions
): Stream.Stream<Design.Design, CertifierError, Service.CertifierClient> =>
  Operation.paginate(listPage, (page): [Operation.PageOptions] => [page], options)
