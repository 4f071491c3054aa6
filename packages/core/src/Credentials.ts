/**
 * The operations of credentials.
 *
 * Sent mail cannot be undone: do not repeat `send` or `createIssueSend` after a failure whose `outcome` is `MaybeApplied`;
 * retry policies never do. To rule out duplicates, use `Issuance`, which stores each step.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { CertifierError } from "./CertifierError.js"
import * as Credential from "./Credential.js"
import * as Fields from "./internal/schema/fields.js"
import * as UnknownAttributes from "./internal/unknownAttributes.js"
import type * as Service from "./internal/service.js"
import * as Operation from "./Operation.js"
import * as Search from "./Search.js"

const byId = () => Schema.Struct({ id: Credential.CredentialId })

/**
 * Reads a credential.
 *
 * Source: the vendor's documentation, `GET /v1/credentials/{id}`.
 *
 * @since 0.1.0
 * @category operations
 */
export const get = /* #__PURE__ */ Operation.make(() => ({
  name: "getCredential",
  method: "GET",
  path: "/v1/credentials/{id}",
  status: 200,
  safe: true,
  idempotent: true,
  toRequest: (id: Operation.IdInput<"CredentialId">) => ({ path: { id } }),
  request: Schema.Struct({ path: byId() }),
  success: Credential.Credential
}))

/**
 * Reads one page of credentials: the first, or the one at a cursor from the `pagination` of another page.
 *
 * Source: the vendor's documentation, `GET /v1/credentials`.
 *
 * @since 0.1.0
 * @category operations
 */
export const listPage = /* #__PURE__ */ Operation.make(() => ({
  name: "listCredentialsPage",
  method: "GET",
  path: "/v1/credentials",
  status: 200,
  safe: true,
  idempotent: true,
  toRequest: (options?: Operation.PageOptions) => ({ urlParams: Fields.toPageParams(options) }),
  request: Schema.Struct({ urlParams: Fields.PageParams }),
  success: Credential.Page
}))

/**
 * All credentials, as a stream. Each page is requested when the credentials of the previous page have been consumed. See
 * `Operation.paginate` for pagination that does not end, and `search` to filter credentials.
 *
 * Source: the vendor's documentation, `GET /v1/credentials`.
 *
 * @since 0.1.0
 * @category operations
 */
export const list = (
  options?: Operation.ListOptions
): Stream.Stream<Credential.Credential, CertifierError, Service.CertifierClient> =>
  Operation.paginate(listPage, (page): [Operation.PageOptions] => [page], options)

/**
 * Reads one page of the credentials that match a filter. Safe, although its method is POST.
 *
 * Source: the vendor's documentation, `POST /v1/credentials/search`.
 *
 * @since 0.1.0
 * @category operations
 */
export const searchPage = /* #__PURE__ */ Operation.make(() => ({
  name: "searchCredentialsPage",
  method: "POST",
  path: "/v1/credentials/search",
  status: 200,
  safe: true,
  idempotent: true,
  toRequest: (query: Search.Query & Operation.PageOptions = {}) => ({ payload: Search.toBody(query) }),
  request: Schema.Struct({ payload: Search.Body }),
  success: Credential.Page
}))

/**
 * All credentials that match a filter, as a stream, see `Search`. Recent changes may not be visible yet.
 *
 * Source: the vendor's documentation, `POST /v1/credentials/search`.
 *
 * @example
 * ```ts
 * import { Credentials, Search } from "@effect-certifier/core"
 * import { Console, Stream } from "effect"
 *
 * const program = Credentials.search({ filter: Search.recipientEmail.endsWith("@example.com") }).pipe(
 *   Stream.runForEach((credential) => Console.log(credential.id))
 * )
 * ```
 *
 * @since 0.1.0
 * @category operations
 */
export const search = (
  query?: Search.Query,
  options?: Operation.ListOptions
): Stream.Stream<Credential.Credential, CertifierError, Service.CertifierClient> =>
  Operation.paginate(
    searchPage,
    (page): [Search.Query & Operation.PageOptions] => [{ filter: query?.filter, sort: query?.sort, ...page }],
    options
  )

/**
 * Creates a draft credential and returns it; store its `id` before the next call. Not idempotent: never retried after a
 * `MaybeApplied` failure, because the draft may already exist.
 *
 * Fails with a `ValidationError` if a custom attribute does not exist in the workspace; `issues` names the attribute.
 *
 * Source: the vendor's documentation, `POST /v1/credentials`.
 *
 * @example
 * ```ts
 * import { Credentials } from "@effect-certifier/core"
 * import { Effect } from "effect"
 *
 * const issued = Credentials.create({
 *   groupId: "01k0grp00000000000000000g1",
 *   recipient: { name: "Ada Example", email: "ada@example.com" }
 * }).pipe(Effect.flatMap(({ id }) => Credentials.issue(id)))
 * ```
 *
 * @since 0.1.0
 * @category operations
 */
export const create = /* #__PURE__ */ UnknownAttributes.named(
  /* #__PURE__ */ Operation.make(() => ({
    name: "createCredential",
    method: "POST",
    path: "/v1/credentials",
    status: 201,
    safe: false,
    idempotent: false,
    toRequest: (fields: Credential.CreateInput) => ({ payload: fields }),
    request: Schema.Struct({ payload: Credential.Create }),
    success: Credential.Credential
  })),
  (fields) => fields
)

/**
 * Sets the fields of a credential that are present in `patch`, and returns the whole credential. Idempotent, but a repeated
 * update changes `updatedAt` and may call webhooks again.
 *
 * The new name of a recipient appears in `attributes` first, see `Credential.recipientName`. Use `Credential.recipientInput` to
 * build the recipient for a rename.
 *
 * Source: the vendor's documentation, `PATCH /v1/credentials/{id}`.
 *
 * @example
 * ```ts
 * import { Credentials } from "@effect-certifier/core"
 *
 * const withoutExpiry = Credentials.update("01k0crd00000000000000000c1", { expiryDate: null })
 * ```
 *
 * @since 0.1.0
 * @category operations
 */
export const update = /* #__PURE__ */ UnknownAttributes.named(
  /* #__PURE__ */ Operation.make(() => ({
    name: "updateCredential",
    method: "PATCH",
    path: "/v1/credentials/{id}",
    status: 200,
    safe: false,
    idempotent: true,
    toRequest: (id: Operation.IdInput<"CredentialId">, patch: Credential.UpdateInput) => ({
      path: { id },
      payload: patch
    }),
    request: Schema.Struct({ path: byId(), payload: Credential.Update }),
    success: Credential.Credential
  })),
  (_id, patch) => patch
)

const remove = /* #__PURE__ */ Operation.make(() => ({
  name: "deleteCredential",
  method: "DELETE",
  path: "/v1/credentials/{id}",
  status: 204,
  safe: false,
  idempotent: true,
  toRequest: (id: Operation.IdInput<"CredentialId">) => ({ path: { id } }),
  request: Schema.Struct({ path: byId() }),
  success: Schema.Void
}))

export {
  /**
   * Permanently deletes a credential, whatever its status. Fails with `NotFound` if it does not exist, which includes the case
   * that an earlier attempt deleted it and only appeared to fail.
   *
   * Source: the vendor's documentation, `DELETE /v1/credentials/{id}`.
   *
   * @since 0.1.0
   * @category operations
   */
  remove as delete
}

/**
 * Issues a draft without mailing it, and returns the credential. Do not rely on the returned status, which is `draft` in the
 * vendor's examples: read the credential again.
 *
 * Idempotent: the API rejects issuing an issued credential. It may be retried after a `MaybeApplied` failure, and then fails
 * with `ValidationError` or `Conflict` if the first attempt succeeded: read the credential to see whether it is issued.
 *
 * Source: the vendor's documentation, `POST /v1/credentials/{id}/issue`.
 *
 * @since 0.1.0
 * @category operations
 */
export const issue = /* #__PURE__ */ Operation.make(() => ({
  name: "issueCredential",
  method: "POST",
  path: "/v1/credentials/{id}/issue",
  status: 200,
  safe: false,
  idempotent: true,
  toRequest: (id: Operation.IdInput<"CredentialId">) => ({ path: { id } }),
  request: Schema.Struct({ path: byId() }),
  success: Credential.Credential
}))

/**
 * Mails an issued credential to its recipient, who needs an email address, and returns the credential. Every call sends another
 * mail. Not idempotent: never retried after a `MaybeApplied` failure, because the mail may have been sent.
 *
 * The API does not report whether a mail was delivered.
 *
 * Source: the vendor's documentation, `POST /v1/credentials/{id}/send`.
 *
 * @since 0.1.0
 * @category operations
 */
export const send = /* #__PURE__ */ Operation.make(() => ({
  name: "sendCredential",
  method: "POST",
  path: "/v1/credentials/{id}/send",
  status: 200,
  safe: false,
  idempotent: false,
  toRequest: (id: Operation.IdInput<"CredentialId">) => ({ path: { id }, payload: { deliveryMethod: "email" } }),
  request: Schema.Struct({
    path: byId(),
    payload: Fields.body(Schema.Struct({ deliveryMethod: Fields.oneOf("delivery method", ["email"]) }))
  }),
  success: Credential.Credential
}))

/**
 * Creates, issues and mails a credential in one request. Not idempotent: never retried after a `MaybeApplied` failure. The
 * request is not documented as atomic: after any failure other than `NotSent`, a draft, issued or mailed credential may exist;
 * use `search` before retrying. `Issuance.issue` does the same in resumable steps.
 *
 * Source: the vendor's documentation, `POST /v1/credentials/create-issue-send`.
 *
 * @since 0.1.0
 * @category operations
 */
export const createIssueSend = /* #__PURE__ */ UnknownAttributes.named(
  /* #__PURE__ */ Operation.make(() => ({
    name: "createIssueSendCredential",
    method: "POST",
    path: "/v1/credentials/create-issue-send",
    status: 201,
    safe: false,
    idempotent: false,
    toRequest: (fields: Credential.CreateInput) => ({ payload: fields }),
    request: Schema.Struct({ payload: Credential.Create }),
    success: Credential.Credential
  })),
  (fields) => fields
)

/**
 * Reads the designs of a credential with their previews, in the order of its group. Previews can be missing right after
 * issuing: read again later. A change of the credential changes the URLs of its previews.
 *
 * Source: the vendor's documentation, `GET /v1/credentials/{id}/designs`.
 *
 * @since 0.1.0
 * @category operations
 */
export const designs = /* #__PURE__ */ Operation.make(() => ({
  name: "listCredentialDesigns",
  method: "GET",
  path: "/v1/credentials/{id}/designs",
  status: 200,
  safe: true,
  idempotent: true,
  toRequest: (id: Operation.IdInput<"CredentialId">) => ({ path: { id } }),
  request: Schema.Struct({ path: byId() }),
  success: Schema.Array(Credential.CredentialDesign)
}))

/**
 * The options of `schedule`.
 *
 * @since 0.1.0
 * @category models
 */
export interface ScheduleInput {
  /** A `DateTime`, or an ISO 8601 string with a zone. The default of the API is unknown. */
  readonly issueAt?: DateTime.DateTime | string | undefined
  /** Whether the credential is mailed when it is issued. */
  readonly sendAtIssuance: boolean
}

/**
 * Schedules the issuing of a draft. **Experimental**: the vendor does not document this endpoint. It can change or disappear
 * without notice, and is not part of `CertifierApi.operations`. Not idempotent: it is unknown whether a repeated call mails
 * twice.
 *
 * Source: one public client, `POST /v1/credentials/{id}/schedule`.
 *
 * @since 0.1.0
 * @category experimental
 */
export const schedule = /* #__PURE__ */ Operation.make(() => ({
  name: "scheduleCredential",
  method: "POST",
  path: "/v1/credentials/{id}/schedule",
  status: 200,
  safe: false,
  idempotent: false,
  toRequest: (id: Operation.IdInput<"CredentialId">, { issueAt, sendAtIssuance }: ScheduleInput) => ({
    path: { id },
    payload: { issueAt: DateTime.isDateTime(issueAt) ? DateTime.formatIso(issueAt) : issueAt, sendAtIssuance }
  }),
  request: Schema.Struct({
    path: byId(),
    payload: Fields.body(Schema.Struct({ issueAt: Fields.optional(Fields.Timestamp), sendAtIssuance: Schema.Boolean }))
  }),
  success: Credential.Credential
}))
