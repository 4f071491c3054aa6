import * as Context from "effect/Context"
import * as Redacted from "effect/Redacted"

/** The secrets that this run has read. They must not be printed, even after a defect. */
export class Secrets extends Context.Tag("@effect-certifier/cli/Secrets")<Secrets, Set<Redacted.Redacted>>() {}

/** Removes secrets from a text. */
export const hide = (secrets: ReadonlySet<Redacted.Redacted>, text: string): string =>
  [...secrets].reduce((hidden, secret) => hidden.replaceAll(Redacted.value(secret), "<secret>"), text)
