/**
 * Faults as text: the syntax of `--fault` on the command line, for programs that read faults from their own configuration.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as ErrorEnvelope from "./ErrorEnvelope.js"
import * as Fault from "./Fault.js"

/**
 * The short names of faults on the command line. Codes of the error table and plain statuses are valid too.
 *
 * @since 0.1.0
 * @category models
 */
export const named: { readonly [name: string]: Fault.Fault } = {
  reset: Fault.reset(),
  "reset-head": Fault.reset("Head"),
  "reset-body": Fault.reset("Body"),
  close: Fault.close(),
  "close-start": Fault.close("Start"),
  stall: Fault.stall(),
  "stall-head": Fault.stall("Head"),
  "stall-body": Fault.stall("Body"),
  "slow-body": Fault.slowBody(),
  slow: Fault.delay("2 seconds"),
  "malformed-json": Fault.malformedJson,
  "html-502": Fault.htmlBadGateway,
  "large-body": Fault.largeBody
}

const faultOf = (name: string): Option.Option<Fault.Fault> => {
  if (ErrorEnvelope.isCode(name)) return Option.some(Fault.error(name))
  if (/^[2-5]\d\d$/.test(name)) return Option.some({ status: Number(name) })
  return Object.hasOwn(named, name) ? Option.fromNullable(named[name]) : Option.none()
}

const steps: { readonly [name: string]: Fault.Fault } = {
  applied: { applied: true },
  created: { applied: "Created" },
  issued: { applied: "Issued" }
}

const appliedOf = (name: string): Option.Option<Fault.Fault> =>
  Object.hasOwn(steps, name) ? Option.fromNullable(steps[name]) : Option.none()

const RuleJson = Schema.parseJson(Fault.Rule)

/**
 * A rule from one argument of the command line: JSON, or a short name, a code or a status.
 *
 * - A prefix is the operation that it applies to: `sendCredential:reset`.
 * - After `+`, how far the request is processed although its response is replaced: `500+applied` for all of it,
 *   `500+created` or `reset+issued` for the steps of issuing up to this one.
 * - Last, how often it applies: `503*3` for the next three requests, `reset@10%` for one request in ten.
 *
 * @example
 * ```ts
 * import { FaultSyntax } from "@effect-certifier/sandbox"
 * import { Schema } from "effect"
 *
 * const rule = Schema.decodeSync(FaultSyntax.RuleFromString)("rate_limited*2")
 * console.log(rule.times) // 2
 * ```
 *
 * @since 0.1.0
 * @category schemas
 */
export const RuleFromString = Schema.transformOrFail(Schema.String, Schema.typeSchema(Fault.Rule), {
  strict: true,
  decode: (text, options, ast) => {
    if (text.startsWith("{")) return ParseResult.decodeUnknown(RuleJson, options)(text)
    const match = /^(?:(\w+):)?([^*@+:]+)(?:\+(\w+))?(?:\*([1-9]\d{0,5}))?(?:@(\d{1,3}(?:\.\d+)?)%)?$/.exec(text)
    const [, operation, name = "", applied, times, percentage] = match ?? []
    const step = applied === undefined ? Option.some({}) : appliedOf(applied)
    const rule = Option.zipWith(faultOf(name), step, (fault, applied) => ({
      fault: { ...fault, ...applied },
      ...(operation === undefined ? {} : { operation }),
      ...(times === undefined ? {} : { times: Number(times) }),
      ...(percentage === undefined ? {} : { probability: Number(percentage) / 100 })
    }))
    return Option.match(rule, {
      onNone: () =>
        ParseResult.fail(
          new ParseResult.Type(
            ast,
            text,
            `Expected JSON, a status, a code of the error table, or one of ${Object.keys(named).join(", ")}, such as 503, rate_limited*3, reset@10% or sendCredential:500+applied`
          )
        ),
      onSome: (rule) => ParseResult.succeed(rule)
    })
  },
  encode: (rule) => Effect.orDie(ParseResult.encode(RuleJson)(rule))
})
