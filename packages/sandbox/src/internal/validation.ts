import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { InvalidOptions } from "../SandboxError.js"
import * as Text from "./text.js"

/** Describes the first issue of each field. A value nested deeper than the stack can't be printed. */
export const describe = (error: ParseResult.ParseError): string =>
  Option.getOrElse(
    Option.liftThrowable(() => {
      const problems = new Map<string, string>()
      for (const { message, path } of ParseResult.ArrayFormatter.formatErrorSync(error)) {
        const field = path.join(".")
        if (!problems.has(field)) problems.set(field, `${field} ${message.slice(0, 256)}`.trim())
      }
      return Text.copy([...problems.values()].join("; ").slice(0, 1024))
    })(),
    () => "A field is malformed"
  )

/** The part of a struct's error that concerns one of its members. */
export const errorOf = (error: ParseResult.ParseError, member: string): Option.Option<ParseResult.ParseError> =>
  Array.findFirst(error.issue._tag === "Composite" ? Array.ensure(error.issue.issues) : [], (issue) =>
    issue._tag === "Pointer" && issue.path === member ? Option.some(ParseResult.parseError(issue.issue)) : Option.none()
  )

/** Validates a value with a schema. */
export const validate = <A, I>(schema: Schema.Schema<A, I>) => {
  const check = Schema.validate(schema, { errors: "all" })
  return (value: unknown): Effect.Effect<A, InvalidOptions> =>
    Effect.mapError(check(value), (error) => new InvalidOptions({ problems: describe(error) }))
}
