/**
 * The list of email templates. **Experimental**: the vendor does not document this endpoint. It can change or disappear without
 * notice, and is not part of `CertifierApi.operations`.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import * as EmailTemplate from "./EmailTemplate.js"
import type { CertifierError } from "./CertifierError.js"
import * as Fields from "./internal/schema/fields.js"
import type * as Service from "./internal/service.js"
import * as Operation from "./Operation.js"

/**
 * Reads one page of email templates, or all of them: the API may return a page or a bare array. Experimental.
 *
 * Source: public code, `GET /v1/email-templates`.
 *
 * @since 0.1.0
 * @category experimental
 */
export const listPage = /* #__PURE__ */ Operation.make(() => ({
  name: "listEmailTemplatesPage",
  method: "GET",
  path: "/v1/email-templates",
  status: 200,
  safe: true,
  idempotent: true,
  toRequest: (options?: Operation.PageOptions) => ({ urlParams: Fields.toPageParams(options) }),
  request: Schema.Struct({ urlParams: Fields.PageParams }),
  success: Fields.pageOrArray(EmailTemplate.EmailTemplate)
}))

/**
 * All email templates. Experimental. The page size is sent only if specified, because it is unknown whether this endpoint is
 * paginated.
 *
 * Source: public code, `GET /v1/email-templates`.
 *
 * @since 0.1.0
 * @category experimental
 */
export const list = (
  options?: Operation.ListOptions
): Stream.Stream<EmailTemplate.EmailTemplate, CertifierError, Service.CertifierClient> =>
  Operation.paginate(listPage, ({ cursor }): [Operation.PageOptions] => [{ cursor, limit: options?.pageSize }], options)
