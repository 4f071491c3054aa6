import * as Leaf from "../leaf.js"
import { credentials } from "./credentials.js"
import { designs } from "./designs.js"
import { groups } from "./groups.js"
import { interactions } from "./interactions.js"
import { jobs } from "./jobs.js"
import { sandbox } from "./sandbox.js"
import { webhooks } from "./webhooks.js"
import { attributes, emailTemplates } from "./workspace.js"

export const certifier = Leaf.parent(
  "certifier",
  {
    description: "Digital certificates and badges of Certifier, from a terminal.",
    examples: ["certifier sandbox", "certifier groups list --sandbox"]
  },
  [groups, credentials, designs, interactions, attributes, emailTemplates, jobs, webhooks, sandbox]
)
