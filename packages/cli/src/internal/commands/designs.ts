import * as Leaf from "../leaf.js"
import * as Flags from "./flags.js"

const actions = () => import("../actions/designs.js")

const list = Leaf.calling(
  "list",
  { limit: Flags.limit },
  { description: "Lists the designs.", examples: ["certifier designs list"] },
  async () => (await actions()).list
)

const get = Leaf.calling(
  "get",
  { design: Flags.arg("DESIGN", "The name of a design, or its id") },
  { description: "Shows a design.", examples: ['certifier designs get "Blue certificate"'] },
  async () => (await actions()).get
)

export const designs = Leaf.parent(
  "designs",
  { description: "The designs of certificates and badges.", examples: ["certifier designs list"] },
  [list, get]
)
