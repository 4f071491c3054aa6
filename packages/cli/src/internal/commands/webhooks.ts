import * as Args from "@effect/cli/Args"
import * as Options from "@effect/cli/Options"
import * as Leaf from "../leaf.js"
import * as Flags from "./flags.js"

const verify = Leaf.local(
  "verify",
  {
    file: Args.text({ name: "FILE" }).pipe(
      Args.withDescription("The body of the request, unchanged; default: standard input"),
      Args.optional
    ),
    signature: Options.text("signature").pipe(
      Options.withPseudoName("HEX"),
      Options.withDescription("The value of the header X-Webhook-Signature")
    ),
    secretFile: Flags.text(
      "secret-file",
      "FILE",
      "A file with the secret of the webhook; default: CERTIFIER_WEBHOOK_SECRET"
    )
  },
  {
    description: "Checks that Certifier sent a request to a webhook, and prints its event.",
    examples: [
      "certifier webhooks verify body.json --signature 5f8a… --secret-file secret.txt",
      "certifier webhooks verify --signature 5f8a… < body.json"
    ]
  },
  async () => (await import("../actions/webhooks.js")).verify
)

export const webhooks = Leaf.parent(
  "webhooks",
  {
    description: "The requests that Certifier sends to your own server.",
    examples: ["certifier webhooks verify body.json --signature 5f8a…"]
  },
  [verify]
)
