/**
 * The client of the Certifier API: a service, its layers, and one accessor for each operation.
 *
 * @since 0.1.0
 */
export * as CertifierClient from "./CertifierClient.js"

/**
 * Everything that can go wrong with a call of the Certifier API, as data: one tagged error for each code of the API's
 * error table, and seven for what the API can't know about. All of them are `Schema`s, so they survive a worker or RPC
 * boundary, and none of them ever holds the access token, the request's headers or the request's body.
 *
 * @since 0.1.0
 */
export * as CertifierError from "./CertifierError.js"

/**
 * A group of credentials (newer documentation of the vendor says "credential template"), as the API answers it.
 *
 * @since 0.1.0
 */
export * as Group from "./Group.js"

/**
 * The body of a creation: the fields of a new group.
 *
 * @since 0.1.0
 */
export * as GroupCreate from "./GroupCreate.js"

/**
 * One page of a list of groups.
 *
 * @since 0.1.0
 */
export * as GroupPage from "./GroupPage.js"

/**
 * The body of an update: the fields to set. A field that is not given is left as it is.
 *
 * @since 0.1.0
 */
export * as GroupPatch from "./GroupPatch.js"

/**
 * Many updates, one by one and several at a time: what goes in, what comes out, and how far it is.
 *
 * @since 0.1.0
 */
export * as GroupUpdate from "./GroupUpdate.js"

/**
 * The operations of the API, each declared once, as data: its name, method, path and schemas. The client, its spans and
 * its metrics follow from the declaration, and so does the server of the sandbox.
 *
 * @since 0.1.0
 */
export * as Operation from "./Operation.js"

/**
 * What has become of an update that may or may not have been applied, as far as reading the group can tell.
 *
 * @since 0.1.0
 */
export * as Reconciliation from "./Reconciliation.js"
