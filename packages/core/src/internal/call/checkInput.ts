import * as Array from "effect/Array"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import { Issue } from "../../CertifierError.js"
import type { Request } from "../../Operation.js"
import * as Issues from "../schema/issues.js"

/** The getters that an object inherits from a class. They are no fields of its own, so a schema would not see them. */
const inheritedGetters = (value: object): ReadonlyArray<string> => {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (!Predicate.isObject(prototype) || Object.getPrototypeOf(prototype) === null) return []
  const getters = Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { get }]) =>
    get === undefined ? [] : [name]
  )
  return [...getters, ...inheritedGetters(prototype)]
}

/** Checks the input of an operation: its parts in, the parts of a request out. */
export const make = <Input extends Request, InputEncoded>(
  schema: Schema.Schema<Input, InputEncoded>
): ((input: unknown) => Either.Either<Input, Array.NonEmptyReadonlyArray<Issue>>) => {
  // The first step of a path says which part of the request it is, which is not the caller's concern.
  const decode = Issues.decoder(schema, 1)
  return (input) => {
    const payload = Predicate.hasProperty(input, "payload") ? input.payload : undefined
    const hidden = (Predicate.isObject(payload) ? inheritedGetters(payload) : []).map(
      (field) => new Issue({ field, problem: "is a getter", expected: "an own field" })
    )
    return Array.isNonEmptyReadonlyArray(hidden) ? Either.left(hidden) : decode(input)
  }
}
