import * as Options from "@effect/cli/Options"
import * as Schema from "effect/Schema"

/** How many rows a list prints. */
export const limit = Options.integer("limit").pipe(
  Options.withDescription("Prints at most so many"),
  Options.withSchema(Schema.Positive),
  Options.optional
)

export const yes = Options.boolean("yes").pipe(
  Options.withAlias("y"),
  Options.withDescription("Confirms without a question, for scripts")
)
