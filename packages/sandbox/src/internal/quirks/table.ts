import * as Credentials from "./credentialQuirks.js"
import * as Groups from "./groupQuirks.js"
import * as Search from "./searchQuirks.js"
import * as Service from "./serviceQuirks.js"

/** All quirks, by what they are about. */
export const table = { ...Service.quirks, ...Groups.quirks, ...Credentials.quirks, ...Search.quirks } as const

type Table = typeof table

/** A value for each quirk. */
export type Quirks = { readonly [Name in keyof Table]: keyof Table[Name]["values"] }

const isComplete = (values: Readonly<Record<string, string>>): values is Quirks =>
  Object.entries(table).every(([name, { values: known }]) => Object.hasOwn(known, values[name] ?? ""))

/** The defaults, with some others. */
export const complete = (overrides: Partial<Quirks> = {}): Quirks => {
  const values = Object.fromEntries(
    Object.entries<{ readonly default: string }>(table).map(([name, quirk]) => [name, quirk.default])
  )
  return { ...defaultsOf(values), ...overrides }
}

const defaultsOf = (values: Readonly<Record<string, string>>): Quirks => {
  if (!isComplete(values)) throw new Error("A quirk has no default")
  return values
}
