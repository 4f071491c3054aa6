import * as Leaf from "../leaf.js"
import { groups } from "./groups.js"
import { sandbox } from "./sandbox.js"

/** All commands. */
export const certifier = Leaf.parent(
  "certifier",
  {
    description: "Digital certificates and badges of Certifier, from a terminal.",
    examples: ["certifier sandbox", "certifier groups list --sandbox"]
  },
  [groups, sandbox]
)
