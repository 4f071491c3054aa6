import * as Options from "@effect/cli/Options"
import * as Leaf from "../leaf.js"
import * as Flags from "./flags.js"

const file = Flags.arg("FILE", "The groups file, as written by `certifier groups pull`")

const prune = Options.boolean("prune").pipe(Options.withDescription("Also deletes the groups that are not in the file"))

export const pull = Leaf.calling(
  "pull",
  {
    into: Flags.text("into", "FILE", "A file to update; its comments and its order are kept")
  },
  {
    description: "Prints the groups of the workspace as a file to edit.",
    examples: ["certifier groups pull > groups.yaml", "certifier groups pull --into groups.yaml"]
  },
  async () => (await import("../actions/groupsPull.js")).pull
)

export const plan = Leaf.calling(
  "plan",
  {
    file,
    prune,
    exitCode: Options.boolean("exit-code").pipe(
      Options.withDescription("Exits with 2 if there is something to change, and with 0 otherwise")
    )
  },
  {
    description: "Shows what apply would change, field by field, and changes nothing.",
    examples: ["certifier groups plan groups.yaml", "certifier groups plan --exit-code groups.yaml"]
  },
  async () => (await import("../actions/groupsPlan.js")).plan
)

export const apply = Leaf.calling(
  "apply",
  {
    file,
    prune,
    yes: Flags.yes,
    yesDelete: Options.boolean("yes-delete").pipe(
      Options.withDescription("Confirms what --prune deletes, for scripts; --yes does not")
    )
  },
  {
    description: "Applies a groups file to the workspace, after confirmation.",
    examples: ["certifier groups apply groups.yaml", "certifier groups apply --prune groups.yaml"]
  },
  async () => (await import("../actions/groupsApply.js")).apply
)
