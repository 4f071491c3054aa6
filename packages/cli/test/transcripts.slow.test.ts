import { Sandbox } from "@effect-certifier/sandbox"
import { Effect, TestClock, TestContext } from "effect"
import { createHmac } from "node:crypto"
import { describe, expect, it } from "vitest"
import { type Step, transcript } from "./support/transcript.js"

const ada = ["--group", "Financial Markets", "--name", "Ada Example", "--email", "ada@example.com"]
const lin = ["--group", "Financial Markets", "--name", "Lin Example", "--email", "lin@example.com"]

const body = `{"id":"01k0evt00000000000000000e1","type":"credential.issued","createdAt":"2026-01-15T09:30:00.000Z","data":{"resource":{"id":"01k0crd00000000000000000c1","type":"credential"}}}`
const secret = "the secret of a webhook"
const signature = createHmac("sha256", secret).update(body).digest("hex")

/** Steps by the name of their file in `transcripts`. Each file has its own sandbox. */
const transcripts: Readonly<Record<string, ReadonlyArray<Step>>> = {
  groups: [
    { type: ["groups", "list"] },
    { type: ["groups", "get", "Financial Markets"] },
    { type: ["groups", "get", "01g90279gp5sbmfek7wymcsvec", "--json"] },
    { type: ["groups", "create", "First Aid 2026", "--design", "Blue frame", "--design", "Blue badge"] },
    { type: ["groups", "update", "First Aid 2026", "--name", "First Aid 2027", "--jsonl"] },
    { type: ["groups", "update", "First Aid 2027"] },
    { type: ["groups", "create", "First Aid 2027", "--json"] },
    { type: ["groups", "get", "First Aid 2027"] },
    { type: ["groups", "get", "first"] },
    { type: ["groups", "list", "--limit", "1", "--json"] },
    { type: ["groups", "list", "--jsonl"] },
    { type: ["groups", "list", "--limit", "0"] },
    { type: ["groups", "delete", "Financial Markets"] },
    { type: ["groups", "delete", "Financial Markets"], answers: ["n"] },
    { type: ["groups", "delete", "Financial Markets"], answers: ["y"] },
    { type: ["groups", "get", "01g90279gp5sbmfek7wymcsvec"] }
  ],
  designs: [
    { type: ["designs", "list"] },
    { type: ["designs", "get", "Blue badge"] },
    { type: ["designs", "get", "Red badge"] },
    { type: ["attributes", "list"] },
    { type: ["email-templates", "list"] }
  ],
  credentials: [
    { type: ["credentials", "list"] },
    { type: ["credentials", "create", ...ada, "--attribute", "mentor=Lin", "--expiry-date", "2027-01-15"] },
    { type: ["credentials", "create", ...ada, "--attribute", "nope=1"] },
    { type: ["credentials", "create", ...ada, "--issue-date", "yesterday"] },
    { type: ["credentials", "issue", "ada@example.com"] },
    { type: ["credentials", "issue", "ada@example.com"] },
    { type: ["credentials", "send", "ada@example.com"] },
    { type: ["credentials", "send", "ada@example.com"], answers: ["yes"] },
    { type: ["credentials", "create", ...lin, "--send"], answers: ["no"] },
    { type: ["credentials", "create", ...lin, "--send", "--yes"] },
    { type: ["credentials", "update", "ada@example.com", "--name", "Ada Lovelace", "--no-expiry"] },
    { type: ["credentials", "get", "ada@example.com"] },
    { type: ["credentials", "designs", "ada@example.com"] },
    { type: ["credentials", "search", "--name", "Ada", "--status", "issued", "--status", "draft"] },
    {
      type: [
        "credentials",
        "search",
        "--filter",
        `{"recipient":{"email":{"endsWith":"@example.com"}}}`,
        "--sort",
        "createdAt",
        "--desc"
      ]
    },
    { type: ["credentials", "search", "--filter", `{"status":{"contains":"x"}}`] },
    { type: ["credentials", "search", "--filter", "status"] },
    { type: ["credentials", "search", "--desc"] },
    { type: ["credentials", "list", "--group", "Financial Markets", "--limit", "1"] },
    { type: ["credentials", "get", "nobody@example.com"] },
    { type: ["credentials", "get", "Ada Lovelace"] },
    { type: ["credentials", "create", ...ada] },
    { type: ["credentials", "get", "ada@example.com"] },
    { type: ["credentials", "delete", "lin@example.com"], answers: ["y"] },
    { type: ["credentials", "list"] }
  ],
  interactions: [
    { type: ["credentials", "create", ...ada, "--issue"] },
    { type: ["interactions", "create", "ada@example.com", "--type", "credential_viewed", "--by", "guest"] },
    { type: ["interactions", "list", "--credential", "ada@example.com"] },
    { type: ["interactions", "list", "--jsonl"] },
    { type: ["interactions", "create", "ada@example.com", "--type", "credential_eaten"] }
  ],
  webhooks: [
    {
      type: ["webhooks", "verify", "--signature", signature],
      stdin: body,
      environment: { CERTIFIER_WEBHOOK_SECRET: secret }
    },
    {
      type: ["webhooks", "verify", "--signature", signature, "--json"],
      stdin: body,
      environment: { CERTIFIER_WEBHOOK_SECRET: secret }
    },
    {
      type: ["webhooks", "verify", "--signature", signature],
      stdin: `${body} `,
      environment: { CERTIFIER_WEBHOOK_SECRET: secret }
    },
    {
      type: ["webhooks", "verify", "--signature", "abc"],
      stdin: body,
      environment: { CERTIFIER_WEBHOOK_SECRET: secret }
    },
    { type: ["webhooks", "verify", "--signature", signature], stdin: body },
    {
      type: ["webhooks", "verify", "no-such-file.json", "--signature", signature],
      environment: { CERTIFIER_WEBHOOK_SECRET: secret }
    }
  ]
}

describe("the output of a session", () => {
  it.each(Object.entries(transcripts))("for %s", async (name, steps) => {
    const printed = Effect.zipRight(TestClock.setTime(new Date("2026-01-15T09:30:00Z")), transcript(steps)).pipe(
      Effect.provide(Sandbox.layerInProcess({ rateLimit: "Unlimited", experimental: name === "designs" })),
      Effect.provide(TestContext.TestContext)
    )
    await expect(await Effect.runPromise(printed)).toMatchFileSnapshot(`transcripts/${name}.txt`)
  })
})
