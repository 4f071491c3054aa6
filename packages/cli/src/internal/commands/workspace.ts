import * as Leaf from "../leaf.js"
import * as Flags from "./flags.js"

const actions = () => import("../actions/workspace.js")

const listAttributes = Leaf.calling(
  "list",
  { limit: Flags.limit },
  {
    description: "Lists the attributes. The vendor does not document this request: it can disappear.",
    examples: ["certifier attributes list"]
  },
  async () => (await actions()).attributes
)

export const attributes = Leaf.parent(
  "attributes",
  { description: "What the designs of the workspace are filled with.", examples: ["certifier attributes list"] },
  [listAttributes]
)

const listTemplates = Leaf.calling(
  "list",
  { limit: Flags.limit },
  {
    description: "Lists the email templates. The vendor does not document this request: it can disappear.",
    examples: ["certifier email-templates list"]
  },
  async () => (await actions()).emailTemplates
)

export const emailTemplates = Leaf.parent(
  "email-templates",
  { description: "The texts of the mails to recipients.", examples: ["certifier email-templates list"] },
  [listTemplates]
)
