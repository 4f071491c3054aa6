import * as Leaf from "../leaf.js"
import * as Flags from "./flags.js"
import { apply, plan, pull } from "./groupsFile.js"

const list = Leaf.calling(
  "list",
  { limit: Flags.limit },
  { description: "Lists the groups", examples: ["certifier groups list", "certifier groups list --limit 10 --json"] },
  async () => (await import("../actions/groups.js")).list
)

export const groups = Leaf.parent(
  "groups",
  { description: "The groups that credentials are issued in.", examples: ["certifier groups list"] },
  [list, pull, plan, apply]
)
