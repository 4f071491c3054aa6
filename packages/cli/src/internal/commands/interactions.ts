import { knownEventTypes, knownTriggeredBy } from "@effect-certifier/core/Interaction"
import * as Options from "@effect/cli/Options"
import * as Leaf from "../leaf.js"
import * as Flags from "./flags.js"

const actions = () => import("../actions/interactions.js")

const list = Leaf.calling(
  "list",
  {
    credential: Flags.text(
      "credential",
      "CREDENTIAL",
      "Only those of one credential: its id, link, or recipient's email"
    ),
    limit: Flags.limit
  },
  {
    description: "Lists the interactions of recipients and guests with credentials.",
    examples: ["certifier interactions list", "certifier interactions list --credential ada@example.com"]
  },
  async () => (await actions()).list
)

const create = Leaf.calling(
  "create",
  {
    credential: Flags.credential,
    type: Options.choice("type", knownEventTypes).pipe(Options.withDescription("The type of the interaction")),
    by: Options.choice("by", knownTriggeredBy).pipe(
      Options.withDescription("Who did it; default: recipient"),
      Options.withDefault("recipient")
    ),
    at: Flags.text("at", "TIME", "When, such as 2026-01-15T09:30:00Z; default: now")
  },
  {
    description: "Records an interaction. Each run records another one.",
    examples: ["certifier interactions create ada@example.com --type credential_viewed --by guest"]
  },
  async () => (await actions()).create
)

export const interactions = Leaf.parent(
  "interactions",
  {
    description: "Views, downloads and shares of credentials.",
    examples: ["certifier interactions list"]
  },
  [list, create]
)
