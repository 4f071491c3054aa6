/**
 * The body of the Certifier API's errors: `{ "error": { "code", "message" } }`.
 *
 * @since 0.1.0
 */
import { CertifierError } from "@effect-certifier/core"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as Schema from "effect/Schema"

/**
 * The body of an error response.
 *
 * @since 0.1.0
 * @category models
 */
export interface ErrorEnvelope<Code extends CertifierError.Code = CertifierError.Code> {
  readonly error: { readonly code: Code; readonly message: string }
}

/**
 * The message of each code. Five are the vendor's (page "Update a group"); for the others the vendor documents only the
 * code, and the message is the sandbox's. Programs should depend on `code`, never on `message`.
 *
 * @since 0.1.0
 * @category models
 */
export const messages: { readonly [Code in CertifierError.Code]: string } = {
  missing_version: "The request is missing the required Certifier-Version header",
  invalid_version: "The Certifier-Version header has an unknown value",
  invalid_json: "The request's body is not valid JSON",
  validation_error: "A parameter is missing or malformed",
  unauthorized: "A valid authentication token was not provided with the request",
  payment_required: "The plan of the workspace does not include this object or change",
  forbidden: "The access token does not allow access to this resource",
  not_found: "The requested resource does not exist",
  conflict: "The request conflicts with the stored data",
  rate_limited: "You have exceeded the rate limit",
  internal_server_error: "There was a problem on Certifier's end"
}

/**
 * The body of the response with a code.
 *
 * @example
 * ```ts
 * import { ErrorEnvelope } from "@effect-certifier/sandbox"
 *
 * console.log(JSON.stringify(ErrorEnvelope.make("not_found")))
 * // {"error":{"code":"not_found","message":"The requested resource does not exist"}}
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <Code extends CertifierError.Code>(
  code: Code,
  message: string = messages[code]
): ErrorEnvelope<Code> => ({
  error: { code, message }
})

/**
 * The status of a code, from core's table.
 *
 * @since 0.1.0
 * @category combinators
 */
export const statusOf = (code: CertifierError.Code): number => CertifierError.table[code].status

/**
 * All codes of the API's error table.
 *
 * @since 0.1.0
 * @category models
 */
export const codes: ReadonlyArray<CertifierError.Code> = Object.keys(messages).filter(isCode)

/**
 * Whether a string is one of the API's codes.
 *
 * @since 0.1.0
 * @category guards
 */
export function isCode(text: string): text is CertifierError.Code {
  return Object.hasOwn(messages, text)
}

/**
 * The schema of a code's response body, annotated with its status, for `addError` of an `HttpApi`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const schema = <Code extends CertifierError.Code>(code: Code) =>
  Schema.Struct({ error: Schema.Struct({ code: Schema.Literal(code), message: Schema.String }) }).annotations(
    HttpApiSchema.annotations({ identifier: code, description: messages[code], status: statusOf(code) })
  )
