import * as Context from "effect/Context"
import * as Redacted from "effect/Redacted"

/** What this run has read that must not be printed, not even by a fault of the program. */
export class Secrets extends Context.Tag("@effect-certifier/cli/Secrets")<Secrets, Set<Redacted.Redacted>>() {}

/** A text without them. */
export const hide = (secrets: ReadonlySet<Redacted.Redacted>, text: string): string =>
  [...secrets].reduce((hidden, secret) => hidden.replaceAll(Redacted.value(secret), "<secret>"), text)
