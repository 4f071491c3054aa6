import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { CertifierError } from "../CertifierError.js"
import type { Declared, Request } from "../Operation.js"

export interface Service {
  /** Calls an operation with its arguments. What an operation needs is prepared once for each client. */
  readonly call: <Args extends ReadonlyArray<unknown>, Input extends Request, InputEncoded, A, I>(
    operation: Declared<Args, Input, InputEncoded, A, I>,
    ...args: NoInfer<Args>
  ) => Effect.Effect<A, CertifierError>
}

/**
 * The client of the Certifier API. Operations such as `Groups.update` call it; a program rarely does.
 *
 * @since 0.1.0
 * @category tags
 */
export class CertifierClient extends Context.Tag("@effect-certifier/core/CertifierClient")<
  CertifierClient,
  Service
>() {}
