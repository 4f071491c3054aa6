import * as Options from "@effect/cli/Options"
import * as Leaf from "../leaf.js"
import * as Flags from "./flags.js"
import { apply, plan, pull } from "./groupsFile.js"

const actions = () => import("../actions/groups.js")

const fields = {
  designs: Options.text("design").pipe(
    Options.withPseudoName("DESIGN"),
    Options.withDescription("The name of a design, or its id; repeated for several, in their order"),
    Options.repeated
  ),
  learningEventUrl: Flags.text("learning-event-url", "URL", "The page of the learning event, for digital wallets")
}

const list = Leaf.calling(
  "list",
  { limit: Flags.limit },
  { description: "Lists the groups.", examples: ["certifier groups list", "certifier groups list --limit 10 --json"] },
  async () => (await actions()).list
)

const get = Leaf.calling(
  "get",
  { group: Flags.group },
  {
    description: "Shows a group.",
    examples: ['certifier groups get "First Aid 2026"', "certifier groups get 01g90279gp5sbmfek7wymcsvec --json"]
  },
  async () => (await actions()).get
)

const create = Leaf.calling(
  "create",
  { name: Flags.arg("NAME", "The name of the new group"), ...fields },
  {
    description: "Creates a group.",
    examples: ['certifier groups create "First Aid 2026" --design "Blue certificate"']
  },
  async () => (await actions()).create
)

const update = Leaf.calling(
  "update",
  { group: Flags.group, name: Flags.text("name", "NAME", "The new name"), ...fields },
  {
    description: "Changes a group. A new name or new designs also change the credentials issued from it before.",
    examples: ['certifier groups update "First Aid 2026" --name "First Aid 2027"']
  },
  async () => (await actions()).update
)

const remove = Leaf.calling(
  "delete",
  { group: Flags.group, yes: Flags.yes },
  {
    description: "Deletes a group, after confirmation.",
    examples: ['certifier groups delete "First Aid 2025"', 'certifier groups delete "First Aid 2025" --yes']
  },
  async () => (await actions()).remove
)

export const groups = Leaf.parent(
  "groups",
  {
    description: "The groups that credentials are issued in.",
    examples: ["certifier groups list", "certifier groups pull > groups.yaml"]
  },
  [list, get, create, update, remove, pull, plan, apply]
)
