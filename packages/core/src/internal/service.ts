import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { CertifierError } from "../CertifierError.js"
import type { Declared, Request } from "../Operation.js"

export interface Service {
  /** Calls an operation with its arguments. Each operation is prepared once per client. */
  readonly call: <Args extends ReadonlyArray<unknown>, Input extends Request, InputEncoded, A, I>(
    operation: Declared<Args, Input, InputEncoded, A, I>,
    ...args: NoInfer<Args>
  ) => Effect.Effect<A, CertifierError>
}

/**
 * The client of the Certifier API. It is called by operations such as `Groups.update`, rarely by programs.
 *
 * @since 0.1.0
 * @category tags
 */
export class CertifierClient extends Context.Tag("@effect-certifier/core/CertifierClient")<
  CertifierClient,
  Service
>() {}
