/**
 * Webhooks: the targets of events, how events are delivered, and the results.
 *
 * @since 0.1.0
 */
export * as Delivery from "./Delivery.js"

/**
 * The body of the Certifier API's errors: `{ "error": { "code", "message" } }`.
 *
 * @since 0.1.0
 */
export * as ErrorEnvelope from "./ErrorEnvelope.js"

/**
 * Faults on demand: a fault replaces Certifier's response or changes how it is sent. A fault is data, so it can be written
 * in code, on the command line (see `FaultSyntax`), and as JSON for the control endpoint.
 *
 * @since 0.1.0
 */
export * as Fault from "./Fault.js"

/**
 * Faults as text: the syntax of `--fault` on the command line, for programs that read faults from their own configuration.
 *
 * @since 0.1.0
 */
export * as FaultSyntax from "./FaultSyntax.js"

/**
 * Values for tests: objects in the service's format, and arbitraries of valid values.
 *
 * @since 0.1.0
 */
export * as Fixture from "./Fixture.js"

/**
 * The mails that the service would have sent. The sandbox sends none.
 *
 * @since 0.1.0
 */
export * as Mail from "./Mail.js"

/**
 * What leaves the sandbox: mails, which are kept instead of sent, and events, which are delivered to the configured webhooks.
 *
 * @since 0.1.0
 */
export * as Outbox from "./Outbox.js"

/**
 * Behavior of the service that the vendor's documentation does not describe, or on which it contradicts itself. Each such
 * point is a named quirk with a default and alternatives. A program that passes its tests either way does not depend on a
 * guess.
 *
 * @since 0.1.0
 */
export * as Quirk from "./Quirk.js"

/**
 * The sandbox's rate limit, and the form of `Retry-After` in a 429.
 *
 * @since 0.1.0
 */
export * as RateLimit from "./RateLimit.js"

/**
 * The requests that the sandbox received for the API, without the access token.
 *
 * @since 0.1.0
 */
export * as RecordedRequest from "./RecordedRequest.js"

/**
 * A Certifier on your own machine: an HTTP server on loopback, or an `HttpClient` without a socket.
 *
 * @since 0.1.0
 */
export * as Sandbox from "./Sandbox.js"

/**
 * The errors of starting and controlling a sandbox.
 *
 * @since 0.1.0
 */
export * as SandboxError from "./SandboxError.js"

/**
 * The contents of a sandbox as data, in the JSON of the API, to be exported and imported.
 *
 * @since 0.1.0
 */
export * as Workspace from "./Workspace.js"
