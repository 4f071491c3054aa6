/**
 * An attribute of the workspace, which designs can show. **Experimental**: the vendor does not document it.
 *
 * @since 0.1.0
 */
export * as Attribute from "./Attribute.js"

/**
 * The list of attributes. **Experimental**: the vendor does not document this endpoint; it can change or disappear without notice,
 * and `CertifierApi.operations` does not have it.
 *
 * @since 0.1.0
 */
export * as Attributes from "./Attributes.js"

/**
 * A date of the calendar, such as the day on which a credential is issued: a year, a month and a day, without a time and
 * without a time zone.
 *
 * @since 0.1.0
 */
export * as CalendarDate from "./CalendarDate.js"

/**
 * All operations of the API by name, for what is about all of them: the sandbox, tests, a page of documentation. A program
 * that imports it carries every operation; one that calls operations imports their modules instead.
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
 * Everything that can go wrong with a call of the Certifier API, as data: one tagged error for each code of the API's
 * error table, and seven for what the API can't know about. All of them are `Schema`s, so they survive a worker or RPC
 * boundary, and none of them ever holds the access token or the request's headers. `apiMessage`, `details`
 * and `excerpt` quote the response, which can repeat values of the request.
 *
 * @since 0.1.0
 */
export * as CertifierError from "./CertifierError.js"

/**
 * A credential: a certificate or badge of one recipient, and the bodies of its requests.
 *
 * @since 0.1.0
 */
export * as Credential from "./Credential.js"

/**
 * The operations of credentials.
 *
 * Sending mails people and cannot be undone: after a failure whose `outcome` is `MaybeApplied`, neither this library nor a
 * program should repeat `send` or `createIssueSend`. Where nothing must happen twice, use `Issuance`, which stores each step.
 *
 * @since 0.1.0
 */
export * as Credentials from "./Credentials.js"

/**
 * A design of certificates or badges (newer documentation of the vendor says "design template"). Designs are made in the
 * dashboard; the API only reads them.
 *
 * @since 0.1.0
 */
export * as Design from "./Design.js"

/**
 * The operations of designs, which the API only reads.
 *
 * @since 0.1.0
 */
export * as Designs from "./Designs.js"

/**
 * A template of the mails that `Credentials.send` sends. **Experimental**: the vendor does not document it.
 *
 * @since 0.1.0
 */
export * as EmailTemplate from "./EmailTemplate.js"

/**
 * The list of email templates. **Experimental**: the vendor does not document this endpoint; it can change or disappear without notice,
 * and `CertifierApi.operations` does not have it.
 *
 * @since 0.1.0
 */
export * as EmailTemplates from "./EmailTemplates.js"

/**
 * A group of credentials (newer documentation of the vendor says "credential template"), and the bodies of its requests.
 *
 * @since 0.1.0
 */
export * as Group from "./Group.js"

/**
 * The operations of groups, and what is built on them: updates that check for concurrent changes, and many updates at once.
 *
 * @since 0.1.0
 */
export * as Groups from "./Groups.js"

/**
 * A credential interaction: that somebody has viewed, shared, downloaded or verified a credential.
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
 * Issuing without duplicates: create a credential, store its id, issue it, mail it, in steps that can be interrupted at any
 * instant and resumed.
 *
 * The API has no idempotency key, and a mail cannot be taken back. So each step is stored before its request is sent, and
 * after a failure that may have taken effect the service is read before a request is repeated:
 *
 * - A create is looked up by search: group, recipient, the time since the first attempt, and the value of a custom attribute
 *   that the caller names as `reference`. One draft: the issuance goes on with it. Nothing, although it was searched for
 *   `settle`: it is created again. Anything else: `Uncertain`.
 * - Issuing is looked up by the credential's status.
 * - A mail cannot be looked up, because the API has no delivery state. The issuance stops with `Uncertain`, and mails again
 *   only with `onUncertain: "resend"`.
 *
 * What cannot be promised: a create that the service applies later than `settle` after this client has given it up leaves a
 * second draft, which is neither issued nor mailed. And a record has to be run by one process at a time, while two issuances
 * for the same recipient and group at the same time each need a `reference`.
 *
 * @since 0.1.0
 */
export * as Issuance from "./Issuance.js"

/**
 * An operation of the API is a declaration that can be called: method, path, schemas, and what repeating it means. The
 * client, its spans and metrics, its mock and the sandbox's server follow from the declaration.
 *
 * @since 0.1.0
 */
export * as Operation from "./Operation.js"

/**
 * Checks of options, the same in all packages of this library. An invalid option is a `ConfigError` that names the option
 * and says what was expected; it never shows the value, which can be a secret in the wrong place.
 *
 * @since 0.1.0
 */
export * as Options from "./Options.js"

/**
 * Filters for `Credentials.search`, as values that are checked by the compiler: each field has the operators that the API
 * documents for it, so `Search.status.contains` does not compile.
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
 * Whether an update was applied, as far as reading the group shows.
 *
 * @since 0.1.0
 */
export * as UpdateStatus from "./UpdateStatus.js"

/**
 * Webhooks: events that the service sends, verified over the raw bytes of the request, and an endpoint that receives them.
 *
 * The service delivers an event until a response is 2xx: up to 7 times in about 3.5 days, in any order, and sometimes one that
 * was already handled. The signature covers no time, so an old request stays valid; `handler` recognizes it by the event's id.
 *
 * @since 0.1.0
 */
export * as Webhook from "./Webhook.js"
