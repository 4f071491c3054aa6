/**
 * Behavior of the service that the vendor's documentation does not describe, or on which it contradicts itself. Each such
 * point is a named quirk with a default and alternatives. A program that passes its tests either way does not depend on a
 * guess.
 *
 * @since 0.1.0
 */
import * as Array from "effect/Array"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import * as Credentials from "./internal/quirks/credentialQuirks.js"
import * as Groups from "./internal/quirks/groupQuirks.js"
import * as Search from "./internal/quirks/searchQuirks.js"
import * as Service from "./internal/quirks/serviceQuirks.js"
import * as Webhooks from "./internal/quirks/webhookQuirks.js"

/**
 * A quirk: the open question, its evidence, and what the sandbox can do. `values` describes each alternative; one of them is
 * the default.
 *
 * @since 0.1.0
 * @category models
 */
export interface Quirk {
  readonly question: string
  /** What is known: from the vendor's documentation, public code, reports from the live service, or nothing. */
  readonly evidence: string
  readonly default: string
  readonly values: Readonly<Record<string, string>>
}

/**
 * All quirks by name.
 *
 * @example
 * ```ts
 * import { Quirk } from "@effect-certifier/sandbox"
 *
 * console.log(Quirk.table.issueTwice.default) // invalid
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export const table = {
  ...Service.quirks,
  ...Groups.quirks,
  ...Credentials.quirks,
  ...Search.quirks,
  ...Webhooks.quirks
} as const satisfies Readonly<Record<string, Quirk>>

/**
 * The names of the quirks.
 *
 * @since 0.1.0
 * @category models
 */
export type Name = keyof typeof table

/**
 * A value for each quirk.
 *
 * @since 0.1.0
 * @category models
 */
export type Quirks = { readonly [K in Name]: keyof (typeof table)[K]["values"] }

const isComplete = (values: Readonly<Record<string, string>>): values is Quirks =>
  Object.entries(table).every(([name, { values: known }]) => Object.hasOwn(known, values[name] ?? ""))

const complete = (): Quirks => {
  const values = Object.fromEntries(Object.entries(table).map(([name, quirk]) => [name, quirk.default]))
  if (!isComplete(values)) throw new Error("A quirk has no default")
  return values
}

/**
 * The default of each quirk.
 *
 * @since 0.1.0
 * @category models
 */
export const defaults: Quirks = complete()

const isName = (name: string): name is Name => Object.hasOwn(table, name)

/** The problem of a given quirk, if there is one. */
const problemOf = (name: string, value: string): string | undefined => {
  if (!isName(name)) return "is not the name of a quirk, see the list of all"
  const { values } = table[name]
  return Object.hasOwn(values, value) ? undefined : `is not one of ${Object.keys(values).join(", ")}`
}

/**
 * Some quirks by name; the others keep their defaults.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Overrides: Schema.Schema<Partial<Quirks>> = Schema.Record({
  key: Schema.String,
  value: Schema.String
}).pipe(
  Schema.filter((given) =>
    Array.filterMap(Object.entries(given), ([name, value]) =>
      Option.map(Option.fromNullable(problemOf(name, value)), (message) => ({ path: [name], message }))
    )
  ),
  Schema.filter((given): given is Partial<Quirks> =>
    Record.every(given, (value, name) => problemOf(name, value) === undefined)
  )
)

/**
 * A quirk from one argument of the command line, such as `issueTwice=conflict`.
 *
 * @example
 * ```ts
 * import { Quirk } from "@effect-certifier/sandbox"
 * import { Schema } from "effect"
 *
 * const quirk = Schema.decodeSync(Quirk.FromString)("issueTwice=conflict")
 * console.log(quirk) // { issueTwice: 'conflict' }
 * ```
 *
 * @since 0.1.0
 * @category schemas
 */
export const FromString: Schema.Schema<Partial<Quirks>, string> = Schema.transform(
  Schema.String.pipe(Schema.pattern(/^\w+=[\w-]+$/, { message: () => "is not of the form name=value" })),
  Overrides,
  {
    strict: true,
    decode: (text) => {
      const [name = "", value = ""] = text.split("=")
      return { [name]: value }
    },
    encode: (given) =>
      Object.entries(given)
        .map(([name, value]) => `${name}=${value}`)
        .join()
  }
)
