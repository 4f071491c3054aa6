import * as Args from "@effect/cli/Args"
import * as Options from "@effect/cli/Options"
import * as Option from "effect/Option"

/** The maximum number of rows that a list prints. */
export const limit = Options.integer("limit").pipe(
  Options.withPseudoName("NUMBER"),
  Options.withDescription("The maximum number of results"),
  Options.filterMap((count) => (count > 0 ? Option.some(count) : Option.none()), "--limit: expected a number above 0"),
  Options.optional
)

export const yes = Options.boolean("yes").pipe(
  Options.withAlias("y"),
  Options.withDescription("Skips the confirmation, for scripts")
)

/** An optional option. `value` is the placeholder of its value in the help. */
export const text = (name: string, value: string, description: string) =>
  Options.text(name).pipe(Options.withPseudoName(value), Options.withDescription(description), Options.optional)

export const arg = (name: string, description: string) => Args.text({ name }).pipe(Args.withDescription(description))

export const args = (name: string, description: string) => Args.atLeast(arg(name, description), 1)

export const group = arg("GROUP", "The name of a group, or its id")

export const inGroup = (description: string) => text("group", "GROUP", description)

export const credential = arg(
  "CREDENTIAL",
  "The id of a credential, its public link, or the email address of its recipient"
)

export const credentials = args(
  "CREDENTIAL",
  "The ids of credentials, their public links, or the email addresses of their recipients"
)

export const database = text(
  "database",
  "URL",
  "A PostgreSQL database instead of a local file, for jobs on several machines; default: CERTIFIER_DATABASE_URL"
)
