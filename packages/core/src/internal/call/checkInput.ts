import * as Array from "effect/Array"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import { Issue } from "../../CertifierError.js"
import type { Request } from "../../Operation.js"
import * as Issues from "../schema/issues.js"

/** The getters that an object inherits from its class. They are not own fields, so a schema would ignore them. */
const inheritedGetters = (value: object): ReadonlyArray<string> => {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (!Predicate.isObject(prototype) || Object.getPrototypeOf(prototype) === null) return []
  const getters = Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { get }]) =>
    get === undefined ? [] : [name]
  )
  return [...getters, ...inheritedGetters(prototype)]
}

/** Validates the input of an operation, and returns the parts of the request. */
export const make = <Input extends Request, InputEncoded>(
  schema: Schema.Schema<Input, InputEncoded>
): ((input: unknown) => Either.Either<Input, Array.NonEmptyReadonlyArray<Issue>>) => {
  // The first segment of the path is the part of the request, which is meaningless to the caller.
  const decode = Issues.decoder(schema, 1)
  return (input) => {
    const payload = Predicate.hasProperty(input, "payload") ? input.payload : undefined
    const hidden = (Predicate.isObject(payload) ? inheritedGetters(payload) : []).map(
      (field) => new Issue({ field, problem: "is a getter", expected: "an own field" })
    )
    return Array.isNonEmptyReadonlyArray(hidden) ? Either.left(hidden) : decode(input)
  }
}
