/**
 * The group endpoints of the Certifier API as an `HttpApi`, made of core's schemas. The sandbox's server, its OpenAPI
 * document and its documentation page are all this one definition.
 *
 * @since 0.1.0
 */
export * as CertifierHttpApi from "./CertifierHttpApi.js"

/**
 * The errors of the Certifier API as they are on the wire: `{ "error": { "code", "message" } }`.
 *
 * @since 0.1.0
 */
export * as ErrorEnvelope from "./ErrorEnvelope.js"

/**
 * Faults on demand: what the sandbox does instead of answering as Certifier would, or to the answer on its way. A fault
 * is data, so that it can be written in code, on the command line, and as JSON for the control endpoint.
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
 * Values to test with: groups as the service has them, and arbitraries that make only valid ones.
 *
 * @since 0.1.0
 */
export * as Fixture from "./Fixture.js"

/**
 * The sandbox's rate limit: what it allows, and how a refusal says when to come back.
 *
 * @since 0.1.0
 */
export * as RateLimit from "./RateLimit.js"

/**
 * What the sandbox was asked: every request of the API's paths, with the access token taken out.
 *
 * @since 0.1.0
 */
export * as RecordedRequest from "./RecordedRequest.js"

/**
 * A Certifier on your own machine: a real HTTP server on loopback, or an `HttpClient` without any socket.
 *
 * @since 0.1.0
 */
export * as Sandbox from "./Sandbox.js"

/**
 * Why a sandbox can't start, or can't do what it was told.
 *
 * @since 0.1.0
 */
export * as SandboxError from "./SandboxError.js"
