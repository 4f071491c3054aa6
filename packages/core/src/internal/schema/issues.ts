import * as Array from "effect/Array"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { Issue } from "../../CertifierError.js"

/** Describes the type of a value without its content, which may be secret or large. */
const kindOf = (actual: unknown): string => {
  if (actual === null || actual === undefined) return `is ${actual}`
  if (globalThis.Array.isArray(actual)) return "is an array"
  if (actual === "") return "is empty"
  return `is ${Predicate.isObject(actual) ? "an object" : `a ${typeof actual}`}`
}

const step = (field: string, segment: PropertyKey): string => {
  if (typeof segment === "number") return `${field}[${segment}]`
  const name = String(segment).slice(0, 64)
  return field === "" ? name : `${field}.${name}`
}

const descriptionOf = (annotated: SchemaAST.Annotated): Option.Option<string> =>
  SchemaAST.getDescriptionAnnotation(annotated)

const keysOf = (ast: SchemaAST.AST): Option.Option<string> =>
  SchemaAST.isTypeLiteral(ast)
    ? Option.some(`one of ${ast.propertySignatures.map((signature) => String(signature.name)).join(", ")}`)
    : Option.none()

/** Only filters have their own messages; all other messages of a schema quote the value. */
const problemOf = (issue: ParseResult.Type | ParseResult.Forbidden): string =>
  SchemaAST.isRefinement(issue.ast)
    ? (issue.message ??
      Option.match(SchemaAST.getMessageAnnotation(issue.ast), {
        onNone: () => kindOf(issue.actual),
        onSome: (message) => String(message(issue))
      }))
    : SchemaAST.isTransformation(issue.ast)
      ? "can't be read"
      : kindOf(issue.actual)

type Path = ReadonlyArray<PropertyKey>

interface Fault {
  readonly path: Path
  readonly problem: string
  readonly expected: string
}

const collect = (issue: ParseResult.ParseIssue, path: Path, expected: Option.Option<string>): ReadonlyArray<Fault> => {
  const leaf = (problem: string, otherwise: SchemaAST.Annotated): ReadonlyArray<Fault> => [
    {
      path,
      problem,
      expected: Option.getOrElse(
        Option.orElse(expected, () => descriptionOf(otherwise)),
        () => "something else"
      )
    }
  ]
  switch (issue._tag) {
    case "Pointer":
      return collect(issue.issue, path.concat(issue.path), Option.none())
    case "Composite":
      return Array.ensure(issue.issues).flatMap((inner) =>
        inner._tag === "Pointer" && inner.issue._tag === "Unexpected"
          ? collect(inner.issue, path.concat(inner.path), keysOf(issue.ast))
          : collect(inner, path, expected)
      )
    case "Transformation":
      return collect(
        issue.issue,
        path,
        Option.orElse(expected, () => descriptionOf(issue.ast))
      )
    case "Refinement":
      // "a name that is not blank" is more specific than "a string"; for an object, its own description is.
      return collect(
        issue.issue,
        path,
        issue.issue._tag === "Type" ? Option.orElse(expected, () => descriptionOf(issue.ast)) : expected
      )
    case "Forbidden":
    case "Type":
      // `undefined` and `null` are alternatives to omitting a field; as expectations they would be confusing.
      return issue.ast === Schema.Undefined.ast || issue.ast === Schema.Null.ast
        ? []
        : leaf(problemOf(issue), issue.ast)
    case "Missing":
      return leaf("is missing", issue.ast.type)
    case "Unexpected":
      return [{ path, problem: "is not a known field", expected: Option.getOrElse(expected, () => "no such field") }]
  }
}

/** The issues that a schema found, without any values. The first `outer` segments of each path are omitted. */
export const fromParseIssue = (issue: ParseResult.ParseIssue, outer = 0): Array.NonEmptyReadonlyArray<Issue> => {
  const found = collect(issue, [], Option.none()).map(
    ({ path, ...fault }) => new Issue({ ...fault, field: path.slice(outer).reduce(step, "") })
  )
  return Array.isNonEmptyReadonlyArray(found)
    ? found
    : [new Issue({ field: "", problem: "is not valid", expected: "something else" })]
}

/**
 * Decodes, or reports all issues. Collecting all of them costs 50% more than stopping at the first, so they are only collected
 * if there is one.
 */
export const decoder = <A, I>(
  schema: Schema.Schema<A, I>,
  outer?: number
): ((input: unknown) => Either.Either<A, Array.NonEmptyReadonlyArray<Issue>>) => {
  const decode = Schema.decodeUnknownEither(schema)
  return (input) =>
    Either.orElse(decode(input), () =>
      Either.mapLeft(decode(input, { errors: "all" }), (error) => fromParseIssue(error.issue, outer))
    )
}
