import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as CertifierError from "../CertifierError.js"
import * as Operation from "../Operation.js"
import type { CertifierClient } from "./service.js"

/**
 * The names in square brackets in a text: one or several, separated by commas, with or without quotes. `designIds[0]` is a path
 * rather than a name.
 */
const namesIn = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/(?<![\w.])\[([^[\]]*)\]/g)]
    .flatMap(([, inner = ""]) => [inner, ...inner.split(",")])
    .map((name) => name.replaceAll(/^[\s"'`]+|[\s"'`]+$/g, ""))

interface Fields {
  readonly customAttributes?: { readonly [key: string]: string } | undefined
}

const withoutPrefix = (key: string): string => key.replace(/^custom\./, "")

/** Only the names of sent attributes count, because other texts contain brackets too. */
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
              problem: "does not exist in the workspace",
              expected: "an existing attribute"
            })
        )
      })
}

/**
 * An operation that sets custom attributes. The 400 for an unknown attribute only names it in its message, in square brackets.
 * It is added to the `issues` of the error, with the key used by the caller. Bundles of programs that do not use such an
 * operation do not contain this module.
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
