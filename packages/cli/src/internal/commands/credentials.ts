import type { KnownStatus } from "@effect-certifier/core/Credential"
import * as Options from "@effect/cli/Options"
import * as Leaf from "../leaf.js"
import { importFile } from "./credentialsImport.js"
import * as Flags from "./flags.js"

const actions = () => import("../actions/credentials.js")

const statuses = ["draft", "scheduled", "issued", "expired"] as const satisfies ReadonlyArray<KnownStatus>

const attributes = Options.keyValueMap("attribute").pipe(
  Options.withPseudoName("KEY=VALUE"),
  Options.withDescription("The value of a custom attribute; can be repeated"),
  Options.optional
)

const dates = {
  issueDate: Flags.text("issue-date", "DATE", "When it counts as issued, as YYYY-MM-DD"),
  expiryDate: Flags.text("expiry-date", "DATE", "When it expires, as YYYY-MM-DD")
}

const list = Leaf.calling(
  "list",
  { group: Flags.inGroup("Only those of one group"), limit: Flags.limit },
  {
    description: "Lists the credentials.",
    examples: ["certifier credentials list", 'certifier credentials list --group "First Aid 2026" --jsonl']
  },
  async () => (await actions()).list
)

const search = Leaf.calling(
  "search",
  {
    group: Flags.inGroup("In this group"),
    name: Flags.text("name", "TEXT", "The recipient's name contains this"),
    email: Flags.text("email", "TEXT", "The recipient's email address contains this"),
    status: Options.choice("status", statuses).pipe(
      Options.withDescription("In this state; repeated for several"),
      Options.repeated
    ),
    issuedFrom: Flags.text("issued-from", "DATE", "Issued on this day or later"),
    issuedTo: Flags.text("issued-to", "DATE", "Issued on this day or earlier"),
    expiresFrom: Flags.text("expires-from", "DATE", "Expires on this day or later"),
    expiresTo: Flags.text("expires-to", "DATE", "Expires on this day or earlier"),
    filter: Flags.text("filter", "JSON", "More conditions, in the format of the API"),
    sort: Options.choice("sort", ["id", "createdAt", "updatedAt", "issueDate", "expiryDate"]).pipe(
      Options.withDescription("The order"),
      Options.optional
    ),
    descending: Options.boolean("desc").pipe(Options.withDescription("In descending order; requires --sort")),
    limit: Flags.limit
  },
  {
    description: "Finds credentials that match all conditions.",
    examples: [
      'certifier credentials search --group "First Aid 2026" --status issued',
      "certifier credentials search --email @example.com --expires-to 2026-12-31",
      `certifier credentials search --filter '{"NOT":[{"status":{"equals":"draft"}}]}'`
    ]
  },
  async () => (await actions()).search
)

const get = Leaf.calling(
  "get",
  { credential: Flags.credential },
  {
    description: "Shows a credential.",
    examples: [
      "certifier credentials get ada@example.com",
      "certifier credentials get 01k0crd00000000000000000c1 --json"
    ]
  },
  async () => (await actions()).get
)

const designs = Leaf.calling(
  "designs",
  { credential: Flags.credential },
  {
    description: "Lists the pictures and PDFs of a credential. Right after issuing there may be none yet.",
    examples: ["certifier credentials designs ada@example.com"]
  },
  async () => (await actions()).designs
)

const create = Leaf.calling(
  "create",
  {
    group: Options.text("group").pipe(
      Options.withPseudoName("GROUP"),
      Options.withDescription("The name of the group, or its id")
    ),
    name: Options.text("name").pipe(
      Options.withPseudoName("NAME"),
      Options.withDescription("The name of the recipient")
    ),
    email: Flags.text("email", "EMAIL", "The email address of the recipient; required for mailing"),
    ...dates,
    attributes,
    issue: Options.boolean("issue").pipe(Options.withDescription("Also issues it")),
    send: Options.boolean("send").pipe(Options.withDescription("Issues it and mails it, after confirmation")),
    yes: Flags.yes
  },
  {
    description: "Creates a credential, as a draft unless --issue or --send is given.",
    examples: [
      'certifier credentials create --group "First Aid 2026" --name "Ada Example"',
      'certifier credentials create --group "First Aid 2026" --name "Ada Example" --email ada@example.com --send'
    ]
  },
  async () => (await import("../actions/credentialsChange.js")).create
)

const update = Leaf.calling(
  "update",
  {
    credential: Flags.credential,
    name: Flags.text("name", "NAME", "The new name of the recipient"),
    email: Flags.text("email", "EMAIL", "The new email address of the recipient"),
    ...dates,
    noExpiry: Options.boolean("no-expiry").pipe(Options.withDescription("Removes the expiry date")),
    attributes
  },
  {
    description: "Changes a credential. Fields without an option stay unchanged.",
    examples: ['certifier credentials update ada@example.com --name "Ada Lovelace"']
  },
  async () => (await import("../actions/credentialsChange.js")).update
)

const issue = Leaf.calling(
  "issue",
  { credentials: Flags.credentials },
  {
    description: "Issues drafts, without mailing them. Issued credentials stay unchanged.",
    examples: ["certifier credentials issue ada@example.com"]
  },
  async () => (await import("../actions/credentialsChange.js")).issue
)

const send = Leaf.calling(
  "send",
  { credentials: Flags.credentials, yes: Flags.yes },
  {
    description: "Mails issued credentials to their recipients, after confirmation. Each run sends another mail.",
    examples: ["certifier credentials send ada@example.com", "certifier credentials send ada@example.com --yes"]
  },
  async () => (await import("../actions/credentialsChange.js")).send
)

const remove = Leaf.calling(
  "delete",
  { credentials: Flags.credentials, yes: Flags.yes },
  {
    description: "Deletes credentials permanently, after confirmation.",
    examples: ["certifier credentials delete ada@example.com"]
  },
  async () => (await import("../actions/credentialsChange.js")).remove
)

export const credentials = Leaf.parent(
  "credentials",
  {
    description: "Certificates and badges of people.",
    examples: ['certifier credentials list --group "First Aid 2026"', "certifier credentials get ada@example.com"]
  },
  [list, search, get, designs, create, importFile, update, issue, send, remove]
)
