/**
 * The operations of credential interactions.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { CertifierError } from "./CertifierError.js"
import { CredentialId } from "./Credential.js"
import * as Interaction from "./Interaction.js"
import * as Fields from "./internal/schema/fields.js"
import type * as Service from "./internal/service.js"
import * as Operation from "./Operation.js"

/**
 * The filter of a list. The API cannot filter by type or time.
 *
 * @since 0.1.0
 * @category models
 */
export interface Filter {
  /** Only interactions of this credential. Default: of the whole workspace. */
  readonly credentialId?: Operation.IdInput<"CredentialId"> | undefined
}

/**
 * Reads one page of interactions: the first, or the one at a cursor from the `pagination` of another page.
 *
 * Source: the vendor's documentation, `GET /v1/credential-interactions`.
 *
 * @since 0.1.0
 * @category operations
 */
export const listPage = /* #__PURE__ */ Operation.make(() => ({
  name: "listInteractionsPage",
  method: "GET",
  path: "/v1/credential-interactions",
  status: 200,
  safe: true,
  idempotent: true,
  toRequest: (options?: Filter & Operation.PageOptions) => ({
    urlParams: {
      ...(options?.credentialId === undefined ? {} : { credentialId: options.credentialId }),
      ...Fields.toPageParams(options)
    }
  }),
  request: Schema.Struct({
    urlParams: Schema.Struct({
      credentialId: Schema.optionalWith(CredentialId, { exact: true }),
      ...Fields.PageParams.fields
    })
  }),
  success: Interaction.Page
}))

/**
 * All interactions, or those of one credential, as a stream. Each page is requested when the interactions of the previous page
 * have been consumed. See `Operation.paginate` for pagination that does not end.
 *
 * Source: the vendor's documentation, `GET /v1/credential-interactions`.
 *
 * @example
 * ```ts
 * import { Interactions } from "@effect-certifier/core"
 * import { Stream } from "effect"
 *
 * const views = Interactions.list({ credentialId: "01k0crd00000000000000000c1" }).pipe(
 *   Stream.filter((interaction) => interaction.eventType === "credential_viewed"),
 *   Stream.runCount
 * )
 * ```
 *
 * @since 0.1.0
 * @category operations
 */
export const list = (
  options?: Filter & Operation.ListOptions
): Stream.Stream<Interaction.Interaction, CertifierError, Service.CertifierClient> =>
  Operation.paginate(
    listPage,
    (page): [Filter & Operation.PageOptions] => [{ credentialId: options?.credentialId, ...page }],
    options
  )

/**
 * Records an interaction and returns it. Not idempotent: never retried after a `MaybeApplied` failure, because the interaction
 * may already be recorded; a second one counts twice and calls webhooks again.
 *
 * Source: the vendor's documentation, `POST /v1/credential-interactions`.
 *
 * @example
 * ```ts
 * import { Interactions } from "@effect-certifier/core"
 * import { DateTime, Effect } from "effect"
 *
 * const program = Effect.flatMap(DateTime.now, (triggeredAt) =>
 *   Interactions.create({
 *     credentialId: "01k0crd00000000000000000c1",
 *     eventType: "credential_viewed",
 *     triggeredBy: "guest",
 *     triggeredAt
 *   })
 * )
 * ```
 *
 * @since 0.1.0
 * @category operations
 */
export const create = /* #__PURE__ */ Operation.make(() => ({
  name: "createInteraction",
  method: "POST",
  path: "/v1/credential-interactions",
  status: 201,
  safe: false,
  idempotent: false,
  toRequest: (fields: Interaction.CreateInput) => ({
    payload: {
      ...fields,
      triggeredAt: DateTime.isDateTime(fields.triggeredAt) ? DateTime.formatIso(fields.triggeredAt) : fields.triggeredAt
    }
  }),
  request: Schema.Struct({ payload: Interaction.Create }),
  success: Interaction.Interaction
}))
