/**
 * An attribute of a workspace, shown by its designs. **Experimental**: not documented by the vendor.
 *
 * @since 0.1.0
 */
export * as Attribute from "./Attribute.js"

/**
 * The list of attributes. **Experimental**: the vendor does not document this endpoint. It can change or disappear without
 * notice, and is not part of `CertifierApi.operations`.
 *
 * @since 0.1.0
 */
export * as Attributes from "./Attributes.js"

/**
 * A calendar date, such as the issue date of a credential: a year, a month and a day, without a time or a time zone.
 *
 * @since 0.1.0
 */
export * as CalendarDate from "./CalendarDate.js"

/**
 * All operations of the API by name, for code that needs every operation, such as the sandbox, tests or generated
 * documentation. Importing this module bundles all operations; to call some of them, import their own modules.
 *
 * @since 0.1.0
 */
export * as CertifierApi from "./CertifierApi.js"

/**
 * The client of the Certifier API: a service that calls operations, and its layers.
 *
 * @since 0.1.0
 */
export * as CertifierClient from "./CertifierClient.js"

/**
 * The errors of a call to the Certifier API: one tagged error for each code of the API's error table, and seven for failures
 * that the API does not report. All of them are `Schema`s, so they can cross a worker or RPC boundary, and none contains the
 * access token or the request's headers. `apiMessage`, `details` and `excerpt` quote the response, which can repeat values of
 * the request.
 *
 * @since 0.1.0
 */
export * as CertifierError from "./CertifierError.js"

/**
 * Credentials (a certificate or badge of one recipient), and the request bodies of their operations.
 *
 * @since 0.1.0
 */
export * as Credential from "./Credential.js"

/**
 * The operations of credentials.
 *
 * Sent mail cannot be undone: do not repeat `send` or `createIssueSend` after a failure whose `outcome` is `MaybeApplied`;
 * retry policies never do. To rule out duplicates, use `Issuance`, which stores each step.
 *
 * @since 0.1.0
 */
export * as Credentials from "./Credentials.js"

/**
 * Designs of certificates and badges ("design templates" in the vendor's newer documentation). Designs are created in the
 * dashboard; the API is read-only.
 *
 * @since 0.1.0
 */
export * as Design from "./Design.js"

/**
 * The operations of designs, which are read-only.
 *
 * @since 0.1.0
 */
export * as Designs from "./Designs.js"

/**
 * Templates of the mails sent by `Credentials.send`. **Experimental**: not documented by the vendor.
 *
 * @since 0.1.0
 */
export * as EmailTemplate from "./EmailTemplate.js"

/**
 * The list of email templates. **Experimental**: the vendor does not document this endpoint. It can change or disappear without
 * notice, and is not part of `CertifierApi.operations`.
 *
 * @since 0.1.0
 */
export * as EmailTemplates from "./EmailTemplates.js"

/**
 * Groups of credentials ("credential templates" in the vendor's newer documentation), and the request bodies of their
 * operations.
 *
 * @since 0.1.0
 */
export * as Group from "./Group.js"

/**
 * The operations of groups, updates that check for concurrent changes, and bulk updates.
 *
 * @since 0.1.0
 */
export * as Groups from "./Groups.js"

/**
 * Credential interactions: a credential was viewed, shared, downloaded or verified.
 *
 * @since 0.1.0
 */
export * as Interaction from "./Interaction.js"

/**
 * The operations of credential interactions.
 *
 * @since 0.1.0
 */
export * as Interactions from "./Interactions.js"

/**
 * Issuing without duplicates: create a credential, store its id, issue it and mail it, in steps that can be interrupted at any
 * point and resumed.
 *
 * The API has no idempotency keys, and sent mail cannot be undone. Therefore each step is stored before its request is sent,
 * and after a failure that may have taken effect, the state of the server is read before the request is repeated:
 *
 * - A created credential is searched by group, recipient, time since the first attempt, and the value of the custom attribute
 *   named by `reference`. If one draft is found, the issuance continues with it. If nothing is found for `settle`, the
 *   credential is created again. Anything else fails with `Uncertain`.
 * - Whether a credential was issued is read from its status.
 * - Whether a mail was sent cannot be read, because the API has no delivery state. The issuance fails with `Uncertain`, and
 *   mails again only with `onUncertain: "resend"`.
 *
 * Limits: if the server applies a create request more than `settle` after the client abandoned it, a second draft remains,
 * which is neither issued nor mailed. A stored step must not be run by two processes at once, and concurrent issuances for the
 * same recipient and group each need a `reference`.
 *
 * @since 0.1.0
 */
export * as Issuance from "./Issuance.js"

/**
 * An operation of the API is a callable declaration: method, path, schemas, and whether it can be repeated. The client with its
 * spans, metrics and mock, and the server of the sandbox are derived from it.
 *
 * @since 0.1.0
 */
export * as Operation from "./Operation.js"

/**
 * The validation of options, shared by all packages of this library. An invalid option is a `ConfigError` that names the option
 * and what was expected. It never contains the value, which can be a misplaced secret.
 *
 * @since 0.1.0
 */
export * as Options from "./Options.js"

/**
 * Type-safe filters for `Credentials.search`: each field has only the operators that the API documents for it, so
 * `Search.status.contains` does not compile.
 *
 * @example
 * ```ts
 * import { Credentials, Search } from "@effect-certifier/core"
 *
 * const found = Credentials.search({
 *   filter: Search.all(
 *     Search.groupId.equals("01k0grp00000000000000000g1"),
 *     Search.recipientEmail.endsWith("@example.com"),
 *     Search.not(Search.status.in(["draft", "scheduled"]))
 *   ),
 *   sort: { property: "createdAt", order: "desc" }
 * })
 * ```
 *
 * @since 0.1.0
 */
export * as Search from "./Search.js"

/**
 * Whether an update was applied, according to the current state of the group.
 *
 * @since 0.1.0
 */
export * as UpdateStatus from "./UpdateStatus.js"

/**
 * Webhooks: events, their verification over the raw bytes of the request, and an endpoint that receives them.
 *
 * Certifier delivers an event until it receives a 2xx: up to 7 times in about 3.5 days, in any order, and sometimes again after
 * it was handled. The signature does not cover a timestamp, so an old request stays valid; `handler` detects repeated events by
 * id.
 *
 * @since 0.1.0
 */
export * as Webhook from "./Webhook.js"
