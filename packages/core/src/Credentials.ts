/**
 * The operations of credentials.
 *
 * Sending mails people and cannot be undone: after a failure whose `outcome` is `MaybeApplied`, neither this library nor a
 * program should repeat `send` or `createIssueSend`. Where nothing must happen twice, use `Issuance`, which stores each step.
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
 * Reads one page of the credentials: the first, or the one that another page's `pagination` names.
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
 * All credentials, page by page. A page is requested when the consumer has taken the credentials of the page before. See
 * `Operation.paginate` for how a list fails that has no end, and `search` for some of the credentials.
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
 * Reads one page of the credentials that a filter finds. A POST that only reads.
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
 * All credentials that a filter finds, page by page, see `Search`. What has just been written may be found only later.
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
 * Creates a credential as a draft and returns it; store its `id` before the next call. Not idempotent: never retried after a
 * `MaybeApplied` failure, when the draft may already exist.
 *
 * A custom attribute that the workspace does not have is refused with a `ValidationError` whose `issues` name it.
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
 * Sets the fields of a credential that `patch` contains, leaves the others unchanged, and returns the whole credential.
 * Repeating an update reaches the same state, but moves `updatedAt` and may call webhooks again.
 *
 * A renamed recipient shows in `attributes` first, see `Credential.recipientName`; `Credential.recipientInput` builds the
 * recipient for a rename.
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
   * Deletes a credential for good, whatever its status. Fails with `NotFound` if there is none, also when an earlier attempt
   * that seemed to fail has deleted it.
   *
   * Source: the vendor's documentation, `DELETE /v1/credentials/{id}`.
   *
   * @since 0.1.0
   * @category operations
   */
  remove as delete
}

/**
 * Issues a draft, without mailing it, and returns the credential. Read the credential again rather than trust the returned
 * status: the vendor's examples show `draft`.
 *
 * Idempotent: issuing what is issued changes nothing, the API refuses it. So it may be retried after a `MaybeApplied`
 * failure, and then fails with `ValidationError` or `Conflict` if the first attempt has worked: on either of them, read the
 * credential to see whether it is issued.
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
 * Mails an issued credential to its recipient, who needs an email address, and returns the credential. Every call mails
 * again. Not idempotent: never retried after a `MaybeApplied` failure, when the mail may be on its way.
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
 * Creates a credential, issues it and mails it, in one request. Not idempotent: never retried after a `MaybeApplied` failure.
 * It is not documented as atomic: after any failure but `NotSent` a draft, an issued or a mailed credential may exist; look
 * for it with `search` before trying again. `Issuance.issue` does the same in steps that can be resumed.
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
 * Reads the designs of a credential with their previews, in the order of its group. Right after issuing there may be no
 * previews yet: read again later. The URLs of previews change with the credential.
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
 * When a draft is issued, see `schedule`.
 *
 * @since 0.1.0
 * @category models
 */
export interface ScheduleInput {
  /** A moment, or ISO 8601 with a zone. The default of the API is not known. */
  readonly issueAt?: DateTime.DateTime | string | undefined
  /** Whether the credential is mailed when it is issued. */
  readonly sendAtIssuance: boolean
}

/**
 * Schedules the issuing of a draft. **Experimental**: the vendor does not document this endpoint; it can change or disappear
 * without notice, and `CertifierApi.operations` does not have it. Not idempotent: whether repeating it mails twice is not
 * known.
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
