import * as Leaf from "../leaf.js"
import * as Flags from "./flags.js"

const actions = () => import("../actions/workspace.js")

const listAttributes = Leaf.calling(
  "list",
  { limit: Flags.limit },
  {
    description: "Lists the attributes. This request is undocumented and may be removed.",
    examples: ["certifier attributes list"]
  },
  async () => (await actions()).attributes
)

export const attributes = Leaf.parent(
  "attributes",
  { description: "The custom attributes of credentials.", examples: ["certifier attributes list"] },
  [listAttributes]
)

const listTemplates = Leaf.calling(
  "list",
  { limit: Flags.limit },
  {
    description: "Lists the email templates. This request is undocumented and may be removed.",
    examples: ["certifier email-templates list"]
  },
  async () => (await actions()).emailTemplates
)

export const emailTemplates = Leaf.parent(
  "email-templates",
  { description: "The texts of the mails to recipients.", examples: ["certifier email-templates list"] },
  [listTemplates]
)
