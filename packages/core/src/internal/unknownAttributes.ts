import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as CertifierError from "../CertifierError.js"
import * as Operation from "../Operation.js"
import type { CertifierClient } from "./service.js"

/**
 * The names in the square brackets of a text: one, or several with commas between them; in quotes or without. `designIds[0]` is
 * a place and not a name.
 */
const namesIn = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/(?<![\w.])\[([^[\]]*)\]/g)]
    .flatMap(([, inner = ""]) => [inner, ...inner.split(",")])
    .map((name) => name.replaceAll(/^[\s"'`]+|[\s"'`]+$/g, ""))

interface Fields {
  readonly customAttributes?: { readonly [key: string]: string } | undefined
}

const withoutPrefix = (key: string): string => key.replace(/^custom\./, "")

/** Only an attribute that was sent is taken for one: other texts have brackets too. */
const withIssues = (error: CertifierError.CertifierError, fields: Fields): CertifierError.CertifierError => {
  if (error._tag !== "CertifierValidationError") return error
  const names = namesIn(Option.getOrElse(error.apiMessage, () => "")).map(withoutPrefix)
  const unknown = Object.keys(fields.customAttributes ?? {}).filter((key) => names.includes(withoutPrefix(key)))
  return unknown.length === 0
    ? error
    : new CertifierError.ValidationError({
        ...error,
        issues: unknown.map(
          (key) =>
            new CertifierError.Issue({
              field: `customAttributes.${key}`,
              problem: "is not known to the workspace",
              expected: "an attribute of the workspace"
            })
        )
      })
}

/**
 * An operation that sets custom attributes. The 400 for one that the workspace does not have names it in square brackets, and
 * only in its text; the error gets an issue, with the key as the caller has written it. Programs without such an operation
 * don't have this in their bundle.
 */
export const named = <Args extends ReadonlyArray<unknown>, Input extends Operation.Request, InputEncoded, A, I>(
  operation: Operation.Operation<Args, Input, InputEncoded, A, I>,
  fieldsOf: (...args: Args) => Fields
): ((...args: Args) => Effect.Effect<A, CertifierError.CertifierError, CertifierClient>) &
  Operation.Declared<Args, Input, InputEncoded, A, I> =>
  Object.assign(
    (...args: Args) => Effect.mapError(operation(...args), (error) => withIssues(error, fieldsOf(...args))),
    { [Operation.TypeId]: operation[Operation.TypeId] }
  )
